"""A test that goes through a table fails by the name of each case that fails."""

import asyncio
import inspect

import pytest

from tests.every import every

TABLE = every(("given", "found"), [(1, 1), pytest.param(1, 2, id="two"), (3, 4), (5, 5)])


def failure(test: object) -> BaseExceptionGroup[BaseException]:
    assert callable(test)
    with pytest.raises(BaseExceptionGroup) as caught:
        test()
    found: BaseExceptionGroup[BaseException] = caught.value
    return found


def test_each_case_that_fails_is_named() -> None:
    seen = []

    @TABLE
    def same(given: int, found: int) -> None:
        seen.append(given)
        assert given == found

    told = failure(same)
    assert seen == [1, 1, 3, 5]
    assert told.message == "2 of 4 failed: two, 3-4"
    assert [error.__notes__ for error in told.exceptions] == [
        ["in the case two"],
        ["in the case 3-4"],
    ]


@pytest.mark.parametrize("outcome", [pytest.fail, pytest.skip])
def test_what_a_case_says_of_itself_is_no_silence(outcome: object) -> None:
    @every("given", [1, 2], ids=str)
    def odd(given: int) -> None:
        assert callable(outcome)
        if given == 2:
            outcome("even")

    assert failure(odd).message == "1 of 2 failed: 2"


async def test_each_case_is_awaited() -> None:
    seen = []

    @every("given", [1, 2, 3])
    async def even(given: int) -> None:
        await asyncio.sleep(0)
        seen.append(given)
        assert given % 2 == 0

    with pytest.raises(BaseExceptionGroup) as caught:
        await even()  # type: ignore[misc]
    assert (seen, caught.value.message) == ([1, 2, 3], "2 of 3 failed: 1, 3")


def test_what_is_no_column_is_a_fixture() -> None:
    @every("one", [1])
    @every("two", [2], ids=["b"])
    def test(one: int, two: int, tmp_path: str) -> None:
        assert (one, two, tmp_path) == (1, 2, "here")

    assert list(inspect.signature(test).parameters) == ["tmp_path"]
    test(tmp_path="here")


def test_a_table_without_a_row_is_refused() -> None:
    with pytest.raises(ValueError, match="proves nothing"):
        every("one", [])


def test_each_may_have_a_test_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_TEST_CASES", "single")

    @every("one", [1, 2])
    def test(one: int) -> None:
        assert one

    [mark] = test.__dict__["pytestmark"]
    assert (mark.name, list(mark.args)) == ("parametrize", ["one", [1, 2]])

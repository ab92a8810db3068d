"""One test for a table of many small cases, which tells each case that fails by its name.

A test of its own costs several milliseconds of pytest's and of each worker's time; most of such
cases take a tenth of one. `QUARTERDECK_TEST_CASES=single` gives each a test of its own: for `-k`.
"""

import functools
import inspect
import os
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from typing import Any

import pytest

Test = Callable[..., Awaitable[None] | None]
Named = tuple[str, Mapping[str, Any]]
Failed = tuple[str, BaseException]


def every(
    names: str | Sequence[str],
    rows: Iterable[Any],
    *,
    ids: Callable[[Any], object] | Iterable[str] | None = None,
) -> Callable[[Test], Test]:
    """Return what calls a test with each row, as `pytest.mark.parametrize` takes them.

    The rows share the test's fixtures: what one of them changes is not put back for the next.

    Raises:
        ValueError: there is no row.
    """
    rows = list(rows)
    if not rows:
        raise ValueError("a table without a row proves nothing")
    if os.environ.get("QUARTERDECK_TEST_CASES") == "single":
        return pytest.mark.parametrize(names, rows, ids=ids)
    columns = [each.strip() for each in names.split(",")] if isinstance(names, str) else list(names)
    cases = list(_named(columns, rows, ids))

    def over_all(test: Test) -> Test:
        @functools.wraps(test)
        def each_in_turn(**fixtures: Any) -> None:
            _tell(len(cases), list(_failures(test, cases, fixtures)))

        @functools.wraps(test)
        async def each_awaited(**fixtures: Any) -> None:
            failed = [each async for each in _awaited_failures(test, cases, fixtures)]
            _tell(len(cases), failed)

        over = each_awaited if inspect.iscoroutinefunction(test) else each_in_turn
        told = inspect.signature(test)
        assert told.parameters.keys() >= set(columns), f"{test.__name__} takes not all of {columns}"
        kept = [each for name, each in told.parameters.items() if name not in columns]
        over.__dict__["__signature__"] = told.replace(parameters=kept)
        return over

    return over_all


def _named(
    columns: Sequence[str], rows: Sequence[Any], ids: Callable[[Any], object] | Iterable[str] | None
) -> Iterator[Named]:
    given = None if ids is None or callable(ids) else list(ids)
    for number, row in enumerate(rows):
        param = pytest.param(row) if len(columns) == 1 else pytest.param(*row)
        if isinstance(row, type(param)):
            param = row
        assert not param.marks, "a row with a mark needs a test of its own"
        assert len(param.values) == len(columns), f"{param.values} are not {columns}"
        told = given[number] if given else param.id
        yield str(told or _shown(param.values, ids)), dict(zip(columns, param.values, strict=True))


def _shown(values: Sequence[Any], ids: object) -> str:
    told = [ids(each) if callable(ids) else None for each in values]
    return "-".join(
        repr(value) if name is None else str(name) for name, value in zip(told, values, strict=True)
    )


# Whatever goes wrong in one case is told, and hides no other one's failure.
_WRONG = (Exception, pytest.fail.Exception, pytest.skip.Exception)


def _failures(test: Test, cases: Iterable[Named], fixtures: Mapping[str, Any]) -> Iterator[Failed]:
    for name, case in cases:
        try:
            test(**fixtures, **case)
        except _WRONG as error:
            yield name, error


async def _awaited_failures(
    test: Test, cases: Iterable[Named], fixtures: Mapping[str, Any]
) -> AsyncIterator[Failed]:
    for name, case in cases:
        try:
            done = test(**fixtures, **case)
            assert done is not None
            await done
        except _WRONG as error:
            yield name, error


def _tell(cases: int, failed: Sequence[Failed]) -> None:
    for name, error in failed:
        error.add_note(f"in the case {name}")
    if failed:
        names = ", ".join(name for name, _ in failed)
        raise BaseExceptionGroup(
            f"{len(failed)} of {cases} failed: {names}", [error for _, error in failed]
        )

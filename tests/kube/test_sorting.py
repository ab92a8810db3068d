"""The order of `--sort-by`: amounts as amounts, what is missing first, ties as they came."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import UsageError
from bot.kube.sorting import ordered, read_field
from tests.every import every

MANY = 30
"""Of so many kubectl makes an order in which nothing is compared with itself."""


def by_size(values: list[Any], *, absent: int = 0) -> list[Any]:
    """Return the values in their order; `absent` objects without one are None in it."""
    field = read_field(".size")
    objects: list[dict[str, Any]] = [{"size": value} for value in values]
    objects += [{}] * absent
    found = ordered([(field.of(each), each) for each in objects], field)
    return [each.get("size") for each in found]


@every("times", [1, MANY])
@every(
    ("values", "expected"),
    [
        (["b", "a", "c"], ["a", "b", "c"]),
        (["1Gi", "900Mi", "2k"], ["2k", "900Mi", "1Gi"]),
        (["10", "9", "a"], ["9", "10", "a"]),
        ([3, 1, 2], [1, 2, 3]),
        ([2, None, 1], [None, 1, 2]),
    ],
    ids=str,
)
def test_values_are_in_their_order(values: list[Any], expected: list[Any], times: int) -> None:
    assert by_size(values * times) == [value for value in expected for _ in range(times)]


def test_what_is_missing_comes_first() -> None:
    assert by_size(["b", "a"] * MANY, absent=2)[:3] == [None, None, "a"]
    assert by_size(["b", "a"], absent=1) == [None, "a", "b"]


@given(st.lists(st.integers(0, 3), min_size=13, max_size=60))
def test_ties_keep_their_order(sizes: list[int]) -> None:
    field = read_field(".size")
    found = ordered([(size, (size, at)) for at, size in enumerate(sizes)], field)
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("values", "kind"),
    [([True, False], "bool"), ([["a"], ["b"]], "slice"), (["a", 1], "int64"), ([1, "a"], "string")],
    ids=str,
)
def test_what_cannot_be_compared_is_told(values: list[Any], kind: str) -> None:
    with pytest.raises(UsageError, match=f"fields of type {kind} cannot be sorted by"):
        by_size(values)


def test_one_value_is_compared_with_nothing() -> None:
    assert by_size([True], absent=MANY)[-1] is True


def test_a_field_that_nobody_has_is_told() -> None:
    with pytest.raises(UsageError, match="couldn't find any field"):
        by_size([], absent=2)

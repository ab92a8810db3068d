from typing import Any

import pytest

from bot.demo.cluster.controllers.rolling import Bounds, Slot, bounds, grown, rescaled, shrunk


@pytest.mark.parametrize(
    ("replicas", "surge", "unavailable", "expected"),
    [
        (4, "25%", "25%", Bounds(4, 1, 1)),
        (3, "25%", "25%", Bounds(3, 1, 0)),
        (10, 3, 2, Bounds(10, 3, 2)),
        (5, 0, 0, Bounds(5, 0, 1)),
        (2, 0, "10%", Bounds(2, 0, 1)),
        (1, 1, 5, Bounds(1, 1, 1)),
        (0, "25%", "25%", Bounds(0, 0, 0)),
    ],
)
def test_surge_is_rounded_up_and_unavailability_down(
    replicas: int, surge: Any, unavailable: Any, expected: Bounds
) -> None:
    rolling = {"maxSurge": surge, "maxUnavailable": unavailable}
    strategy = {"type": "RollingUpdate", "rollingUpdate": rolling}
    assert bounds({"replicas": replicas, "strategy": strategy}) == expected


def test_a_deployment_that_recreates_has_no_leeway() -> None:
    assert bounds({"replicas": 3, "strategy": {"type": "Recreate"}}) == Bounds(3, 0, 0)


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        pytest.param(Slot("new", 0), [Slot("old", 10)], 3, id="as far as the surge goes"),
        pytest.param(Slot("new", 3), [Slot("old", 8)], 5, id="as old pods make room"),
        pytest.param(Slot("new", 5), [Slot("old", 8)], 5, id="not above the most"),
        pytest.param(Slot("new", 8), [Slot("old", 1)], 10, id="not above what is wanted"),
        pytest.param(Slot("new", 12), [], 10, id="down to what is wanted"),
        pytest.param(Slot("new", 0), [Slot("old", 20)], 0, id="not at all when there are too many"),
    ],
)
def test_the_new_set_grows(new: Slot, old: list[Slot], expected: int) -> None:
    assert grown(Bounds(10, 3, 2), new, old) == expected


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        pytest.param(Slot("new", 3), [Slot("old", 10, 10)], [("old", 8)], id="to the least"),
        pytest.param(Slot("new", 5), [Slot("old", 8, 8)], [], id="not while the new are not ready"),
        pytest.param(
            Slot("new", 5, 5), [Slot("old", 8, 8)], [("old", 3)], id="as new pods become ready"
        ),
        pytest.param(Slot("new", 1, 1), [Slot("old", 5, 0)], [], id="not without any to spare"),
        pytest.param(
            Slot("new", 9, 9),
            [Slot("b", 2, 2, "2"), Slot("a", 2, 1, "1")],
            [("a", 1), ("a", 0), ("b", 0)],
            id="ill pods first, then the oldest set",
        ),
    ],
)
def test_old_sets_shrink(new: Slot, old: list[Slot], expected: list[tuple[str, int]]) -> None:
    assert shrunk(Bounds(10, 3, 2), new, old) == expected


@pytest.mark.parametrize(
    ("wanted", "new", "old", "expected"),
    [
        pytest.param(Bounds(5, 2, 0), Slot("new", 3, 3), [], {"new": 5}, id="the only one"),
        pytest.param(Bounds(5, 2, 0), None, [Slot("old", 3)], {"old": 5}, id="the only old one"),
        pytest.param(
            Bounds(5, 2, 0), None, [Slot("a", 0, created="1"), Slot("b", 0, created="2")],
            {"b": 5}, id="the newest when none has pods",
        ),
        pytest.param(
            Bounds(8, 2, 0), Slot("new", 2, 0, "2", 6), [Slot("old", 4, 4, "1", 6)],
            {"old": 7, "new": 3}, id="up in proportion",
        ),
        pytest.param(
            Bounds(10, 5, 0), Slot("new", 7, 0, "2", 20), [Slot("old", 8, 8, "1", 20)],
            {"old": 8, "new": 7}, id="not when the room is the same",
        ),
        pytest.param(
            Bounds(2, 2, 0), Slot("new", 2, 0, "2", 6), [Slot("old", 4, 4, "1", 6)],
            {"old": 3, "new": 1}, id="down in proportion",
        ),
        pytest.param(
            Bounds(0, 0, 0), Slot("new", 2, 0, "2", 6), [Slot("old", 4, 4, "1", 6)],
            {"old": 0, "new": 0}, id="to nothing",
        ),
        pytest.param(
            Bounds(3, 1, 0), Slot("new", 3, 3, "2", 4), [Slot("old", 1, 1, "1", 4)],
            {"old": 0}, id="old ones go when the new one is complete",
        ),
    ],
)  # fmt: skip
def test_sets_are_rescaled(
    wanted: Bounds, new: Slot | None, old: list[Slot], expected: dict[str, int]
) -> None:
    assert dict(rescaled(wanted, new, old, actual=6)) == expected

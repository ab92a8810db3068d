from typing import Any

import pytest

from bot.demo.cluster.controllers.deployment import Bounds, bounds, grown, shrunk


@pytest.mark.parametrize(
    ("replicas", "surge", "unavailable", "expected"),
    [
        (4, "25%", "25%", Bounds(4, 5, 3)),
        (3, "25%", "25%", Bounds(3, 4, 3)),
        (10, 3, 2, Bounds(10, 13, 8)),
        (5, 0, 0, Bounds(5, 5, 4)),
        (2, 0, "10%", Bounds(2, 2, 1)),
        (1, 1, 5, Bounds(1, 2, 0)),
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
    assert bounds({"replicas": 3, "strategy": {"type": "Recreate"}}) == Bounds(3, 3, 3)


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        pytest.param(0, 10, 3, id="as far as the surge goes"),
        pytest.param(3, 8, 5, id="as old pods make room"),
        pytest.param(5, 8, 5, id="not above the most"),
        pytest.param(8, 1, 10, id="not above what is wanted"),
        pytest.param(12, 0, 10, id="down to what is wanted"),
        pytest.param(0, 20, 0, id="not at all when there are too many"),
    ],
)
def test_the_new_set_grows(new: int, old: int, expected: int) -> None:
    assert grown(Bounds(10, 13, 8), new, old) == expected


@pytest.mark.parametrize(
    ("available", "old", "expected"),
    [
        pytest.param(0, [(10, 10)], [8], id="to the least"),
        pytest.param(0, [(8, 8)], [8], id="not while the new are not ready"),
        pytest.param(5, [(8, 8)], [3], id="as new pods become ready"),
        pytest.param(6, [(3, 1), (2, 2)], [0, 2], id="ill pods of the oldest set alone"),
        pytest.param(1, [(5, 0)], [5], id="not without any to spare"),
        pytest.param(9, [(2, 1), (2, 2)], [0, 0], id="ill pods first, then the oldest set"),
        pytest.param(0, [(8, 10)], [8], id="not what is going already"),
    ],
)
def test_old_sets_shrink(available: int, old: list[tuple[int, int]], expected: list[int]) -> None:
    assert shrunk(Bounds(10, 13, 8), available, old) == expected

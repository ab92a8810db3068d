"""Waiting until what was scaled has its replicas."""

import asyncio
from typing import Any

import pytest

from bot.core.plan import Target
from bot.core.ports import JsonObject, Query
from bot.kube.settling import settled
from tests.clock import ManualClock

WEB = Target("main", "apps", "v1", "deployments", "Deployment", "shop", "web", "u-web")


def scale(wanted: int, there: int) -> JsonObject:
    return {"spec": {"replicas": wanted}, "status": {"replicas": there}}


class Counts:
    """Answers what a scale is, look by look; the last answer stays."""

    def __init__(self, *looks: JsonObject) -> None:
        self.looks = list(looks)
        self.asked: list[Query] = []

    async def fetch(self, query: Query) -> JsonObject:
        self.asked.append(query)
        return self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]


async def after(seconds: float, looks: tuple[JsonObject, ...], patience: float) -> tuple[Any, int]:
    clock, counts = ManualClock(), Counts(*looks)
    waiting = asyncio.create_task(settled(counts, clock, WEB, patience))  # type: ignore[arg-type]
    await clock.advance(seconds)
    try:
        return waiting.result() if waiting.done() else None, len(counts.asked)
    finally:
        waiting.cancel()


@pytest.mark.parametrize(
    ("looks", "patience", "passed", "result", "asked"),
    [
        ((scale(3, 3),), 10, 0, True, 1),
        ((scale(0, 0),), 10, 0, True, 1),
        ((scale(3, 1), scale(3, 2), scale(3, 3)), 10, 2, True, 3),
        ((scale(3, 1),), 10, 5, None, 6),
        ((scale(3, 1),), 2, 5, False, 3),
        ((scale(3, 1),), 0.001, 0, False, 1),
        ((scale(3, 1), scale(5, 1)), 10, 1, True, 2),
    ],
    ids=[
        *("at once", "none at all", "one after the other", "still waiting", "too long"),
        *("no patience", "somebody else wants another number"),
    ],
)
async def test_it_looks_every_second_until_as_many_are_there_as_are_wanted(
    looks: tuple[JsonObject, ...], patience: float, passed: float, result: Any, asked: int
) -> None:
    assert await after(passed, looks, patience) == (result, asked)

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import structlog

from bot.demo.cluster.controllers import Controller, Loop
from bot.demo.cluster.controllers.hands import EVERYTHING, Hands
from bot.demo.cluster.kinds import Kinds
from bot.demo.cluster.refusals import ApiRefusalError
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Key, Store
from tests.clock import ManualClock

ONE = Key("configmaps", "shop", "one")


class Bench:
    """A loop with one controller, which notes when it looks."""

    def __init__(
        self,
        look: Callable[[int], float | None],
        resource: str = "configmaps",
        **watches: Callable[..., Iterable[Key]],
    ) -> None:
        self.clock = ManualClock()
        self.store = Store()
        self.looks: list[float] = []

        def reconcile(_hands: Hands, _item: dict[str, Any]) -> float | None:
            self.looks.append(self.clock.monotonic())
            return look(len(self.looks))

        hands = Hands(Registry(self.store, Kinds(), self.clock), "")
        self.loop = Loop(hands, [Controller(resource, reconcile, watches)])

    def change(self) -> None:
        self.store.put(ONE, {"metadata": {"name": "one", "namespace": "shop"}})

    async def runs(self, seconds: float) -> list[float]:
        with structlog.testing.capture_logs() as self.logs:
            running = asyncio.create_task(self.loop.run())
            await self.clock.advance(seconds)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        return [round(moment, 3) for moment in self.looks]


def test_many_changes_are_one_look() -> None:
    bench = Bench(lambda _: None)
    for _ in range(5):
        bench.change()
    bench.loop.settle()
    assert len(bench.looks) == 1


async def test_a_look_is_repeated_when_it_says_so() -> None:
    bench = Bench(lambda number: 10.0 if number < 3 else None)
    bench.change()
    assert await bench.runs(60) == [0, 10, 20]


async def test_a_later_look_sets_another_time() -> None:
    bench = Bench({1: 10.0, 2: 30.0}.get)
    bench.change()
    bench.loop.settle()
    bench.change()
    assert await bench.runs(60) == [0, 0, 30]


async def test_a_bug_is_logged_with_its_key_and_tried_again_ever_later() -> None:
    def look(number: int) -> float | None:
        if number < 4:
            raise RuntimeError("a bug")
        return None

    bench = Bench(look)
    bench.change()
    assert await bench.runs(60) == [0, 0.2, 0.6, 1.4]
    assert [each["key"] for each in bench.logs] == [str(ONE)] * 3


async def test_a_refusal_is_no_bug_and_tried_again() -> None:
    def look(number: int) -> float | None:
        if number == 1:
            raise ApiRefusalError(403, "Forbidden", "no")
        return None

    bench = Bench(look)
    bench.change()
    assert await bench.runs(1) == [0, 0.2]
    assert [each["log_level"] for each in bench.logs] == ["info"]


def test_a_controller_can_watch_every_resource() -> None:
    bench = Bench(lambda _: None, "secrets", **{EVERYTHING: lambda *_: [ONE]})
    bench.change()
    bench.loop.settle()
    assert len(bench.looks) == 1


async def test_what_is_there_before_the_loop_is_looked_at() -> None:
    bench = Bench(lambda _: None)
    bench.change()
    seen: list[str] = []

    def reconcile(_hands: Hands, item: dict[str, Any]) -> None:
        seen.append(item["metadata"]["name"])

    hands = Hands(Registry(bench.store, Kinds(), bench.clock), "")
    Loop(hands, [Controller("configmaps", reconcile, {})]).settle()
    assert seen == ["one"]

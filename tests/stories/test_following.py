"""Commands that go on: what they print while the cluster changes under them."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import pytest

from bot.terminal import Terminal, open_terminal
from tests.cluster.bed import Bed

PATIENCE_SECONDS = 60
"""It only ends a wait that would not end otherwise: a busy machine takes long."""

pytestmark = pytest.mark.boxed


class Screen(io.StringIO):
    """What was printed so far, and a way to wait for more of it."""

    def __init__(self) -> None:
        super().__init__()
        self._printed = asyncio.Event()

    def write(self, text: str) -> int:
        self._printed.set()
        return super().write(text)

    async def shows(self, condition: Callable[[str], bool]) -> str:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition(self.getvalue()):
                self._printed.clear()
                await self._printed.wait()
        return self.getvalue()


@asynccontextmanager
async def typed(bed: Bed, phrase: str) -> AsyncIterator[Screen]:
    """Run the phrase until the block ends."""
    screen = Screen()
    passing = bed.clock.passing() if bed.clock else nullcontext()
    async with open_terminal(str(bed.kubeconfig)) as opened:
        terminal = Terminal(opened.engine, opened.fleet, screen, screen, opened.ask)
        running = asyncio.create_task(terminal.run(phrase, yes=False))
        try:
            with passing:
                yield screen
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def scaled(bed: Bed, replicas: int) -> None:
    await asyncio.to_thread(
        bed.kubectl.out, "scale", "deployment/cart", f"--replicas={replicas}", "-n", "shop"
    )


async def test_a_watched_table_grows_a_row_for_each_change(bed: Bed) -> None:
    async with typed(bed, "get deployment cart -n shop -w") as screen:
        await screen.shows(lambda text: "cart" in text)
        await scaled(bed, 3)
        text = await screen.shows(lambda text: "3/3" in text)
        await scaled(bed, 2)
    assert text.count("NAME") == 1
    assert "2/3" in text


async def test_what_happened_stands_before_each_row_when_asked(bed: Bed) -> None:
    async with typed(bed, "get pods -n shop -l app=cart -w --output-watch-events") as screen:
        await screen.shows(lambda text: "ADDED      cart-" in text)
        await scaled(bed, 1)
        await screen.shows(lambda text: "DELETED    cart-" in text)
        await scaled(bed, 2)


async def test_a_followed_log_goes_on(bed: Bed, app_log: Path) -> None:
    async with typed(bed, "logs deploy/cart -n shop -c app -f --tail=1") as screen:
        await screen.shows(lambda text: text.endswith("\n"))
        with app_log.open("a") as log:
            log.write("2026-11-24T00:00:00.000000000Z stdout F one more line\n")
        await screen.shows(lambda text: "one more line" in text)


async def test_a_rollout_is_followed_until_it_is_done(bed: Bed) -> None:
    await scaled(bed, 4)
    async with typed(bed, "rollout status deploy/cart -n shop") as screen:
        text = await screen.shows(lambda text: "successfully rolled out" in text)
    await scaled(bed, 2)
    assert text.endswith('deployment "cart" successfully rolled out\n')

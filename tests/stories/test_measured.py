"""A release that answers with errors: what Slack and a terminal hear of it, until it is over."""

import asyncio
import io
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import pytest

from bot.core.clock import SystemClock
from bot.terminal import open_terminal
from tests.cluster.bed import Bed, Monitors
from tests.cluster.fixtures import WAIT_SECONDS
from tests.stories.whole import Whole

WEB = "deployment/web"
USUAL = "registry.example.org/shop/web:1.4.2"
BAD = "registry.example.org/shop/web:error-30-1.4.2"
SECONDS = 100
"""On a real cluster: an alert ends when no error is left in half a minute of requests."""

pytestmark = [
    pytest.mark.boxed,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(2 * SECONDS + WAIT_SECONDS),
]


async def until(bed: Bed, look: Callable[[], Awaitable[bool]]) -> None:
    """Look again and again, until it is so; seldom, where that takes no time."""
    async with asyncio.timeout(SECONDS):
        while not await look():
            await (bed.clock.sleep(10) if bed.clock else SystemClock().sleep(2))


@pytest.fixture
def error_spike(bed: Bed) -> Iterator[None]:
    """Release what fails three requests in ten; afterwards the usual one is there again."""
    bed.kubectl.out("set", "image", WEB, f"web={BAD}", "-n=shop")
    yield
    bed.kubectl.out("set", "image", WEB, f"web={USUAL}", "-n=shop")
    bed.kubectl.out("rollout", "status", WEB, "-n=shop", "--timeout=60s")


@pytest.mark.usefixtures("error_spike")
async def test_a_channel_hears_of_errors_after_a_release_and_of_their_end(
    bed: Bed, measured: Whole, monitors: Monitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def alarmed() -> bool:
        answer = await measured.ada.slash(measured.shop, "/prom alerts --firing")
        return "ErrorsHigh" in answer.plain()

    async def calm() -> bool:
        return not await alarmed()

    await until(bed, alarmed)
    for name, address in monitors.settings.items():
        monkeypatch.setenv(name, address)
    out = io.StringIO()
    async with open_terminal(str(bed.kubeconfig)) as terminal:
        await replace(terminal, out=out).run("prom alerts --firing -n shop", yes=False)
    assert "ErrorsHigh" in out.getvalue()
    bed.kubectl.out("rollout", "undo", WEB, "-n=shop")
    await until(bed, calm)

"""A turn is told once, whatever happens to Slack, to the bot and to its replicas meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot.demo.slack.workspace import TransportKind
from tests.prometheus import peer
from tests.stories.small import Small, small

WATCH = "/prom watch --for 24h --every 15s errors > 5"
HOSTILE = "<!channel> <@U0EVE>"


@dataclass
class Level:
    """What `errors` are, as a Prometheus tells it."""

    value: float = 1

    async def answer(self, request: peer.Request, writer: asyncio.StreamWriter) -> None:
        """Answer an instant query for it, alone or compared with 5."""
        [query] = request.form.get("query") or request.query["query"]
        series = {"metric": {"pod": HOSTILE}, "value": [1700000000.5, str(self.value)]}
        there = "> 5" not in query or self.value > 5
        writer.write(peer.vector(*([series] if there else [])))
        await writer.drain()


@asynccontextmanager
async def measured(folder: Path, transport: TransportKind, level: Level) -> AsyncIterator[Small]:
    async with peer.serving(level.answer) as server, small(folder, transport) as story:
        yield replace(story, prometheus=server.url)


def told(story: Small, words: str = "True now") -> list[str]:
    """Return what stands in the channel that says this."""
    return [one.plain() for one in story.ada.sees(story.shop) if words in one.plain()]


async def test_a_turn_while_slack_is_away_is_told_once_after_a_restart_by_two_replicas(
    tmp_path: Path, transport: TransportKind
) -> None:
    level = Level()
    async with measured(tmp_path, transport, level) as story:
        async with story.bot():
            kept = await story.ada.slash(story.shop, WATCH)
            assert "it is false now" in kept.plain()
            for _ in range(100):
                story.slack.fail_next("chat.postMessage", status=503)
            level.value = 7
            await story.clock.sleep(60)
        assert told(story) == []
        story.slack._platform.chaos._faults.clear()
        async with story.bot(), story.bot():
            await story.clock.sleep(120)
            level.value = 2
            await story.clock.sleep(120)
        assert len(told(story)) == 1
        assert len(told(story, "False now")) == 1


async def test_a_label_that_is_hostile_mentions_nobody(
    tmp_path: Path, transport: TransportKind
) -> None:
    level = Level()
    async with measured(tmp_path, transport, level) as story, story.bot():
        kept = await story.ada.slash(story.shop, WATCH)
        level.value = 7
        await kept.until(lambda _: bool(told(story)))
        [message] = [one for one in story.ada.sees(story.shop) if "True now" in one.plain()]
        assert "<!channel>" not in message.text
        assert HOSTILE in message.plain()

"""What goes on, whole: one message in Slack that follows the cluster until its Stop is pressed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from bot.demo.slack.visible import SeenMessage
from tests.cluster.bed import Bed
from tests.slack.rig import calls
from tests.stories.whole import Whole

pytestmark = [pytest.mark.boxed, pytest.mark.asyncio(loop_scope="module")]

LOGS = "logs deploy/cart -c app -f --tail=1"


async def test_a_log_is_followed_in_the_channel_until_stop(story: Whole, app_log: Path) -> None:
    before = len(story.eve.sees(story.shop))
    answer = await story.vic.slash(story.shop, f"/kubectl {LOGS}")
    await followed(answer, app_log)
    made = calls(story.slack, answer.act)
    assert made["chat.postMessage"] == 1
    assert set(made) == {"chat.postMessage", "chat.update"}

    shown = await stopped(answer)
    assert shown.seen_by(story.eve).plain() == shown.plain()
    assert len(story.eve.sees(story.shop)) == before + 1


async def test_a_log_is_followed_in_the_thread_where_it_was_asked_for(
    story: Whole, app_log: Path
) -> None:
    first = await story.vic.slash(story.shop, "/kubectl get deployments")
    answer = await story.vic.mention(story.shop, LOGS, thread=first)
    await followed(answer, app_log)
    assert answer.thread_ts == first.ts
    await stopped(answer)


async def test_a_log_that_is_for_one_person_is_followed_in_their_direct_messages(
    story: Whole, app_log: Path
) -> None:
    pointer = await story.vic.slash(story.lobby, f"/kubectl {LOGS} -n shop")
    assert pointer.ephemeral
    async with newest(story, pointer) as answer:
        await followed(answer, app_log)
        await stopped(answer)
    told = [message.plain() for message in story.vic.sees(story.lobby) if message.ephemeral]
    assert any("our direct messages" in text for text in told)
    assert story.ada.sees(story.lobby) == []


async def test_stop_is_for_whoever_asked(story: Whole, app_log: Path) -> None:
    answer = await story.vic.slash(story.shop, f"/kubectl {LOGS}")
    await answer.until("Stop")
    told = await answer.click("Stop", by=story.ada)
    assert told.ephemeral
    assert "not yours" in told.plain()
    await followed(answer, app_log)
    await stopped(answer)


async def test_a_table_is_watched_until_stop(story: Whole, bed: Bed) -> None:
    await scaled(bed, 2)
    answer = await story.vic.slash(story.shop, "/kubectl get deployment cart -w")
    await answer.until("2/2")
    await scaled(bed, 3)
    await answer.until("3/3")
    await stopped(answer)
    assert answer.plain().count("NAME   READY") == 1
    await scaled(bed, 2)


async def test_a_change_is_followed_in_its_own_message_until_it_is_rolled_out(
    story: Whole, bed: Bed
) -> None:
    await scaled(bed, 2)
    card = await story.ada.slash(story.shop, "/kubectl scale deploy/cart --replicas=4")
    done = await card.click("Confirm")
    assert done.ts == card.ts
    shown = await done.until('deployment "cart" successfully rolled out')
    assert "deployment.apps/cart scaled" in shown.plain()
    await scaled(bed, 2)


@asynccontextmanager
async def newest(story: Whole, pointer: SeenMessage) -> AsyncIterator[SeenMessage]:
    """Wait for something in vic's direct messages that can be stopped."""

    def live() -> list[SeenMessage]:
        seen = story.vic.sees(story.vic.direct_channel())
        return [one for one in seen if "Stop" in labels(one)]

    await pointer.until(lambda _: bool(live()))
    yield live()[-1]


async def followed(answer: SeenMessage, app_log: Path) -> None:
    """Let the container print a line, and wait until it is shown."""
    await answer.until("Stop")
    line = f"line of {uuid4().hex}"
    with app_log.open("a") as log:
        log.write(f"2026-11-24T00:00:00.000000000Z stdout F {line}\n")
    await answer.until(line)


async def stopped(answer: SeenMessage) -> SeenMessage:
    await answer.click("Stop")
    return await answer.until(lambda message: "Stop" not in labels(message))


def labels(message: SeenMessage) -> set[str]:
    return {button.label for button in message.buttons}


async def scaled(bed: Bed, replicas: int) -> None:
    await asyncio.to_thread(
        bed.kubectl.out, "scale", "deployment/cart", f"--replicas={replicas}", "-n", "shop"
    )

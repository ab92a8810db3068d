"""When an answer is shown while it comes; time moves only where a test moves it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from bot.core.ports import Heading
from bot.core.reply import Problem, Text
from bot.demo.slack.visible import SeenMessage
from bot.demo.slack.workspace import TransportKind
from bot.slack.outlet import SIGN_SECONDS
from tests.clock import ManualClock
from tests.slack.rig import Rig, calls, rig
from tests.slack.scripted import ABSENT, DENIED, PODS, PRIVATE, PUBLIC, Gated, plays, proposal

SIGN = "⏳ Working on it…"


@asynccontextmanager
async def slow(transport: TransportKind, play: Gated) -> AsyncIterator[tuple[Rig, ManualClock]]:
    """Run a story whose service waits between its two acts, on a clock that stands still."""
    clock = ManualClock(datetime.now(UTC))
    async with rig(transport, play, clock=clock) as story:
        yield story, clock


async def typed(story: Rig, play: Gated, clock: ManualClock) -> SeenMessage:
    """Type, let a sign become due and return it."""
    answer = asyncio.ensure_future(story.ada.slash(story.shop, "/kubectl get pods"))
    await play.started.wait()
    await clock.advance(SIGN_SECONDS)
    return await answer


async def test_a_quick_answer_has_no_sign_before_it(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        answer = await story.ada.slash(story.shop, "/kubectl get pods")
        assert story.ada.sees(story.shop)[0].ts == answer.ts
        assert SIGN not in answer.plain()


async def test_nothing_is_said_before_a_sign_is_due(transport: TransportKind) -> None:
    play = Gated(plays(), plays(PODS, heading=None))
    async with slow(transport, play) as (story, clock):
        answer = asyncio.ensure_future(story.ada.slash(story.shop, "/kubectl get pods"))
        await play.started.wait()
        await clock.advance(SIGN_SECONDS - 0.01)
        assert not calls(story.slack, story.slack.wire.acts[-1])
        play.go.set()
        assert "web-1" in (await answer).plain()


async def test_a_public_answer_that_takes_long_is_one_message_from_the_sign_on(
    transport: TransportKind,
) -> None:
    play = Gated(plays(), plays(PODS, heading=None))
    async with slow(transport, play) as (story, clock):
        answer = await typed(story, play, clock)
        assert SIGN in answer.plain()
        assert not answer.ephemeral
        play.go.set()
        await answer.until("web-1   1/1")
        assert SIGN not in answer.plain()
        assert answer.buttons == ()
        assert calls(story.slack, answer.act) == {"chat.postMessage": 1, "chat.update": 1}


@pytest.mark.parametrize("heading", [PRIVATE, None], ids=["private", "not-yet-let-through"])
async def test_the_sign_of_what_may_be_private_is_private(
    transport: TransportKind, heading: Heading | None
) -> None:
    play = Gated(plays(heading=heading), plays(PODS, heading=PRIVATE))
    async with slow(transport, play) as (story, clock):
        sign = await typed(story, play, clock)
        assert sign.ephemeral
        assert SIGN in sign.plain()
        play.go.set()
        await sign.until(lambda _: len(story.ada.sees(story.shop)) == 2)
        assert story.eve.sees(story.shop) == []


async def test_an_answer_that_grows_is_edited_every_three_seconds(transport: TransportKind) -> None:
    play = Gated(plays(Text("one\n")), plays(Text("three\n"), heading=None))
    async with slow(transport, play) as (story, clock):
        answer = await typed(story, play, clock)
        await answer.until("one")
        [outlet] = play.outlets
        await outlet.draw(Text("two\n"))
        await clock.someone_sleeps(3.0)
        await clock.advance(2.99)
        assert answer.now.revision == 0
        await clock.advance(0.01)
        await answer.until("one\ntwo")
        play.go.set()
        await answer.until("one\ntwo\nthree")
        assert answer.now.revision == 2


async def test_an_answer_that_stands_still_is_not_edited(transport: TransportKind) -> None:
    play = Gated(plays(Text("one\n")), plays(heading=None))
    async with slow(transport, play) as (story, clock):
        answer = await typed(story, play, clock)
        for _ in range(3):
            await clock.someone_sleeps(3.0)
            await clock.advance(3.0)
        play.go.set()
        await answer.changed()
        assert SIGN not in answer.plain()
        assert answer.now.revision == 1


async def test_a_public_sign_is_taken_back_when_only_a_mistake_follows(
    transport: TransportKind,
) -> None:
    play = Gated(plays(), plays(Problem(ABSENT), heading=None))
    async with slow(transport, play) as (story, clock):
        sign = await typed(story, play, clock)
        play.go.set()
        await sign.until(lambda message: message.gone)
        await sign.until(lambda _: len(story.ada.sees(story.shop)) == 1)
        [mistake] = story.ada.sees(story.shop)
        assert mistake.ephemeral
        assert ABSENT.text in mistake.plain()


async def test_a_mistake_that_comes_early_is_not_shown_to_all(transport: TransportKind) -> None:
    play = Gated(plays(Problem(ABSENT)), plays(heading=None))
    async with slow(transport, play) as (story, clock):
        sign = await typed(story, play, clock)
        assert sign.ephemeral
        assert ABSENT.text not in sign.plain()


async def test_a_private_answer_that_grows_goes_on_in_the_dm(transport: TransportKind) -> None:
    play = Gated(plays(Text("one\n"), heading=PRIVATE), plays(Text("two\n"), heading=None))
    async with slow(transport, play) as (story, clock):
        sign = await typed(story, play, clock)
        await clock.someone_sleeps(3.0)
        await clock.advance(3.0)
        dm = story.ada.direct_channel()
        await sign.until(lambda _: len(story.ada.sees(story.shop)) == 2)
        [live] = story.ada.sees(dm)
        link = story.ada.sees(story.shop)[1]
        assert link.ephemeral
        assert "our direct messages" in link.plain()
        assert f"/archives/{dm.id}/p{live.ts.replace('.', '')}" in link.text
        play.go.set()
        await live.until("one\ntwo")
        assert len(story.ada.sees(story.shop)) == 2


async def test_cancel_ends_a_running_command(transport: TransportKind) -> None:
    play = Gated(plays(Text("one\n")), plays(heading=None))
    async with slow(transport, play) as (story, clock):
        answer = await typed(story, play, clock)
        await answer.click("Cancel")
        await answer.until("Cancelled.")
        assert answer.buttons == ()
        assert "one" in answer.plain()


async def test_who_did_not_ask_cannot_cancel(transport: TransportKind) -> None:
    play = Gated(plays(Text("one\n")), plays(Text("two\n"), heading=None))
    async with slow(transport, play) as (story, clock):
        answer = await typed(story, play, clock)
        told = await answer.click("Cancel", by=story.eve)
        assert told.ephemeral
        assert "not yours" in told.plain()
        play.go.set()
        await answer.until("one\ntwo")


async def test_buttons_come_only_with_the_end_of_a_proposal(transport: TransportKind) -> None:
    play = Gated(plays(proposal()), plays(heading=None))
    async with slow(transport, play) as (story, clock):
        asked = await typed(story, play, clock)
        assert [button.label for button in asked.buttons] == ["Cancel"]
        play.go.set()
        await asked.until(lambda message: len(message.buttons) == 2)


async def test_a_press_that_takes_long_takes_the_buttons_away_first(
    transport: TransportKind,
) -> None:
    play = Gated(plays(heading=PUBLIC), plays(Text("scaled\n"), heading=None))
    clock = ManualClock(datetime.now(UTC))
    async with rig(transport, plays(proposal()), clock=clock) as story:
        story.service.on_confirm = play
        asked = await story.ada.slash(story.shop, "/kubectl scale deploy web --replicas=5")
        pressed = asyncio.ensure_future(asked.click("Confirm"))
        await play.started.wait()
        await clock.advance(SIGN_SECONDS)
        running = await pressed
        assert running.ts == asked.ts
        assert "Confirmed by @ada" in running.plain()
        assert SIGN in running.plain()
        assert [button.label for button in running.buttons] == ["Cancel"]
        play.go.set()
        await running.until("scaled")


async def test_a_press_that_is_refused_late_leaves_the_proposal_as_it_was(
    transport: TransportKind,
) -> None:
    play = Gated(plays(heading=None), plays(Problem(DENIED), heading=None))
    clock = ManualClock(datetime.now(UTC))
    async with rig(transport, plays(proposal()), clock=clock) as story:
        story.service.on_confirm = play
        asked = await story.ada.slash(story.shop, "/kubectl scale deploy web --replicas=5")
        pressed = asyncio.ensure_future(asked.click("Confirm", by=story.eve))
        await play.started.wait()
        await clock.advance(SIGN_SECONDS)
        sign = await pressed
        assert sign.ephemeral
        play.go.set()
        await sign.until(lambda _: len(story.eve.sees(story.shop)) == 3)
        assert DENIED.text in story.eve.sees(story.shop)[2].plain()
        assert asked.now.revision == 0

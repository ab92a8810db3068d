"""What people see when Slack refuses, stalls, or does not say."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.core.errors import StoreError
from bot.core.reply import Text
from bot.demo.slack.workspace import TransportKind
from tests.clock import ManualClock
from tests.slack.rig import Rig, calls, rig
from tests.slack.scripted import PODS, PRIVATE, Gated, plays, proposal


@pytest.mark.parametrize(
    "failure",
    [{"retry_after": 7}, {"error": "ratelimited"}],
    ids=["http-429", "ok-false"],
)
async def test_a_limited_post_is_made_after_the_wait_and_once(
    transport: TransportKind, failure: dict[str, int]
) -> None:
    clock = ManualClock(datetime.now(UTC))
    async with rig(transport, plays(PODS), clock=clock) as story:
        story.slack.fail_next("chat.postMessage", **failure)  # type: ignore[arg-type]
        answer = asyncio.ensure_future(story.ada.slash(story.shop, "/kubectl get pods"))
        await refused(story, "chat.postMessage")
        await clock.asleep()
        await clock.advance(failure.get("retry_after", 1) - 0.01)
        assert story.ada.sees(story.shop) == []
        await clock.advance(0.01)
        assert "web-1" in (await answer).plain()
        assert len(story.ada.sees(story.shop)) == 1


async def test_a_limited_channel_does_not_hold_up_another_one(transport: TransportKind) -> None:
    clock = ManualClock(datetime.now(UTC))
    async with rig(transport, plays(PODS), clock=clock) as story:
        other = story.slack.channel("other", members=[story.ada, story.slack.bot])
        story.slack.fail_next("chat.postMessage", retry_after=30)
        late = asyncio.ensure_future(story.ada.slash(story.shop, "/kubectl get pods"))
        await refused(story, "chat.postMessage")
        await clock.asleep()
        assert "web-1" in (await story.ada.slash(other, "/kubectl get pods")).plain()
        assert not late.done()
        await clock.advance(30)
        await late


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long"])
async def test_blocks_that_slack_refuses_become_plain_text(
    transport: TransportKind, code: str
) -> None:
    async with rig(transport, plays(Text("a ``` <!channel> & b\n"))) as story:
        story.slack.fail_next("chat.postMessage", error=code)
        answer = await story.ada.slash(story.shop, "/kubectl logs web")
        assert answer.blocks == ()
        assert "&lt;!channel&gt; &amp; b" in answer.text
        assert answer.text.count("```") == 2


async def test_a_proposal_without_its_buttons_says_what_to_do(transport: TransportKind) -> None:
    async with rig(transport, plays(proposal())) as story:
        story.slack.fail_next("chat.postMessage", error="invalid_blocks")
        answer = await story.ada.slash(story.shop, "/kubectl scale deploy web --replicas=5")
        assert "Type the command again" in answer.plain()
        assert "replicas 3 → 5" in answer.plain()


async def test_a_post_whose_answer_was_lost_is_not_made_twice(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        story.slack.fail_next("chat.postMessage", status=503)
        answer = await story.ada.slash(story.shop, "/kubectl get pods")
        assert answer.ephemeral
        assert "did not say whether" in answer.plain()
        assert "web-1" in answer.plain()
        assert calls(story.slack, answer.act)["chat.postMessage"] == 1


async def test_every_post_carries_the_id_of_its_request(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        answer = await story.ada.slash(story.shop, "/kubectl get pods")
        assert answer.now.metadata == {
            "event_type": "quarterdeck_answer",
            "event_payload": {"request": "req-1"},
        }


async def test_an_edit_whose_answer_was_lost_is_made_again(transport: TransportKind) -> None:
    async with rig(transport, plays(proposal())) as story:
        asked = await story.ada.slash(story.shop, "/kubectl scale deploy web --replicas=5")
        story.slack.fail_next("chat.update", status=502)
        assert "Confirmed by @ada" in (await asked.click("Confirm")).plain()


async def test_a_message_that_can_no_longer_be_edited_is_posted_again(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(proposal())) as story:
        asked = await story.ada.slash(story.shop, "/kubectl scale deploy web --replicas=5")
        story.slack.fail_next("chat.update", error="message_not_found")
        again = await asked.click("Confirm")
        assert again.ts != asked.ts
        assert "Confirmed by @ada" in again.plain()


async def test_a_dead_response_url_is_replaced_by_a_whisper(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS, heading=PRIVATE)) as story:
        story.slack.fail_next("response_url", error="used_url", status=404)
        answer = await story.ada.slash(story.shop, "/kubectl get pods")
        assert answer.ephemeral
        assert calls(story.slack, answer.act)["chat.postEphemeral"] == 1


async def test_who_cannot_be_whispered_to_is_written_to_directly(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS, heading=PRIVATE)) as story:
        story.slack.fail_next("response_url", error="used_url", status=404)
        story.slack.fail_next("chat.postEphemeral", error="user_not_in_channel")
        asking = asyncio.ensure_future(story.ada.slash(story.shop, "/kubectl get pods"))
        answer = await asking
        assert answer.channel == story.ada.direct_channel().id
        assert "web-1" in answer.plain()


async def test_an_archived_channel_is_answered_in_private(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        story.slack.fail_next("chat.postMessage", error="is_archived")
        answer = await story.ada.slash(story.shop, "/kubectl get pods")
        assert answer.ephemeral
        assert "This channel is archived" in answer.plain()


async def test_while_the_store_cannot_remember_acts_are_told_apart_by_this_process(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(PODS)) as story:
        story.memory.broken = StoreError("the store cannot be written")
        story.slack.duplicate_next_envelope()
        await story.ada.slash(story.shop, "/kubectl get pods")
        await story.surface.drain(5)
        assert len(story.service.served) == 1


async def test_progress_that_cannot_be_posted_does_not_cost_the_answer(
    transport: TransportKind,
) -> None:
    clock = ManualClock(datetime.now(UTC))
    play = Gated(plays(), plays(PODS, heading=None))
    async with rig(transport, play, clock=clock) as story:
        story.slack.expect_refusal("chat.postMessage", "not_in_channel")
        den = story.slack.channel("den", members=[story.ada])
        asking = asyncio.ensure_future(story.ada.slash(den, "/kubectl get pods"))
        await play.started.wait()
        await clock.advance(1.0)
        await clock.asleep()
        play.go.set()
        answer = await asking
        assert answer.ephemeral
        assert "/invite @quarterdeck" in answer.plain()
        assert calls(story.slack, answer.act)["chat.postMessage"] == 1


async def refused(story: Rig, method: str) -> None:
    """Wait until Slack has refused a call; never for longer than ten seconds."""
    async with asyncio.timeout(10):
        while not any(call.method == method and call.error for call in story.slack.wire.calls):
            await asyncio.sleep(0.001)

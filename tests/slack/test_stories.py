"""What people see when they type and press, over both transports."""

import pytest

from bot.core.command import Effect
from bot.core.errors import SupersededError
from bot.core.ports import Heading
from bot.core.reply import Problem, Text
from bot.core.request import Surface
from bot.demo.slack.workspace import TransportKind
from tests.slack.rig import calls, rig
from tests.slack.scripted import (
    ABSENT,
    DENIED,
    PODS,
    PRIVATE,
    PUBLIC,
    TEXT_OF_PODS,
    plays,
    proposal,
)


async def test_the_answer_to_a_command_stands_in_the_channel(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        answer = await story.ada.slash(story.shop, "/kubectl get pods -n shop")
        assert not answer.seen_by(story.eve).ephemeral
        assert answer.plain() == f"prod/shop  kubectl get pods  for @ada\n{TEXT_OF_PODS.rstrip()}"
        assert calls(story.slack, answer.act) == {"chat.postMessage": 1}


async def test_the_request_says_who_where_and_what(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        await story.ada.slash(story.shop, "/deck help")
        [request] = story.service.served
        assert request.id == "req-1"
        assert request.person.key == f"{story.slack.team}/{story.ada.id}"
        assert request.place.surface is Surface.SLASH
        assert request.place.channel == story.shop.id
        assert request.text == "deck help"


async def test_a_private_answer_is_seen_by_its_person_alone(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS, heading=PRIVATE)) as story:
        answer = await story.ada.slash(story.shop, "/kubectl get pods")
        assert answer.ephemeral
        assert TEXT_OF_PODS.rstrip() in answer.plain()
        assert story.eve.sees(story.shop) == []


@pytest.mark.parametrize("heading", [PUBLIC, None], ids=["opened", "refused-before"])
async def test_a_mistake_is_for_the_person_alone(transport: TransportKind, heading: None) -> None:
    async with rig(transport, plays(Problem(ABSENT), heading=heading)) as story:
        answer = await story.ada.slash(story.shop, "/kubectl get pod web")
        assert answer.ephemeral
        assert ABSENT.text in answer.plain()
        assert story.eve.sees(story.shop) == []


async def test_a_refusal_says_what_to_do_next(transport: TransportKind) -> None:
    async with rig(transport, plays(Problem(DENIED), heading=None)) as story:
        answer = await story.ada.slash(story.shop, "/kubectl get pods")
        assert answer.plain() == "the policy does not let you do this\nAsk in #ops."


async def test_a_mistake_beside_a_result_is_told_with_it(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS, Problem(ABSENT))) as story:
        answer = await story.ada.slash(story.shop, "/kubectl get pods,x")
        assert not answer.ephemeral
        assert TEXT_OF_PODS.rstrip() in answer.plain()
        assert ABSENT.text in answer.plain()


async def test_a_mention_in_a_thread_is_answered_in_the_thread(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        alert = await story.eve.mention(story.shop, "")
        answer = await story.ada.mention(story.shop, "get pods", thread=alert)
        assert answer.thread_ts == alert.ts
        request = story.service.served[-1]
        assert request.text == "get pods"
        assert request.place.surface is Surface.MENTION
        assert request.place.thread == alert.ts


async def test_a_refusal_in_a_thread_is_whispered_there(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS), plays(Problem(DENIED), heading=None)) as story:
        alert = await story.eve.mention(story.shop, "")
        answer = await story.ada.mention(story.shop, "get pods", thread=alert)
        assert answer.ephemeral
        assert answer.thread_ts == alert.ts


@pytest.mark.parametrize("heading", [PUBLIC, PRIVATE, None], ids=["public", "private", "refused"])
async def test_a_direct_message_is_answered_where_it_was_written(
    transport: TransportKind, heading: Heading | None
) -> None:
    async with rig(transport, plays(Problem(DENIED), heading=heading)) as story:
        answer = await story.ada.dm("get pods")
        assert answer.channel == story.ada.direct_channel().id
        assert not answer.ephemeral
        assert DENIED.text in answer.plain()
        assert story.service.served[0].place.surface is Surface.DIRECT


async def test_what_is_typed_is_handed_on_as_slack_sent_it(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        await story.ada.mention(story.shop, "get pods -l “app=web” & more")
        assert story.service.served[0].text == "get pods -l “app=web” &amp; more"


async def test_a_proposal_shows_its_changes_and_two_buttons(transport: TransportKind) -> None:
    async with rig(transport, plays(proposal())) as story:
        asked = await story.ada.slash(story.shop, "/kubectl scale deploy web --replicas=5")
        assert "deployment.apps/web: replicas 3 → 5" in asked.plain()
        assert [button.label for button in asked.buttons] == ["Confirm", "Cancel"]
        assert {button.value for button in asked.buttons} == {"ticket-1"}
        assert [button.style for button in asked.buttons] == ["primary", ""]


async def test_the_button_of_a_loss_is_red(transport: TransportKind) -> None:
    async with rig(transport, plays(proposal(effect=Effect.DESTROY))) as story:
        asked = await story.ada.slash(story.shop, "/kubectl delete pod web")
        assert asked.buttons[0].style == "danger"


async def test_a_confirmed_proposal_becomes_its_own_record(transport: TransportKind) -> None:
    async with rig(transport, plays()) as story:
        story.propose()
        story.service.on_confirm = plays(Text("deployment.apps/web scaled\n"))
        asked = await story.ada.slash(story.shop, "/kubectl scale deploy web --replicas=5")
        done = await asked.click("Confirm", by=story.eve)
        assert done.ts == asked.ts
        assert [button.label for button in done.buttons] == ["Audit"]
        assert "deployment.apps/web: replicas 3 → 5\nConfirmed by @eve at " in done.plain()
        assert done.plain().endswith("🟢 Done.\ndeployment.apps/web scaled\n[Audit]")
        [(ticket, request)] = story.service.confirmed
        assert ticket == "ticket-1"
        assert request.person.key == f"{story.slack.team}/{story.eve.id}"
        assert request.text == ""
        assert calls(story.slack, done.act) == {"chat.update": 1}


async def test_a_cancelled_proposal_loses_its_buttons(transport: TransportKind) -> None:
    async with rig(transport, plays(proposal())) as story:
        asked = await story.ada.slash(story.shop, "/kubectl scale deploy web --replicas=5")
        done = await asked.click("Cancel")
        assert done.ts == asked.ts
        assert done.buttons == ()
        assert "Cancelled by @ada" in done.plain()
        assert story.service.withdrawn == ["ticket-1"]


async def test_who_may_not_confirm_is_told_so_and_the_buttons_stay(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(proposal())) as story:
        story.service.allowed = [story.ada.id]
        asked = await story.ada.slash(story.shop, "/kubectl scale deploy web --replicas=5")
        refusal = await asked.click("Confirm", by=story.eve)
        assert refusal.ephemeral
        assert DENIED.text in refusal.plain()
        assert [button.label for button in asked.buttons] == ["Confirm", "Cancel"]
        assert "Confirmed by @ada" in (await asked.click("Confirm")).plain()


async def test_a_superseded_proposal_cannot_be_pressed_again(transport: TransportKind) -> None:
    late = SupersededError("replicas is 4 now, not 3")
    async with rig(transport, plays(proposal())) as story:
        story.service.on_confirm = plays(Problem(late), heading=None)
        asked = await story.ada.slash(story.shop, "/kubectl scale deploy web --replicas=5")
        done = await asked.click("Confirm")
        assert done.ts == asked.ts
        assert done.buttons == ()
        assert late.text in done.plain()


async def test_a_private_proposal_is_replaced_where_it_stands(transport: TransportKind) -> None:
    async with rig(transport, plays(proposal(), heading=PRIVATE)) as story:
        asked = await story.ada.slash(story.shop, "/kubectl scale deploy web --replicas=5")
        done = await asked.click("Confirm")
        assert done.ts == asked.ts
        assert done.buttons == ()
        assert TEXT_OF_PODS.rstrip() in done.plain()
        assert story.eve.sees(story.shop) == []


async def test_a_command_that_slack_delivers_twice_runs_once(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        story.slack.duplicate_next_envelope()
        await story.ada.slash(story.shop, "/kubectl get pods")
        await story.surface.drain(5)
        assert len(story.service.served) == 1
        assert len(story.ada.sees(story.shop)) == 1


async def test_a_press_that_slack_delivers_twice_runs_once(transport: TransportKind) -> None:
    async with rig(transport, plays(proposal())) as story:
        asked = await story.ada.slash(story.shop, "/kubectl scale deploy web --replicas=5")
        story.slack.duplicate_next_envelope()
        await asked.click("Confirm")
        await story.surface.drain(5)
        assert len(story.service.confirmed) == 1


async def test_people_of_another_workspace_are_refused(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        guest = story.slack.user("mallory", flags=["foreign"])
        shared = story.slack.channel("shared", members=[guest, story.slack.bot], shared=True)
        refusal = await guest.mention(shared, "get pods")
        assert refusal.ephemeral
        assert refusal.plain() == "I serve only the people of my own workspace."
        assert story.service.served == []


async def test_without_the_bot_in_the_channel_the_answer_is_private(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(PODS)) as story:
        story.slack.expect_refusal("chat.postMessage", "not_in_channel")
        den = story.slack.channel("den", members=[story.ada])
        answer = await story.ada.slash(den, "/kubectl get pods")
        assert answer.ephemeral
        assert "I am not in this channel" in answer.plain()
        assert "/invite @quarterdeck" in answer.plain()
        assert TEXT_OF_PODS.rstrip() in answer.plain()

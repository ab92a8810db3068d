"""What people see of a change that waits for others, from the card to its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from bot.core.access import Binding
from bot.core.command import Effect
from bot.core.errors import StoreError, SupersededError
from bot.core.proposal import Case, Consent, Jury, Message, Stage
from bot.core.reply import Problem, Proposal, Text
from bot.demo.slack.people import Person
from bot.demo.slack.visible import SeenMessage
from bot.slack.board import CardBoard
from tests.slack.rig import Rig, rig
from tests.slack.scripted import case, plays

TYPED = "/kubectl scale deploy web --replicas=5"
DONE = plays(Text("deployment.apps/web scaled\n"))


@asynccontextmanager
async def waiting(
    consent: Consent = Consent.APPROVE, **changes: Any
) -> AsyncIterator[tuple[Rig, SeenMessage, Person]]:
    """Yield a story with a card that waits, and a third person in it: dan."""
    async with rig("http", plays()) as story:
        dan = story.slack.user("dan")
        await story.slack.administration.join(story.shop, dan)
        jury = Jury(people=(story.eve.id, dan.id), groups=("team-shop",))
        story.propose(consent=consent, **{"jury": jury, **changes})
        story.service.on_confirm = DONE
        card = await story.ada.slash(story.shop, TYPED)
        while kept(story).message is None:
            await asyncio.sleep(0)
        yield story, card, dan


def labels(message: SeenMessage) -> list[str]:
    return [button.label for button in message.buttons]


async def shown(story: Rig, card: SeenMessage, words: str) -> SeenMessage:
    """Wait until the postman has brought what the board says."""
    return await card.seen_by(story.ada).until(words)


async def test_a_card_mentions_who_can_approve_it_and_says_until_when() -> None:
    async with waiting() as (_, card, _dan):
        asked = "Needs approval by 1 of @eve, @dan, the members of team-shop; asked at 14:20 UTC"
        assert f"{asked}; expires 14:35 UTC." in card.plain()
        assert labels(card) == ["Approve", "Deny…", "Cancel", "Break glass…"]
        assert "<@" in card.text


async def test_it_is_noted_where_the_card_stands() -> None:
    async with waiting() as (story, card, _):
        kept = story.service.cases.items["ticket-1"]
        assert kept.message == Message(story.shop.id, card.ts)


async def test_an_approval_runs_it_and_the_card_names_who_gave_it() -> None:
    async with waiting() as (_, card, dan):
        done = await card.click("Approve", by=dan)
        assert done.ts == card.ts
        assert "Approved by @dan at " in done.plain()
        assert done.plain().endswith("🟢 Done.\ndeployment.apps/web scaled\n[Audit]")


async def test_one_approval_of_two_is_counted_and_the_card_waits_on() -> None:
    async with waiting(Consent.APPROVE_TWO) as (story, card, dan):
        assert "Needs approval by 2 of @eve, @dan" in card.plain()
        counted = await card.click("Approve", by=story.eve)
        assert counted.ts == card.ts
        assert "Approved by @eve at " in counted.plain()
        assert "Needs approval by 1 of @dan, the members" in counted.plain()
        assert "1 of 2 so far." in counted.plain()
        assert labels(counted) == labels(card)
        done = await counted.click("Approve", by=dan)
        assert "Approved by @eve" in done.plain()
        assert "Approved by @dan" in done.plain()
        assert len(story.service.confirmed) == 1


async def test_who_denies_says_why_and_everybody_reads_it() -> None:
    async with waiting() as (story, card, _):
        await card.click("Deny…", by=story.eve)
        form = story.eve.modal
        assert TYPED.removeprefix("/") in form.plain()
        done = await form.submit({"Why not?": "<!channel> not before *noon*"})
        assert done.ts == card.ts
        assert "Denied by @eve at " in done.plain()
        assert "Reason: “<!channel> not before *noon*”" in done.plain()
        assert "<!channel>" not in done.text
        assert story.service.reasons == [("deny", "<!channel> not before *noon*")]


async def test_a_form_without_a_reason_is_not_taken() -> None:
    async with waiting() as (story, card, _):
        await card.click("Break glass…", by=story.eve)
        form = await story.eve.modal.advance({"Why can nobody approve it?": "  "})
        assert form.errors == {"Why can nobody approve it?": "It needs a reason."}
        assert story.service.reasons == []


async def test_a_broken_glass_is_said_aloud_on_the_card() -> None:
    async with waiting() as (story, card, _):
        await card.click("Break glass…", by=story.ada)
        done = await story.ada.modal.submit({"Why can nobody approve it?": "alone at 3 am"})
        assert done.ts == card.ts
        assert "🚨 Glass broken by @ada at " in done.plain()
        assert "without the approval that this needs. Reason: “alone at 3 am”" in done.plain()
        assert "deployment.apps/web scaled" in done.plain()


async def test_who_approves_a_loss_types_what_is_lost() -> None:
    async with waiting(effect=Effect.DESTROY) as (story, card, dan):
        assert "Whoever approves types web." in card.plain()
        assert labels(card)[0] == "Approve…"
        await card.click("Approve…", by=dan)
        form = await dan.modal.advance({"Type web": "web-2"})
        assert form.errors == {"Type web": "This is not web."}
        assert story.service.confirmed == []
        done = await form.submit({"Type web": "web"})
        assert done.ts == card.ts
        assert "Approved by @dan" in done.plain()


async def test_who_asked_withdraws_it() -> None:
    async with waiting() as (story, card, _):
        done = await card.click("Cancel")
        assert "⚪ Withdrawn by @ada at " in done.plain()
        assert labels(done) == ["Audit"]
        assert story.service.withdrawn == ["ticket-1"]


async def test_what_was_superseded_is_planned_again_in_a_card_of_its_own() -> None:
    late = Problem(SupersededError("replicas is 4 now, not 3"))
    async with waiting() as (story, card, _):
        story.service.on_confirm, story.service.ends = plays(late), Stage.SUPERSEDED
        done = await card.click("Approve", by=story.eve)
        assert "⚪ Superseded" in done.plain()
        assert "replicas is 4 now, not 3" in done.plain()
        assert labels(done) == ["Plan again", "Audit"]
        anew = case("ticket-2", requester=story.key(story.ada), channel=story.shop.id)
        story.service.cases.items["ticket-2"] = anew
        story.service.on_again = plays(Proposal(anew))
        fresh = await done.click("Plan again")
        assert fresh.ts != card.ts
        assert labels(fresh) == ["Confirm", "Cancel"]
        old = await shown(story, card, "Planned again: the new one")
        assert labels(old) == []


@pytest.mark.parametrize("elsewhere", [Message("COTHER", "1.1"), Message("", "1.1")])
async def test_t22_t27_a_copy_of_a_card_does_nothing(elsewhere: Message) -> None:
    async with waiting() as (story, card, dan):
        at = replace(elsewhere, channel=elsewhere.channel or story.shop.id)
        story.service.cases.change("ticket-1", message=at)
        told = await card.click("Approve", by=dan)
        assert told.ephemeral
        assert "a copy of it, so nothing was done" in told.plain()
        assert story.service.confirmed == []
        assert card.now.revision == 0


async def test_an_old_card_is_put_right_by_the_press_that_it_should_not_have_got() -> None:
    async with waiting() as (story, card, dan):
        story.service.cases.change("ticket-1", stage=Stage.EXPIRED)
        story.service.allowed = ["UNOBODY"]
        told = await card.click("Approve", by=dan)
        assert told.ephemeral
        gone = await shown(story, card, "⚪ Expired at 14:35 UTC; nothing was changed.")
        assert labels(gone) == ["Plan again"]


async def test_a_form_for_what_has_ended_is_not_opened() -> None:
    async with waiting() as (story, card, dan):
        story.service.cases.change("ticket-1", stage=Stage.WITHDRAWN)
        told = await card.click("Deny…", by=dan)
        assert told.ephemeral
        assert "This is not waiting any more." in told.plain()


def board(story: Rig) -> CardBoard:
    return story.surface._peers.board


def kept(story: Rig) -> Case:
    return story.service.cases.items["ticket-1"]


async def test_the_board_reminds_beside_the_card_and_rewrites_it_at_its_end() -> None:
    async with waiting() as (story, card, _):
        await board(story).remind(kept(story))
        await card.until(lambda message: bool(message.replies()))
        [reminder] = card.replies()
        assert "This still needs approval by 1 of @eve, @dan" in reminder.plain()
        story.service.cases.change("ticket-1", stage=Stage.EXPIRED)
        await board(story).show(kept(story))
        await shown(story, card, "⚪ Expired")


async def test_home_lists_what_waits_for_one_and_what_one_asked_for() -> None:
    async with waiting() as (story, _card, dan):
        story.backstage.rights.bindings = (Binding(story.shop.id, "default", ("shop",)),)
        row = "prod/shop  kubectl scale deploy web --replicas=5  for @ada; expires 14:35 UTC; "
        mine, theirs = await story.ada.open_home(), await dan.open_home()
        assert f"You asked for\n{row}0 of 1 approvals. Open the card" in mine.plain()
        assert f"Waiting for you\n{row}0 of 1 approvals. Open the card" in theirs.plain()
        assert "Waiting for you\nNothing." in mine.plain()
        await _card.click("Approve", by=story.eve)
        await theirs.until("Waiting for you\nNothing.")


async def test_home_says_when_it_cannot_tell_what_waits() -> None:
    async with waiting() as (story, _card, _dan):
        story.service.cases.broken = StoreError("the store cannot be read")
        home = await story.eve.open_home()
        assert "Waiting for you\nThis cannot be told at the moment." in home.plain()


@pytest.mark.parametrize(("urgent", "goes_on"), [(True, True), (False, False)])
async def test_what_is_urgent_goes_on_while_no_outcome_can_be_promised(
    urgent: bool, goes_on: bool
) -> None:
    async with waiting() as (story, card, _):
        story.shelf.broken = StoreError("the store cannot be written")
        if urgent:
            await card.click("Break glass…", by=story.ada)
            await story.ada.modal.submit({"Why can nobody approve it?": "3 am"})
        else:
            await card.click("Approve", by=story.eve)
        assert ("🟢 Done." in card.plain()) is goes_on

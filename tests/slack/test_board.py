"""What the board says when nobody's own press draws the card, and what it does not say any more."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.core.errors import StoreError
from bot.core.proposal import Case, Consent, Jury, Message, Party, Stage, Vote
from bot.slack import card
from bot.slack.address import Home
from bot.slack.board import CardBoard
from bot.slack.postman import ROUND_SECONDS, Postman
from tests.clock import ManualClock
from tests.slack.scripted import ASKED, Bell, MemoryCases, Shelf, case
from tests.slack.test_letters import Slack

AT = Message("CSHOP", "1.1")
EVE = Vote(Party("T1/UEVE", "T1/UEVE", "eve"), ASKED)
JURY = Jury(people=("UADA", "UEVE", "UDAN"), usergroups=("S0TEAM",))


@dataclass
class World:
    """A board, its postman, and what of it came to Slack."""

    clock: ManualClock = field(default_factory=ManualClock)
    cases: MemoryCases = field(default_factory=MemoryCases)
    shelf: Shelf = field(default_factory=Shelf)
    bell: Bell = field(default_factory=Bell)
    slack: Slack = field(default_factory=Slack)

    def __post_init__(self) -> None:
        self.board = CardBoard(self.cases, self.shelf, self.bell, self.clock)
        self.board.home = Home("T1", "UBOT", "BBOT", "deck", "https://t.slack.com/")

    def put(self, **changes: Any) -> Case:
        waits = case(consent=Consent.APPROVE, jury=JURY)
        self.cases.items["ticket-1"] = replace(waits, message=AT, **changes)
        return self.cases.items["ticket-1"]

    async def round(self) -> list[tuple[str, str]]:
        """Let the postman make a round; return how and where what he brought went."""
        postman = Postman(self.shelf, self.slack, self.clock, self.board.current)  # type: ignore[arg-type]
        task = asyncio.create_task(postman.run())
        await self.clock.advance(ROUND_SECONDS)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        sent, self.slack.sent = self.slack.sent, []
        self.said = [message for _, _, message in sent]
        return [(how, where) for how, where, _ in sent]


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("stage", [one for one in Stage if one is not Stage.RUNNING])
async def test_a_card_is_rewritten_to_what_stands_now(world: World, stage: Stage) -> None:
    await world.board.show(world.put(stage=stage, words="as kubectl says"))
    assert await world.round() == [("edit", "CSHOP")]
    assert world.said == [card.message(world.cases.items["ticket-1"])]


async def test_a_card_that_stands_nowhere_is_not_written(world: World) -> None:
    await world.board.show(replace(world.put(), message=None))
    assert await world.round() == []


async def test_what_has_gone_on_since_is_not_written_back(world: World) -> None:
    counted = world.put(approvals=(EVE,))
    await world.board.show(counted)
    world.put(approvals=(EVE,), stage=Stage.DONE)
    assert await world.round() == []
    assert world.shelf.open == {}


async def test_a_warning_about_what_ended_after_all_says_how(world: World) -> None:
    running = world.put(stage=Stage.RUNNING, approvals=(EVE,))
    await world.board.show(running)
    world.put(stage=Stage.DONE, approvals=(EVE,), words="deployment.apps/web scaled")
    assert await world.round() == [("edit", "CSHOP")]
    assert world.said[0].text.startswith("kubectl scale deploy web --replicas=5 in prod/shop: done")


async def test_those_who_can_still_approve_are_reminded_once(world: World) -> None:
    waits = world.put(approvals=(EVE,))
    waits = replace(waits, proposed=replace(waits.proposed, consent=Consent.APPROVE_TWO))
    world.cases.items["ticket-1"] = waits
    await world.board.remind(waits)
    await world.board.remind(waits)
    assert await world.round() == [("post 1.1", "CSHOP")]
    text = world.said[0].text
    assert "still needs approval by 1 of <@UDAN>, <!subteam^S0TEAM>; it expires " in text
    assert "<@UEVE>" not in text
    assert "<@UADA>" not in text


async def test_nobody_is_reminded_of_what_waits_for_its_own_person(world: World) -> None:
    waits = world.put()
    await world.board.remind(
        replace(waits, proposed=replace(waits.proposed, consent=Consent.CONFIRM))
    )
    assert await world.round() == []


async def test_a_reminder_that_comes_too_late_is_not_sent(world: World) -> None:
    await world.board.remind(world.put())
    world.put(stage=Stage.DENIED)
    assert await world.round() == []


async def test_what_must_not_be_overlooked_is_told_here_and_to_the_admins(world: World) -> None:
    glass = world.put(stage=Stage.RUNNING, broken_glass=True, closed_by=EVE)
    await world.board.announce(glass, "ada broke the glass: <!channel>")
    assert await world.round() == [("post", "CSHOP")]
    text = "🚨 ada broke the glass: &lt;!channel&gt; <@UEVE>, <@UDAN>, <!subteam^S0TEAM>"
    assert world.said[0].text == text
    link = "https://t.slack.com/archives/CSHOP/p11"
    assert world.bell.told == [
        ("announcement/ticket-1", "🚨 ada broke the glass: <!channel>", link)
    ]


async def test_a_store_that_fails_costs_the_card_and_nothing_else(world: World) -> None:
    world.shelf.broken = StoreError("the store cannot be written")
    await world.board.show(world.put(stage=Stage.DENIED))
    world.shelf.broken = None
    assert await world.round() == []


async def test_the_home_tabs_hear_of_each_change(world: World) -> None:
    heard: list[str] = []
    world.board.changed = lambda: heard.append("changed")
    await world.board.show(world.put(stage=Stage.EXPIRED))
    assert heard == ["changed"]

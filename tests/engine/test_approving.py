"""Changes that wait for others: who may approve, who wins, and what everybody is told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio

from bot.core.errors import QuarterdeckError, RefusedError
from bot.core.proposal import Case, Hold, Party, Stage
from bot.core.reply import Proposal
from bot.core.request import Person, Request, Standing
from bot.engine.minding import Minder
from bot.policy.model import Policy
from tests.clock import ManualClock
from tests.engine import rig
from tests.engine.rig import ADA, LOBBY, POLICY, SCALED, Answer, Bot, Members
from tests.engine.test_changing import PHRASE, SCALE, scale
from tests.kube.server import ACCESS_REVIEWS, body

BOB, CLEO, ALT, DAN = (Person(f"T1/U{name}") for name in ("BOB", "CLEO", "ALT", "DAN"))
OPERATORS = ["quarterdeck:operators"]
PEOPLE = [
    {"slack": "UADA", "groups": OPERATORS, "user": "ada@example.com"},
    {"slack": "UALT", "groups": OPERATORS, "user": "ada@example.com"},
    *({"slack": f"U{name}", "groups": OPERATORS} for name in ("BOB", "CLEO", "DAN")),
]
SALE = Hold("", "*", "shop", by=Party(BOB.key, BOB.key, "bob"), reason="the sale")
FROZEN = "Namespace shop is frozen by bob: the sale."
JURY = [{"namespaces": ["shop"], "people": ["UADA", "UALT", "UBOB", "UCLEO"]}]


def policy(gate: str = "approve", **more: Any) -> dict[str, Any]:
    gates = [{"effect": "change", "gate": gate}]
    return {**POLICY, "people": PEOPLE, "gates": gates, "approvers": JURY, **more}


@dataclass
class Board:
    """Remembers what it was shown."""

    shown: list[Case] = field(default_factory=list)
    reminded: list[Case] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)

    async def show(self, case: Case) -> None:
        self.shown.append(case)

    async def remind(self, case: Case) -> None:
        self.reminded.append(case)

    async def announce(self, _case: Case, text: str) -> None:
        self.announced.append(text)


class Gone(Members):
    """Knows that some have left the workspace."""

    def __init__(self) -> None:
        self.left: set[str] = set()

    async def introduce(self, request: Request, *rest: Any) -> Request:
        known = await super().introduce(request, *rest)
        if request.person.key not in self.left:
            return known
        return replace(known, person=replace(known.person, standing=Standing.DEACTIVATED))


@dataclass
class Team:
    """A bot whose changes need others."""

    bot: Bot
    people: Gone
    board: Board

    async def propose(self, phrase: str = PHRASE, who: Person = ADA) -> str:
        return (await self.bot.say(phrase, who)).proposal.ticket

    def now_holds(self, **more: Any) -> None:
        self.bot.policies.append(Policy.model_validate(policy(**more)))

    @property
    def patches(self) -> list[Any]:
        return [asked for asked in self.bot.server.to(SCALE) if asked.changes]

    def events(self) -> list[str]:
        return [str(entry.happening) for entry in self.bot.ledger.entries]

    async def deny(self, ticket: str, who: Person, reason: str = "not today") -> Answer:
        answer = Answer()
        await self.bot.engine.deny(ticket, reason, self.bot.request("", who), answer)
        return answer

    async def break_glass(self, ticket: str, who: Person, reason: str = "INC-1") -> Answer:
        answer = Answer()
        await self.bot.engine.break_glass(ticket, reason, self.bot.request("", who), answer)
        return answer

    async def later(self, minutes: float) -> None:
        assert isinstance(self.bot.clock, ManualClock)
        await self.bot.clock.advance(minutes * 60)
        bot = self.bot
        waiting = replace(bot.waiting, board=self.board)
        await Minder(bot.admission, waiting, bot.ledger, bot.clock).look()


@pytest_asyncio.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    people, board = Gone(), Board()
    async with rig.bot(tmp_path, policy=policy(), acquaintance=people, board=board) as bot:
        bot.server.on(SCALE, body(scale(3)))
        yield Team(bot, people, board)


async def test_somebody_elses_approval_carries_it_out_as_the_one_who_asked(team: Team) -> None:
    ticket = await team.propose()
    assert team.patches == []
    answer = await team.bot.press(ticket, BOB)
    assert (answer.text, answer.code) == (SCALED.format("web"), 0)
    [patch] = team.patches
    assert patch.headers["Impersonate-Extra-quarterdeck.dev%2Fperson"] == ADA.key
    assert [one for one in team.events() if one != "served"] == [
        "proposed",
        "approved",
        "intent",
        "outcome",
    ]
    outcome = team.bot.ledger.entries[-1]
    assert outcome.details["approvers"] == [BOB.key]
    assert outcome.who is not None
    assert outcome.who.person == ADA.key


@pytest.mark.parametrize(
    ("who", "words"),
    [
        pytest.param(ADA, "Somebody else has to approve", id="themselves"),
        pytest.param(ALT, "Somebody else has to approve", id="with-another-account"),
        pytest.param(DAN, "You are not among those who may approve this.", id="not-named"),
    ],
)
async def test_t20_not_everybody_may_approve(team: Team, who: Person, words: str) -> None:
    ticket = await team.propose()
    refused = await team.bot.press(ticket, who)
    assert refused.problem.text.startswith(words)
    assert isinstance(refused.problem, RefusedError)
    assert refused.headings == []
    assert team.patches == []
    assert (await team.bot.press(ticket, BOB)).code == 0


async def test_where_nobody_is_named_whoever_could_do_it_may_approve(team: Team) -> None:
    team.now_holds(approvers=[])
    ticket = await team.propose()
    team.bot.server.on(ACCESS_REVIEWS, body({"status": {"allowed": False}}))
    refused = await team.bot.press(ticket, DAN)
    assert "you cannot patch resource" in refused.problem.text
    team.bot.server.on(ACCESS_REVIEWS, body({"status": {"allowed": True}}))
    assert (await team.bot.press(ticket, DAN)).code == 0


async def test_of_two_who_are_needed_each_counts_once(team: Team) -> None:
    team.now_holds(gate="approve-two")
    ticket = await team.propose()
    first = await team.bot.press(ticket, BOB)
    [shown] = [part for part in first.parts if isinstance(part, Proposal)]
    assert (shown.case.missing, first.code) == (1, 0)
    again = await team.bot.press(ticket, BOB)
    assert again.problem.text == "You have approved this already; somebody else has to, too."
    assert team.patches == []
    assert (await team.bot.press(ticket, CLEO)).text == SCALED.format("web")
    assert len(team.patches) == 1


async def test_of_many_presses_at_once_one_wins(team: Team) -> None:
    ticket = await team.propose()
    presses = [team.bot.press(ticket, who) for who in (BOB, CLEO) * 10]
    denials = [team.deny(ticket, who) for who in (BOB, CLEO) * 5]
    answers = await asyncio.gather(*presses, *denials)
    assert sum(answer.code == 0 for answer in answers) == 1
    assert len(team.patches) <= 1


async def test_what_was_denied_is_over_and_says_why(team: Team) -> None:
    ticket = await team.propose()
    denied = await team.deny(ticket, BOB)
    assert denied.asides == [f"Denied by {BOB.key}: not today. Nothing was changed."]
    late = await team.bot.press(ticket, CLEO)
    assert late.problem.text == f"Denied by {BOB.key}: not today."
    entry = team.bot.ledger.entries[-2]
    assert (entry.happening, entry.details["reason"]) == ("denied", "not today")
    assert team.patches == []


async def test_only_who_could_approve_it_may_deny_it(team: Team) -> None:
    ticket = await team.propose()
    for who in (DAN, ADA):
        assert isinstance((await team.deny(ticket, who)).problem, RefusedError)
    assert (await team.bot.press(ticket, BOB)).code == 0


async def test_on_call_the_glass_may_be_broken_with_a_reason_and_loudly(team: Team) -> None:
    team.now_holds(on_call=[{"namespaces": ["shop"], "people": ["UADA"]}])
    ticket = await team.propose()
    assert "needs a reason" in (await team.break_glass(ticket, ADA, " ")).problem.text
    assert "This is for" in (await team.break_glass(ticket, BOB)).problem.text
    done = await team.break_glass(ticket, ADA)
    assert done.text == SCALED.format("web")
    [announced] = team.board.announced
    assert announced == f"{ADA.key} broke the glass for `{PHRASE}`: INC-1"
    assert "glass-broken" in team.events()
    assert team.bot.ledger.entries[-1].details["broken_glass"] is True


@pytest.mark.parametrize(
    ("entries", "there"),
    [
        ([], False),
        ([{"people": ["UBOB"]}], True),
        ([{"namespaces": ["prod"], "people": ["UADA"]}], False),
    ],
)
async def test_a_proposal_knows_whether_anybody_is_on_call_there(
    team: Team, entries: list[dict[str, Any]], there: bool
) -> None:
    team.now_holds(on_call=entries)
    assert (await team.bot.say(PHRASE)).proposal.case.proposed.on_call is there


async def test_who_is_not_on_call_breaks_no_glass(team: Team) -> None:
    ticket = await team.propose()
    refused = await team.break_glass(ticket, ADA)
    assert refused.problem.text == "Only who the policy names as on call here may break the glass."
    assert team.patches == []


async def test_f28_who_has_left_since_they_asked_changes_nothing(team: Team) -> None:
    ticket = await team.propose()
    team.people.left.add(ADA.key)
    refused = await team.bot.press(ticket, BOB)
    assert isinstance(refused.problem, RefusedError)
    assert team.patches == []


async def test_a_policy_that_asks_for_more_by_now_holds(team: Team) -> None:
    ticket = await team.propose()
    team.now_holds(gate="approve-two")
    refused = await team.bot.press(ticket, BOB)
    assert "asks for more approvals now" in refused.problem.text
    assert team.patches == []


async def test_t22_a_card_that_was_carried_into_another_channel_does_nothing(team: Team) -> None:
    ticket = await team.propose()
    refused = await team.bot.press(ticket, BOB, LOBBY)
    assert isinstance(refused.problem, RefusedError)
    assert team.patches == []


async def test_what_is_frozen_is_changed_by_nobody_but_with_broken_glass(team: Team) -> None:
    team.now_holds(on_call=[{"people": ["UADA"]}])
    ticket = await team.propose()
    await team.bot.waiting.holds.put(SALE)
    for refused in (await team.bot.press(ticket, BOB), await team.bot.say(PHRASE, BOB)):
        assert refused.problem.text == FROZEN
    assert team.patches == []
    assert (await team.break_glass(ticket, ADA)).code == 0


@pytest.mark.parametrize("gate", ["none", "confirm", "approve", "approve-two"])
async def test_what_is_frozen_is_proposed_to_who_is_on_call_for_broken_glass_alone(
    team: Team, gate: str
) -> None:
    team.now_holds(gate=gate, on_call=[{"people": ["UADA"]}])
    await team.bot.waiting.holds.put(SALE)
    case = (await team.bot.say(PHRASE)).proposal.case
    assert case.proposed.held == FROZEN
    for who in (ADA, BOB):
        assert (await team.bot.press(case.ticket, who)).code == 1
    assert team.patches == []
    assert (await team.break_glass(case.ticket, ADA)).text == SCALED.format("web")
    assert team.board.announced == [f"{ADA.key} broke the glass for `{PHRASE}`: INC-1 {FROZEN}"]
    [broken] = [one for one in team.bot.ledger.entries if one.happening == "glass-broken"]
    assert broken.details == {"reason": "INC-1", "held": [FROZEN]}
    assert team.bot.ledger.entries[-1].details["held"] == FROZEN


async def test_a_lifted_freeze_leaves_no_way_around_approval(team: Team) -> None:
    team.now_holds(on_call=[{"people": ["UADA"]}])
    await team.bot.waiting.holds.put(SALE)
    ticket = await team.propose()
    await team.bot.waiting.holds.lift(SALE)
    for who in (ADA, BOB):
        assert (await team.bot.press(ticket, who)).code == 1
    assert team.patches == []


@pytest.mark.parametrize(("name", "code"), [("web", 1), ("other", 0)])
async def test_a_lock_is_of_one_object(team: Team, name: str, code: int) -> None:
    hold = Hold("", "main", "shop", "deployments.apps", name, by=Party("T1/UBOB", "", "bob"))
    ticket = await team.propose()
    await team.bot.waiting.holds.put(hold)
    assert (await team.bot.press(ticket, BOB)).code == code


async def test_after_half_of_the_time_they_are_reminded_and_then_it_expires(team: Team) -> None:
    ticket = await team.propose()
    await team.later(29)
    assert team.board.reminded == []
    await team.later(1)
    await team.later(1)
    assert [case.ticket for case in team.board.reminded] == [ticket]
    await team.later(29)
    [case] = team.board.shown
    assert (case.ticket, case.stage) == (ticket, Stage.EXPIRED)
    assert team.events()[-1] == "expired"
    late = await team.bot.press(ticket, BOB)
    assert isinstance(late.problem, QuarterdeckError)
    assert team.patches == []


async def test_what_expired_can_be_planned_again_by_whoever_presses(team: Team) -> None:
    ticket = await team.propose()
    await team.later(61)
    answer = Answer()
    await team.bot.engine.again(ticket, team.bot.request("", BOB), answer)
    assert answer.proposal.ticket != ticket
    assert answer.proposal.case.proposed.requester.key == BOB.key
    assert answer.proposal.plan.phrase == PHRASE


async def test_what_is_approved_is_what_was_shown(team: Team) -> None:
    proposal = (await team.bot.say(PHRASE)).proposal
    team.bot.server.on(SCALE, body(scale(4)))
    await team.bot.press(proposal.ticket, BOB)
    [patch] = team.patches
    assert orjson.loads(patch.body)[1] == {"op": "test", "path": "/spec/replicas", "value": 3}

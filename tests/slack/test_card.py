"""The card is drawn from the stored proposal alone, fits into a message, and holds no markup."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from bot.core.command import Effect
from bot.core.plan import Change, Outlook, Plan
from bot.core.ports import Heading
from bot.core.proposal import Case, Consent, Jury, Party, Stage, Vote
from bot.core.reply import Aside, Problem, Proposal, Text
from bot.demo.slack.blocks import check_blocks, weight
from bot.slack import card
from bot.slack.answer import Answer
from bot.slack.answer import Stage as How
from bot.slack.blocks import MESSAGE_CHARACTERS
from bot.slack.messages import Frame, compose
from tests.every import every
from tests.slack.nasty import CASES, OURS, PEOPLE, TEAMS
from tests.slack.scripted import ABSENT, ASKED, PUBLIC, case
from tests.slack.test_messages import nodes

_LINES = "".join(f"{'w' * 90}{n}\n" for n in range(300))
_LARGE = Plan(
    "drain " + "n" * 500,
    case().proposed.plan.steps,
    tuple(Change("pod/" + "p" * 250, "image", "a" * 250, "b" * 250) for _ in range(60)),
    (),
    outlook=Outlook(("r" * 400,) * 20, ("w" * 400,) * 20, _LINES),
)
_VOTE = Vote(Party("T1/UEVE", "T1/UEVE", "eve"), ASKED, "y" * 3_000)
_CROWD = Jury(tuple(f"U{n:09}" for n in range(60)), ("S0TEAM",) * 9, ("g" * 300,) * 30)


def large(stage: Stage) -> Case:
    made = case(consent=Consent.APPROVE_TWO, plan=_LARGE, jury=_CROWD)
    closed = replace(made, approvals=(_VOTE, _VOTE), closed_by=_VOTE, broken_glass=True)
    return replace(closed, stage=stage, words=_LINES)


def of_waiting(made: Case) -> list[str]:
    return [one["action_id"] for one in nodes(card.message(made).blocks) if "action_id" in one]


@settings(deadline=None, max_examples=60)
@given(CASES)
def test_t8_t9_whatever_is_in_a_proposal_is_plain_text(made: Case) -> None:
    message = card.message(made)
    assert check_blocks(list(message.blocks), "message") == []
    assert weight(list(message.blocks)) <= MESSAGE_CHARACTERS
    assert not [one for one in nodes(message.blocks) if one.get("type") == "mrkdwn"]
    assert {one["user_id"] for one in nodes(message.blocks) if "user_id" in one} <= PEOPLE
    teams = {one["usergroup_id"] for one in nodes(message.blocks) if "usergroup_id" in one}
    assert teams <= TEAMS
    assert not {"<", ">"} & set(OURS.sub("", message.text))


@settings(deadline=None, max_examples=30)
@given(CASES)
def test_t8_what_the_board_says_beside_a_card_is_plain_text_too(made: Case) -> None:
    for message in (
        card.reminder(made, "https://t.slack.com/archives/C/p1"),
        card.alarm(made, made.proposed.text, ""),
        card.planned_again(made, "https://t.slack.com/archives/C/p1"),
    ):
        assert check_blocks(list(message.blocks), "message") == []
        assert not {"<", ">"} & set(OURS.sub("", message.text))


@every("stage", Stage)
def test_the_largest_card_fits_into_a_message(stage: Stage) -> None:
    message = card.message(large(stage))
    assert weight(list(message.blocks)) <= MESSAGE_CHARACTERS
    assert len(message.text) <= 3_900
    assert check_blocks(list(message.blocks), "message") == []


@pytest.mark.parametrize("stage", Stage)
def test_the_largest_card_fits_with_the_largest_answer(stage: Stage) -> None:
    for proposed in (True, False):
        answer = Answer()
        answer.open(Heading("c" * 200, "n" * 200, PUBLIC.audience, "p" * 500))
        answer.add(Proposal(large(stage))) if proposed else None
        for part in (Text(_LINES), Aside(_LINES), Problem(ABSENT)):
            answer.add(part)
        answer.end(How.DONE)
        frame = Frame("UADA", case=None if proposed else large(stage), whereabouts="in the thread")
        message = compose(answer.view(), frame)
        assert weight(list(message.blocks)) <= MESSAGE_CHARACTERS
        assert len(message.text) <= 4_000


def test_what_a_card_hides_is_sent_as_a_file() -> None:
    answer = Answer()
    answer.add(Proposal(replace(large(Stage.WAITING), approvals=())))
    answer.end(How.DONE)
    [file] = answer.files()
    assert file.name.endswith(".diff")
    content = file.content.decode()
    assert content.count("pod/" + "p" * 250) == 60
    assert content.endswith(_LINES)
    answer = Answer()
    answer.add(Proposal(case()))
    answer.end(How.DONE)
    assert answer.files() == ()


@pytest.mark.parametrize(
    ("consent", "effect", "buttons"),
    [
        (Consent.CONFIRM, Effect.CHANGE, ["confirm", "withdraw"]),
        (Consent.CONFIRM, Effect.DESTROY, ["confirm", "withdraw"]),
        (Consent.APPROVE, Effect.CHANGE, ["confirm", "deny", "withdraw", "break-glass"]),
        (Consent.APPROVE, Effect.DESTROY, ["type", "deny", "withdraw", "break-glass"]),
        (Consent.APPROVE_TWO, Effect.ENTER, ["confirm", "deny", "withdraw", "break-glass"]),
    ],
)
def test_what_waits_has_the_buttons_of_its_gate(
    consent: Consent, effect: Effect, buttons: list[str]
) -> None:
    assert of_waiting(case(effect=effect, consent=consent)) == buttons


def test_no_glass_can_be_broken_where_nobody_is_on_call() -> None:
    made = case(consent=Consent.APPROVE, on_call=False)
    assert of_waiting(made) == ["confirm", "deny", "withdraw"]


@every(
    ("stage", "buttons"),
    [
        (Stage.RUNNING, []),
        (Stage.DONE, ["choose:9"]),
        (Stage.FAILED, ["again", "choose:9"]),
        (Stage.UNKNOWN, ["choose:9"]),
        (Stage.DENIED, ["choose:9"]),
        (Stage.WITHDRAWN, ["choose:9"]),
        (Stage.EXPIRED, ["again"]),
        (Stage.SUPERSEDED, ["again", "choose:9"]),
    ],
)
def test_no_button_stays_that_would_do_nothing(stage: Stage, buttons: list[str]) -> None:
    assert of_waiting(replace(case(consent=Consent.APPROVE), stage=stage)) == buttons


def test_a_button_carries_the_ticket_and_nothing_of_the_plan() -> None:
    made = case(consent=Consent.APPROVE, effect=Effect.DESTROY)
    values = [one["value"] for one in nodes(card.message(made).blocks) if "value" in one]
    assert set(values) == {"ticket-1"}


def test_the_audit_button_names_no_ticket_that_could_be_pressed() -> None:
    ended = replace(case(), stage=Stage.DONE)
    [value] = [one["value"] for one in nodes(card.message(ended).blocks) if "value" in one]
    assert "deck audit --text=" in value
    assert "ticket-1" not in value


@pytest.mark.parametrize(
    ("names", "consent", "typed"),
    [
        (("web",), Consent.APPROVE, "web"),
        (("web", "db"), Consent.APPROVE, "shop"),
        (("web",), Consent.CONFIRM, ""),
    ],
)
def test_what_is_typed_is_the_one_that_is_lost_or_its_place(
    names: tuple[str, ...], consent: Consent, typed: str
) -> None:
    [step] = case(effect=Effect.DESTROY).proposed.plan.steps
    steps = tuple(replace(step, target=replace(step.target, name=name)) for name in names)
    plan = replace(case().proposed.plan, steps=steps)
    assert case(consent=consent, plan=plan).to_type == typed


def test_a_card_for_nobody_says_so() -> None:
    asks = re.sub(r"\s+", " ", card.standing_text(case(consent=Consent.APPROVE, jury=Jury())))
    assert "Needs approval by 1 of nobody else" in asks


def test_a_card_for_anyone_says_who_that_is() -> None:
    made = case(consent=Consent.APPROVE, jury=Jury(anyone=True))
    assert "by 1 of whoever else may make this change" in card.standing_text(made)


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        (Change("deploy/web", "replicas", "3", "5"), "confirm replicas 3 → 5?"),
        (Change("pod/db-0", "", "there", "deleted"), "confirm it?"),
    ],
    ids=["field", "object"],
)
def test_a_locked_phone_asks_for_what_the_command_does_not_say(change: Change, asked: str) -> None:
    made = case(plan=Plan("delete pod db-0", (), (change,), ()))
    assert card.in_short(made) == asked

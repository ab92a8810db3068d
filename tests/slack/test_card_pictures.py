"""Cards as text, from the question to each end, to be read as a person on a phone reads them.

`QUARTERDECK_TEST_GOLDEN=write` draws the pictures anew; read them before they are kept.
"""

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.command import Effect
from bot.core.plan import Change, Evict, Outlook, Plan, Target
from bot.core.proposal import Case, Consent, Jury, Party, Stage, Vote
from bot.core.reply import Part, Progress, Text
from bot.demo.slack.blocks import check_blocks
from bot.demo.slack.rendering import plain_blocks
from bot.slack import card
from bot.slack.answer import Answer
from bot.slack.answer import Stage as How
from bot.slack.blocks import Message
from bot.slack.messages import Frame, compose
from tests.every import every
from tests.slack.scripted import ASKED, case
from tests.slack.test_pictures import GOLDEN, LOCK_SCREEN

NODE = Target("prod", "", "v1", "nodes", "Node", "", "node-7", "uid-7")
PODS = [f"web-7f9c6b5d4-{n:02}" for n in range(12)]
DIFF = """--- deployment.apps/web
+++ deployment.apps/web
@@ -21,7 +21,7 @@
       containers:
       - name: web
-        image: registry.example.org/shop/web:2.4.1
+        image: registry.example.org/shop/web:2.4.0
"""
IMAGE = Plan(
    "set image deploy/web web=registry.example.org/shop/web:2.4.0",
    case().proposed.plan.steps,
    (Change("deployment.apps/web", "image of web", "2.4.1", "2.4.0"),),
    ("deployment.apps/web image updated",),
    outlook=Outlook(
        ("5 pods restart, one at a time; web-pdb lets 1 go.", "Service web keeps 4 endpoints."),
        ("Helm manages this (release shop): the next upgrade undoes it. Type helm upgrade.",),
        DIFF,
    ),
)
DRAIN = Plan(
    "drain node-7 --ignore-daemonsets",
    tuple(Evict(replace(NODE, resource="pods", namespace="shop", name=name)) for name in PODS),
    (Change("node/node-7", "unschedulable", "false", "true"),),
    tuple(f"pod/{name} evicted" for name in PODS),
    outlook=Outlook(("12 pods of 3 namespaces move.",)),
)
JURY = Jury(("UEVE", "UDAN"), ("STEAM",), ("quarterdeck:admins",))
LATER = ASKED + timedelta(minutes=7)
EVE, DAN = (Vote(Party(f"T1/U{name}", "", name), LATER) for name in ("EVE", "DAN"))
ADA = Vote(Party("T1/UADA", "", "ada"), LATER, "web is down, and nobody else is awake")
WAITS = case(consent=Consent.APPROVE, plan=IMAGE, jury=JURY)
TWO = case(consent=Consent.APPROVE_TWO, effect=Effect.DESTROY, jury=JURY)
RUNS = replace(
    case(consent=Consent.APPROVE, plan=DRAIN, jury=JURY), stage=Stage.RUNNING, approvals=(EVE,)
)
BOARD: dict[str, Case] = {
    "a-card-that-waits": WAITS,
    "a-card-that-waits-for-one-more": replace(TWO, approvals=(EVE,)),
    "a-card-that-was-denied": replace(
        WAITS, stage=Stage.DENIED, closed_by=replace(EVE, reason="Not before noon.")
    ),
    "a-card-that-expired": replace(WAITS, stage=Stage.EXPIRED, words="It was not pressed in time."),
    "a-card-that-was-superseded": replace(
        WAITS,
        stage=Stage.SUPERSEDED,
        approvals=(EVE,),
        words="error: deployments.apps/web: image of web is 2.4.2 now, not 2.4.1",
    ),
    "a-card-with-a-broken-glass": replace(
        WAITS,
        stage=Stage.DONE,
        broken_glass=True,
        closed_by=ADA,
        words="deployment.apps/web image updated",
    ),
    "a-card-after-a-restart": replace(
        RUNS,
        stage=Stage.UNKNOWN,
        words="pod/web-7f9c6b5d4-00 evicted\nThe bot was restarted: 1 of 12 steps were done, and "
        "pod/web-7f9c6b5d4-01 may have been changed. Look before you go on.",
    ),
}


def evicted(count: int) -> list[Part]:
    lines: list[Part] = [Text("node/node-7 cordoned\n")]
    for done, name in enumerate(PODS[:count], 1):
        lines += [Text(f"pod/{name} evicted\n"), Progress("evicted", "evicted", done, len(PODS))]
    return lines


def answered(made: Case, how: How, parts: list[Part]) -> Message:
    answer = Answer()
    answer.open(card.heading(made))
    for part in parts:
        answer.add(part)
    if how is not How.WORKING:
        answer.end(how)
    return compose(answer.view(), Frame("UEVE", case=made, request="r-1"))


ANSWERS: dict[str, Message] = {
    "a-drain-that-runs": answered(RUNS, How.WORKING, evicted(8)),
    "a-drain-that-is-done": answered(
        replace(RUNS, stage=Stage.DONE), How.DONE, [*evicted(12), Text("node/node-7 drained\n")]
    ),
}
PICTURES = {**{name: card.message(one) for name, one in BOARD.items()}, **ANSWERS}


@every("name", PICTURES)
def test_a_card_looks_as_it_was_read(name: str) -> None:
    message = PICTURES[name]
    assert check_blocks(list(message.blocks), "message") == []
    shown = plain_blocks(message.blocks, lambda user: f"@{user[1:].lower()}")
    picture = f"[locked phone]\n{message.text[:LOCK_SCREEN]}\n\n[channel]\n{shown}\n"
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("QUARTERDECK_TEST_GOLDEN") == "write":
        file.write_text(picture)
    assert picture == file.read_text()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a-card-that-was-denied", ": denied"),
        ("a-card-that-expired", ": expired"),
        ("a-card-that-was-superseded", ": superseded"),
        ("a-card-with-a-broken-glass", ": done"),
        ("a-drain-that-runs", "drain node-7 --ignore-daemonsets in prod/shop: ⏳ Working on it…"),
        ("a-drain-that-is-done", "drain node-7 --ignore-daemonsets in prod/shop: 12/12 evicted"),
    ],
)
def test_the_first_line_says_how_it_stands(name: str, words: str) -> None:
    assert words in PICTURES[name].text.splitlines()[0]

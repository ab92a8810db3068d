"""Typical messages as text, to be read as a person on a phone reads them.

`QUARTERDECK_TEST_GOLDEN=write` draws the pictures anew; read them before they are kept.
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.access import Audience
from bot.core.errors import ForbiddenError
from bot.core.plan import Change, Plan
from bot.core.ports import Heading
from bot.core.reply import (
    Choice,
    Choices,
    Diff,
    Fields,
    Part,
    Problem,
    Progress,
    Proposal,
    Table,
    Text,
)
from bot.core.request import Place, Surface
from bot.demo.slack.blocks import check_blocks
from bot.demo.slack.rendering import plain_blocks
from bot.slack.answer import Answer, Stage
from bot.slack.controls import Asked
from bot.slack.messages import Frame, compose
from tests.slack.scripted import case

GOLDEN = Path(__file__).parents[1] / "golden" / "slack"
LOCK_SCREEN = 80
SHOP = Heading("prod", "shop", Audience.CHANNEL, "get pods", seal="s")
PODS = Table(
    "pods",
    ("NAME", "READY", "STATUS", "RESTARTS", "AGE"),
    (
        ("web-7f9c6b5d4-2xkqp", "1/1", "Running", "0", "5d"),
        ("web-7f9c6b5d4-8hjwz", "0/1", "ImagePullBackOff", "0", "6m"),
        ("db-0", "1/1", "Running", "2 (3h ago)", "12d"),
    ),
)
LOG = "".join(f"2026-11-28T03:00:{n % 60:02}Z GET /cart 200 {n} ms\n" for n in range(1, 241))
SCALE = Plan(
    "scale deploy web --replicas=5",
    (),
    (Change("deployment.apps/web in shop", "replicas", "3", "5"),),
    (),
)
DIFF = "--- live\n+++ yours\n@@ -1 +1 @@\n-image: web:1.4\n+image: web:1.5\n"
DENIED = ForbiddenError(
    'Error from server (Forbidden): secrets is forbidden: User "quarterdeck:user" cannot list '
    'resource "secrets" in API group "" in the namespace "shop"',
    code=403,
    reason="Forbidden",
    next_step="Ask whoever runs the cluster for a Role with list on secrets.",
)
ROLLOUT: list[Part] = [
    Fields((("Image", "web:1.4 → web:1.5"), ("Strategy", "RollingUpdate, 25% at a time"))),
    Progress("web", "web is updated", 3, 5),
    Diff(DIFF),
    Choices(
        "It stands still. What now?",
        (
            Choice("Undo", "rollout undo deploy/web"),
            Choice("See why", "describe pod web-7f9c6b5d4-8hjwz"),
        ),
    ),
]
PICTURES: dict[str, tuple[Heading | None, list[Part], Frame]] = {
    "a-table": (SHOP, [PODS], Frame("UADA")),
    "a-long-log": (
        replace(SHOP, phrase="logs deploy/web --tail=240"),
        [Text(LOG, "log")],
        Frame("UADA", whereabouts="in the thread"),
    ),
    "a-change-that-waits": (
        replace(SHOP, phrase=SCALE.phrase, seal=""),
        [Proposal(case(plan=SCALE))],
        Frame("UADA"),
    ),
    "a-refusal": (replace(SHOP, phrase="get secrets", seal=""), [Problem(DENIED)], Frame()),
    "a-rollout": (replace(SHOP, phrase="rollout status deploy/web"), ROLLOUT, Frame("UADA")),
}


def drawn(name: str) -> tuple[str, str]:
    """Return the picture, and what a locked phone shows of the message."""
    heading, parts, frame = PICTURES[name]
    asked = Asked("kubectl get pods", Place(Surface.SLASH, "CSHOP"), "UADA")
    sealed = heading is not None and bool(heading.seal)
    answer = Answer(asked=asked if sealed else None, result="r" if sealed else "")
    if heading:
        answer.open(heading)
    for part in parts:
        answer.add(part)
    answer.end(Stage.DONE)
    message = compose(answer.view(), frame)
    assert check_blocks(list(message.blocks), "message") == []
    shown = plain_blocks(message.blocks, lambda user: f"@{user.removeprefix('U').lower()}")
    notified = message.text[:LOCK_SCREEN]
    return f"[locked phone]\n{notified}\n\n[channel]\n{shown}\n", notified


@pytest.mark.parametrize("name", PICTURES)
def test_a_typical_message_looks_as_it_was_read(name: str) -> None:
    picture, _ = drawn(name)
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("QUARTERDECK_TEST_GOLDEN") == "write":
        file.write_text(picture)
    assert picture == file.read_text()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a-table", "get pods in prod/shop: 3 rows."),
        ("a-long-log", "logs deploy/web --tail=240 in prod/shop: 240 lines."),
        (
            "a-change-that-waits",
            "scale deploy web --replicas=5 in prod/shop: confirm replicas 3 → 5?",
        ),
        ("a-rollout", "rollout status deploy/web in prod/shop: 3/5 web is updated"),
        ("a-refusal", "get secrets in prod/shop: Error from server (Forbidden)"),
    ],
)
def test_a_locked_phone_shows_what_came_of_it(name: str, words: str) -> None:
    _, notified = drawn(name)
    assert notified.startswith(words)

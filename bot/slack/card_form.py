"""The forms of a card: why it is denied, why the glass is broken, what is lost.

Pure.
"""

from dataclasses import dataclass, replace
from typing import Any

import orjson

from bot.core.proposal import Case
from bot.core.request import Place, Surface
from bot.slack import blocks, card, forms
from bot.slack.address import Origin, Press
from bot.slack.payloads import Incoming, Payload

CALLBACK = "card:form"
FIELD = "card:field"
_REASON, _NAME = 500, 253
_UNAPPROVED, _HELD = "without the approval that it needs.", "Why can it not wait?"
_PRESS: dict[str, Press] = {card.DENY: "deny", card.BREAK: "break-glass", card.TYPE: "confirm"}


@dataclass(frozen=True, slots=True)
class _Words:
    title: str
    submit: str
    label: str
    hint: str


_WORDS = {
    card.DENY: _Words("Deny this change", "Deny", "Why not?", "Everybody in the channel sees it."),
    card.BREAK: _Words(
        "Break the glass",
        "Run it now",
        "Why can nobody approve it?",
        "It runs at once. The approvers, the channel and the admins are told, with this reason.",
    ),
    card.TYPE: _Words("Approve the loss", "Approve", "Type {typed}", "So that it is this one."),
}


def form(action: str, case: Case, incoming: Incoming) -> Payload:
    """Return the form that a button of the card opens."""
    words, place = _WORDS[action], incoming.place
    pressed = incoming.pressed
    origin: list[object] = [
        action,
        case.ticket,
        place.channel,
        place.thread,
        pressed.ts if pressed else "",
    ]
    origin += [bool(pressed and pressed.ephemeral), incoming.response_url]
    longest = _NAME if action == card.TYPE else _REASON
    about = [*card.body(case, whole=False)]
    field = forms.line(FIELD, longest=longest)
    held = case.proposed.held if action == card.BREAK else ""
    label = _HELD if held else words.label.format(typed=case.to_type)
    about.append(forms.asked(FIELD, label, field, hint=words.hint))
    if action == card.BREAK:
        how = f"in spite of this: {held}" if held else _UNAPPROVED
        about.insert(0, blocks.sentence(f"🚨 This runs {how}"))
    metadata = orjson.dumps(origin).decode()
    return forms.modal(CALLBACK, words.title, words.submit, about, metadata=metadata)


def read_form(incoming: Incoming) -> Incoming | None:
    """Return the press that the form stands for, with what was filled in; None: it is not ours."""
    try:
        values: list[Any] = orjson.loads(str(incoming.view.get("private_metadata", "")))
        action, ticket, channel, thread, ts, ephemeral, url = values
        press = _PRESS[action]
    except (ValueError, KeyError, TypeError):
        return None
    surface = Surface.DIRECT if str(channel).startswith("D") else Surface.MENTION
    return replace(
        incoming,
        place=Place(surface, str(channel), str(thread)),
        response_url=str(url),
        value=str(ticket),
        origin=Origin(str(ts), ephemeral is True, press),
        reason=forms.typed(incoming.view, FIELD).strip(),
    )

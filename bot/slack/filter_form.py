"""The form that says which rows of a result are shown.

Pure.
"""

from dataclasses import dataclass, replace
from typing import Any

import orjson

from bot.core.request import Place
from bot.slack import forms
from bot.slack.controls import Shown, read_shown
from bot.slack.payloads import Incoming, Payload, Pressed
from bot.slack.sections import PATTERN_CHARACTERS, Selection

CALLBACK = "result:filter"
PATTERN, MARKS = "pattern", "marks"
_REGEX, _INVERT = "regex", "invert"


@dataclass(frozen=True, slots=True)
class Origin:
    """The message whose Filter was pressed."""

    row: str
    """The name of its row of buttons."""
    channel: str
    thread: str
    ts: str
    ephemeral: bool
    response_url: str


def form(shown: Shown, incoming: Incoming) -> Payload:
    """Return the form, filled in with what is shown now."""
    chosen, pressed = shown.selection, incoming.pressed or Pressed("", "", "")
    origin = [
        shown.block_id(),
        incoming.place.channel,
        incoming.place.thread,
        pressed.ts,
        pressed.ephemeral,
        incoming.response_url,
    ]
    marks = ((_REGEX, "Regular expression"), (_INVERT, "Only the rows without it"))
    on = {_REGEX: chosen.regex, _INVERT: chosen.invert}
    return forms.modal(
        CALLBACK,
        "Filter the result",
        "Filter",
        [
            forms.asked(
                PATTERN,
                "Rows with",
                forms.line(PATTERN, chosen.pattern, longest=PATTERN_CHARACTERS),
                hint="Upper and lower case are the same. Empty shows every row.",
                optional=True,
            ),
            forms.asked(
                MARKS,
                "How it is read",
                forms.boxes(MARKS, marks, {name for name, is_on in on.items() if is_on}),
                optional=True,
            ),
        ],
        metadata=orjson.dumps(origin).decode(),
    )


def read_form(incoming: Incoming) -> tuple[Shown, Incoming] | None:
    """Return what is to be shown, and the press that opened the form; None: it is not ours."""
    origin = _origin(incoming.view)
    shown = read_shown(origin.row) if origin else None
    if origin is None or shown is None:
        return None
    marks = forms.chosen(incoming.view, MARKS)
    selection = replace(
        Selection(
            forms.typed(incoming.view, PATTERN).strip(),
            regex=_REGEX in marks,
            invert=_INVERT in marks,
        ),
        column=shown.selection.column,
        descending=shown.selection.descending,
    )
    surface = incoming.place.surface
    return replace(shown, selection=selection), replace(
        incoming,
        place=Place(surface, origin.channel, origin.thread),
        response_url=origin.response_url,
        pressed=Pressed(CALLBACK, origin.row, "", origin.ts, origin.ephemeral),
    )


def _origin(view: Payload) -> Origin | None:
    try:
        values: list[Any] = orjson.loads(str(view.get("private_metadata", "")))
        row, channel, thread, ts, ephemeral, url = values
    except ValueError:
        return None
    return Origin(str(row), str(channel), str(thread), str(ts), ephemeral is True, str(url))

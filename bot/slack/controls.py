"""The row of buttons below a result, and what a press of one says.

Pure. The row's block id carries which result it is and what of it is shown; each button carries
nothing, but for Refresh: it carries what was typed, so that it works when the result is long gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import orjson

from bot.core.request import Place, Surface
from bot.kube.verdicts import known
from bot.slack.blocks import Block
from bot.slack.escaping import visible
from bot.slack.sections import AS_IT_CAME, WORST_FIRST, Selection

CHOOSE, FILL = "choose", "fill"
"""What the action ids of choices begin with; of those that lack values, which a form asks for."""
_ROW = "result"
# Slack's limits for the value of a button and for a block id.
_VALUE, _BLOCK_ID = 2_000, 255
# A menu's texts count towards the whole message's budget.
_SORTABLE, _OPTION_TEXT = 10, 40
_CHOICES, _LABEL = 5, 75
_WORST = "worst"
_ORDERS = {_WORST: WORST_FIRST}


class Control(StrEnum):
    """The action ids of a result's row."""

    FILTER = "result:filter"
    SORT = "result:sort"
    BACK = "result:back"
    NEXT = "result:next"
    REFRESH = "result:refresh"
    SHARE = "result:share"


@dataclass(frozen=True, slots=True)
class Shown:
    """Which result a message shows, and what of it."""

    result: str
    selection: Selection = field(default_factory=Selection)

    def block_id(self) -> str:
        """Return it as the row's name; `read_shown` reads it back."""
        chosen = self.selection
        marks = "".join(
            mark
            for mark, on in (("r", chosen.regex), ("v", chosen.invert), ("d", chosen.descending))
            if on
        )
        numbers = f"{chosen.column}|{chosen.page}"
        return f"{_ROW}|{self.result}|{marks}|{numbers}|{chosen.pattern}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What Refresh types again, and where it was typed."""

    text: str
    place: Place
    person: str
    """The user id of whoever's message this is: theirs changes in place."""

    def value(self) -> str:
        """Return it as a button's value; empty: it is too long for one."""
        place = self.place
        where = [place.surface, place.channel, place.thread]
        document = orjson.dumps([self.person, self.text, *where]).decode()
        return document if len(document) <= _VALUE else ""


@dataclass(frozen=True, slots=True)
class Next:
    """One phrase that can be chosen next."""

    label: str
    asked: Asked
    incomplete: bool = False
    """Whether it lacks values, which a form asks for."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the row of a result offers."""

    shown: Shown
    asked: Asked
    columns: tuple[str, ...] = ()
    rows: int = 0
    pages: int = 1
    shareable: bool = False


def read_shown(block_id: str) -> Shown | None:
    """Return what a row's name says; None: it is not one of ours."""
    parts = block_id.split("|", 5)
    if len(parts) != 6 or parts[0] != _ROW:
        return None
    _, result, marks, column, page, pattern = parts
    if not (column.removeprefix("-").isdecimal() and page.isdecimal()):
        return None
    return Shown(
        result,
        Selection(pattern, "r" in marks, "v" in marks, int(column), "d" in marks, int(page)),
    )


def read_asked(value: str) -> Asked | None:
    """Return what Refresh carries; None: this is no value of it."""
    try:
        person, text, surface, channel, thread = orjson.loads(value)
        return Asked(str(text), Place(Surface(surface), str(channel), str(thread)), str(person))
    except (ValueError, TypeError):
        return None


def turned(shown: Shown, by: int) -> Selection:
    """Return the selection on another page; the first one follows the beginning and the end."""
    return replace(shown.selection, page=max(1, shown.selection.page + by))


def sorted_by(shown: Shown, value: str) -> Selection:
    """Return the selection that a choice of the sort menu means."""
    column, _, order = value.partition(" ")
    place = int(column) if column.isdecimal() else _ORDERS.get(column, AS_IT_CAME)
    return replace(shown.selection, column=place, descending=order == "down", page=0)


def row(offer: Row) -> Block | None:
    """Return the row of buttons; None: there is nothing to offer."""
    elements = [*_of_rows(offer), *_of_pages(offer)]
    if value := offer.asked.value():
        elements.append(
            _button("Refresh", Control.REFRESH, value, "Run the command again as yourself")
        )
    if offer.shown.result and offer.shareable:
        elements.append(_button("Share", Control.SHARE, "share", "Show this to everyone here"))
    if not elements:
        return None
    block_id = offer.shown.block_id()
    return {"type": "actions", "block_id": block_id[:_BLOCK_ID], "elements": elements}


def choices(offered: Sequence[Next]) -> list[Block]:
    """Return a button for each phrase that can be chosen next, as far as a row holds them."""
    buttons = [
        _button(
            visible(one.label)[:_LABEL] or "-",
            f"{FILL if one.incomplete else CHOOSE}:{index}",
            value,
        )
        for index, one in enumerate(offered[:_CHOICES])
        if (value := one.asked.value())
    ]
    return [{"type": "actions", "block_id": "choices", "elements": buttons}] if buttons else []


def _of_rows(offer: Row) -> list[Block]:
    # One row needs no filter, unless a filter left it.
    if not offer.shown.result or (offer.rows < 2 and not offer.shown.selection.pattern):
        return []
    label = "Filter: on" if offer.shown.selection.pattern else "Filter"
    found = [_button(label, Control.FILTER, "filter", "Show only the rows with some text")]
    if offer.columns:
        found.append(_sort(offer))
    return found


def _of_pages(offer: Row) -> list[Block]:
    if not offer.shown.result or offer.pages < 2:
        return []
    page = min(offer.shown.selection.page, offer.pages)
    found = []
    if page > 1:
        found.append(
            _button(f"◀ {page - 1}/{offer.pages}", Control.BACK, "back", "The page before")
        )
    if page < offer.pages:
        label = f"{page + 1}/{offer.pages} ▶" if page else f"Page 1/{offer.pages} ▶"
        found.append(_button(label, Control.NEXT, "next", "The next page"))
    return found


def _sort(offer: Row) -> Block:
    options = [_option("As it came", "as-it-came")]
    if known(offer.columns):
        options.append(_option("Worst first", f"{_WORST} up"))
    for index, column in enumerate(offer.columns[:_SORTABLE]):
        if not column.strip():
            continue  # kubectl's `top` ends each line with one
        options += [
            _option(column, f"{index} up"),
            _option(f"{column[:_OPTION_TEXT]}, reversed", f"{index} down"),
        ]
    chosen = offer.shown.selection
    order = "down" if chosen.descending else "up"
    value = f"{chosen.column} {order}" if chosen.column != WORST_FIRST else f"{_WORST} up"
    current = [one for one in options if one["value"] == value]
    return {
        "type": "static_select",
        "action_id": Control.SORT,
        "placeholder": _plain("Sort by"),
        "options": options,
        **({"initial_option": current[0]} if current else {}),
    }


def _option(text: str, value: str) -> Block:
    return {"text": _plain(visible(text)[: _OPTION_TEXT + 10] or "-"), "value": value}


def _button(text: str, action: str, value: str, label: str = "") -> Block:
    named = {"accessibility_label": label} if label else {}
    return {"type": "button", "text": _plain(text), "action_id": action, "value": value, **named}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}

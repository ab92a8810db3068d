"""Buttons and menus on the screen, and what pressing or choosing them tells the bot. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.demo.slack.inputs import Field
from bot.demo.slack.shapes import Json
from bot.demo.slack.walking import flat, pressable

_KEPT = ("type", "action_id", "text", "value", "style", "placeholder")


@dataclass(frozen=True, slots=True)
class Button:
    """A button on the screen, or a line of an overflow menu."""

    label: str
    block_id: str
    element: Json
    option: Json | None = None
    """The line of the menu; None for a button."""

    @property
    def value(self) -> str:
        """What the app gave it to carry."""
        return str((self.option or self.element).get("value", ""))

    @property
    def style(self) -> str:
        """`primary`, `danger` or empty."""
        return str(self.element.get("style", ""))

    def pressed(self, stamp: str) -> Json:
        """Return the action of a press at this time (`action_ts`)."""
        chosen = {} if self.option is None else {"selected_option": self.option}
        return _action(self.element, self.block_id, stamp, chosen)


def buttons(blocks: Iterable[Json]) -> Iterator[Button]:
    """Yield the buttons of blocks and the lines of their overflow menus, from top to bottom."""
    for block in flat(blocks):
        for element in pressable(block):
            if element["type"] == "overflow":
                for option in element["options"]:
                    yield Button(option["text"]["text"], block["block_id"], element, option)
            elif element["type"] in ("button", "icon_button"):
                yield Button(element["text"]["text"], block["block_id"], element)


def chosen(field: Field, value: Any, stamp: str) -> Json:
    """Return the action of filling in a field that dispatches."""
    return _action(field.element, field.block_id, stamp, {field.kind.key: value})


def _action(element: Json, block_id: str, stamp: str, more: Json) -> Json:
    shown = {key: element[key] for key in _KEPT if key in element}
    return {**shown, **more, "block_id": block_id, "action_ts": stamp}

"""The form for what a task still needs: a field for each value that was not typed.

Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from bot.core.errors import QuarterdeckError
from bot.core.parameters import Parameter
from bot.core.request import Place, Surface
from bot.core.task import Call
from bot.slack import blocks, forms
from bot.slack.blocks import Block
from bot.slack.payloads import Payload

CALLBACK = "task:form"
_FIELD = "task:field:"
_MISSING = "It needs a value."
# A word of a phrase is no longer (`core.task`).
_LONGEST = 253
# Slack's limits: for what a form carries along, and for the value of a menu's option.
_METADATA, _OPTION = 3_000, 150
_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Origin:
    """What was typed, and where."""

    typed: str
    place: Place

    def metadata(self) -> str:
        """Return it as the form's private metadata."""
        place = self.place
        return orjson.dumps([self.typed, place.surface, place.channel, place.thread]).decode()


def names_task(text: str) -> bool:
    """Tell whether what was typed after the slash command runs a task by its name."""
    return text.split()[:1] == ["run"] and len(text.split()) > 1


def form(call: Call, place: Place) -> Payload | None:
    """Return the form for what was not typed; None: it is too much for one."""
    origin = Origin(call.typed, place).metadata()
    if len(origin) > _METADATA:
        return None
    words = blocks.sentence(call.task.summary or f"The task {call.task.name}")
    shown = [words, blocks.preformatted(call.typed[:_SHOWN])]
    asked = [_asked(one) for one in call.open]
    return forms.modal(CALLBACK, "Run a task", "Run", [*shown, *asked], metadata=origin)


def read_form(view: Payload) -> Origin | None:
    """Return what was typed, and where; None: this is no such form."""
    try:
        typed, surface, channel, thread = orjson.loads(str(view.get("private_metadata", "")))
        return Origin(str(typed), Place(Surface(surface), str(channel), str(thread)))
    except (ValueError, TypeError):
        return None


def read_values(view: Payload, call: Call) -> dict[str, str]:
    """Return what was filled in, by the names of the parameters."""
    found = {one.name: _filled(view, one) for one in call.open}
    return {name: value for name, value in found.items() if value}


def wrong(values: dict[str, str], call: Call) -> dict[str, str]:
    """Return what is wrong with the values, by their fields."""
    return dict(_wrong(values, call))


def _wrong(values: dict[str, str], call: Call) -> Iterator[tuple[str, str]]:
    for one in call.open:
        value = values.get(one.name) or one.default
        if not value:
            yield _FIELD + one.name, _MISSING
            continue
        try:
            one.check(value)
        except QuarterdeckError as error:
            yield _FIELD + one.name, error.text.removeprefix("error: ")


def _asked(one: Parameter) -> Block:
    name = _FIELD + one.name
    label = one.summary or one.name
    return forms.asked(name, label, _element(one), hint=_hint(one), optional=bool(one.default))


def _element(one: Parameter) -> Block:
    name = _FIELD + one.name
    if _is_menu(one):
        return forms.menu(name, [(value, value) for value in one.allowed], one.default)
    if one.kind == "integer":
        return forms.whole_number(name, one.default, one.minimum, one.maximum)
    return forms.line(name, one.default, longest=_LONGEST)


def _filled(view: Payload, one: Parameter) -> str:
    name = _FIELD + one.name
    return forms.picked(view, name) if _is_menu(one) else forms.typed(view, name).strip()


def _is_menu(one: Parameter) -> bool:
    known = one.allowed
    return bool(known) and len(known) <= forms.OPTIONS and max(map(len, known)) <= _OPTION


def _hint(one: Parameter) -> str:
    if one.allowed:
        return one.name
    limits = [(one.minimum, "at least"), (one.maximum, "at most")]
    said = [f"{words} {limit}" for limit, words in limits if limit is not None]
    kind = "a whole number" if one.kind == "integer" else f"a {one.kind}"
    return ", ".join([f"{one.name}: {kind}", *said])

"""Forms in Slack's words: modals of input blocks, and what was filled in.

Pure. Everything that is shown is plain text, which is cut to Slack's limits here.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from bot.slack.blocks import Block
from bot.slack.escaping import visible
from bot.slack.payloads import Payload

# Slack's limits (views and Block Kit references).
_TITLE, _BUTTON, _LABEL, _HINT, _PLACEHOLDER = 24, 24, 2_000, 2_000, 150
_OPTION_TEXT, _OPTION_VALUE = 75, 150
_TYPED = 3_000
OPTIONS = 100


def modal(
    callback: str,
    title: str,
    submit: str,
    blocks: Sequence[Block],
    *,
    metadata: str = "",
) -> Payload:
    """Return a form; without `submit` it only shows something."""
    view: Payload = {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, _TITLE),
        "close": plain("Close", _BUTTON),
        "blocks": list(blocks),
    }
    if submit:
        view["submit"] = plain(submit, _BUTTON)
    if metadata:
        view["private_metadata"] = metadata
    return view


def asked(
    name: str,
    label: str,
    element: Block,
    *,
    hint: str = "",
    optional: bool = False,
    heard: bool = False,
) -> Block:
    """Return one question; `heard` tells the bot of each change."""
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": plain(label, _LABEL),
        "element": element,
        "optional": optional,
    }
    if heard:
        block["dispatch_action"] = True
    if hint:
        block["hint"] = plain(hint, _HINT)
    return block


def line(action: str, initial: str = "", *, longest: int = _TYPED, placeholder: str = "") -> Block:
    """Return a field for a line of text."""
    field: Block = {"type": "plain_text_input", "action_id": action, "max_length": longest}
    return field | _filled(initial[:longest], placeholder)


def area(action: str, placeholder: str = "") -> Block:
    """Return a field for several lines."""
    field: Block = {"type": "plain_text_input", "action_id": action, "multiline": True}
    return field | _filled("", placeholder)


def whole_number(
    action: str, initial: str = "", least: float | None = None, most: float | None = None
) -> Block:
    """Return a field for a whole number."""
    limits = {"min_value": least, "max_value": most}
    return {
        "type": "number_input",
        "action_id": action,
        "is_decimal_allowed": False,
        **{key: str(limit) for key, limit in limits.items() if limit is not None},
        **_filled(initial, ""),
    }


def boxes(action: str, options: Iterable[tuple[str, str]], on: Collection[str] = ()) -> Block:
    """Return boxes to tick; each option is a value and its label."""
    made = [option(label, value) for value, label in options]
    ticked = [one for one in made if one["value"] in on]
    initial = {"initial_options": ticked} if ticked else {}
    return {"type": "checkboxes", "action_id": action, "options": made, **initial}


def menu(
    action: str, options: Iterable[tuple[str, str]], current: str = "", placeholder: str = ""
) -> Block:
    """Return a menu of at most a hundred options, each a value and its label."""
    made = [option(label, value) for value, label in options][:OPTIONS]
    initial = [one for one in made if one["value"] == current]
    return {
        "type": "static_select",
        "action_id": action,
        "options": made,
        **({"initial_option": initial[0]} if initial else {}),
        **({"placeholder": plain(placeholder, _PLACEHOLDER)} if placeholder else {}),
    }


def search(action: str, current: Block | None = None, placeholder: str = "") -> Block:
    """Return a menu whose options are asked for while somebody types."""
    return {
        "type": "external_select",
        "action_id": action,
        "min_query_length": 0,
        **({"initial_option": current} if current else {}),
        **({"placeholder": plain(placeholder, _PLACEHOLDER)} if placeholder else {}),
    }


def option(label: str, value: str) -> Block:
    """Return one option of a menu; a value that is too long is a bug."""
    shown = visible(label) or "-"
    if len(shown) > _OPTION_TEXT:
        # Both ends of a name tell it from its neighbours.
        shown = f"{shown[:40]}…{shown[-(_OPTION_TEXT - 41) :]}"
    if len(value) > _OPTION_VALUE:
        raise ValueError("the value of an option is too long")
    return {"text": plain(shown, _OPTION_TEXT), "value": value}


def choice(name: str) -> Block:
    """Return a name as an option; `value_of` says what stands for a name that is too long."""
    return option(name, value_of(name))


def value_of(name: str) -> str:
    """Return the name, or its digest where Slack has no room for it (names reach 253)."""
    if len(name) <= _OPTION_VALUE and not name.startswith("#"):
        return name
    return f"#{hashlib.sha256(name.encode()).hexdigest()}"


def plain(text: str, longest: int) -> Block:
    """Return text that is only text."""
    return {"type": "plain_text", "text": visible(text)[:longest] or "-", "emoji": False}


def typed(view: Payload, name: str) -> str:
    """Return what stands in a field; empty where there is nothing."""
    found = _state(view, name).get("value")
    return found if isinstance(found, str) else ""


def picked(view: Payload, name: str) -> str:
    """Return the value of a menu's chosen option; empty where none is."""
    found = _state(view, name).get("selected_option")
    return str(found.get("value", "")) if isinstance(found, dict) else ""


def chosen(view: Payload, name: str) -> frozenset[str]:
    """Return the values of the boxes that are ticked."""
    found = _state(view, name).get("selected_options")
    ticked = found if isinstance(found, list) else []
    return frozenset(str(one.get("value", "")) for one in ticked if isinstance(one, dict))


def files(view: Payload, name: str) -> list[dict[str, Any]]:
    """Return the files that were put into a field."""
    found = _state(view, name).get("files")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _state(view: Payload, name: str) -> dict[str, Any]:
    state = view.get("state")
    values = state.get("values") if isinstance(state, dict) else None
    block = values.get(name) if isinstance(values, dict) else None
    element = next(iter(block.values()), None) if isinstance(block, dict) else None
    return element if isinstance(element, dict) else {}


def _filled(initial: str, placeholder: str) -> Block:
    return {
        **({"initial_value": initial} if initial else {}),
        **({"placeholder": plain(placeholder, _PLACEHOLDER)} if placeholder else {}),
    }

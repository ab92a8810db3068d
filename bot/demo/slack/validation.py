"""`blocks.validate`: whether Slack would take blocks, a message or a view; needs no token."""

import re
from typing import Any

from bot.demo.slack.blocks import check_blocks
from bot.demo.slack.call import ApiCall
from bot.demo.slack.refusal import CallRefusedError, invalid_arguments
from bot.demo.slack.shapes import Json
from bot.demo.slack.viewrules import check_view

_PROBLEM = re.compile(r"(?P<message>.*) \[json-pointer:(?P<pointer>.*)\]", re.DOTALL)


def validate(call: ApiCall) -> Json:
    """Answer `blocks.validate`, for exactly one of `blocks`, `message` and `view`."""
    given = [name for name in ("blocks", "message", "view") if call.arguments.has(name)]
    if len(given) != 1:
        raise invalid_arguments("must provide exactly one of blocks, view, or message")
    (name,) = given
    problems = _check(name, call.arguments.structure(name, "invalid_arguments"))
    if problems:
        raise CallRefusedError(f"invalid_{name}", errors=[_error(words) for words in problems])
    return {}


def _check(name: str, value: Any) -> list[str]:
    if name == "view":
        kind = value.get("type") if isinstance(value, dict) else None
        return check_view(value, "home" if kind == "home" else "modal", "")
    blocks, at = (value.get("blocks"), "/blocks") if isinstance(value, dict) else (value, "")
    return check_blocks(blocks, "message", at)


def _error(words: str) -> Json:
    match = _PROBLEM.fullmatch(words)
    if match is None:
        raise RuntimeError(f"no pointer in {words!r}")
    return {"code": "failed_constraint", **match.groupdict()}

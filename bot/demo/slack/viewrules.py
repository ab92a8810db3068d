"""What a view must look like, checked as Slack checks it before anyone sees it. Pure."""

from collections.abc import Mapping
from typing import Any

import orjson

from bot.demo.slack import elements, limits
from bot.demo.slack.blocks import check_blocks
from bot.demo.slack.screens import ViewKind
from bot.demo.slack.shapes import Flag, Json, Many, Record, Shape, Str, check, problem, record

_ANY_BLOCKS = Many(Record({}, open=True), least=0)
"""Looked at afterwards, block by block."""
_FRAME: dict[str, Shape] = {
    "private_metadata": Str(limits.PRIVATE_METADATA, shortest=0),
    "callback_id": Str(limits.CALLBACK_ID, shortest=0),
    "external_id": Str(limits.EXTERNAL_ID, shortest=0),
}
VIEWS: Mapping[ViewKind, Record] = {
    "modal": record(
        {
            **_FRAME,
            "submit": elements.plain_text(limits.VIEW_BUTTON),
            "close": elements.plain_text(limits.VIEW_BUTTON),
            "clear_on_close": Flag(),
            "notify_on_close": Flag(),
            "submit_disabled": Flag(),
        },
        title=elements.plain_text(limits.VIEW_TITLE),
        blocks=_ANY_BLOCKS,
    ),
    "home": record(_FRAME, blocks=_ANY_BLOCKS),
}


def check_view(view: Any, kind: ViewKind, at: str = "/view") -> list[str]:
    """Return what Slack would refuse about a view, every problem with its JSON pointer."""
    if not isinstance(view, dict):
        return [problem("must provide an object", at)]
    if "type" not in view:
        return [problem("missing required field: type", at)]
    if view["type"] != kind:
        return [problem(f"must be one of the following: {kind}", f"{at}/type")]
    return (
        list(check(VIEWS[kind], view, at))
        or check_blocks(view["blocks"], kind, f"{at}/blocks")
        or _check_submit(view, at)
        or _check_focus(view, at)
    )


def too_large(view: Json) -> bool:
    """Tell whether the view is more than Slack takes (`view_too_large`)."""
    return len(orjson.dumps(view)) > limits.VIEW_BYTES


def _check_submit(view: Json, at: str) -> list[str]:
    asking = [n for n, block in enumerate(view["blocks"]) if block["type"] == "input"]
    if view["type"] == "home" or "submit" in view or not asking:
        return []
    # The words and the odd pointer are Slack's own (node-slack-sdk#875).
    words = "must define `submit` to use `input` block"
    return [problem(words, f"{at}/blocks/{asking[0]}/input")]


def _check_focus(view: Json, at: str) -> list[str]:
    focused = [
        f"{at}/blocks/{number}/element/focus_on_load"
        for number, block in enumerate(view["blocks"])
        if block.get("element", {}).get("focus_on_load")
    ]
    return [problem("only one element may have `focus_on_load`", place) for place in focused[1:]]

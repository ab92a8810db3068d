"""Blocks that frame others or stand out: cards, containers, alerts, plans, small controls. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.demo.slack import elements, limits
from bot.demo.slack.richtext import RICH_TEXT
from bot.demo.slack.shapes import Flag, Many, Record, Str, Tagged, one_of, problem, record

_IMAGE = Tagged({"image": elements.IMAGE})

ALERT = record(
    {"level": one_of("default", "info", "warning", "error", "success")},
    text=elements.any_text(limits.ALERT_TEXT),
)
CARD = record(
    {
        "hero_image": _IMAGE,
        "icon": _IMAGE,
        "slack_icon": Tagged({"icon": record(name=Str())}),
        "title": elements.any_text(limits.CARD_TITLE),
        "subtitle": elements.any_text(limits.CARD_TITLE),
        "body": elements.any_text(limits.CARD_BODY),
        "subtext": elements.any_text(limits.CARD_BODY),
        "actions": Many(Tagged({"button": elements.BUTTON}), limits.CARD_ACTIONS),
    },
    either=("hero_image", "title", "actions", "body"),
)
CONTEXT_ACTIONS = record(elements=Many(elements.IN_CONTEXT_ACTIONS, limits.CONTEXT_ACTIONS))

_TASK: Mapping[str, Any] = {
    "details": Tagged({"rich_text": RICH_TEXT}),
    "output": Tagged({"rich_text": RICH_TEXT}),
    "sources": Many(Tagged({"url": record(url=Str(), text=Str())})),
}
TASK_CARD = record(
    _TASK, task_id=Str(), title=Str(), status=one_of("in_progress", "complete", "error")
)
PLAN = record(
    title=Str(),
    tasks=Many(
        record(
            _TASK,
            task_id=Str(),
            title=Str(),
            status=one_of("pending", "in_progress", "complete", "error"),
        ),
        limits.PLAN_TASKS,
        least=0,
    ),
)
IN_CONTAINER = frozenset(
    {
        "actions",
        "context",
        "divider",
        "header",
        "image",
        "input",
        "rich_text",
        "section",
        "table",
    }
)


def container(children: Mapping[str, Record]) -> Record:
    """Return a container of such blocks; containers do not hold containers."""
    return record(
        {
            "title": elements.plain_text(limits.CONTAINER_TITLE),
            "rich_text_title": Tagged({"rich_text": RICH_TEXT}),
            "subtitle": elements.any_text(limits.CONTAINER_TITLE),
            "width": one_of("narrow", "standard", "wide", "full"),
            "icon": _IMAGE,
            "is_collapsible": Flag(),
            "default_collapsed": Flag(),
            "has_header_divider": Flag(),
        },
        either=("title", "rich_text_title"),
        child_blocks=Many(Tagged(children), limits.CONTAINER_BLOCKS),
    )


def check_card(block: dict[str, Any], at: str) -> Iterator[str]:
    """Yield what is wrong with a card whose shape is right."""
    if "icon" in block and "slack_icon" in block:
        yield problem("cannot define both `icon` and `slack_icon`", at)


def check_container(block: dict[str, Any], at: str) -> Iterator[str]:
    """Yield what is wrong with a container whose shape is right."""
    collapsible = block.get("is_collapsible", False)
    if block.get("default_collapsed") and not collapsible:
        yield problem("must define `is_collapsible`", f"{at}/default_collapsed")
    if block.get("has_header_divider") and collapsible:
        yield problem("cannot be used with `is_collapsible`", f"{at}/has_header_divider")


def check_plan(block: dict[str, Any], at: str) -> Iterator[str]:
    """Yield what is wrong with a plan whose shape is right."""
    names = [task["task_id"] for task in block["tasks"]]
    if len(set(names)) != len(names):
        yield problem("`task_id` must be unique", f"{at}/tasks")

"""Which blocks Slack accepts on which surface, and what it says of the others.

Pure. A further block is one row of `BLOCKS` (and one of `rendering.DRAWINGS`).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from bot.demo.slack import cards, elements, limits, tables
from bot.demo.slack.richtext import RICH_TEXT
from bot.demo.slack.shapes import Flag, Json, Many, Record, Str, Tagged, check, problem, record
from bot.demo.slack.walking import placed, pressable

Surface = Literal["message", "modal", "home"]

_EVERYWHERE: frozenset[Surface] = frozenset({"message", "modal", "home"})
_MESSAGES: frozenset[Surface] = frozenset({"message"})
_MODALS: frozenset[Surface] = frozenset({"modal"})
_NOT_MODALS: frozenset[Surface] = frozenset({"message", "home"})
_MOST_BLOCKS: dict[Surface, int] = {
    "message": limits.MESSAGE_BLOCKS,
    "modal": limits.VIEW_BLOCKS,
    "home": limits.VIEW_BLOCKS,
}
_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class BlockRule:
    """What a block looks like and where it may stand."""

    shape: Record
    surfaces: frozenset[Surface]
    rule: Callable[[Json, str], Iterator[str]] | None = None
    """What binds its parts to each other, once each has the right shape."""


def _block(
    shape: Record,
    surfaces: frozenset[Surface] = _EVERYWHERE,
    rule: Callable[[Json, str], Iterator[str]] | None = None,
) -> BlockRule:
    optional = {**shape.optional, "block_id": Str(limits.BLOCK_ID)}
    return BlockRule(Record(shape.required, optional, shape.either), surfaces, rule)


_PLAIN: dict[str, BlockRule] = {
    "section": _block(
        record(
            {
                "text": elements.any_text(limits.SECTION_TEXT),
                "fields": Many(elements.any_text(limits.SECTION_FIELD), limits.SECTION_FIELDS),
                "accessory": elements.IN_SECTION,
                "expand": Flag(),
            },
            either=("text", "fields"),
        )
    ),
    "header": _block(record(text=elements.plain_text(limits.HEADER_TEXT))),
    "divider": _block(record()),
    "context": _block(record(elements=Many(elements.IN_CONTEXT, limits.CONTEXT_ELEMENTS))),
    "actions": _block(record(elements=Many(elements.IN_ACTIONS, limits.ACTIONS_ELEMENTS))),
    "rich_text": _block(RICH_TEXT),
    "markdown": _block(record(text=Str(limits.MARKDOWN_TEXT)), _MESSAGES),
    "image": _block(
        record(
            {**elements.IMAGE.optional, "title": elements.plain_text(limits.IMAGE_TITLE)},
            either=elements.IMAGE.either,
            **elements.IMAGE.required,
        )
    ),
    "input": _block(
        record(
            {
                "hint": elements.plain_text(limits.INPUT_HINT),
                "optional": Flag(),
                "dispatch_action": Flag(),
            },
            label=elements.plain_text(limits.INPUT_LABEL),
            element=elements.IN_INPUT,
        )
    ),
    # Sources disagree about data on the Home tab; messages are where it is sure to be shown.
    "table": _block(tables.TABLE, _MESSAGES, tables.check_table),
    "data_table": _block(tables.DATA_TABLE, _MESSAGES, tables.check_data_table),
    "data_visualization": _block(tables.DATA_VISUALIZATION, _MESSAGES, tables.check_chart),
    "alert": _block(cards.ALERT, _MODALS),
    "card": _block(cards.CARD, rule=cards.check_card),
    "context_actions": _block(cards.CONTEXT_ACTIONS, _MESSAGES),
    "task_card": _block(cards.TASK_CARD, _MESSAGES),
    "plan": _block(cards.PLAN, _MESSAGES, cards.check_plan),
}
_CARDS = Many(Tagged({"card": _PLAIN["card"].shape}), limits.CAROUSEL_CARDS)
_CHILDREN = {kind: rule.shape for kind, rule in _PLAIN.items() if kind in cards.IN_CONTAINER}
BLOCKS: dict[str, BlockRule] = {
    **_PLAIN,
    "carousel": _block(record(elements=_CARDS), _NOT_MODALS),
    "container": _block(cards.container(_CHILDREN), _MESSAGES, cards.check_container),
}


def check_blocks(blocks: Any, surface: Surface, at: str = "/blocks") -> list[str]:
    """Return what Slack would refuse about `blocks`, every problem with its JSON pointer."""
    allowed = {kind: rule.shape for kind, rule in BLOCKS.items() if surface in rule.surfaces}
    shape = Many(Tagged(allowed), _MOST_BLOCKS[surface], least=0)
    found = list(check(shape, blocks, at))
    if not found:
        found = [*_repeated_block_ids(blocks, at), *_too_much(blocks, at)]
        found += [said for place, block in placed(blocks, at) for said in _own(block, place)]
        if surface != "modal":
            found += _file_inputs(blocks, at)
    return found


def weight(blocks: list[Json]) -> int:
    """Return how many characters of the whole-message budget the blocks take."""
    headings = sum(
        len(_HEADING.findall(block["text"])) for block in blocks if block["type"] == "markdown"
    )
    return _characters(blocks) + headings * limits.MARKDOWN_HEADING_COST


def _characters(value: object) -> int:
    if isinstance(value, list):
        return sum(map(_characters, value))
    if isinstance(value, dict):
        own = sum(
            len(value[key]) for key in ("text", "alt_text") if isinstance(value.get(key), str)
        )
        return own + sum(_characters(item) for item in value.values() if not isinstance(item, str))
    return 0


def _own(block: Json, at: str) -> Iterator[str]:
    yield from _repeats(block, at)
    rule = BLOCKS[block["type"]].rule
    if rule is not None:
        yield from rule(block, at)


def _repeated_block_ids(blocks: list[Json], at: str) -> Iterator[str]:
    seen: set[str] = set()
    for place, block in placed(blocks, at):
        name = block.get("block_id")
        if name in seen:
            yield problem(f"`block_id` {name} must be unique", f"{place}/block_id")
        elif name is not None:
            seen.add(name)


def _repeats(block: Json, at: str) -> Iterator[str]:
    names = Counter(item["action_id"] for item in pressable(block) if "action_id" in item)
    for name, times in names.items():
        if times > 1:
            yield problem(f"`action_id` {name} must be unique within its block", at)


def _file_inputs(blocks: list[Json], at: str) -> Iterator[str]:
    for place, block in placed(blocks, at):
        if block["type"] == "input" and block["element"]["type"] == "file_input":
            yield problem("unsupported type: file_input", f"{place}/element/type")


def _too_much(blocks: list[Json], at: str) -> Iterator[str]:
    """Yield what a message may hold only so much of, at the first block over the limit."""
    counted: Counter[str] = Counter()
    for place, block in placed(blocks, at):
        kind = block["type"]
        before = {name for name, most, _ in _MOST if counted[name] > most}
        counted[kind] += 1
        counted["markdown text"] += len(block["text"]) if kind == "markdown" else 0
        counted["cells"] += tables.characters(block["rows"]) if kind == "data_table" else 0
        for name, most, sentence in _MOST:
            if counted[name] > most and name not in before:
                yield problem(sentence, place)


def _longer_than(most: int) -> str:
    return f"must be less than {most + 1} characters"


_MOST = (
    (
        "markdown text",
        limits.MARKDOWN_TEXT,
        _longer_than(limits.MARKDOWN_TEXT),
    ),
    (
        "cells",
        limits.TABLE_CHARACTERS,
        _longer_than(limits.TABLE_CHARACTERS),
    ),
    ("table", limits.TABLES, "only_one_table_allowed"),
    ("data_visualization", limits.CHARTS, f"no more than {limits.CHARTS} charts allowed"),
)
"""What is counted, how much of it a message may hold, and what Slack says of more."""

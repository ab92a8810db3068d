"""Which blocks Slack accepts on which surface, and what it says of the others.

Pure. A further block is one row of `BLOCKS` (and one of `rendering.DRAWINGS`).
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from bot.demo.slack import elements, limits
from bot.demo.slack.shapes import Flag, Many, Record, Str, Tagged, check, problem, record

Json: TypeAlias = dict[str, Any]
Surface = Literal["message", "modal", "home"]

_EVERYWHERE: frozenset[Surface] = frozenset({"message", "modal", "home"})
_MESSAGES: frozenset[Surface] = frozenset({"message"})
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


def _block(shape: Record, surfaces: frozenset[Surface] = _EVERYWHERE) -> BlockRule:
    optional = {**shape.optional, "block_id": Str(limits.BLOCK_ID)}
    return BlockRule(Record(shape.required, optional, shape.either), surfaces)


BLOCKS: dict[str, BlockRule] = {
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
    "rich_text": _block(record(elements=Many(elements.IN_RICH_TEXT))),
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
}


def check_blocks(blocks: list[Any], surface: Surface, at: str = "/blocks") -> list[str]:
    """Return what Slack would refuse about `blocks`, every problem with its JSON pointer."""
    allowed = {kind: rule.shape for kind, rule in BLOCKS.items() if surface in rule.surfaces}
    shape = Many(Tagged(allowed), _MOST_BLOCKS[surface], least=0)
    found = list(check(shape, blocks, at))
    if not found:
        found = [*_repeated_block_ids(blocks, at), *_too_much_markdown(blocks, at)]
        found += [said for place, block in _placed(blocks, at) for said in _repeats(block, place)]
    return found


def weight(blocks: list[Json]) -> int:
    """Return how many characters of the whole-message budget the blocks take."""
    headings = sum(
        len(_HEADING.findall(block["text"])) for block in blocks if block["type"] == "markdown"
    )
    return _characters(blocks) + headings * limits.MARKDOWN_HEADING_COST


def pressable(block: Json) -> list[Json]:
    """Return the elements of a block that carry an action_id."""
    inside = [*block.get("elements", []), block.get("accessory"), block.get("element")]
    kinds = elements.IN_SECTION.variants.keys() | elements.IN_INPUT.variants.keys()
    return [item for item in inside if item and item["type"] in kinds - {"image"}]


def pictures(blocks: list[Json]) -> Iterator[Json]:
    """Yield the images of the blocks, wherever they stand."""
    for block in blocks:
        inside = [block, block.get("accessory"), *block.get("elements", [])]
        yield from (item for item in inside if item and item["type"] == "image")


def _characters(value: object) -> int:
    if isinstance(value, list):
        return sum(map(_characters, value))
    if isinstance(value, dict):
        own = sum(
            len(value[key]) for key in ("text", "alt_text") if isinstance(value.get(key), str)
        )
        return own + sum(_characters(item) for item in value.values() if not isinstance(item, str))
    return 0


def _placed(blocks: list[Json], at: str) -> Iterator[tuple[str, Json]]:
    return ((f"{at}/{index}", block) for index, block in enumerate(blocks))


def _repeated_block_ids(blocks: list[Json], at: str) -> Iterator[str]:
    seen: set[str] = set()
    for place, block in _placed(blocks, at):
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


def _too_much_markdown(blocks: list[Json], at: str) -> Iterator[str]:
    total = 0
    for place, block in _placed(blocks, at):
        total += len(block["text"]) if block["type"] == "markdown" else 0
        if total > limits.MARKDOWN_TEXT:
            yield problem(f"must be less than {limits.MARKDOWN_TEXT + 1} characters", place)
            return

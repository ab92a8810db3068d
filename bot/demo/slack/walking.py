"""Going through blocks whose shapes are right: what stands where, and what it is called. Pure."""

from collections.abc import Callable, Collection, Iterable, Iterator

from bot.demo.slack import elements
from bot.demo.slack.shapes import Json

NESTING = {"child_blocks": ("container",), "elements": ("carousel",)}
"""Under which key which blocks hold further blocks."""


def placed(blocks: Iterable[Json], at: str = "") -> Iterator[tuple[str, Json]]:
    """Yield the blocks, and those that stand inside of them, each with its JSON pointer."""
    for index, block in enumerate(blocks):
        place = f"{at}/{index}"
        yield place, block
        for key, kinds in NESTING.items():
            if block["type"] in kinds:
                yield from placed(block[key], f"{place}/{key}")


def flat(blocks: Iterable[Json]) -> Iterator[Json]:
    """Yield the blocks and those that stand inside of them, each with its own block_id."""
    return (block for _, block in placed(blocks))


def inside(block: Json) -> list[Json]:
    """Return what stands in a block: elements, accessory, input, buttons of a card."""
    several = [*block.get("elements", []), *block.get("actions", [])]
    return [one for one in (*several, block.get("accessory"), block.get("element")) if one]


def pressable(block: Json) -> list[Json]:
    """Return the elements of a block that carry an action_id."""
    return [item for item in inside(block) if item["type"] in elements.WITH_ACTION_ID]


def stateful(block: Json, kinds: Collection[str]) -> list[Json]:
    """Return the elements of a block that hold a value, which are those of `kinds`."""
    return [item for item in inside(block) if item["type"] in kinds]


def named(blocks: Iterable[Json], fresh: Callable[[], str]) -> list[Json]:
    """Return the blocks with the ids that Slack makes up where none were given."""
    return [_named(block, fresh) for block in blocks]


def pictures(blocks: Iterable[Json]) -> Iterator[Json]:
    """Yield the images of the blocks, wherever they stand."""
    for block in flat(blocks):
        yield from (item for item in (block, *inside(block)) if item["type"] == "image")


def _named(block: Json, fresh: Callable[[], str]) -> Json:
    def with_id(item: Json) -> Json:
        lacks = item["type"] in elements.WITH_ACTION_ID and "action_id" not in item
        return {**item, "action_id": fresh()} if lacks else item

    new = {**block, "block_id": block.get("block_id") or fresh()}
    for key in ("accessory", "element"):
        if key in block:
            new[key] = with_id(block[key])
    for key in ("elements", "actions"):
        if key in block:
            new[key] = [with_id(item) for item in block[key]]
    for key, kinds in NESTING.items():
        if block["type"] in kinds:
            new[key] = named(block[key], fresh)
    return new

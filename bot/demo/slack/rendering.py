"""Block Kit as plain text: what a person reads, line by line.

Pure: one tree walk, a row of `DRAWINGS` for each block. Buttons read as `[Confirm]`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.demo.slack import mrkdwn
from bot.demo.slack.blocks import Json
from bot.demo.slack.mrkdwn import Names


def plain_blocks(blocks: Iterable[Json], names: Names) -> str:
    """Return the text of blocks, one block below the other."""
    return "\n".join(DRAWINGS[block["type"]](block, names) for block in blocks)


def _section(block: Json, names: Names) -> str:
    texts = [block["text"]] if "text" in block else []
    parts = [*texts, *block.get("fields", [])]
    accessory = [block["accessory"]] if "accessory" in block else []
    return "\n".join(_element(part, names) for part in [*parts, *accessory])


def _row(block: Json, names: Names) -> str:
    return " ".join(_element(element, names) for element in block["elements"])


def _image(block: Json, names: Names) -> str:
    title = f"{_element(block['title'], names)}\n" if "title" in block else ""
    return f"{title}[image: {block['alt_text']}]"


def _input(block: Json, names: Names) -> str:
    hint = f"\n{_element(block['hint'], names)}" if "hint" in block else ""
    return f"{_element(block['label'], names)}: {_element(block['element'], names)}{hint}"


def _rich_text(block: Json, names: Names) -> str:
    return "\n".join(_RICH[part["type"]](part, names) for part in block["elements"])


DRAWINGS: Mapping[str, Callable[[Json, Names], str]] = {
    "section": _section,
    "header": lambda block, names: _element(block["text"], names),
    "divider": lambda _block, _names: "----",
    "context": _row,
    "actions": _row,
    "rich_text": _rich_text,
    "markdown": lambda block, _names: str(block["text"]),
    "image": _image,
    "input": _input,
}


def _element(element: Json, names: Names) -> str:
    match element["type"]:
        case "mrkdwn":
            return mrkdwn.plain(element["text"], names)
        case "plain_text":
            return str(element["text"])
        case "button":
            return f"[{element['text']['text']}]"
        case "image":
            return f"[image: {element['alt_text']}]"
        case "plain_text_input":
            return f"[{element.get('initial_value') or _placeholder(element)}]"
        case _:
            return f"[{_placeholder(element)}{_options(element, names)}]"


def _placeholder(element: Json) -> str:
    return str(element.get("placeholder", {}).get("text", ""))


def _options(element: Json, names: Names) -> str:
    groups = element.get("option_groups", [])
    options = [*element.get("options", []), *(o for group in groups for o in group["options"])]
    return " | ".join(_element(option["text"], names) for option in options)


def _inline(part: Json, names: Names) -> str:
    elements = part["elements"]
    return "".join(_INLINE[element["type"]](element, names) for element in elements)


def _list(part: Json, names: Names) -> str:
    first = part.get("offset", 0) + 1
    marks = [
        f"{number}." if part["style"] == "ordered" else "•"
        for number in range(first, first + len(part["elements"]))
    ]
    margin = "  " * part.get("indent", 0)
    items = zip(marks, part["elements"], strict=True)
    return "\n".join(f"{margin}{mark} {_inline(item, names)}" for mark, item in items)


def _quote(part: Json, names: Names) -> str:
    return "\n".join(f"> {line}" for line in _inline(part, names).splitlines())


_RICH: Mapping[str, Callable[[Json, Names], str]] = {
    "rich_text_section": _inline,
    "rich_text_preformatted": _inline,
    "rich_text_quote": _quote,
    "rich_text_list": _list,
}

_INLINE: Mapping[str, Callable[[Any, Names], str]] = {
    "text": lambda element, _names: str(element["text"]),
    "link": lambda element, _names: str(element.get("text") or element["url"]),
    "emoji": lambda element, _names: f":{element['name']}:",
    "user": lambda element, names: names(element["user_id"]),
    "channel": lambda element, names: names(element["channel_id"]),
    "usergroup": lambda element, names: names(element["usergroup_id"]),
    "broadcast": lambda element, _names: f"@{element['range']}",
    "date": lambda element, _names: str(element.get("fallback", element["timestamp"])),
    "color": lambda element, _names: str(element["value"]),
}

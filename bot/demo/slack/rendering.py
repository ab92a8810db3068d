"""Block Kit as plain text: what a person reads, line by line.

Pure: one tree walk, a row of `DRAWINGS` for each block. Buttons read as `[Confirm]`.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import zip_longest
from typing import Any

from bot.demo.slack import mrkdwn
from bot.demo.slack.inputs import KINDS
from bot.demo.slack.mrkdwn import Names
from bot.demo.slack.shapes import Json
from bot.demo.slack.suggestions import static


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


def _table(block: Json, names: Names) -> str:
    """Return a table in columns that are as wide as their widest cell."""
    rows = [[_cell(cell, names) for cell in row] for row in block["rows"]]
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join(lines)


def _cell(cell: Json, names: Names) -> str:
    return _rich_text(cell, names) if cell["type"] == "rich_text" else str(cell["text"])


def _chart(block: Json, _names: Names) -> str:
    chart = block["chart"]
    if chart["type"] == "pie":
        lines = [f"{one['label']}: {one['value']:g}" for one in chart["segments"]]
    else:
        lines = [
            f"{series['name']}: {' '.join(format(point['value'], 'g') for point in series['data'])}"
            for series in chart["series"]
        ]
    return "\n".join([f"{block['title']} ({chart['type']})", *lines])


def _alert(block: Json, names: Names) -> str:
    return f"({block.get('level', 'default')}) {_element(block['text'], names)}"


def _card(block: Json, names: Names) -> str:
    texts = [_element(block[key], names) for key in _CARD_TEXTS if key in block]
    buttons = " ".join(_element(button, names) for button in block.get("actions", []))
    return "\n".join([*texts, *([buttons] if buttons else [])])


def _container(block: Json, names: Names) -> str:
    rich = block.get("rich_text_title")
    title = _rich_text(rich, names) if rich else _element(block["title"], names)
    below = [_element(block["subtitle"], names)] if "subtitle" in block else []
    return "\n".join([title, *below, plain_blocks(block["child_blocks"], names)])


def _plan(block: Json, names: Names) -> str:
    return "\n".join([block["title"], *(_task(task, names) for task in block["tasks"])])


def _task(task: Json, names: Names) -> str:
    parts = [_rich_text(task[key], names) for key in ("details", "output") if key in task]
    return "\n".join([f"({task['status']}) {task['title']}", *parts])


_CARD_TEXTS = ("title", "subtitle", "body", "subtext")

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
    "table": _table,
    "data_table": lambda block, names: f"{block['caption']}\n{_table(block, names)}",
    "data_visualization": _chart,
    "alert": _alert,
    "card": _card,
    "carousel": lambda block, names: plain_blocks(block["elements"], names),
    "container": _container,
    "context_actions": _row,
    "task_card": _task,
    "plan": _plan,
}


def _element(element: Json, names: Names) -> str:
    return _ELEMENTS.get(element["type"], _field)(element, names)


def _field(element: Json, names: Names) -> str:
    return f"[{_held(element, names) or _placeholder(element) + _options(element, names)}]"


def _feedback(element: Json, _names: Names) -> str:
    pair = (element["positive_button"], element["negative_button"])
    return " ".join(f"[{one['text']['text']}]" for one in pair)


def _held(element: Json, names: Names) -> str:
    """Return what stands in an input, empty where nothing does."""
    kind = KINDS.get(element["type"])
    value = None if kind is None else element.get(kind.preset or kind.key)
    several = value if isinstance(value, list) else [value]
    return ", ".join(_value(one, names) for one in several if one is not None)


def _value(value: Any, names: Names) -> str:
    match value:
        case {"text": dict(text)}:
            return _element(text, names)
        case {"name": str(name)}:
            return name
        case {"elements": list()}:
            return _rich_text(value, names)
        case _:
            return names(str(value))


def _placeholder(element: Json) -> str:
    return str(element.get("placeholder", {}).get("text", ""))


def _options(element: Json, names: Names) -> str:
    return " | ".join(_element(option["text"], names) for option in static(element))


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


_ELEMENTS: Mapping[str, Callable[[Json, Names], str]] = {
    "mrkdwn": lambda element, names: mrkdwn.plain(element["text"], names),
    "plain_text": lambda element, _names: str(element["text"]),
    "button": lambda element, _names: f"[{element['text']['text']}]",
    "icon_button": lambda element, _names: f"[{element['text']['text']}]",
    "feedback_buttons": _feedback,
    "image": lambda element, _names: f"[image: {element['alt_text']}]",
}

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

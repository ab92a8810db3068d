"""A policy file's YAML as plain values, each of which knows its line.

Policies are small and written by hand, so what makes YAML surprising is refused: aliases, tags,
merge keys, keys that stand twice, depth, and characters that hide text from a reader.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

# 400 channels and 2,000 people, each on a line of its own, are 200 kB.
MOST_BYTES = 256 * 1024
# The deepest place of the model is the sixth level (exec.allow[].argv[]).
MOST_DEPTH = 16

# YAML's own non-printables; then what breaks lines or turns text around without being seen, so
# that a comment in an editor is a rule for the bot.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff]|\r(?!\n)"
    "|[\u200b-\u200f\u2028-\u202e\u2060-\u2069]"
)
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,8}")
_TRUE = ("true", "yes", "on")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a policy file, as a sentence for a person."""

    line: int
    """Counted from 1."""
    sentence: str
    form: str = ""
    """The valid form of the part that is wrong, to copy; empty: the sentence says it all."""


class FaultyError(Exception):
    """The text is no document that a policy could be read from."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.fault = Fault(line, sentence)


@dataclass(frozen=True, slots=True)
class Document:
    """The values of a file, and where they stand."""

    value: Any
    root: yaml.Node

    def line(self, place: Sequence[str | int]) -> int:
        """Return the line of a place, or of the nearest one around it that is there."""
        node, line = self.root, self.root.start_mark.line
        for part in place:
            found = _inside(node, part)
            if found is None:
                break
            node, line = found
        return line + 1


def read_document(content: bytes) -> Document:
    """Return the document that the bytes hold.

    Raises:
        FaultyError: they hold none, or more than a policy needs.
    """
    text = _decoded(content)
    try:
        _refuse_tricks(text)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _unreadable(text, error) from error
    if root is None or _is_null(root):
        raise FaultyError(1, "the file is empty, and an empty policy would admit nobody")
    return Document(_value(root), root)


def _decoded(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        size = f"{-(-len(content) // 1024)} kB of at most {MOST_BYTES // 1024} kB"
        raise FaultyError(1, f"the file is too large for a policy: {size}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FaultyError(content.count(b"\n", 0, error.start) + 1, "it is not UTF-8") from error
    hidden = _HIDDEN.search(text)
    if hidden:
        sentence = f"it holds the character U+{ord(hidden[0]):04X}, which readers cannot see"
        raise FaultyError(text.count("\n", 0, hidden.start()) + 1, sentence)
    return text


def _refuse_tricks(text: str) -> None:
    depth = documents = 0
    event: Any
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        trick = _trick(event)
        if documents > 1:
            trick = "it begins a second document, and a policy is one"
        elif depth > MOST_DEPTH:
            trick = f"it is nested deeper than the {MOST_DEPTH} levels that a policy may have"
        if trick:
            raise FaultyError(event.start_mark.line + 1, trick)


def _trick(event: Any) -> str:
    if isinstance(event, yaml.AliasEvent):
        return f"it repeats another place (*{event.anchor}); write it out"
    if getattr(event, "anchor", None):
        return f"it names a place to be repeated (&{event.anchor}); write it out"
    if getattr(event, "tag", None):
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        return f"it carries the tag {tag}; a policy has none"
    if isinstance(event, yaml.DocumentStartEvent) and (event.version or event.tags):
        return "it is a directive (%); a policy has none"
    return ""


def _unreadable(text: str, error: yaml.MarkedYAMLError) -> FaultyError:
    line = error.problem_mark.line if error.problem_mark else 0
    written = text.split("\n")[line : line + 1]
    if written and re.match(r" *\t", written[0]):
        return FaultyError(line + 1, "it begins with a tab, and YAML is indented with spaces")
    return FaultyError(line + 1, f"it is no YAML: {error.problem}")


def _value(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    return _scalar(node)


def _mapping(node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.tag == "tag:yaml.org,2002:merge":
            raise FaultyError(line, "it merges another place (<<); write it out")
        if key.tag != "tag:yaml.org,2002:str":
            raise FaultyError(
                line, f"it has a key that is no word ({_shown(key)}); put it in quotes"
            )
        if key.value in found:
            raise FaultyError(line, f"it has the key {_shown(key)}, which stands above already")
        found[key.value] = _value(value)
    return found


def _scalar(node: yaml.Node) -> str | int | bool | None:
    if _is_null(node):
        return None
    if node.tag == "tag:yaml.org,2002:bool":
        return node.value.lower() in _TRUE
    if node.tag == "tag:yaml.org,2002:int" and _INTEGER.fullmatch(node.value):
        return int(node.value)
    return str(node.value)  # dates and fractions are no part of a policy: names that look so


def _is_null(node: yaml.Node) -> bool:
    return bool(node.tag == "tag:yaml.org,2002:null")


def _shown(key: yaml.Node) -> str:
    return repr(key.value)[:60] if isinstance(key, yaml.ScalarNode) else "a list or a mapping"


def _inside(node: yaml.Node, part: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        return next(
            ((value, key.start_mark.line) for key, value in node.value if key.value == part), None
        )
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part].start_mark.line
    return None

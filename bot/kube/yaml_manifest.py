"""One YAML document as plain values, without what makes YAML surprising or expensive. Pure.

The text is read event by event, so that whatever is refused ends the reading there: a bomb of
aliases is not expanded, and a thousand brackets are not followed down.
"""

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from bot.kube.faults import FaultError, shown
from bot.kube.scalars import NO_NUMBERS, read_scalar

MOST_DEPTH = 64
"""A pod template's deepest field is about the 15th level, a CRD's schema about the 40th."""

MOST_VALUES = 50_000
"""Keys and values of a document; 256 kB of ordinary lines have half of it."""
TOO_DEEP = (
    f"it is nested deeper than {MOST_DEPTH} levels",
    "No object of Kubernetes needs as many.",
)
_DIRECTIVE = ("it begins with a directive (%)", "Leave that line out.")
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_TAB = re.compile(r" *\t")
_PERCENT = re.compile("^%", re.MULTILINE)
_WRITE_OUT = "Write the value out where it is used."


class NoYamlError(FaultError):
    """The text is no YAML at all."""


def read_yaml(text: str) -> Any:
    """Return the value of the one document in the text; None: there is none.

    Raises:
        FaultError: it cannot be read, or holds what manifests may not.
    """
    reading = _Reading()
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            reading.take(event)
    except yaml.MarkedYAMLError as error:
        raise _unreadable(text, error) from error
    except yaml.reader.ReaderError as error:
        raise FaultError(0, "it holds a control character", "Save it as plain text.") from error
    return reading.value


def line_of(text: str, place: tuple[str | int, ...]) -> int:
    """Return the line, counted from 1, of a place in a text that has been read.

    A JSON text that is no YAML has one line for all its places.
    """
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return 1
    line = node.start_mark.line if node is not None else 0
    for part in place:
        found = _inside(node, part)
        if found is None:
            break
        node, line = found
    return int(line) + 1


@dataclass(slots=True)
class _Open:
    """A mapping or a list whose end has not come yet."""

    values: dict[str, Any] | list[Any]
    key: str | None = None
    """The key whose value comes next."""


@dataclass(slots=True)
class _Reading:
    value: Any = None
    values: int = 0
    opened: list[_Open] = field(default_factory=list)

    def take(self, event: Any) -> None:
        self.values += 1
        if self.values > MOST_VALUES:
            sentence = f"it has more than {MOST_VALUES} values"
            _refuse(event, sentence, "Send the objects that change, a few at a time.")
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._scalar(event)
        elif kind is yaml.MappingStartEvent:
            self._open(event, {})
        elif kind is yaml.SequenceStartEvent:
            self._open(event, [])
        elif kind in _ENDS:
            self._put(self.opened.pop().values)
        elif kind is yaml.AliasEvent:
            _refuse(event, f"it repeats another place (*{event.anchor[:60]})", _WRITE_OUT)

    def _open(self, event: Any, values: dict[str, Any] | list[Any]) -> None:
        if event.anchor or event.tag:
            _refuse_tricks(event)
        if self._awaits_key:
            _refuse(event, "it has a key that is no text", "Keys are words, such as app: web.")
        if len(self.opened) >= MOST_DEPTH:
            _refuse(event, *TOO_DEEP)
        self.opened.append(_Open(values))

    @property
    def _awaits_key(self) -> bool:
        top = self.opened[-1] if self.opened else None
        return top is not None and isinstance(top.values, dict) and top.key is None

    def _scalar(self, event: Any) -> None:
        if event.anchor or event.tag:
            _refuse_tricks(event)
        if self._awaits_key:
            self.opened[-1].key = self._key(event)
            return
        text = event.value
        if event.style:  # it is in quotes, or a block
            self._put(text)
        elif text in NO_NUMBERS:
            _refuse(event, f"{text} is a number that JSON does not have", f'Write "{text}".')
        else:
            self._put(read_scalar(text))

    def _key(self, event: Any) -> str:
        key: str = event.value
        if not event.style and key == "<<":
            _refuse(event, "it merges another place (<<)", _WRITE_OUT)
        if not event.style and not isinstance(read_scalar(key), str):
            sentence = f"the key {shown(key)} is no text to YAML"
            _refuse(event, sentence, f'Put it in quotes: "{key[:60]}": …')
        if key in self.opened[-1].values:
            sentence = f"the key {shown(key)} stands there twice"
            _refuse(event, sentence, "Leave one of them out: which one counts differs by reader.")
        return key

    def _put(self, value: Any) -> None:
        if not self.opened:
            self.value = value
            return
        top = self.opened[-1]
        if isinstance(top.values, list):
            top.values.append(value)
        elif top.key is not None:
            top.values[top.key] = value
            top.key = None


def _refuse_tricks(event: Any) -> None:
    if event.anchor:
        _refuse(event, f"it names a place to be repeated (&{event.anchor[:60]})", _WRITE_OUT)
    if event.tag:
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")[:60]
        instead = "Leave it out; a text that looks like a number goes into quotes."
        _refuse(event, f"it carries the tag {tag}", instead)


def _refuse(event: Any, sentence: str, instead: str) -> NoReturn:
    raise FaultError(event.start_mark.line + 1, sentence, instead)


def _unreadable(text: str, error: yaml.MarkedYAMLError) -> FaultError:
    line = error.problem_mark.line if error.problem_mark else 0
    written = "".join(text.split("\n")[line : line + 1])
    if error.problem == "exceeded maximum nesting depth":  # of libyaml, 1,000
        return FaultError(line + 1, *TOO_DEEP)
    if _TAB.match(written):
        return FaultError(line + 1, "it begins with a tab", "YAML is indented with spaces.")
    if found := _PERCENT.search(text):
        return FaultError(text.count("\n", 0, found.start()) + 1, *_DIRECTIVE)
    if error.problem == "did not find expected <document start>":
        sentence = "something stands behind the end of the document"
        return FaultError(line + 1, sentence, "Set documents apart by a line of ---.")
    instead = "Look at the indentation and the quotes there."
    return NoYamlError(line + 1, f"it is no YAML: {error.problem}", instead)


def _inside(node: yaml.Node | None, part: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        return next((_placed(key, value) for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return _placed(node.value[part], node.value[part])
    return None


def _placed(at: yaml.Node, value: yaml.Node) -> tuple[yaml.Node, int]:
    return value, at.start_mark.line

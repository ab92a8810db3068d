"""Files to the objects in them, within limits: what `-f` means, read and not yet sent. Pure.

Several documents, JSON or YAML, and lists of objects are taken apart as kubectl does. Whatever is
not clear at first sight is refused with one sentence: what was read is what is shown, approved and
sent. No sentence repeats a value, since it may be a password.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from bot.core.errors import UsageError
from bot.core.ports import JsonObject
from bot.core.request import MANIFEST_BYTES, Attachment
from bot.kube.faults import FaultError, shown
from bot.kube.json_manifest import NoJsonError, read_json
from bot.kube.yaml_manifest import NoYamlError, line_of, read_yaml

MOST_OBJECTS = 50
"""Of all files together; nobody reads through more in an approval."""
_MOST_LISTS = 4
"""So deep a list may stand in a list."""

# What YAML cannot hold, breaks lines without being seen, or turns text around, so that a reader
# sees another manifest than the one that is sent. In quotes and escaped it may be written.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff]|\r(?!\n)"
    "|[\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
_SEPARATOR = re.compile(r"^---(?P<more>[^\n]*)\n?", re.MULTILINE)
_SOMETHING = re.compile(r"^[ \t\r]*[^#\s]", re.MULTILINE)
_OBJECT = "Each document is an object: apiVersion: v1, kind: ConfigMap, metadata: {name: web}."

Place: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One object of a manifest, and where it stands."""

    source: str
    """The file's name, as kubectl's errors name it."""
    number: int
    """Which document of the file it is, or stands in, counted from 1."""
    line: int
    body: JsonObject = field(repr=False)
    """It may hold a Secret's values: it is never logged."""

    @property
    def api_version(self) -> str:
        """Return its `apiVersion`, such as `apps/v1`."""
        return str(self.body["apiVersion"])

    @property
    def kind(self) -> str:
        """Return its kind."""
        return str(self.body["kind"])

    @property
    def name(self) -> str:
        """Return its name; empty where only the beginning of one is given."""
        return str(self.body["metadata"].get("name") or "")

    @property
    def prefix(self) -> str:
        """Return the beginning of its name, which the API server would end."""
        return str(self.body["metadata"].get("generateName") or "")

    @property
    def namespace(self) -> str:
        """Return the namespace that it names; empty: none."""
        return str(self.body["metadata"].get("namespace") or "")

    @property
    def labels(self) -> dict[str, str]:
        """Return its labels."""
        return dict(self.body["metadata"].get("labels") or {})

    def refused(self, sentence: str, instead: str) -> UsageError:
        """Return what is told of it when it cannot be used."""
        return FaultError(self.line, sentence, instead).named(self.source, self.number)


def read_manifests(files: Sequence[Attachment]) -> tuple[Document, ...]:
    """Return the objects of the files, in their order.

    Raises:
        UsageError: they cannot be read, are too many or too large, or hold what is not taken.
    """
    _check_size(files)
    found: list[Document] = []
    for file in files:
        found += _read(file, MOST_OBJECTS - len(found))
    return tuple(found)


def _check_size(files: Sequence[Attachment]) -> None:
    total = sum(len(file.content) for file in files)
    if total > MANIFEST_BYTES:
        name = files[0].name if len(files) == 1 else f"{len(files)} files"
        raise UsageError(
            f"error: {name}: it has {-(-total // 1024)} kB of at most {MANIFEST_BYTES // 1024} kB",
            next_step="Send the objects that change, a few at a time.",
        )


def _read(file: Attachment, most: int) -> list[Document]:
    text = _decoded(file)
    found: list[Document] = []
    for number, chunk in enumerate(_chunks(file, text), 1):
        try:
            for piece, value in _values(chunk):
                found += _objects(_At(file.name, number, piece), value)
                if len(found) > most:
                    raise _too_many(file)
        except FaultError as fault:
            raise fault.named(file.name, number, chunk.above) from fault
    return found


def _too_many(file: Attachment) -> UsageError:
    return UsageError(
        f"error: {file.name}: there are more than {MOST_OBJECTS} objects",
        next_step="Send them a few at a time: what nobody can read through, nobody can approve.",
    )


def _decoded(file: Attachment) -> str:
    try:
        text = file.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.content.count(b"\n", 0, error.start) + 1
        instead = "Save it as UTF-8, and attach it as it is: archives are not unpacked."
        raise FaultError(line, "it is not UTF-8", instead).named(file.name) from error
    if hidden := _HIDDEN.search(text):
        sentence = f"it holds the character U+{ord(hidden[0]):04X}, which readers cannot see"
        line = text.count("\n", 0, hidden.start()) + 1
        instead = "Take it out, or write it escaped in double quotes."
        raise FaultError(line, sentence, instead).named(file.name)
    return text


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a file: what stands between two separators, or one value of it."""

    text: str
    above: int
    """How many lines of the file stand above it."""


def _chunks(file: Attachment, text: str) -> Iterator[_Piece]:
    """Yield what is more than blanks and comments, split where kubectl splits."""
    start = above = count = 0
    for found in [*_SEPARATOR.finditer(text), None]:
        chunk = _Piece(text[start : found.start() if found else None], above)
        above += chunk.text.count("\n") + 1
        if _SOMETHING.search(chunk.text):
            count += 1
            if count > MOST_OBJECTS:
                raise _too_many(file)
            yield chunk
        if found is not None:
            more = found["more"].strip()
            if more and not more.startswith("#"):
                instead = "Begin the document on the next line."
                raise FaultError(above, "something stands behind ---", instead).named(file.name)
            start = found.end()


def _values(chunk: _Piece) -> Iterator[tuple[_Piece, Any]]:
    if not chunk.text.lstrip().startswith("{"):
        yield chunk, read_yaml(chunk.text)
        return
    above = end = 0
    try:
        for start, until, value in read_json(chunk.text):
            above, end = above + chunk.text.count("\n", end, start), start
            yield _Piece(chunk.text[start:until], chunk.above + above), value
    except NoJsonError as fault:
        if end:
            raise
        yield chunk, _as_yaml(chunk.text, fault)


def _as_yaml(text: str, fault: NoJsonError) -> Any:
    # What begins like JSON may be YAML's short form of a mapping; if it is neither, it was JSON.
    try:
        return read_yaml(text)
    except NoYamlError:
        raise fault from None


@dataclass(frozen=True, slots=True)
class _At:
    """Where a value stands, to tell the line of what is wrong in it."""

    file: str
    number: int
    piece: _Piece
    place: Place = ()

    def line(self, *place: str | int) -> int:
        """Return the line of a place in the value, counted in the file from 1."""
        return line_of(self.piece.text, (*self.place, *place)) + self.piece.above

    def fault(self, sentence: str, instead: str, *place: str | int) -> UsageError:
        """Return what is told of a place in the value."""
        return FaultError(self.line(*place), sentence, instead).named(self.file, self.number)

    def inside(self, *place: str | int) -> "_At":
        """Return where a part of the value stands."""
        return replace(self, place=(*self.place, *place))


def _objects(at: _At, value: Any, within: str = "") -> Iterator[Document]:
    """Yield the object, or those of a list; `within` is the type of a list's items."""
    if value is None and not at.place:
        return  # an empty document is none
    if not isinstance(value, dict):
        what = "a list" if isinstance(value, list) else "a single value"
        raise at.fault(f"it is {what} where an object has to be", _OBJECT)
    body = _typed(at, value, within)
    kind = body["kind"]
    if kind.endswith("List") and isinstance(body.get("items"), list):
        yield from _items(at, body, kind)
        return
    _check_metadata(at, body)
    yield Document(at.file, at.number, at.line(), body)


def _items(at: _At, body: dict[str, Any], kind: str) -> Iterator[Document]:
    if len(at.place) >= 2 * _MOST_LISTS:
        raise at.fault("a list stands in a list, again and again", "Write one list of objects.")
    item = f"{body['apiVersion']} {kind.removesuffix('List')}" if kind != "List" else ""
    for number, value in enumerate(body["items"]):
        yield from _objects(at.inside("items", number), value, item)


def _typed(at: _At, value: dict[str, Any], within: str) -> dict[str, Any]:
    # The items of a typed list, such as a ConfigMapList, may come without their type.
    api_version, _, kind = within.partition(" ")
    implied = {"apiVersion": api_version, "kind": kind} if within else {}
    body = implied | value
    for name, example in (("apiVersion", "apps/v1"), ("kind", "Deployment")):
        if name not in body:
            raise at.fault(f"it has no {name}", f"Such as {name}: {example}")
        if not isinstance(body[name], str) or not body[name]:
            raise at.fault(f"its {name} is no text", f"Such as {name}: {example}", name)
    return body


def _check_metadata(at: _At, body: dict[str, Any]) -> None:
    metadata = body.get("metadata")
    if metadata is None:
        raise at.fault("it has no metadata", "Such as metadata: {name: web}")
    if not isinstance(metadata, dict):
        raise at.fault("its metadata is no mapping", "Such as metadata: {name: web}", "metadata")
    for name in ("name", "generateName", "namespace"):
        if not isinstance(metadata.get(name) or "", str):
            instead = f'A text, in quotes where it looks like something else: {name}: "1"'
            raise at.fault(f"its metadata.{name} is no text", instead, "metadata", name)
    if not metadata.get("name") and not metadata.get("generateName"):
        raise at.fault("it has no name", "Such as metadata: {name: web}", "metadata")
    for name in ("labels", "annotations"):
        _check_texts(at, metadata, name)


def _check_texts(at: _At, metadata: dict[str, Any], name: str) -> None:
    texts = metadata.get(name)
    if texts is not None and not isinstance(texts, dict):
        instead = f"Such as {name}: {{app: web}}"
        raise at.fault(f"its metadata.{name} are no mapping", instead, "metadata", name)
    for key, value in (texts or {}).items():
        if not isinstance(value, str):
            sentence = f"the value of metadata.{name} {shown(key)} is no text to YAML"
            instead = 'Put it in quotes, such as "true", "8080" or "y".'
            raise at.fault(sentence, instead, "metadata", name, key)

"""A long list parsed in slices, so that others have their turn between them.

Pure. A list is cut where its elements begin. The same bytes may stand deep inside of an element;
a slice that ends there is no JSON, and then the list is parsed as one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from bot.core.ports import JsonObject

# About 1 ms of parsing: others may have to wait for twenty times as long.
SLICE_BYTES = 2**17
_METADATA = b'"object":{"kind":"PartialObjectMetadata",'
_MANAGED_FIELDS = b',"managedFields":['
# How the API server writes a Table's rows, and the items of a list of its own types.
_BEGINNINGS = {"rows": b'{"cells":[', "items": b'{"metadata":{'}


@dataclass(frozen=True, slots=True)
class _Cut:
    head: JsonObject
    """The list without any element."""
    name: str
    """Of the field that holds the elements."""
    body: bytes
    starts: Sequence[int]
    """Where each element begins, and where one more would: a comma or the end is before it."""

    def __len__(self) -> int:
        return len(self.starts) - 1

    def count(self, size: int) -> int:
        """Return how many elements of the usual length have that size."""
        return max(1, len(self) * size // (self.starts[-1] - self.starts[0]))

    def parsed(self, start: int, end: int) -> list[Any] | None:
        """Return these elements; None where the cut went through one."""
        starts = self.starts[start : end + 1]
        elements = self.body[starts[0] : starts[-1] - 1]
        parsed: list[Any] | None = _parsed(b"[" + elements + b"]")
        return parsed


def slices(body: bytes, size: int = SLICE_BYTES, *, light: bool = False) -> Iterator[JsonObject]:
    """Yield the list as lists of some of its elements, each parsed when it is asked for.

    A slice has about `size` bytes. What is shorter, or is no such list, comes whole. With `light`
    a Table's rows come without the managed fields at the end of their metadata, three quarters of
    its bytes.

    Raises:
        JSONDecodeError: it is no JSON.
    """
    sent, body = body, _lightened(body) if light else body
    cut = _cut(body) if len(body) > size else None
    if cut is None:
        yield _parsed(body) or orjson.loads(sent)
        return
    taken, count = 0, cut.count(size)
    for start in range(0, len(cut), count):
        elements = cut.parsed(start, start + count)
        if elements is None:
            whole = orjson.loads(sent)
            yield whole | {cut.name: whole[cut.name][taken:]}
            return
        taken += len(elements)
        yield cut.head | {cut.name: elements}


def _lightened(body: bytes) -> bytes:
    kept, start, at = [], 0, body.find(_MANAGED_FIELDS) if _METADATA in body else -1
    while at >= 0:
        # They hold no list, so that the first `]` ends them; behind it end the metadata, object
        # and row. Where it stands in a text, what is left is no JSON.
        end = body.find(b"]", at + len(_MANAGED_FIELDS)) + 1
        if body.startswith(b"}}}", end):
            kept.append(body[start:at])
            start = end
        at = body.find(_MANAGED_FIELDS, end or at + 1)
    return b"".join([*kept, body[start:]])


def _cut(body: bytes) -> _Cut | None:
    for name, beginning in _BEGINNINGS.items():
        opening = b'"%s":[' % name.encode()
        at = body.find(opening + beginning)
        head = _parsed(body[: at + len(opening)] + b"]}") if at >= 0 else None
        # Each slice must say what it is of: the masking goes by that.
        if head and head.get("kind"):
            starts = [*_starts(body, beginning, at + len(opening))]
            end = body.rfind(b"]}") + 1
            return _Cut(head, name, body, [*starts, end]) if end > starts[-1] else None
    return None


def _starts(body: bytes, beginning: bytes, first: int) -> Iterator[int]:
    # By their places, because each copy of a page takes as long as the parsing of a slice.
    between = b"," + beginning
    yield first
    at = body.find(between, first)
    while at >= 0:
        yield at + 1
        at = body.find(between, at + 1)


def _parsed(text: bytes) -> Any:
    """Return what the text holds; None where it is no JSON."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None

"""A long list parsed in slices, so that others have their turn between them.

Pure. A list is cut where its elements begin. The same bytes may stand deep inside of an element;
a slice that ends there is no JSON, and then the list is parsed as one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import orjson

from bot.core.ports import JsonObject

# About 1 ms of parsing: others may have to wait for twenty times as long.
SLICE_BYTES = 2**17
_SHOWN = ("namespace", "labels")
_METADATA = b'"object":{"kind":"PartialObjectMetadata",'
# Metadata in the order of its Go type, from its beginning to what stands behind the labels. What
# names an object has no quotes, and neither have labels.
_LIGHT = re.compile(
    rb"""
    "object":\{"kind":"PartialObjectMetadata","apiVersion":"[^"]*","metadata":\{"name":"[^"\\]*"
    (?:,"generateName":"[^"\\]*")? (?:,"(?P<namespace>namespace)":"[^"\\]*")?
    ,"uid":"[^"\\]*","resourceVersion":"[^"\\]*" (?:,"generation":[0-9]+)?
    ,"creationTimestamp":"[^"\\]*"
    (?:,"deletionTimestamp":"[^"\\]*")? (?:,"deletionGracePeriodSeconds":[0-9]+)?
    (?:,"(?P<labels>labels)":\{[^{}\\]*\})?
    (?=,"(?:annotations":\{|ownerReferences":\[|finalizers":\[|managedFields":\[))
    """,
    re.VERBOSE,
)
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
    light: bool

    def __len__(self) -> int:
        return len(self.starts) - 1

    def count(self, size: int) -> int:
        """Return how many elements of the usual length have that size."""
        return max(1, len(self) * size // (self.starts[-1] - self.starts[0]))

    def parsed(self, start: int, end: int) -> list[Any] | None:
        """Return these elements; None where the cut went through one."""
        starts = self.starts[start : end + 1]
        if self.light:
            each = (_light(self.body[at : then - 1]) for at, then in pairwise(starts))
            elements = b",".join(each)
        else:
            elements = self.body[starts[0] : starts[-1] - 1]
        parsed: list[Any] | None = _parsed(b"[" + elements + b"]")
        return parsed


def slices(body: bytes, size: int = SLICE_BYTES, *, light: bool = False) -> Iterator[JsonObject]:
    """Yield the list as lists of some of its elements, each parsed when it is asked for.

    A slice has about `size` bytes. What is shorter, or is no such list, comes whole. With `light`
    a Table's rows come without what stands behind the labels in their metadata (annotations,
    owners, finalizers, managed fields), four fifths of its bytes; unless it is in another order.

    Raises:
        JSONDecodeError: it is no JSON.
    """
    cut = _cut(body, light=light) if light or len(body) > size else None
    if cut is None:
        yield orjson.loads(body)
        return
    taken, count = 0, cut.count(size)
    for start in range(0, len(cut), count):
        elements = cut.parsed(start, start + count)
        if elements is None:
            whole = orjson.loads(body)
            yield whole | {cut.name: whole[cut.name][taken:]}
            return
        taken += len(elements)
        yield cut.head | {cut.name: elements}


def _cut(body: bytes, *, light: bool) -> _Cut | None:
    for name, beginning in _BEGINNINGS.items():
        opening = b'"%s":[' % name.encode()
        at = body.find(opening + beginning)
        head = _parsed(body[: at + len(opening)] + b"]}") if at >= 0 else None
        # Each slice must say what it is of: the masking goes by that.
        if head and head.get("kind"):
            starts = [*_starts(body, beginning, at + len(opening))]
            end = body.rfind(b"]}") + 1
            return _Cut(head, name, body, [*starts, end], light) if end > starts[-1] else None
    return None


def _starts(body: bytes, beginning: bytes, first: int) -> Iterator[int]:
    # By their places, because each copy of a page takes as long as the parsing of a slice.
    between = b"," + beginning
    yield first
    at = body.find(between, first)
    while at >= 0:
        yield at + 1
        at = body.find(between, at + 1)


def _light(row: bytes) -> bytes:
    # Other servers write fields in other orders, and then the row stays as it is.
    start = row.find(_METADATA)
    found = _LIGHT.match(row, start) if start >= 0 else None
    if found is None or not row.endswith(b"}}}"):
        return row
    at = found.end()
    missed = any(not found[name] and row.find(b'"%s":' % name.encode(), at) >= 0 for name in _SHOWN)
    return row if missed else row[:at] + b"}}}"


def _parsed(text: bytes) -> Any:
    """Return what the text holds; None where it is no JSON."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None

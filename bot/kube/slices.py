"""A long list parsed in slices, so that others have their turn between them.

Pure. A list is cut where its elements begin. The same bytes may stand deep inside of an element;
a slice that ends there is no JSON, and then the list is parsed as one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from bot.core.ports import JsonObject

# About 1 ms of parsing: others may have to wait for twenty times as long.
SLICE_BYTES = 2**17
# How the API server writes a Table's rows, and the items of a list of its own types.
_BEGINNINGS = {"rows": b'{"cells":[', "items": b'{"metadata":{'}


@dataclass(frozen=True, slots=True)
class _Cut:
    head: JsonObject
    """The list without any element."""
    name: str
    """Of the field that holds the elements."""
    beginning: bytes
    """Of each element, which the pieces have lost."""
    pieces: list[bytes]

    def count(self, size: int) -> int:
        """Return how many elements of the usual length have that size."""
        length = sum(map(len, self.pieces)) + len(self.pieces) * len(self.beginning)
        return max(1, len(self.pieces) * size // length)

    def parsed(self, start: int, end: int) -> list[Any] | None:
        """Return these elements; None where the cut went through one."""
        between = b"," + self.beginning
        elements = between.join(self.pieces[start:end])
        parsed: list[Any] | None = _parsed(b"[" + self.beginning + elements + b"]")
        return parsed


def slices(body: bytes, size: int = SLICE_BYTES, *, light: bool = False) -> Iterator[JsonObject]:
    """Yield the list as lists of some of its elements, each parsed when it is asked for.

    A slice has about `size` bytes. What is shorter, or is no such list, comes whole. With `light`
    a Table's rows come without `managedFields`, two thirds of the bytes of their metadata, unless
    something stands behind them or an array in them.

    Raises:
        JSONDecodeError: it is no JSON.
    """
    cut = _cut(body, light=light) if light or len(body) > size else None
    if cut is None:
        yield orjson.loads(body)
        return
    taken, count = 0, cut.count(size)
    for start in range(0, len(cut.pieces), count):
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
        before, mark, rest = body.partition(opening + beginning)
        head = _parsed(before + opening + b"]}") if mark else None
        # Each slice must say what it is of: the masking goes by that.
        if head and head.get("kind"):
            pieces = rest.rstrip().removesuffix(b"]}").split(b"," + beginning)
            return _Cut(head, name, beginning, list(map(_light, pieces)) if light else pieces)
    return None


def _light(row: bytes) -> bytes:
    # `metadata` is the last in a row's object, and the fields are the last in it. Only the array's
    # own end may be a bracket: it is the last then, whatever a manager calls itself.
    kept, mark, fields = row.partition(b',"managedFields":[')
    alone = mark and fields.endswith(b"]}}}") and fields.count(b"]") == 1
    return kept + b"}}}" if alone else row


def _parsed(text: bytes) -> Any:
    """Return what the text holds; None where it is no JSON."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None

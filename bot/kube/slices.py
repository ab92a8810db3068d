"""A long list parsed in slices, so that others have their turn between them.

Pure. A list is cut where its elements begin. The same bytes may stand deep inside of an element;
a slice that ends there is no JSON, and from there on the rest is parsed as one.
"""

from collections.abc import Iterator

import orjson

from bot.core.ports import JsonObject

# About 1 ms of parsing: others may have to wait for twenty times as long.
SLICE_BYTES = 2**17
# How the API server writes a Table's rows, and the items of a list of its own types.
_BEGINNINGS = {"rows": b'{"cells":[', "items": b'{"metadata":{'}


def slices(body: bytes, size: int = SLICE_BYTES) -> Iterator[JsonObject]:
    """Yield the list as lists of some of its elements, each parsed when it is asked for.

    A slice has about `size` bytes. What is shorter, or is no such list, comes whole.

    Raises:
        JSONDecodeError: it is no JSON.
    """
    if len(body) > size:
        for name, beginning in _BEGINNINGS.items():
            head, mark, rest = body.partition(b'"%s":[%s' % (name.encode(), beginning))
            above = _parsed(head + mark.removesuffix(beginning) + b"]}") if mark else None
            # Each slice must say what it is of: the masking goes by that.
            if above and above.get("kind"):
                yield from _cut(head + mark, rest, b"," + beginning, size)
                return
    yield orjson.loads(body)


def _cut(head: bytes, rest: bytes, between: bytes, size: int) -> Iterator[JsonObject]:
    # The head ends with the first element's beginning; every slice is written behind it.
    pieces, start = rest.split(between), 0
    count = max(1, len(pieces) * size // len(rest))
    while start + count < len(pieces):
        part = _parsed(head + between.join(pieces[start : start + count]) + b"]}")
        if part is None:
            break
        yield part
        start += count
    yield orjson.loads(head + between.join(pieces[start:]))


def _parsed(text: bytes) -> JsonObject | None:
    try:
        answer: JsonObject = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return answer

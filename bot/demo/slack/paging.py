"""Long lists in pages: a cursor says where the next page begins."""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import TypeVar

from bot.demo.slack.arguments import Arguments
from bot.demo.slack.refusal import CallRefusedError
from bot.demo.slack.shapes import Json

T = TypeVar("T")
_MOST = 1_000


def page(items: Sequence[T], arguments: Arguments, usual: int) -> tuple[Sequence[T], Json]:
    """Return one page of `items`, and the metadata that leads to the next one.

    `usual` is how many items a page has when no limit is asked for.

    Raises:
        CallRefusedError: `invalid_limit` or `invalid_cursor`.
    """
    size = arguments.number("limit") if arguments.text("limit") else usual
    if not 0 < size <= _MOST:
        raise CallRefusedError("invalid_limit")
    first = _offset(arguments.text("cursor"))
    rest = first + size < len(items)
    cursor = b64encode(f"next:{first + size}".encode()).decode() if rest else ""
    return items[first : first + size], {"response_metadata": {"next_cursor": cursor}}


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        kind, _, number = b64decode(cursor, validate=True).decode().partition(":")
        offset = int(number)
    except (binascii.Error, ValueError):
        raise CallRefusedError("invalid_cursor") from None
    if kind != "next" or offset < 0:
        raise CallRefusedError("invalid_cursor")
    return offset

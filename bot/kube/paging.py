"""The pages of a list, each asked for while the one before it is drawn.

The first piece of a page says how the list goes on; a server needs as long to make a page of 500
rows as we need to draw one. Never more than one page is ahead.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from typing import TypeAlias

import orjson

from bot.core.ports import Form, JsonObject
from bot.kube.errors import no_json
from bot.kube.masking import mask
from bot.kube.slices import SLICE_BYTES, slices

Ask: TypeAlias = Callable[[str], Awaitable[bytes]]
"""Returns the page that the token leads to; the empty one leads to the first."""

# Pages of rows are drawn as pages; of whole objects only a few shall be in memory at a time.
_IN_PIECES = frozenset({Form.OBJECTS, Form.TABLE_OBJECTS})


async def paged(ask: Ask, form: Form, path: str) -> AsyncGenerator[JsonObject, None]:
    """Yield the pages of the list at that path, masked; whole objects come in pieces.

    Raises:
        QuarterdeckError: a page is no JSON.
    """
    body = await ask("")
    while True:
        if len(body) > SLICE_BYTES:
            await asyncio.sleep(0)  # a long page has been put together: the others' turn
        pieces = _pieces(body, form, path)
        first = next(pieces)
        token = (first.get("metadata") or {}).get("continue")
        coming = asyncio.ensure_future(ask(token)) if token else None
        try:
            if form in _IN_PIECES:
                yield first
            for piece in pieces:
                await asyncio.sleep(0)  # the others' turn
                if form in _IN_PIECES:
                    yield piece
                else:
                    _extend(first, piece)
            if form not in _IN_PIECES:
                yield first
            if coming is None:
                return
            body = await coming
        finally:
            await _dropped(coming)


def _pieces(body: bytes, form: Form, path: str) -> Iterator[JsonObject]:
    try:
        yield from map(mask, slices(body, light=form is Form.TABLE))
    except orjson.JSONDecodeError as error:
        raise no_json(path) from error


def _extend(page: JsonObject, piece: JsonObject) -> None:
    # Aggregated APIs answer with plain items where they offer no Table.
    name = "rows" if "rows" in page else "items"
    page[name].extend(piece[name])


async def _dropped(coming: "asyncio.Future[bytes] | None") -> None:
    # Nobody wants the page any more: whoever reads has enough, or has met an error.
    if coming is not None and not coming.done():
        coming.cancel()
    if coming is not None:
        await asyncio.gather(coming, return_exceptions=True)

"""The pages of a list, each asked for while the one before it is drawn.

The first piece of a page says how the list goes on; a server needs as long to make a page of 500
rows as we need to draw one. Never more than one page is ahead.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from typing import TypeAlias

from bot.core.ports import Form, JsonObject
from bot.kube.masking import mask
from bot.kube.slices import slices

Ask: TypeAlias = Callable[[str], Awaitable[bytes]]
"""Returns the page that the token leads to; the empty one leads to the first."""

# Pages of rows are drawn as pages; of whole objects only a few shall be in memory at a time.
_IN_PIECES = frozenset({Form.OBJECTS, Form.TABLE_OBJECTS})


async def paged(ask: Ask, form: Form) -> AsyncGenerator[JsonObject, None]:
    """Yield the list's pages, with Secret values masked; whole objects come in pieces.

    Raises:
        JSONDecodeError: a page is no JSON.
    """
    body = await ask("")
    while True:
        pieces = map(mask, slices(body, light=form is Form.TABLE))
        first = next(pieces)
        token = (first.get("metadata") or {}).get("continue")
        coming = asyncio.ensure_future(ask(token)) if token else None
        try:
            async for page in _drawn(first, pieces, form):
                yield page
            if coming is None:
                return
            body = await coming
        finally:
            await _dropped(coming)


async def _drawn(
    first: JsonObject, others: Iterator[JsonObject], form: Form
) -> AsyncIterator[JsonObject]:
    if form in _IN_PIECES:
        yield first
    for piece in others:
        await asyncio.sleep(0)  # the others' turn
        if form in _IN_PIECES:
            yield piece
        else:
            # Aggregated APIs answer with plain items where they offer no Table.
            name = "rows" if "rows" in first else "items"
            first[name].extend(piece[name])
    if form not in _IN_PIECES:
        yield first


async def _dropped(coming: "asyncio.Future[bytes] | None") -> None:
    # Nobody wants the page any more: whoever reads has enough, or has met an error.
    if coming is not None and not coming.done():
        coming.cancel()
    if coming is not None:
        await asyncio.gather(coming, return_exceptions=True)

"""What is there, and then every change of it, for as long as somebody looks."""

from collections.abc import AsyncIterator

from bot.core.errors import ConflictError
from bot.core.ports import Form, Query, Reader, WatchEvent

# The type of an event that is no change: a page of what was there when the look began.
LISTED = "LISTED"


async def follow(
    cluster: Reader, query: Query, form: Form = Form.OBJECTS, *, limit: int = 500
) -> AsyncIterator[WatchEvent]:
    """Yield the list's pages as `LISTED`, then each change; never ends by itself.

    When the server has forgotten the version that the list had (410), it is listed again.
    """
    while True:
        pages = cluster.pages(query, form, limit=limit)
        page = await anext(pages)
        async for following in pages:
            yield WatchEvent(LISTED, page, more=True)
            page = following
        since = page["metadata"]["resourceVersion"]
        yield WatchEvent(LISTED, page)
        try:
            async for event in cluster.watch(query, since, form):
                yield event
        except ConflictError:
            continue

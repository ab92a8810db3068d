"""How much the proposals may take up together, and which of them make room for a new one."""

from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio.engine import AsyncConnection
from sqlalchemy.sql import Delete

from bot.core.errors import StoreError
from bot.store.results import MEBIBYTE
from bot.store.schema import PROPOSALS

_ROW = PROPOSALS.c


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be kept."""

    proposal_bytes: int = 16 * MEBIBYTE
    total_bytes: int = 256 * MEBIBYTE
    """Of all proposals together; what is closed makes room, the oldest first."""


async def make_room(connection: AsyncConnection, size: int, limits: Limits) -> None:
    """Forget closed proposals until a new one of so many bytes fits.

    Raises:
        StoreError: it is too large, or what is still open leaves no room for it.
    """
    if size > limits.proposal_bytes:
        raise StoreError("the change is too large to wait for a confirmation")
    if await _total(connection) + size <= limits.total_bytes:
        return
    # A quarter is freed at once, so that not every proposal pays for the search.
    await connection.execute(_beyond(limits.total_bytes * 3 // 4))
    if await _total(connection) + size > limits.total_bytes:
        raise StoreError("too many large changes wait for a confirmation already")


async def _total(connection: AsyncConnection) -> int:
    return int((await connection.execute(select(func.sum(_ROW.size)))).scalar() or 0)


def _beyond(total_bytes: int) -> Delete:
    """Return the deletion of closed proposals that do not fit into `total_bytes` with the rest."""
    open_first = (_ROW.closed_at.is_not(None), _ROW.closed_at.desc(), _ROW.ticket)
    running = select(
        _ROW.ticket, _ROW.closed_at, func.sum(_ROW.size).over(order_by=open_first).label("bytes")
    ).subquery()
    beyond = select(running.c.ticket).where(
        running.c.closed_at.is_not(None), running.c.bytes > total_bytes
    )
    return delete(PROPOSALS).where(_ROW.ticket.in_(beyond))

"""Proposals that wait in this process's memory, for a terminal that lives as long as they do."""

import secrets


class MemoryTickets:
    """Keeps each plan until it is taken once; the process's end forgets them all."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[str, bytes]] = {}

    async def put(self, owner: str, plan: bytes) -> str:
        """Keep the plan and return its ticket."""
        ticket = secrets.token_urlsafe(16)
        self._waiting[ticket] = (owner, plan)
        return ticket

    async def take(self, ticket: str, owner: str) -> bytes | None:
        """Return the plan and forget it, if it is the owner's."""
        kept = self._waiting.get(ticket)
        if kept is None or kept[0] != owner:
            return None
        del self._waiting[ticket]
        return kept[1]

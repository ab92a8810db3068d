"""What each person has under way, and what they ran last: for their own Home tab."""

from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from bot.core.clock import Clock
from bot.core.ports import Outcome, Outlet, Service
from bot.core.proposal import Message
from bot.core.request import Person, Request

T = TypeVar("T")

LAST = 5
# People whose commands are remembered; whoever was longest silent is forgotten first.
_PEOPLE = 500


@dataclass(frozen=True, slots=True)
class Running:
    """One request that is being served."""

    id: str
    text: str
    channel: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """One request that was served."""

    text: str
    ended: datetime
    outcome: Outcome


@dataclass(slots=True)
class Doings:
    """One person's."""

    running: dict[str, Running] = field(default_factory=dict)
    last: deque[Past] = field(default_factory=lambda: deque(maxlen=LAST))


class Activity:
    """A service that remembers what it serves; `changed` hears whose doings changed."""

    def __init__(
        self, service: Service, clock: Clock, changed: Callable[[str], None] = lambda _key: None
    ) -> None:
        self._service = service
        self._clock = clock
        self._people: dict[str, Doings] = {}
        self.changed = changed
        self.cases_changed: Callable[[], None] = _nobody
        """Hears that some proposal is not as it was."""

    def of(self, person: str) -> Doings:
        """Return what the person of that key does and did."""
        return self._people.get(person) or Doings()

    async def serve(self, request: Request, outlet: Outlet) -> Outcome:
        """Serve what was typed, and remember it."""
        doings = self._begin(request)
        outcome: Outcome | None = None
        try:
            outcome = await self._service.serve(request, outlet)
        finally:
            del doings.running[request.id]
            if outcome is not None:
                doings.last.appendleft(Past(request.text, self._clock.now(), outcome))
            self.changed(request.person.key)
        return outcome

    async def confirm(self, ticket: str, request: Request, outlet: Outlet) -> Outcome:
        """Confirm or approve a proposal."""
        return await self._told(self._service.confirm(ticket, request, outlet))

    async def withdraw(self, ticket: str, request: Request, outlet: Outlet) -> Outcome:
        """Withdraw a proposal."""
        return await self._told(self._service.withdraw(ticket, request, outlet))

    async def deny(self, ticket: str, reason: str, request: Request, outlet: Outlet) -> Outcome:
        """Deny a proposal."""
        return await self._told(self._service.deny(ticket, reason, request, outlet))

    async def break_glass(
        self, ticket: str, reason: str, request: Request, outlet: Outlet
    ) -> Outcome:
        """Carry out a proposal without the approvals that it lacks."""
        return await self._told(self._service.break_glass(ticket, reason, request, outlet))

    async def again(self, ticket: str, request: Request, outlet: Outlet) -> Outcome:
        """Plan a proposal anew."""
        return await self._told(self._service.again(ticket, request, outlet))

    async def placed(self, ticket: str, message: Message) -> None:
        """Note where the card stands."""
        await self._told(self._service.placed(ticket, message))

    async def cancel(self, request_id: str, person: Person) -> bool:
        """Cancel that person's running request; return whether there was one."""
        return await self._service.cancel(request_id, person)

    async def _told(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something about a proposal, which many may be waiting for."""
        try:
            return await work
        finally:
            self.cases_changed()

    def _begin(self, request: Request) -> Doings:
        key = request.person.key
        doings = self._people.pop(key, None) or Doings()
        self._people[key] = doings
        now = self._clock.now()
        doings.running[request.id] = Running(request.id, request.text, request.place.channel, now)
        silent = [old for old, one in self._people.items() if not one.running]
        for old in silent[: max(0, len(self._people) - _PEOPLE)]:
            del self._people[old]
        self.changed(key)
        return doings


def _nobody() -> None:
    """Tell nobody."""

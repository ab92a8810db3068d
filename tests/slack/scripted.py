"""A service that plays what a test wrote down, and the memory and parts that go with it."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.access import Audience
from bot.core.clock import Clock
from bot.core.command import Effect
from bot.core.errors import CancelledByPersonError, KubernetesError, RefusedError, StoreError
from bot.core.plan import Change, Operation, Patch, Plan, Target
from bot.core.ports import Heading, Outcome, Outlet
from bot.core.proposal import Case, Consent, Message, Party, Proposed, Stage, Vote
from bot.core.reply import Aside, Part, Problem, Proposal, Table
from bot.core.request import Person, Place, Request, Surface
from bot.slack.letters import Kept, Letter

Play = Callable[[Request, Outlet], Awaitable[None]]

PUBLIC = Heading("prod", "shop", Audience.CHANNEL, "kubectl get pods")
PRIVATE = replace(PUBLIC, audience=Audience.PERSON)
PODS = Table("pods", ("NAME", "READY"), (("web-1", "1/1"), ("web-2", "0/1")))
TEXT_OF_PODS = "NAME    READY\nweb-1   1/1\nweb-2   0/1\n"
DENIED = RefusedError("the policy does not let you do this", next_step="Ask in #ops.")
ABSENT = KubernetesError(
    'Error from server (NotFound): pods "web" not found', code=404, reason="NotFound"
)
_WEB = Target("prod", "apps", "v1", "deployments", "Deployment", "shop", "web", "uid-1")


SCALE = "kubectl scale deploy web --replicas=5"
ASKED = datetime(2026, 11, 28, 14, 20, tzinfo=UTC)


def case(
    ticket: str = "ticket-1",
    effect: Effect = Effect.CHANGE,
    consent: Consent = Consent.CONFIRM,
    requester: str = "T1/UADA",
    channel: str = "CSHOP",
    **proposed: Any,
) -> Case:
    """Return a change of the replicas of `web` that waits."""
    step = Patch(_WEB, (Operation("replace", "/spec/replicas", 5),), "scale", effect)
    change = Change("deployment.apps/web", "replicas", "3", "5")
    made = Proposed(
        plan=Plan(SCALE, (step,), (change,), ("deployment.apps/web scaled",)),
        consent=consent,
        requester=Party(requester, requester, "ada"),
        place=Place(Surface.SLASH, channel),
        request="req-0",
        text=SCALE,
        on_call=True,
    )
    kept = replace(made, **proposed)
    return Case(ticket, kept, ASKED, ASKED + timedelta(minutes=15))


def proposal(ticket: str = "ticket-1", effect: Effect = Effect.CHANGE) -> Proposal:
    return Proposal(case(ticket, effect))


@dataclass
class MemoryCases:
    """Proposals in this process; `broken` makes it fail as a store does."""

    items: dict[str, Case] = field(default_factory=dict)
    broken: StoreError | None = None

    async def get(self, ticket: str) -> Case | None:
        if self.broken:
            raise self.broken
        return self.items.get(ticket)

    async def waiting(self, channel: str = "") -> Sequence[Case]:
        if self.broken:
            raise self.broken
        waits = [one for one in self.items.values() if one.stage is Stage.WAITING]
        return [one for one in waits if channel in ("", one.proposed.place.channel)]

    def change(self, ticket: str, **changes: Any) -> None:
        if ticket in self.items:
            self.items[ticket] = replace(self.items[ticket], **changes)


@dataclass
class Bell:
    """Keeps what the admins were told."""

    told: list[tuple[str, str, str]] = field(default_factory=list)

    async def tell(self, key: str, text: str, next_step: str = "") -> None:
        self.told.append((key, text, next_step))


def plays(*parts: Part, heading: Heading | None = PUBLIC) -> Play:
    """Return a play that opens (unless `heading` is None) and draws these parts."""

    async def play(_request: Request, outlet: Outlet) -> None:
        if heading:
            await outlet.open(heading)
        for part in parts:
            await outlet.draw(part)

    return play


@dataclass
class Gated:
    """A play in two acts: the second begins when the test says `go`."""

    first: Play
    second: Play
    started: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)
    outlets: list[Outlet] = field(default_factory=list)

    async def __call__(self, request: Request, outlet: Outlet) -> None:
        self.outlets.append(outlet)
        await self.first(request, outlet)
        self.started.set()
        await self.go.wait()
        await self.second(request, outlet)


@dataclass
class ScriptedService:
    """Plays the next script for each request; the last one again and again.

    A ticket is good for one confirmation, by anyone in `allowed` (everyone if empty).
    """

    scripts: list[Play]
    on_confirm: Play = field(default_factory=lambda: plays(PODS))
    on_withdraw: Play = field(default_factory=lambda: plays(heading=None))
    allowed: Sequence[str] = ()
    served: list[Request] = field(default_factory=list)
    confirmed: list[tuple[str, Request]] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    closes: bool = True
    """A service that breaks its promise does not close the outlet."""
    running: dict[str, asyncio.Task[object]] = field(default_factory=dict)
    cases: MemoryCases = field(default_factory=MemoryCases)
    """Follow what is pressed, as far as they are in it."""
    ends: Stage = Stage.DONE
    """How what is carried out ends."""
    reasons: list[tuple[str, str]] = field(default_factory=list)
    on_again: Play | None = None

    async def serve(self, request: Request, outlet: Outlet) -> Outcome:
        self.served.append(request)
        play = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        task = asyncio.current_task()
        assert task is not None
        self.running[request.id] = task
        if not self.closes:
            await play(request, outlet)
        try:
            return await _played(play, request, outlet)
        finally:
            del self.running[request.id]

    async def confirm(self, ticket: str, request: Request, outlet: Outlet) -> Outcome:
        if self.allowed and request.person.key.partition("/")[2] not in self.allowed:
            return await _played(plays(Problem(DENIED), heading=None), request, outlet)
        if ticket in [known for known, _ in self.confirmed]:
            gone = RefusedError("this was carried out already")
            return await _played(plays(Problem(gone), heading=None), request, outlet)
        self.confirmed.append((ticket, request))
        known = self.cases.items.get(ticket)
        if known:
            self.cases.change(ticket, approvals=(*known.approvals, _vote(request)))
            if self.cases.items[ticket].missing:
                self.confirmed.pop()
                counted = plays(Proposal(self.cases.items[ticket]), heading=None)
                return await _played(counted, request, outlet)
        return await self._run(ticket, request, outlet)

    async def _run(self, ticket: str, request: Request, outlet: Outlet) -> Outcome:
        self.cases.change(ticket, stage=Stage.RUNNING)

        async def run(request: Request, outlet: Outlet) -> None:
            await self.on_confirm(request, outlet)
            self.cases.change(ticket, stage=self.ends, words="deployment.apps/web scaled")

        return await _played(run, request, outlet)

    async def cancel(self, request_id: str, person: Person) -> bool:
        task = self.running.get(request_id)
        owners = [served.person.key for served in self.served if served.id == request_id]
        return task is not None and owners == [person.key] and task.cancel("by the person")

    async def withdraw(self, ticket: str, request: Request, outlet: Outlet) -> Outcome:
        self.withdrawn.append(ticket)
        self.cases.change(ticket, stage=Stage.WITHDRAWN, closed_by=_vote(request))
        return await _played(self.on_withdraw, request, outlet)

    async def deny(self, ticket: str, reason: str, request: Request, outlet: Outlet) -> Outcome:
        self.reasons.append(("deny", reason))
        self.cases.change(ticket, stage=Stage.DENIED, closed_by=_vote(request, reason))
        return await _played(plays(Aside("Denied."), heading=None), request, outlet)

    async def break_glass(
        self, ticket: str, reason: str, request: Request, outlet: Outlet
    ) -> Outcome:
        self.reasons.append(("break-glass", reason))
        self.cases.change(ticket, broken_glass=True, closed_by=_vote(request, reason))
        return await self._run(ticket, request, outlet)

    async def again(self, ticket: str, request: Request, outlet: Outlet) -> Outcome:
        assert self.on_again
        return await _played(self.on_again, request, outlet)

    async def placed(self, ticket: str, message: Message) -> None:
        self.cases.change(ticket, message=message)


def _vote(request: Request, reason: str = "") -> Vote:
    key = request.person.key
    return Vote(Party(key, key, request.person.name), request.received, reason)


async def _played(play: Play, request: Request, outlet: Outlet) -> Outcome:
    outcome = Outcome(0, 0.0)
    try:
        await play(request, outlet)
    except asyncio.CancelledError as error:
        if error.args != ("by the person",):
            raise
        await outlet.draw(Problem(CancelledByPersonError("Cancelled.")))
    finally:
        await outlet.close(outcome)
    return outcome


@dataclass
class Memory:
    """What was seen, in this process; `broken` makes it fail as a store does."""

    broken: Exception | None = None
    keys: set[tuple[str, str]] = field(default_factory=set)

    async def first_seen(self, key: str, kind: str) -> bool:
        if self.broken:
            raise self.broken
        first = (kind, key) not in self.keys
        self.keys.add((kind, key))
        return first


@dataclass
class Shelf:
    """Letters in this process; `broken` makes it fail as a store does."""

    broken: Exception | None = None
    clock: Clock | None = None
    """Without one, what is to wait is due at once."""
    waits: dict[int, float] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    open: dict[int, Kept] = field(default_factory=dict)
    """What has not arrived yet."""
    held: set[int] = field(default_factory=set)
    closed: list[tuple[Kept, str]] = field(default_factory=list)
    """What has arrived, with its timestamp; empty: given up."""

    async def keep(self, key: str, letter: Letter, seconds: float) -> Kept | None:
        if self.broken:
            raise self.broken
        if key in self.keys:
            return None
        self.keys.add(key)
        kept = Kept(len(self.keys), "me", 1, letter)
        self.open[kept.id] = kept
        if seconds:
            self.held.add(kept.id)
        return kept

    async def revise(self, kept: Kept, letter: Letter, seconds: float) -> bool:
        if self.broken:
            raise self.broken
        self.open[kept.id] = replace(kept, letter=letter)
        return kept.id in self.held

    async def due(self, seconds: float) -> Sequence[Kept]:
        due = [
            replace(kept, attempt=kept.attempt + 1)
            for kept in self.open.values()
            if kept.id not in self.held and self.waits.get(kept.id, 0.0) <= self._now()
        ]
        self.held |= {kept.id for kept in due}
        return due

    async def arrived(self, kept: Kept, ts: str) -> bool:
        self.closed.append((self.open.pop(kept.id), ts))
        return True

    async def later(self, kept: Kept, seconds: float) -> bool:
        self.open[kept.id] = replace(self.open[kept.id], attempt=kept.attempt)
        self.waits[kept.id] = self.clock.monotonic() + seconds if self.clock else 0.0
        self.held.discard(kept.id)
        return True

    def _now(self) -> float:
        return self.clock.monotonic() if self.clock else math.inf

    async def give_up(self, kept: Kept) -> bool:
        return await self.arrived(kept, "")

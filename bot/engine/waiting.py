"""Proposals in this process's memory: a terminal's, and what must go on without the store."""

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.core.approvals import Board, Holds, Proposals
from bot.core.clock import Clock
from bot.core.proposal import (
    Answer,
    Case,
    Consent,
    Hold,
    Message,
    Pressed,
    Proposed,
    Stage,
    Vote,
)

# Long enough to read a preview on a phone, short enough that the world is still the same.
_CONFIRM = timedelta(minutes=15)
_APPROVE = timedelta(hours=1)
# Tells its tickets from the store's, which hold letters, digits, hyphens and underscores, so any
# mark of those would once in a while begin a ticket of the store, whose press nobody would find.
MARK = "m."


class MemoryProposals:
    """Keeps proposals until the process ends; what `core.approvals.Proposals` promises."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._cases: dict[str, Case] = {}

    async def put(self, proposed: Proposed) -> Case:
        """Keep a proposal under a new ticket."""
        self._forget_old()
        now, lasts = self._clock.now(), _APPROVE if proposed.consent.needed else _CONFIRM
        case = Case(MARK + secrets.token_urlsafe(16), proposed, now, now + lasts)
        self._cases[case.ticket] = case
        return case

    async def get(self, ticket: str) -> Case | None:
        """Return a proposal as it stands."""
        return self._cases.get(ticket)

    async def approve(self, ticket: str, vote: Vote) -> Pressed:
        """Count one approval; the last one that is needed wins."""
        case = self._waiting(ticket)
        if case is None:
            return Pressed(Answer.CLOSED, self._cases.get(ticket))
        if case.proposed.consent.needed and vote.party.record in _records(case):
            return Pressed(Answer.TWICE, case)
        case = replace(case, approvals=(*case.approvals, vote))
        return self._kept(case, runs=not case.missing)

    async def break_glass(self, ticket: str, vote: Vote) -> Pressed:
        """Let the proposal run without the approvals that it lacks."""
        case = self._waiting(ticket)
        if case is None:
            return Pressed(Answer.CLOSED, self._cases.get(ticket))
        return self._kept(replace(case, closed_by=vote, broken_glass=True), runs=True)

    async def close(
        self, ticket: str, stage: Stage, words: str, vote: Vote | None = None
    ) -> Pressed:
        """End a proposal that waits."""
        case = self._waiting(ticket)
        if case is None:
            return Pressed(Answer.CLOSED, self._cases.get(ticket))
        case = replace(case, stage=stage, words=words, closed_by=vote)
        self._cases[ticket] = case
        return Pressed(Answer.WON, case)

    async def progress(self, ticket: str, step: int, *, sent: bool) -> None:
        """Note how far it is."""
        self._cases[ticket] = replace(self._cases[ticket], step=step, sent=sent)

    async def finish(self, ticket: str, stage: Stage, words: str) -> None:
        """Note how a proposal that ran ended."""
        self._cases[ticket] = replace(self._cases[ticket], stage=stage, words=words, sent=False)

    async def beat(self, tickets: Collection[str]) -> None:
        """Do nothing: nobody else could take over what this process runs."""

    async def sweep(self) -> int:
        """Forget what ended long ago."""
        before = len(self._cases)
        self._forget_old()
        return before - len(self._cases)

    async def placed(self, ticket: str, message: Message) -> None:
        """Note where the card stands."""
        if ticket in self._cases:
            self._cases[ticket] = replace(self._cases[ticket], message=message)

    async def waiting(self, channel: str = "") -> Sequence[Case]:
        """Return what waits, the oldest first."""
        now = self._clock.now()
        return [
            case
            for case in self._cases.values()
            if case.stage is Stage.WAITING
            and case.expires > now
            and channel in ("", case.proposed.place.channel)
        ]

    async def expired(self) -> Sequence[Case]:
        """Close what was not pressed in time; return each once."""
        now = self._clock.now()
        return self._changed(
            lambda case: case.expires <= now,
            lambda case: replace(case, stage=Stage.EXPIRED, words="It was not pressed in time."),
        )

    async def half_over(self) -> Sequence[Case]:
        """Mark as reminded what has waited for half of its time; return each once."""
        now = self._clock.now()
        return self._changed(
            lambda case: is_half_over(case, now), lambda case: replace(case, reminded=True)
        )

    async def orphaned(self, seconds: float) -> Sequence[Case]:
        """Return nothing: what this process runs, it runs as long as it lives."""
        del seconds
        return ()

    def _waiting(self, ticket: str) -> Case | None:
        case = self._cases.get(ticket)
        if case is None or case.stage is not Stage.WAITING or case.expires <= self._clock.now():
            return None
        return case

    def _kept(self, case: Case, *, runs: bool) -> Pressed:
        if runs:
            case = replace(case, stage=Stage.RUNNING)
        self._cases[case.ticket] = case
        return Pressed(Answer.WON if runs else Answer.COUNTED, case)

    def _changed(
        self, fits: Callable[[Case], bool], change: Callable[[Case], Case]
    ) -> Sequence[Case]:
        waiting = [case for case in self._cases.values() if case.stage is Stage.WAITING]
        changed = [change(case) for case in waiting if fits(case)]
        self._cases.update({case.ticket: case for case in changed})
        return changed

    def _forget_old(self) -> None:
        limit = self._clock.now() - timedelta(days=1)
        self._cases = {t: case for t, case in self._cases.items() if case.expires > limit}


def is_half_over(case: Case, now: datetime) -> bool:
    """Tell whether those who can approve are to be reminded."""
    half = case.created + (case.expires - case.created) / 2
    return (
        case.proposed.consent in (Consent.APPROVE, Consent.APPROVE_TWO)
        and not case.reminded
        and half <= now < case.expires
    )


def _records(case: Case) -> set[str]:
    return {vote.party.record for vote in case.approvals}


class NoBoard:
    """For a surface whose cards are drawn by the request itself, as a terminal's are."""

    async def show(self, case: Case) -> None:
        """Do nothing: nobody else can have changed it."""

    async def remind(self, case: Case) -> None:
        """Do nothing: nobody else can press it."""

    async def announce(self, case: Case, text: str) -> None:
        """Do nothing: whoever did it sees it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Where proposals wait, what is held, and where cards stand."""

    proposals: Proposals
    holds: Holds
    board: Board
    spare: "MemoryProposals"
    """Where urgent ones wait while the store cannot keep them."""
    running: set[str] = field(default_factory=set)
    """The tickets of what this process carries out now."""

    def of(self, ticket: str) -> Proposals:
        """Return where the proposal of that ticket waits."""
        return self.spare if ticket.startswith(MARK) else self.proposals


def in_memory(clock: Clock) -> Waiting:
    """Return what forgets everything when the process ends."""
    proposals = MemoryProposals(clock)
    return Waiting(proposals, MemoryHolds(clock), NoBoard(), proposals)


class MemoryHolds:
    """What is held as long as the process lives; what `core.approvals.Holds` promises."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._holds: dict[tuple[str, ...], Hold] = {}

    async def put(self, hold: Hold) -> Hold:
        """Keep it, in place of an earlier one of the same namespace or object."""
        hold = replace(hold, id=hold.id or secrets.token_urlsafe(6), at=self._clock.now())
        self._holds[hold.about] = hold
        return hold

    async def lift(self, hold: Hold) -> bool:
        """Forget the one of that namespace or object."""
        return self._holds.pop(hold.about, None) is not None

    async def all(self) -> Sequence[Hold]:
        """Return those in force, the oldest first."""
        now = self._clock.now()
        return [hold for hold in self._holds.values() if hold.until is None or hold.until > now]

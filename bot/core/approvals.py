"""Where plans wait for presses, where their cards stand, and what is frozen: the ports of it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.core.proposal import Case, Hold, Message, Pressed, Proposed, Stage, Vote, Weekly


class Proposals(Protocol):
    """Where plans wait to be pressed, and what became of them; shared by all replicas.

    Every call but `get`, `waiting` and `running` is one transaction, so that of several presses at
    the same moment one wins, over restarts and replicas.
    """

    async def put(self, proposed: Proposed) -> Case:
        """Keep a proposal under a new ticket.

        Raises:
            StoreError: it cannot be kept, and nothing may be proposed.
            RefusedError: it holds a Secret's values and there is no key to encrypt it with.
        """
        ...

    async def get(self, ticket: str) -> Case | None:
        """Return a proposal as it stands; None: there is none of that ticket."""
        ...

    async def approve(self, ticket: str, vote: Vote) -> Pressed:
        """Count one approval; the last one that is needed wins, and the proposal runs.

        A proposal that needs no approval is won by its first press.
        """
        ...

    async def break_glass(self, ticket: str, vote: Vote) -> Pressed:
        """Let the proposal run without the approvals that it lacks."""
        ...

    async def close(
        self, ticket: str, stage: Stage, words: str, vote: Vote | None = None
    ) -> Pressed:
        """End a proposal that waits; it wins if it did wait."""
        ...

    async def progress(self, ticket: str, step: int, *, sent: bool) -> None:
        """Note that `step` steps are done, and whether the next one is about to be sent.

        Raises:
            StoreError: it cannot be noted, so nothing may be sent.
        """
        ...

    async def finish(self, ticket: str, stage: Stage, words: str) -> None:
        """Note how a proposal that ran ended."""
        ...

    async def beat(self, tickets: Collection[str]) -> None:
        """Say again that this replica runs these; what it runs no more becomes orphaned."""
        ...

    async def sweep(self) -> int:
        """Forget what ended long ago; return how many."""
        ...

    async def placed(self, ticket: str, message: Message) -> None:
        """Note where the card stands."""
        ...

    async def waiting(self, channel: str = "") -> Sequence[Case]:
        """Return what waits, the oldest first; with a channel, what was asked there."""
        ...

    async def expired(self) -> Sequence[Case]:
        """Close what was not pressed in time; return each once, over all replicas."""
        ...

    async def half_over(self) -> Sequence[Case]:
        """Mark as reminded what has waited for half of its time; return each once."""
        ...

    async def orphaned(self, seconds: float) -> Sequence[Case]:
        """Take over what runs and was not heard of for so long; return each to one caller."""
        ...


class Board(Protocol):
    """Where cards stand that somebody else's press, or the time, has changed."""

    async def show(self, case: Case) -> None:
        """Rewrite the card to what stands now, soon; what cannot be reached is only logged."""
        ...

    async def remind(self, case: Case) -> None:
        """Mention those who can still approve, once, beside the card."""
        ...

    async def announce(self, case: Case, text: str) -> None:
        """Tell everybody in the card's place, and the admins, what must not be overlooked."""
        ...


class Holds(Protocol):
    """What is frozen and locked, shared by all replicas; what is over is forgotten."""

    async def put(self, hold: Hold) -> Hold:
        """Keep it, in place of an earlier one of the same namespace or object."""
        ...

    async def lift(self, hold: Hold) -> bool:
        """Forget the one of that namespace or object; return whether there was one."""
        ...

    async def all(self) -> Sequence[Hold]:
        """Return those in force, the oldest first."""
        ...


class Approvals(Protocol):
    """What waits for approval and what is held, for the person who asks."""

    async def waiting(self) -> Sequence[Case]:
        """Return what waits in the person's place, or for the person, the oldest first."""
        ...

    async def holds(self) -> Sequence[Hold]:
        """Return what is frozen and locked, the oldest first."""
        ...

    async def calendar(self, now: datetime) -> Sequence[Weekly]:
        """Return what the policy freezes in every week, as it stands at that moment."""
        ...

    async def hold(self, hold: Hold) -> Hold:
        """Freeze or lock as the person who asks.

        Raises:
            RefusedError: the person may approve nothing there, so they may hold nothing either.
        """
        ...

    async def lift(self, hold: Hold) -> bool:
        """Lift a freeze or a lock; return whether there was one.

        Raises:
            RefusedError: as for `hold`.
        """
        ...

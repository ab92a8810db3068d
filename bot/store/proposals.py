"""Changes that wait to be pressed, and what became of them; shared by all replicas.

Every press locks its row, looks and writes in one transaction, so that of several at the same
moment one wins. A row that runs belongs to one replica, which says again and again that it is
there; what is not heard of is taken over by another one, and from then on the first can note
nothing any more.
"""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog
from sqlalchemy import Update, delete, select, update
from sqlalchemy.ext.asyncio.engine import AsyncConnection
from sqlalchemy.sql import ColumnElement

from bot.core.clock import Clock
from bot.core.errors import RefusedError, StoreError
from bot.core.proposal import Answer, Case, Consent, Message, Pressed, Proposed, Stage, Vote
from bot.store.cases import EXPIRED, case_of, document_of, encoded, values_of, vote_of
from bot.store.engine import Store
from bot.store.room import Limits, make_room
from bot.store.schema import APPROVALS, PROPOSALS
from bot.store.sealing import Sealer

_LOG = structlog.stdlib.get_logger(__name__)
_ROW = PROPOSALS.c

# Long enough to read a preview on a phone, short enough that the world is still the same.
CONFIRMED_WITHIN = timedelta(minutes=15)
KEPT = timedelta(hours=24)
"""How long is known what became of a proposal."""
_UNREADABLE = "What was kept of it could not be read, so it is not known how it ended."
_TAKEN_OVER = "Another replica of the bot has taken this change over, so nothing more is sent here."


class Proposals:
    """What `core.approvals.Proposals` promises, on either database."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        sealer: Sealer,
        replica: str,
        minutes: Callable[[], int] = lambda: 60,
        limits: Limits | None = None,
    ) -> None:
        """Keep proposals as `replica`; `minutes` tells how long others may take to approve."""
        self._store = store
        self._clock = clock
        self._sealer = sealer
        self._replica = replica
        self._minutes = minutes
        self._limits = limits or Limits()

    async def put(self, proposed: Proposed) -> Case:
        """Keep a proposal under a new ticket.

        Raises:
            StoreError: it cannot be kept, and nothing may be proposed.
            RefusedError: it holds a Secret's values and there is no key to encrypt it with.
        """
        now = self._clock.now()
        ticket = secrets.token_urlsafe(16)
        case = Case(ticket, proposed, now, now + self._patience(proposed.consent))
        values = values_of(case, self._sealer)
        async with self._store.write() as connection:
            await make_room(connection, values["size"], self._limits)
            await connection.execute(PROPOSALS.insert().values(values))
        return case

    async def get(self, ticket: str) -> Case | None:
        """Return a proposal as it stands; None: there is none of that ticket.

        Raises:
            StoreError: it cannot be read.
        """
        async with self._store.read() as connection:
            return await self._found(connection, ticket)

    async def approve(self, ticket: str, vote: Vote) -> Pressed:
        """Count one approval; the last one that is needed wins, and the proposal runs.

        A proposal that needs no approval is won by its first press, which is no vote.

        Raises:
            RefusedError: the vote is the requester's own.
            StoreError: it cannot be counted, so it was not.
        """
        async with self._store.write() as connection:
            case = await self._found(connection, ticket, lock=True)
            if case is None or case.stage is not Stage.WAITING:
                return Pressed(Answer.CLOSED, case)
            if case.proposed.consent.needed:
                _refuse_own(case, vote)
                if not await self._counted(connection, ticket, vote):
                    return Pressed(Answer.TWICE, case)
                case = replace(case, approvals=(*case.approvals, vote))
            if case.missing:
                return Pressed(Answer.COUNTED, case)
            return await self._run(connection, case)

    async def break_glass(self, ticket: str, vote: Vote) -> Pressed:
        """Let the proposal run without the approvals that it lacks.

        Raises:
            StoreError: nothing was changed.
        """
        async with self._store.write() as connection:
            case = await self._found(connection, ticket, lock=True)
            if case is None or case.stage is not Stage.WAITING:
                return Pressed(Answer.CLOSED, case)
            return await self._run(connection, replace(case, broken_glass=True, closed_by=vote))

    async def close(
        self, ticket: str, stage: Stage, words: str, vote: Vote | None = None
    ) -> Pressed:
        """End a proposal that waits; it wins if it did wait.

        Raises:
            ValueError: the stage is no end.
            StoreError: nothing was changed.
        """
        _refuse_no_end(stage)
        async with self._store.write() as connection:
            case = await self._found(connection, ticket, lock=True)
            if case is None or case.stage is not Stage.WAITING:
                return Pressed(Answer.CLOSED, case)
            case = replace(case, stage=stage, words=words, closed_by=vote)
            values = {"words": encoded(words), "closed_by": document_of(vote)}
            await connection.execute(_one(ticket).values(**self._ended(stage), **values))
        return Pressed(Answer.WON, case)

    async def progress(self, ticket: str, step: int, *, sent: bool) -> None:
        """Note that `step` steps are done, and whether the next one is about to be sent.

        Raises:
            StoreError: it cannot be noted, or another replica has taken it over, so nothing may
                be sent.
        """
        await self._note(ticket, {"step": step, "sent": sent, "heard_at": self._clock.now()})

    async def finish(self, ticket: str, stage: Stage, words: str) -> None:
        """Note how a proposal that ran ended.

        Raises:
            ValueError: the stage is no end.
            StoreError: it cannot be noted, or another replica has taken it over.
        """
        _refuse_no_end(stage)
        await self._note(ticket, {**self._ended(stage), "words": encoded(words)})

    async def beat(self, tickets: Collection[str]) -> None:
        """Let the others know that these are still under way here.

        Raises:
            StoreError: they cannot be told, and will take it over.
        """
        if not tickets:
            return
        mine = (*self._mine(), _ROW.ticket.in_(tickets))
        change = update(PROPOSALS).where(*mine).values(heard_at=self._clock.now())
        async with self._store.write() as connection:
            await connection.execute(change)

    async def placed(self, ticket: str, message: Message) -> None:
        """Note where the card stands.

        Raises:
            StoreError: it cannot be noted.
        """
        values = {"message_channel": message.channel, "message_ts": message.ts}
        async with self._store.write() as connection:
            await connection.execute(_one(ticket).values(values))

    async def waiting(self, channel: str = "") -> Sequence[Case]:
        """Return what waits, the oldest first; with a channel, what was asked there.

        Raises:
            StoreError: it cannot be read.
        """
        asked = [_ROW.stage == Stage.WAITING, _ROW.expires_at > self._clock.now()]
        if channel:
            asked.append(_ROW.channel == channel)
        async with self._store.read() as connection:
            return await self._readable(connection, *asked)

    async def expired(self) -> Sequence[Case]:
        """Close what was not pressed in time; return each once, over all replicas.

        Raises:
            StoreError: nothing was closed.
        """
        late = (_ROW.stage == Stage.WAITING, _ROW.expires_at <= self._clock.now())
        values = {**self._ended(Stage.EXPIRED), "words": encoded(EXPIRED)}
        return await self._changed(update(PROPOSALS).where(*late).values(values))

    async def half_over(self) -> Sequence[Case]:
        """Mark as reminded what others have not approved for half of its time; return each once.

        Raises:
            StoreError: nothing was marked.
        """
        now = self._clock.now()
        due = (_ROW.stage == Stage.WAITING, _ROW.needed > 0, _ROW.reminded.is_(False))
        in_time = (_ROW.remind_at <= now, _ROW.expires_at > now)
        return await self._changed(update(PROPOSALS).where(*due, *in_time).values(reminded=True))

    async def orphaned(self, seconds: float) -> Sequence[Case]:
        """Take over what others run and was not heard of for so long; return each to one caller.

        Raises:
            StoreError: nothing was taken over.
        """
        now = self._clock.now()
        silent = (
            _ROW.stage == Stage.RUNNING,
            _ROW.replica != self._replica,
            _ROW.heard_at <= now - timedelta(seconds=seconds),
        )
        change = update(PROPOSALS).where(*silent).values(replica=self._replica, heard_at=now)
        return await self._changed(change, lost=Stage.UNKNOWN)

    async def sweep(self, kept: timedelta = KEPT) -> int:
        """Forget what was closed that long ago; return how many proposals that were.

        Raises:
            StoreError: nothing was forgotten.
        """
        old = delete(PROPOSALS).where(_ROW.closed_at <= self._clock.now() - kept)
        async with self._store.write() as connection:
            return (await connection.execute(old)).rowcount

    def _patience(self, consent: Consent) -> timedelta:
        return timedelta(minutes=self._minutes()) if consent.needed else CONFIRMED_WITHIN

    def _mine(self) -> tuple[ColumnElement[bool], ...]:
        return (_ROW.stage == Stage.RUNNING, _ROW.replica == self._replica)

    def _ended(self, stage: Stage) -> dict[str, object]:
        return {"stage": stage, "closed_at": self._clock.now()}

    async def _found(
        self, connection: AsyncConnection, ticket: str, *, lock: bool = False
    ) -> Case | None:
        statement = select(PROPOSALS).where(_ROW.ticket == ticket)
        if lock:  # of PostgreSQL alone; SQLite has one writer at a time and leaves the clause out
            statement = statement.with_for_update()
        row = (await connection.execute(statement)).one_or_none()
        if row is None:
            return None
        votes = await _votes(connection, [ticket])
        return case_of(row, votes.get(ticket, ()), self._sealer, self._clock.now())

    async def _counted(self, connection: AsyncConnection, ticket: str, vote: Vote) -> bool:
        values = {"ticket": ticket, "record": vote.party.record, "at": vote.at}
        document = document_of(vote)
        return await self._store.insert_once(connection, APPROVALS, vote=document, **values)

    async def _run(self, connection: AsyncConnection, case: Case) -> Pressed:
        owned = {"replica": self._replica, "heard_at": self._clock.now()}
        glass = {"broken_glass": case.broken_glass, "closed_by": document_of(case.closed_by)}
        change = _one(case.ticket).values(stage=Stage.RUNNING, **owned, **glass)
        await connection.execute(change)
        return Pressed(Answer.WON, replace(case, stage=Stage.RUNNING))

    async def _note(self, ticket: str, values: Mapping[str, object]) -> None:
        change = _one(ticket).where(*self._mine()).values(values)
        async with self._store.write() as connection:
            if (await connection.execute(change)).rowcount != 1:
                raise StoreError(_TAKEN_OVER)

    async def _changed(self, change: Update, lost: Stage | None = None) -> Sequence[Case]:
        """Return what was changed; what cannot be read ends as `lost`, if that is given."""
        async with self._store.write() as connection:
            tickets = set((await connection.execute(change.returning(_ROW.ticket))).scalars())
            if not tickets:
                return []
            cases = await self._readable(connection, _ROW.ticket.in_(tickets))
            unread = tickets - {case.ticket for case in cases}
            if unread and lost is not None:
                values = {**self._ended(lost), "words": encoded(_UNREADABLE)}
                ended = update(PROPOSALS).where(_ROW.ticket.in_(unread)).values(values)
                await connection.execute(ended)
        return cases

    async def _readable(
        self, connection: AsyncConnection, *asked: ColumnElement[bool]
    ) -> Sequence[Case]:
        """Return the oldest first; one that cannot be read keeps nobody from the others."""
        statement = select(PROPOSALS).where(*asked).order_by(_ROW.created_at, _ROW.ticket)
        rows = (await connection.execute(statement)).all()
        votes, now = await _votes(connection, [row.ticket for row in rows]), self._clock.now()
        found: list[Case] = []
        for row in rows:
            try:
                found.append(case_of(row, votes.get(row.ticket, ()), self._sealer, now))
            except StoreError as error:
                _LOG.warning("proposal_unreadable", created=str(row.created_at), why=error.text)
        return found


def _one(ticket: str) -> Update:
    return update(PROPOSALS).where(_ROW.ticket == ticket)


async def _votes(
    connection: AsyncConnection, tickets: Sequence[str]
) -> dict[str, tuple[Vote, ...]]:
    columns, found = APPROVALS.c, dict[str, tuple[Vote, ...]]()
    statement = select(columns.ticket, columns.vote).where(columns.ticket.in_(tickets))
    rows = await connection.execute(statement.order_by(columns.at, columns.record))
    for row in rows:
        found[row.ticket] = (*found.get(row.ticket, ()), vote_of(row.vote))
    return found


def _refuse_own(case: Case, vote: Vote) -> None:
    if vote.party.record == case.proposed.requester.record:
        raise RefusedError(
            "Whoever asks for a change does not approve it.",
            next_step="Ask somebody else to press.",
        )


def _refuse_no_end(stage: Stage) -> None:
    if not stage.final:
        raise ValueError(f"{stage} is not how a proposal ends")

"""What keeps the record: entries in, one chain of this process out, and the copy of each record.

A chain has one writer. It begins when the process does, and anew after the store could not be
written, so that nobody has to know what of a failed write arrived; each beginning names the heads
of the other chains.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import orjson
import structlog

from bot.audit.chain import BEGINNING, Key, Keys
from bot.audit.record import Placing, Record, canonical, link_of, name_of, placed, told
from bot.core.audit import Chain, Entry, Happening, Link, Mark, Wanted
from bot.core.clock import Clock
from bot.core.errors import StoreError
from bot.core.request import Request

_LOG = structlog.stdlib.get_logger(__name__)
# More than a minute of the busiest workspace; what does not fit is in the copy alone.
_MOST_WAITING = 10_000
_BATCH = 500
# So long a note waits for others to share its commit, which costs four times what it holds; a bot
# that is killed loses no more.
_LINGER_SECONDS = 0.1
# A beginning names so many other chains, those first that were written last.
_OTHERS = 50


class Shelf(Protocol):
    """Where links are kept."""

    async def append(self, links: Sequence[Link], head: Mark, floor: Mark) -> None:
        """Add the links of one chain and set its head, both or neither."""
        ...

    async def chains(self) -> Sequence[Chain]:
        """Return every chain, the one that was written last first."""
        ...

    async def search(self, wanted: Wanted) -> Sequence[Link]:
        """Return the links that fit, the newest first."""
        ...

    async def old(self, chain: str, floor: int, before: datetime) -> Mark | None:
        """Return the last of a chain's first links that are all older than `before`."""
        ...

    async def sweep(self, chain: str, floor: Mark) -> int:
        """Remove a chain's links up to the floor, which is kept."""
        ...


Copy = Callable[[Record, str, bool], None]
"""Writes a record to standard output, with its digest and whether it was stored."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes the records of this process."""

    keys: Keys
    clock: Clock
    copy: Copy
    replica: str
    version: str

    def chain(self) -> str:
        """Return a new chain's name."""
        now = f"{self.clock.now():%Y%m%dT%H%M%S}"
        return f"{name_of(self.replica)}.{now}.{secrets.token_hex(4)}"

    @property
    def key(self) -> Key:
        """The key of new records."""
        return self.keys.current


@dataclass(slots=True, eq=False)
class _Waiting:
    """One entry on its way to the disk."""

    entry: Entry
    done: asyncio.Future[None]
    noted: bool = False
    """Whether nobody waits for it."""


@dataclass(slots=True)
class _Drafted:
    """Links of one chain that are not on the disk yet."""

    records: list[Record] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


class Recorder:
    """What `core.ports.Ledger` promises."""

    def __init__(self, shelf: Shelf, writer: Writer) -> None:
        self._shelf = shelf
        self._writer = writer
        self._chain = ""
        self._head = BEGINNING
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None
        self._hurried = asyncio.Event()
        self._lost = 0
        self._seen: dict[str, int] = {}
        self._policy = ""

    async def write(self, entry: Entry) -> None:
        """Record the entry; return once it is on the disk.

        Raises:
            StoreError: it cannot be recorded.
        """
        await self._put(entry).done

    def note(self, entry: Entry) -> None:
        """Record the entry soon."""
        if len(self._waiting) >= _MOST_WAITING:
            self._lose([entry], "too many records wait for the store")
            return
        self._put(entry, noted=True)

    def bug(self, request: Request) -> None:
        """Log the exception that is being handled."""
        _LOG.exception("bug", request=request.id, person=request.person.key)

    async def search(self, wanted: Wanted) -> Sequence[Record]:
        """Return what was recorded, the newest first, with what was noted just now.

        Raises:
            StoreError: the store cannot be read.
        """
        await self._settled()
        return [orjson.loads(link.record) for link in await self._shelf.search(wanted)]

    def in_force(self, policy: str) -> None:
        """Record which policy holds from now on, by the digest of its file."""
        self._policy = policy
        if self._chain or self._writing:
            self._note(Happening.POLICY, policy=policy)

    async def anchor(self) -> None:
        """Record the heads of the other chains, where they have grown.

        Raises:
            StoreError: they cannot be read.
        """
        heads = await self._others()
        if any(self._seen.get(chain) != seq for chain, seq, _ in heads):
            self._note(Happening.ANCHOR, heads=heads)
            self._seen.update((chain, seq) for chain, seq, _ in heads)

    async def sweep(self, kept: timedelta) -> None:
        """Remove what is older than `kept`, and sign for each chain up to where.

        Raises:
            StoreError: it cannot be removed.
        """
        before = self._writer.clock.now() - kept
        for chain in await self._shelf.chains():
            end = await self._shelf.old(chain.name, chain.floor.seq, before)
            if end is not None:
                floor = self._writer.key.mark("floor", chain.name, end.seq, end.digest)
                removed = await self._shelf.sweep(chain.name, floor)
                self._note(Happening.SWEPT, swept=chain.name, up_to=floor.seq, removed=removed)

    async def close(self) -> None:
        """Record that the chain ends, and wait until everything is on the disk."""
        await self._settled()
        if self._chain or self._lost:
            self._note(Happening.STOPPED)
        await self._settled()

    def _note(self, happening: Happening, **details: object) -> None:
        self.note(Entry(happening, self._writer.clock.now(), details=details))

    def _put(self, entry: Entry, *, noted: bool = False) -> _Waiting:
        waiting = _Waiting(entry, asyncio.get_running_loop().create_future(), noted)
        self._waiting.append(waiting)
        if not noted:
            self._hurried.set()
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return waiting

    async def _settled(self) -> None:
        self._hurried.set()
        while self._writing is not None:
            await asyncio.shield(self._writing)

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self._linger()
                # What came while the last commit went to the disk shares the next one.
                batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
                await self._keep(batch)
        finally:
            self._writing = None
            self._hurried.clear()

    async def _linger(self) -> None:
        """Wait until somebody waits, or until notes have waited long enough."""
        pause = asyncio.create_task(self._writer.clock.sleep(_LINGER_SECONDS))
        hurry = asyncio.create_task(self._hurried.wait())
        try:
            await asyncio.wait({pause, hurry}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (pause, hurry):
                task.cancel()

    async def _keep(self, batch: Sequence[_Waiting]) -> None:
        entries = [waiting.entry for waiting in batch]
        try:
            await self._add(entries)
        except StoreError as error:
            self._chain = ""
            self._lose(entries, error.text)
            for waiting in batch:
                _fail(waiting, error)
        else:
            for waiting in batch:
                if not waiting.done.done():
                    waiting.done.set_result(None)
        finally:
            for waiting in batch:
                waiting.done.cancel()

    async def _add(self, entries: Sequence[Entry]) -> None:
        chain, head, lost = self._chain, self._head, self._lost
        if not chain:
            chain, head = self._writer.chain(), BEGINNING
            entries = [await self._beginning(lost), *entries]
        drafted, head = self._draft(entries, chain, head)
        await self._shelf.append(drafted.links, head, BEGINNING)
        self._chain, self._head, self._lost = chain, head, self._lost - lost
        for record, link in zip(drafted.records, drafted.links, strict=True):
            self._writer.copy(record, link.digest.hex(), True)

    async def _beginning(self, lost: int) -> Entry:
        heads = await self._others()
        self._seen = {chain: seq for chain, seq, _ in heads}
        details: dict[str, object] = {"heads": heads, "policy": self._policy}
        if lost:
            details["not_stored_before"] = lost
        return Entry(Happening.STARTED, self._writer.clock.now(), details=details)

    def _draft(self, entries: Sequence[Entry], chain: str, head: Mark) -> tuple[_Drafted, Mark]:
        writer, drafted = self._writer, _Drafted()
        for entry in entries:
            placing = Placing(
                chain, head.seq + 1, writer.key.id, name_of(writer.replica), writer.version
            )
            record = placed(told(entry), placing)
            digest = writer.key.link(head.digest, canonical(record))
            drafted.records.append(record)
            drafted.links.append(link_of(entry, record, digest))
            head = Mark(placing.seq, digest)
        return drafted, writer.key.mark("head", chain, head.seq, head.digest)

    async def _others(self) -> list[tuple[str, int, str]]:
        chains = [chain for chain in await self._shelf.chains() if chain.name != self._chain]
        return [(chain.name, chain.head.seq, chain.head.digest.hex()) for chain in chains[:_OTHERS]]

    def _lose(self, entries: Sequence[Entry], reason: str) -> None:
        self._lost += len(entries)
        done = [entry.request for entry in entries if entry.happening is Happening.OUTCOME]
        say = _LOG.error if done else _LOG.warning
        say("audit_not_stored", records=len(entries), reason=reason, done=done)
        for entry in entries:
            self._writer.copy(told(entry), "", False)


def _fail(waiting: _Waiting, error: StoreError) -> None:
    if waiting.noted or waiting.done.done():
        return
    failure = StoreError(error.text, next_step=error.next_step)
    failure.__cause__ = error
    waiting.done.set_exception(failure)

"""Recorders for tests, and a shelf that breaks when it is told to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.audit.record import Record
from bot.audit.recorder import Recorder, Writer
from bot.core.audit import Chain, Link, Mark, Wanted
from bot.core.errors import StoreError
from bot.store.audit import AuditStore
from tests.audit.chains import KEYS
from tests.clock import ManualClock


@dataclass
class Breakable:
    """A shelf on a real store that can be made to fail, before or after it has written."""

    shelf: AuditStore
    before: str = ""
    after: str = ""
    """The answer is lost: the links are on the disk."""

    async def append(self, links: Sequence[Link], head: Mark, floor: Mark) -> None:
        if self.before:
            raise StoreError(self.before)
        await self.shelf.append(links, head, floor)
        if self.after:
            raise StoreError(self.after)

    async def chains(self) -> Sequence[Chain]:
        return await self.shelf.chains()

    async def search(self, wanted: Wanted) -> Sequence[Link]:
        return await self.shelf.search(wanted)

    async def old(self, chain: str, floor: int, before: datetime) -> Mark | None:
        return await self.shelf.old(chain, floor, before)

    async def sweep(self, chain: str, floor: Mark) -> int:
        return await self.shelf.sweep(chain, floor)


@dataclass
class Rig:
    """A recorder, and all that is around it."""

    shelf: Breakable
    clock: ManualClock = field(default_factory=ManualClock)
    copies: list[tuple[Record, str, bool]] = field(default_factory=list)

    def recorder(self, replica: str = "pod-1") -> Recorder:
        def copy(record: Record, digest: str, stored: bool) -> None:
            self.copies.append((record, digest, stored))

        return Recorder(self.shelf, Writer(KEYS, self.clock, copy, replica, "0.1.0"))

    @property
    def copied(self) -> list[str]:
        return [record["event"] for record, _, _ in self.copies]

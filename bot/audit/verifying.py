"""Whether chains are as they were written: the first record that is wrong, and how.

Pure. What a single chain cannot tell, that its end was cut off together with its signed head, the
other chains tell that have seen a later head, and so does the copy on standard output.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson

from bot.audit.chain import BEGINNING, Keys
from bot.audit.record import found_by, timestamp
from bot.core.audit import Chain, Happening, Link, Mark


class Wrong(StrEnum):
    """How a record is not as it was written."""

    FLIPPED = "flipped"
    """Its text or its digest was changed, or it was not written by the bot."""
    MOVED = "moved"
    """It stands in another record's place."""
    DROPPED = "dropped"
    """It is missing between others."""
    TRUNCATED = "truncated"
    """It is missing at the end."""
    UNKNOWN_KEY = "unknown key"
    """It was written with a key that is not given."""
    UNSIGNED = "unsigned"
    """The chain's signed head or floor is gone, or was changed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that is wrong with a chain."""

    chain: str
    seq: int
    wrong: Wrong
    text: str


@dataclass(slots=True)
class Walk:
    """One chain, verified link by link in the order of their numbers."""

    name: str
    keys: Keys
    chain: Chain | None
    """None: there are records of it, and nothing else."""
    found: Finding | None = None
    seq: int = field(init=False)
    """The last record that is right."""
    digest: bytes = field(init=False)
    closed: bool = False
    """Whether the last record says that the chain ends."""
    claims: dict[str, Mark] = field(default_factory=dict)
    """The latest place that this chain has seen of each other one."""
    _keys: Mapping[str, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Begin behind what was removed because of its age."""
        floor = self.chain.floor if self.chain else BEGINNING
        self.seq, self.digest, self._keys = floor.seq, floor.digest, self.keys.by_id()
        for kind, mark in (("floor", floor), ("head", self.chain.head if self.chain else None)):
            signed = mark is not None and self.keys.signed(kind, self.name, mark)
            if not signed or (kind == "head" and mark == BEGINNING):
                self._find(0, Wrong.UNSIGNED, f"its {kind} is not as the bot signed it")

    def feed(self, links: Iterable[Link]) -> None:
        """Take in the next links; what comes after something wrong is not looked at."""
        for link in links:
            if self.found is not None:
                return
            self._feed(link)

    def finish(self) -> None:
        """Compare the end with the signed head; nothing follows."""
        head = self.chain.head if self.chain else BEGINNING
        if self.found is None and self.seq < head.seq:
            text = f"it ends with record {self.seq}, and record {head.seq} was written"
            self._find(self.seq + 1, Wrong.TRUNCATED, text)

    def _feed(self, link: Link) -> None:
        if link.seq != self.seq + 1:
            missing = f"record {self.seq + 1} is missing before record {link.seq}"
            self._find(self.seq + 1, Wrong.DROPPED, missing)
            return
        try:
            record = orjson.loads(link.record)
            wrong = self._wrong(link, record)
        except (ValueError, TypeError, KeyError, AttributeError):
            wrong = Wrong.FLIPPED, "it cannot be read"
        if wrong is not None:
            self._find(link.seq, *wrong)
            return
        self.seq, self.digest = link.seq, link.digest
        self.closed = record["event"] == Happening.STOPPED
        self._see(record)

    def _wrong(self, link: Link, record: dict[str, Any]) -> tuple[Wrong, str] | None:
        key, place = self._keys.get(record["key"]), (record["chain"], record["seq"])
        if key is None:
            return Wrong.UNKNOWN_KEY, f"its key {record['key']!r:.40} is not given"
        if place != (self.name, link.seq):
            # The first record of another chain follows the same beginning, and fits in here.
            text = f"what stands there calls itself record {place[1]!r:.40} of {place[0]!r:.100}"
            return Wrong.MOVED, text
        if not hmac.compare_digest(key.link(self.digest, link.record), link.digest):
            return Wrong.FLIPPED, "its text or its digest was changed"
        if found_by(record) != _columns(link):
            return Wrong.FLIPPED, "the columns that find it were changed"
        return None

    def _see(self, record: dict[str, Any]) -> None:
        for chain, seq, digest in record.get("heads", ()):
            latest(self.claims, chain, Mark(seq, bytes.fromhex(digest)))

    def _find(self, seq: int, wrong: Wrong, text: str) -> None:
        self.found = self.found or Finding(self.name, seq, wrong, text)


def _columns(link: Link) -> tuple[str, ...]:
    at = timestamp(link.at)
    return at, link.person, link.namespace, link.channel, link.request


def latest(claims: dict[str, Mark], chain: str, mark: Mark) -> None:
    """Keep the place if it is later than the one that is known of the chain."""
    if chain not in claims or claims[chain].seq < mark.seq:
        claims[chain] = mark


def contradiction(name: str, claim: Mark, digest: bytes, floor: int, by: str) -> Finding | None:
    """Return what is wrong with a chain of which somebody else has seen a place.

    `digest` is what stands there now, empty if nothing does; `floor` is the last record that was
    removed because of its age; `by` says who has seen it.
    """
    if claim.seq <= floor or digest == claim.digest:
        return None
    if digest:
        return Finding(name, claim.seq, Wrong.FLIPPED, f"{by} has seen it otherwise")
    return Finding(name, claim.seq, Wrong.TRUNCATED, f"{by} has seen it, and it is missing")


def copied(line: bytes) -> tuple[str, Mark] | None:
    """Return the place in a chain that one line of the copy tells of; None: it tells of none."""
    try:
        document = orjson.loads(line[line.find(b"{") :])
        record, digest = document["record"], bytes.fromhex(document["hash"])
        return str(record["chain"]), Mark(int(record["seq"]), digest)
    except (ValueError, TypeError, KeyError):
        return None

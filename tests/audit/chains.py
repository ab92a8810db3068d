"""Chains for tests: written as the bot writes them, in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.audit.chain import BEGINNING, Keys, read_keys
from bot.audit.record import Placing, canonical, link_of, placed, told
from bot.audit.verifying import Finding, Walk
from bot.core.audit import Chain, Entry, Happening, Link, Mark, Where, Who

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
KEYS = read_keys("the-first-key-of-32-characters-00 the-other-key-of-32-characters-00")


def entry(number: int, happening: Happening = Happening.SERVED, **more: object) -> Entry:
    made = Entry(
        happening,
        NOON + timedelta(seconds=number),
        f"r-{number}",
        Who("T1/UADA", "quarterdeck:user", ("quarterdeck:viewers",)),
        Where("slash", "CSHOP", context="main", namespace="shop"),
        f"get pods {number}",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def chained(
    entries: Sequence[Entry], name: str = "one", keys: Keys = KEYS, start: Mark = BEGINNING
) -> tuple[Chain, list[Link]]:
    """Return a chain of the entries, signed with the current key."""
    links, seq, digest = list[Link](), start.seq, start.digest
    for one in entries:
        seq += 1
        record = placed(told(one), Placing(name, seq, keys.current.id, "pod-1", "0.1.0"))
        digest = keys.current.link(digest, canonical(record))
        links.append(link_of(one, record, digest))
    head = keys.current.mark("head", name, seq, digest)
    return Chain(name, start, head, NOON), links


def verified(chain: Chain | None, links: Sequence[Link], keys: Keys = KEYS) -> Finding | None:
    walk = Walk("one", keys, chain)
    walk.feed(links)
    walk.finish()
    return walk.found

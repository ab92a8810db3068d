"""`quarterdeck audit`: the record verified, exported and searched, beside the running bot."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import orjson

from bot.audit.chain import BEGINNING, Keys, read_keys
from bot.audit.showing import COLUMNS, SHEET, row, sheet
from bot.audit.verifying import Finding, Walk, contradiction, copied, latest
from bot.core.audit import Link, Mark, Wanted
from bot.core.errors import ConfigurationError
from bot.settings import read_audit_settings
from bot.store.audit import AuditStore
from bot.store.engine import open_store

Write = Callable[[str], None]
_COPY = "the copy"


@dataclass(slots=True)
class Verdict:
    """What verifying found."""

    chains: int = 0
    records: int = 0
    open: int = 0
    """Chains without a last record that says that they ended."""
    findings: list[Finding] = field(default_factory=list)


async def verify(write: Write, copy: Path | None = None) -> int:
    """Write whether the record is as it was written; return 1 if it is not, else 0.

    `copy` is a file with the lines that the bot wrote to standard output.

    Raises:
        ConfigurationError: there is no key, or no such file.
        StoreError: the store cannot be read.
    """
    claims = read_copy(copy) if copy else {}
    async with _opened() as (shelf, keys):
        verdict = await verified(shelf, keys, claims)
    for line in _lines(verdict, copied=copy is not None):
        write(line)
    return int(bool(verdict.findings))


async def export(write: Write, kind: str, since: datetime | None, until: datetime | None) -> int:
    """Write the records from `since` to before `until`, the oldest first, as `jsonl` or `csv`.

    Raises:
        StoreError: the store cannot be read.
    """
    line = _as_csv if kind == "csv" else _as_json
    if kind == "csv":
        write(_joined(list(SHEET)))
    async with _opened() as (shelf, _):
        async for link in shelf.all(since, until):
            write(line(link))
    return 0


async def search(write: Write, wanted: Wanted) -> int:
    """Write a line for each record that fits, the newest first.

    Raises:
        StoreError: the store cannot be read.
    """
    async with _opened() as (shelf, _):
        found = await shelf.search(wanted)
    rows = [COLUMNS, *(row(orjson.loads(link.record)) for link in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for cells in rows if found else ():
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        write("   ".join(padded).rstrip())
    if not found:
        write("No records.")
    return 0


async def verified(shelf: AuditStore, keys: Keys, copies: dict[str, Mark]) -> Verdict:
    """Return what is wrong with the chains, seen by themselves, by each other and by the copy."""
    verdict, claims = Verdict(), {chain: (mark, _COPY) for chain, mark in copies.items()}
    floors: dict[str, int] = {}
    for name in await shelf.names():
        walk = await _walked(shelf, keys, name)
        floors[name] = walk.chain.floor.seq if walk.chain else 0
        verdict.chains += 1
        verdict.records += walk.seq - floors[name]
        verdict.open += not walk.closed
        verdict.findings += [walk.found] if walk.found else []
        for chain, mark in walk.claims.items():
            if chain not in claims or claims[chain][0].seq < mark.seq:
                claims[chain] = (mark, f"chain {name}")
    wrong = {finding.chain for finding in verdict.findings}
    for chain, (mark, by) in claims.items():
        stands = await shelf.digest(chain, mark.seq)
        found = contradiction(chain, mark, stands, floors.get(chain, 0), by)
        verdict.findings += [found] if found and chain not in wrong else []
    return verdict


def read_copy(path: Path) -> dict[str, Mark]:
    """Return how far each chain has come, by the lines of a log.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    claims: dict[str, Mark] = {}
    try:
        with path.open("rb") as file:
            for line in file:
                if told := copied(line):
                    latest(claims, *told)
    except OSError as error:
        raise ConfigurationError(f"error: {path}: {error.strerror}") from error
    return claims


async def _walked(shelf: AuditStore, keys: Keys, name: str) -> Walk:
    """Return the walk along one chain; what a sweep removed meanwhile is not missed."""
    while True:
        # The head first: a chain that is being written only grows beyond it.
        before = await _chain_floor(shelf, name)
        chain = next((one for one in await shelf.chains() if one.name == name), None)
        walk = Walk(name, keys, chain)
        async for page in shelf.links(name):
            walk.feed(page)
        walk.finish()
        if walk.found is None or await _chain_floor(shelf, name) == before:
            return walk


async def _chain_floor(shelf: AuditStore, name: str) -> Mark:
    return next((one.floor for one in await shelf.chains() if one.name == name), BEGINNING)


@asynccontextmanager
async def _opened() -> AsyncIterator[tuple[AuditStore, Keys]]:
    settings = read_audit_settings()
    keys = read_keys(settings.audit.key.get_secret_value())
    async with open_store(settings.store) as store:
        yield AuditStore(store), keys


def _lines(verdict: Verdict, *, copied: bool) -> Iterator[str]:
    for finding in verdict.findings:
        yield f"✗ {finding.chain}: record {finding.seq}: {finding.wrong}: {finding.text}"
    counted = f"{verdict.records:,} records in {verdict.chains} chains"
    if not verdict.chains:
        yield "There are no records."
    elif not verdict.findings:
        yield f"✓ intact: {counted}"
    else:
        yield f"✗ not intact: {len(verdict.findings)} of {counted}"
    if verdict.open and not copied:
        yield (
            f"! {verdict.open} chains are open: they are being written, or their process was"
            " killed. Whether an end was cut off, the copy on standard output tells: --copy FILE"
        )


def _as_json(link: Link) -> str:
    return f'{{"hash":"{link.digest.hex()}","record":{link.record.decode()}}}'


def _as_csv(link: Link) -> str:
    return _joined(sheet(orjson.loads(link.record)))


def _joined(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()

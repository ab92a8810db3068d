"""`python -m tests.conformance.cluster record|check|show|scope [PATTERN ...]`; see case.py."""

import asyncio
import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from tests.conformance.cluster.cases import cases
from tests.conformance.cluster.connection import Connection, connected
from tests.conformance.cluster.recordings import Placed, difference, recorded, text
from tests.conformance.cluster.runner import CaseError, run
from tests.conformance.cluster.scope import DOCUMENT, scope

AT_ONCE = 6
"""So many cases side by side: they wait more than they compute."""


async def main(arguments: Sequence[str]) -> int:
    """Do what is asked for with the chosen cases; return how many failed."""
    parser = ArgumentParser(prog="python -m tests.conformance.cluster")
    parser.add_argument("act", choices=("record", "check", "show", "scope"))
    parser.add_argument("pattern", nargs="*")
    parser.add_argument("--kubeconfig", default=os.environ.get("KUBECONFIG"), type=Path)
    chosen = parser.parse_args(arguments)
    if chosen.act == "scope":
        DOCUMENT.write_text(scope(), "utf-8")
        return 0
    if chosen.kubeconfig is None:
        parser.error("KUBECONFIG names no cluster: `make cluster` runs one")
    async with connected(chosen.kubeconfig) as connection:
        gate = asyncio.Semaphore(AT_ONCE)
        failed = await asyncio.gather(
            *(_take(placed, connection, gate, chosen.act) for placed in cases(*chosen.pattern))
        )
    return sum(failed)


async def _take(placed: Placed, connection: Connection, gate: asyncio.Semaphore, act: str) -> bool:
    async with gate:
        try:
            expected = json.loads(recorded(placed)) if act == "check" else ()
            found = text(await run(placed.case, connection, expected))
        except CaseError as error:
            print(f"FAILED    {placed}\n{error}", file=sys.stderr)
            return True
    match act:
        case "show":
            print(f"{placed}\n{found}")
        case "check":
            return _differs(placed, found)
        case _:
            _record(placed, found)
    return False


def _differs(placed: Placed, found: str) -> bool:
    if differs := difference(recorded(placed), found):
        print(f"DIFFERS   {placed}\n{differs}")
    return bool(differs)


def _record(placed: Placed, found: str) -> None:
    before = placed.file.read_text("utf-8") if placed.file.exists() else ""
    placed.file.parent.mkdir(parents=True, exist_ok=True)
    placed.file.write_text(found, "utf-8")
    word = "unchanged" if before == found else "changed  " if before else "recorded "
    print(f"{word} {placed}")
    if before and before != found:
        print(difference(before, found))


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main(sys.argv[1:])))

"""Play cases and print what differs: `python -m tests.conformance.changes [--kubectl] [WORD]`.

With `--kubectl` the bot's part is played by kubectl too, which shows that twins are equal.
"""

import argparse
import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.cluster.bed import Bed
from tests.cluster.peers import locate
from tests.conformance.changes.cases import numbered
from tests.conformance.changes.hands import Hand, Original, the_bot
from tests.conformance.changes.stage import own_cluster, played


@asynccontextmanager
async def _kubectl(bed: Bed, _namespaces: Sequence[str]) -> AsyncIterator[Hand]:
    yield Original(bed.kubectl)


def main() -> int:
    """Play the cases whose phrase begins with the word; return how many differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kubectl", action="store_true")
    parser.add_argument("word", nargs="*", default=[""])
    options = parser.parse_args()
    chosen = {
        number: case
        for number, case in numbered().items()
        if case.typed.startswith(tuple(options.word))
    }
    home = Path(tempfile.mkdtemp(prefix="quarterdeck-twins-"))
    with own_cluster(locate(os.environ), home) as bed:
        hand = _kubectl if options.kubectl else the_bot
        became, seconds = asyncio.run(played(bed, chosen, hand))
    different = [each for each in became if each.mismatches]
    for each in different:
        print(f"## {each.pair.case}\n")
        print("\n".join(f"- {one}" for one in each.mismatches), end="\n\n")
    print(f"{len(different)} of {len(became)} differ; {seconds}")
    return len(different)


if __name__ == "__main__":
    raise SystemExit(bool(main()))

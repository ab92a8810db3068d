"""`python -m tests.conformance.promql record|scope`: from a real Prometheus; into docs/."""

import asyncio
import os
import sys
from collections.abc import Sequence

import aiohttp

from tests.cluster.peers import METRICS, locate
from tests.conformance.promql import asking, cases, scope
from tests.conformance.promql.samples import openmetrics
from tests.metrics.sampled import sampled


async def record() -> None:
    """Write down what a real Prometheus answers to every case."""
    with sampled(locate(os.environ, METRICS), openmetrics()) as server:
        async with aiohttp.ClientSession(server.url) as client:
            for sentence, found in {**cases.sentences(), cases.GENERATED: cases.drawn()}.items():
                answers = {key: await asking.answer(client, key) for key in cases.keys(found)}
                cases.Recording(sentence, answers).write()
                print(f"{len(answers):4} {sentence}")


def main(arguments: Sequence[str]) -> int:
    """Do what is asked for; return the exit code."""
    match arguments:
        case ["record"]:
            asyncio.run(record())
        case ["scope"]:
            scope.DOCUMENT.write_text(scope.scope(), "utf-8")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""`python -m tests.conformance.alerts`: record what a real Alertmanager answers to every step."""

import asyncio
import json
import os

import aiohttp

from tests.cluster.peers import METRICS, locate
from tests.conformance.alerts.steps import RECORDED, alarmed, answers, real, steps


async def record() -> None:
    """Write down each step with its answer."""
    with real(locate(os.environ, METRICS)) as url:
        async with aiohttp.ClientSession(url) as client:
            await alarmed(client)
            found = await answers(client)
    lines = (json.dumps(pair) for pair in zip(steps(), found, strict=True))
    RECORDED.write_text("".join(f"{line}\n" for line in lines), "utf-8")


if __name__ == "__main__":
    asyncio.run(record())

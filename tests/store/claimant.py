"""A sender that dies in the middle: it claims, says so, and waits to be killed.

`python -m tests.store.claimant before|after` reads the URL from its input. It stops before
its claim is committed, or after.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import update

from bot.store.engine import Options, open_store
from bot.store.outbox import Outbox
from bot.store.schema import OUTBOX

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)


async def main(moment: str, url: str) -> None:
    async with open_store(Options(url=SecretStr(url))) as store:
        if moment == "after":
            await Outbox(store).claim("dead", NOON, NOON + LEASE)
            _wait_for_death()
        async with store.write() as connection:
            await connection.execute(update(OUTBOX).values(lease_owner="dead"))
            _wait_for_death()


def _wait_for_death() -> None:
    print("claimed", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.stdin.readline().strip()))

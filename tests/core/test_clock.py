import asyncio

import pytest

from bot.core.clock import Clock, SystemClock, deadline
from tests.clock import IdleClock


@pytest.mark.parametrize("clock", [SystemClock(), IdleClock()], ids=["machine", "test"])
async def test_what_takes_longer_than_its_deadline_is_ended(clock: Clock) -> None:
    async def wait(ended: asyncio.Event) -> None:
        async with deadline(clock, 0.01):
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

    ended = asyncio.Event()
    with pytest.raises(TimeoutError):
        await wait(ended)
    assert ended.is_set()

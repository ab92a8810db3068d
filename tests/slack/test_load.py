"""Fifty commands a second: none is lost, none is served twice, and memory stays where it is.

How fast the acknowledgements are is printed; the machine decides that.
"""

from pathlib import Path

import pytest

from bot.demo.slack.workspace import TransportKind
from tests.slack.load import PER_SECOND, drive, loaded

# What the allocator keeps back varies by this much from run to run.
MOST_GROWTH_MIB = 16

TRANSPORTS = pytest.mark.parametrize("transport", ["socket", "http"])


async def under_load(folder: Path, transport: TransportKind, seconds: float) -> None:
    async with loaded(folder, transport) as load:
        account = await drive(load, seconds)
    print(f"\n{transport}, {seconds:.0f} s: {account}")
    assert account.typed >= PER_SECOND * seconds
    assert account.lost == []
    assert account.doubled == []
    assert account.unserved == []
    assert account.growth() <= MOST_GROWTH_MIB


@pytest.mark.peers
@pytest.mark.timeout(240)
@TRANSPORTS
async def test_a_minute_of_fifty_commands_a_second(
    tmp_path: Path, transport: TransportKind
) -> None:
    await under_load(tmp_path, transport, 60)


@pytest.mark.soak
@pytest.mark.timeout(1200)
@TRANSPORTS
async def test_ten_minutes_of_fifty_commands_a_second(
    tmp_path: Path, transport: TransportKind
) -> None:
    await under_load(tmp_path, transport, 600)

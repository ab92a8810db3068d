"""A clock that a test moves by hand, and that knows who is waiting for it."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass
class HandClock:
    """Time stands still until `advance`; it starts now, because signatures are checked so."""

    start: datetime = field(default_factory=lambda: datetime.now(UTC))
    _passed: float = 0.0
    _sleeping: dict[asyncio.Future[None], float] = field(default_factory=dict)
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        return self._passed

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self._sleeping[future] = self._passed + seconds
        self._stirred.set()
        try:
            await future
        finally:
            self._sleeping.pop(future, None)

    async def someone_sleeps(self, seconds: float) -> None:
        """Wait until someone has exactly so many seconds left to sleep."""
        async with asyncio.timeout(10):
            while self._passed + seconds not in self._sleeping.values():
                self._stirred.clear()
                await self._stirred.wait()

    async def advance(self, seconds: float) -> None:
        self._passed += seconds
        for future, due in self._sleeping.items():
            if due <= self._passed and not future.done():
                future.set_result(None)
        await asyncio.sleep(0)

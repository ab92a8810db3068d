"""Faults that a test asks for: each is used up by the call or the envelope that it hits."""

import socket
import struct
from asyncio import Transport
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from bot.core.clock import Clock
from bot.demo.slack.refusal import CallRefusedError

EnvelopeFault = Literal["duplicated", "dropped", "ack_lost"]
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on with no time to linger: closing sends RST instead of FIN."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one call: a wait, a refusal, or a reset instead of the answer."""

    seconds: float = 0
    """On the workspace's clock, before anything else."""
    refusal: CallRefusedError | None = None
    resets: bool = False
    """The call is served, and its connection is cut before the answer is sent."""


@dataclass(slots=True)
class Chaos:
    """What is to go wrong next."""

    _faults: defaultdict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    _envelopes: deque[EnvelopeFault] = field(default_factory=deque)

    def next_call(self, method: str, fault: Fault) -> None:
        """Let the next call of `method` that has no fault yet meet this one."""
        self._faults[method].append(fault)

    def next_envelope(self, fault: EnvelopeFault) -> None:
        """Let the next envelope that has no fault yet meet this one."""
        self._envelopes.append(fault)

    def of_call(self, method: str) -> Fault:
        """Take the fault that waits for this call; a harmless one where none does."""
        waiting = self._faults[method]
        return waiting.popleft() if waiting else Fault()

    def of_envelope(self) -> EnvelopeFault | None:
        """Take the fault that waits for an envelope."""
        return self._envelopes.popleft() if self._envelopes else None


class SkewedClock:
    """Slack's own clock, which may differ from the bot's by `skew` seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.skew = 0.0

    def now(self) -> datetime:
        """Return the time that Slack believes in, in UTC."""
        return self._clock.now() + timedelta(seconds=self.skew)

    def monotonic(self) -> float:
        """Return seconds that never go backwards."""
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""
        await self._clock.sleep(seconds)


def cut(transport: Transport) -> None:
    """End a connection with a TCP reset."""
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    transport.abort()

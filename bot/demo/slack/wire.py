"""Everything that crossed the wire, in order: acts of people, envelopes, calls of the bot."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.core.clock import Clock
from bot.demo.slack.refusal import CallRefusedError

ActKind = Literal[
    "command", "mention", "direct", "press", "submit", "close", "suggest", "home", "shortcut"
]


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did that the bot hears of; `number` counts from 1."""

    number: int
    at: datetime
    kind: ActKind
    person: str
    channel: str
    text: str
    trigger: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One envelope given to the bot; `act` is the act that caused it."""

    act: int
    kind: str
    envelope_id: str
    attempt: int
    seconds: float
    """On the workspace's clock, until the acknowledgement or the failure."""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the bot. `act` is the newest act at that time; 0 before the first."""

    act: int
    at: datetime
    method: str
    """A Web API method, or `response_url`, `upload` or `download`."""
    arguments: Mapping[str, Any]
    """As sent, without the token."""
    status: int
    error: str = ""
    expected: bool = False
    """Somebody asked for that error, or said that it would come."""


@dataclass(slots=True)
class Wire:
    """The log; nothing is ever taken out of it."""

    clock: Clock
    acts: list[Act] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    expected: set[tuple[str, str]] = field(default_factory=set)
    """Methods with the errors that they will be refused with, as things stand."""

    def begin(self, kind: ActKind, person: str, channel: str, text: str, trigger: str) -> Act:
        """Record that a person did something, and return it with its number."""
        number = len(self.acts) + 1
        act = Act(number, self.clock.now(), kind, person, channel, text, trigger)
        self.acts.append(act)
        return act

    def called(self, method: str, arguments: Mapping[str, Any]) -> None:
        """Record a request of the bot that was served, as an effect of the newest act."""
        self.calls.append(Call(len(self.acts), self.clock.now(), method, arguments, 200))

    def refused(self, method: str, arguments: Mapping[str, Any], refusal: CallRefusedError) -> None:
        """Record a request of the bot that was refused."""
        expected = refusal.wanted or (method, refusal.code) in self.expected
        answer = (refusal.status, refusal.code, expected)
        self.calls.append(Call(len(self.acts), self.clock.now(), method, arguments, *answer))

    def surprises(self) -> list[Call]:
        """Return the requests whose refusal nobody asked for: mistakes of the bot."""
        return [call for call in self.calls if call.error and not call.expected]

    def calls_of(self, act: Act) -> list[Call]:
        """Return the calls between this act and the next one."""
        return [call for call in self.calls if call.act == act.number]

    def counts(self, act: Act) -> Counter[str]:
        """Return how often each method was called between this act and the next one."""
        return Counter(call.method for call in self.calls_of(act))

    def delivered(self, act: Act) -> bool:
        """Tell whether the bot has acknowledged, or failed to acknowledge, an act."""
        return any(delivery.act == act.number for delivery in self.deliveries)

    def ack_seconds(self, act: Act | None = None) -> list[float]:
        """Return how long acknowledgements took, of one act or of all; failures left out."""
        return [
            delivery.seconds
            for delivery in self.deliveries
            if not delivery.failure and (act is None or delivery.act == act.number)
        ]

    def since(self, act: Act) -> str:
        """Return in words what happened after an act: the first thing to read on a failure."""
        deliveries = (d for d in self.deliveries if d.act >= act.number)
        calls = (c for c in self.calls if c.act >= act.number)
        return "; ".join(_words(deliveries, calls)) or "nothing crossed the wire"


def _words(deliveries: Iterable[Delivery], calls: Iterable[Call]) -> Iterable[str]:
    for delivery in deliveries:
        outcome = delivery.failure or "acknowledged"
        yield f"{delivery.kind} {outcome} after {delivery.seconds:.3f} s"
    for call in calls:
        yield f"{call.method} → {call.error or 'ok'}"

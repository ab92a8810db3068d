"""A Prometheus and an Alertmanager in this process, for tests of what is done with them."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.core.alerting import Matcher, Notice, Silence, Silences
from bot.core.clock import Clock
from bot.core.errors import QuarterdeckError, RefusedError
from bot.core.metrics import (
    Alert,
    Answer,
    Described,
    Metrics,
    Reach,
    RuleGroup,
    ScrapeTarget,
    Series,
    Shape,
    Span,
)
from bot.core.picture import Picture
from bot.engine.monitoring import Instruments


@dataclass
class Manager:
    """What an Alertmanager holds; `broken` makes it fail."""

    clock: Clock
    alerts: list[Notice] = field(default_factory=list)
    kept: dict[str, Silence] = field(default_factory=dict)
    broken: QuarterdeckError | None = None
    """What every call ends with."""
    loses: QuarterdeckError | None = None
    """What a silence ends with that is made all the same."""

    holds: asyncio.Event | None = None
    """What a silence waits for before it is made."""
    reached: asyncio.Event | None = None
    """Set when one waits."""

    def fires(self, name: str, namespace: str = "shop", **labels: str) -> None:
        """Let an alert be there since a minute."""
        told = {"alertname": name, "namespace": namespace, **labels}
        since = self.clock.now() - timedelta(minutes=1)
        number = f"{len(self.alerts):016x}"
        self.alerts.append(Notice(told, {}, number, "active", since))


@dataclass(frozen=True)
class FakeSilences:
    """An Alertmanager as somebody of that reach sees it."""

    manager: Manager
    reach: Reach
    label: str = "namespace"
    longest: timedelta = timedelta(hours=24)

    async def notices(self, matchers: Sequence[Matcher] = ()) -> Sequence[Notice]:
        self._check()
        seen = [one for one in self.manager.alerts if self._sees(one.labels.get("namespace", ""))]
        return [self._judged(one) for one in seen if _match(matchers, one)]

    async def silences(self) -> Sequence[Silence]:
        self._check()
        now = self.manager.clock.now()
        found = [
            one for one in self.manager.kept.values() if one.ends_at > now and self._about(one)
        ]
        return sorted(found, key=lambda one: one.ends_at)

    async def silence(self, silence: Silence) -> str:
        self._check()
        if not self._about(silence):
            raise RefusedError("a silence of another namespace")
        if self.manager.holds:
            if self.manager.reached:
                self.manager.reached.set()
            await self.manager.holds.wait()
        number = f"5ea1ed00-{len(self.manager.kept):04x}"
        self.manager.kept[number] = replace(silence, id=number, state="active")
        if self.manager.loses:
            raise self.manager.loses
        return number

    async def expire(self, id: str) -> Silence:
        self._check()
        was = self.manager.kept[id]
        self.manager.kept[id] = replace(was, ends_at=self.manager.clock.now(), state="expired")
        return was

    def _check(self) -> None:
        if self.manager.broken:
            raise self.manager.broken

    def _sees(self, namespace: str) -> bool:
        return self.reach.namespaces is None or namespace in self.reach.namespaces

    def _about(self, silence: Silence) -> bool:
        named = [one.value for one in silence.matchers if one.name == "namespace" and one.equal]
        return self.reach.namespaces is None or any(map(self._sees, named))

    def _judged(self, notice: Notice) -> Notice:
        now = self.manager.clock.now()
        by = tuple(
            one.id
            for one in self.manager.kept.values()
            if one.ends_at > now and _match(one.matchers, notice)
        )
        return replace(notice, silenced_by=by, state="suppressed" if by else notice.state)


def _match(matchers: Sequence[Matcher], notice: Notice) -> bool:
    return all(_matches(one, notice.labels.get(one.name, "")) for one in matchers)


def _matches(matcher: Matcher, value: str) -> bool:
    pattern = matcher.value if matcher.regex else re.escape(matcher.value)
    return (re.fullmatch(pattern, value) is not None) is matcher.equal


@dataclass
class Watched:
    """What a Prometheus answers, whoever asks; `broken` makes it fail."""

    answers: dict[str, Answer] = field(default_factory=dict)
    """By expression; what is none of them is an empty vector."""
    groups: list[RuleGroup] = field(default_factory=list)
    scraped: list[ScrapeTarget] = field(default_factory=list)
    dropped: list[ScrapeTarget] = field(default_factory=list)
    broken: QuarterdeckError | None = None
    too_long: QuarterdeckError | None = None
    """What the list of dropped targets ends with."""
    asked: list[tuple[str, Reach, str]] = field(default_factory=list)
    """Each expression, and for whose reach and which person."""

    def says(self, expression: str, *values: float) -> None:
        """Let an expression have a series of each value from now on."""
        series = tuple(
            Series({"pod": f"web-{number}"}, ((0.0, float(value)),))
            for number, value in enumerate(values, 1)
        )
        self.answers[expression] = Answer(Shape.VECTOR, series)


@dataclass(frozen=True)
class FakeMetrics:
    """A Prometheus as somebody of that reach sees it."""

    watched: Watched
    reach: Reach
    person: str
    source: str = "main"
    label: str = "namespace"

    async def instant(self, expression: str, at: datetime | None = None) -> Answer:
        self.watched.asked.append((expression, self.reach, self.person))
        self._check()
        return self.watched.answers.get(expression, Answer(Shape.VECTOR))

    async def range(self, expression: str, span: Span) -> Answer:
        raise NotImplementedError

    async def check(self, expression: str) -> None:
        self._check()

    async def names(self) -> Sequence[str]:
        return ()

    async def values(self, label: str, selectors: Sequence[str] = ()) -> Sequence[str]:
        return ()

    async def series(
        self, selectors: Sequence[str], since: datetime, until: datetime
    ) -> Sequence[dict[str, str]]:
        return ()

    async def described(self, metric: str) -> Described:
        return Described()

    async def rules(self) -> Sequence[RuleGroup]:
        self._check()
        return [
            replace(group, rules=tuple(replace(r, alerts=self._own(r.alerts)) for r in group.rules))
            for group in self.watched.groups
        ]

    async def targets(self, *, dropped: bool = False) -> Sequence[ScrapeTarget]:
        self._check()
        if dropped and self.watched.too_long:
            raise self.watched.too_long
        return self.watched.dropped if dropped else self.watched.scraped

    def link(self, expression: str, span: Span | None = None) -> str:
        return ""

    def _own(self, alerts: Sequence[Alert]) -> tuple[Alert, ...]:
        allowed = self.reach.namespaces
        return tuple(
            one for one in alerts if allowed is None or one.labels.get("namespace") in allowed
        )

    def _check(self) -> None:
        if self.watched.broken:
            raise self.watched.broken


@dataclass
class FakeSources:
    """What `core.monitoring.Sources` promises, out of this process."""

    manager: Manager
    watched: Watched = field(default_factory=Watched)
    refuses: Callable[[str], bool] = lambda _context: False
    chosen: list[str] = field(default_factory=list)
    """The name of each Prometheus that was asked for; empty: the first."""
    silenced: list[str] = field(default_factory=list)
    """The name of each Alertmanager likewise."""

    def metrics(
        self, context: str, reach: Reach, person: str, seconds: float, source: str = ""
    ) -> Metrics:
        self.chosen.append(source)
        return FakeMetrics(self.watched, reach, person)

    def silences(
        self, context: str, reach: Reach, person: str, seconds: float, source: str = ""
    ) -> Silences:
        self.silenced.append(source)
        return FakeSilences(self.manager, reach)

    async def close(self) -> None:
        return


class NoDrawing:
    """Draws nothing."""

    async def draw(self, picture: Picture) -> bytes:
        raise NotImplementedError


class Seen:
    """What was seen, in this process."""

    def __init__(self) -> None:
        self.keys: set[tuple[str, str]] = set()

    async def first_seen(self, key: str, kind: str) -> bool:
        first = (kind, key) not in self.keys
        self.keys.add((kind, key))
        return first


def instruments(sources: FakeSources) -> Instruments:
    return Instruments(sources, NoDrawing(), Seen())

"""Metrics as Prometheus answers them, as plain values; times are seconds since 1970, UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol, TypeAlias


class Shape(StrEnum):
    """What an expression evaluates to, by the names of Prometheus."""

    VECTOR = "vector"
    MATRIX = "matrix"
    SCALAR = "scalar"
    STRING = "string"


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket of a native histogram."""

    boundaries: int
    """Which ends belong to it: 0 the right one, 1 the left one, 2 none, 3 both."""
    left: float
    right: float
    count: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """One value of a native histogram."""

    count: float
    sum: float
    buckets: tuple[Bucket, ...] = ()


Value: TypeAlias = float | Histogram
Point: TypeAlias = tuple[float, Value]
"""When, and what."""


@dataclass(frozen=True, slots=True)
class Series:
    """One series: its labels, `__name__` included, and its points in order of time."""

    labels: Mapping[str, str]
    points: Sequence[Point]
    """Of a vector or a scalar exactly one; gaps have none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an expression evaluated to."""

    shape: Shape
    series: tuple[Series, ...] = ()
    """In Prometheus's order; a scalar is one series without labels."""
    text: str = ""
    """The value of a string."""
    warnings: tuple[str, ...] = ()
    infos: tuple[str, ...] = ()
    sent: str = ""
    """The expression as it was sent: with the matchers that the person's reach adds."""
    seconds: float = 0.0
    """How long Prometheus took to answer."""


@dataclass(frozen=True, slots=True)
class Span:
    """The time that a range query is about, both ends included."""

    start: datetime
    end: datetime
    step: timedelta


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose series a person may see."""

    namespaces: tuple[str, ...] | None = None
    """Those whose label `namespace` is one of these; None: all."""


@dataclass(frozen=True, slots=True)
class Described:
    """What a metric says of itself."""

    type: str = ""
    """`counter`, `gauge`, `histogram`, `summary`, … or empty where it is not known."""
    help: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert of a rule that is pending or fires."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    state: Literal["pending", "firing"]
    active_at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; what only alerting rules have is empty for a recording one."""

    kind: Literal["alerting", "recording"]
    name: str
    query: str
    health: str
    """`ok`, `err` or `unknown`."""
    error: str = ""
    state: str = ""
    """`firing`, `pending` or `inactive`."""
    holds: timedelta = timedelta(0)
    """How long it has to be true before it fires (`for`)."""
    keeps: timedelta = timedelta(0)
    """How long it fires on (`keep_firing_for`)."""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    alerts: tuple[Alert, ...] = ()
    evaluated: datetime | None = None


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules that are evaluated one after the other."""

    name: str
    file: str
    interval: timedelta
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class ScrapeTarget:
    """What Prometheus scrapes, as it was discovered."""

    pool: str
    url: str
    labels: Mapping[str, str]
    discovered: Mapping[str, str]
    """The labels before relabelling, such as `__meta_kubernetes_pod_name`."""
    health: str
    """`up`, `down` or `unknown`."""
    error: str = ""
    scraped: datetime | None = None
    took: timedelta = timedelta(0)


class Metrics(Protocol):
    """One Prometheus as one person may see it; every call has a deadline.

    Each raises `UnreachableError`, `BadQueryError` (the expression or a limit), `TooLargeError`
    (an answer that is not read to its end), `BusyError` and `PrometheusError`.
    """

    @property
    def source(self) -> str:
        """The name of the Prometheus, as the settings have it."""
        ...

    @property
    def label(self) -> str:
        """The label that names the namespace of a series."""
        ...

    @property
    def reach(self) -> Reach:
        """Whose series are seen."""
        ...

    async def instant(self, expression: str, at: datetime | None = None) -> Answer:
        """Evaluate the expression at one moment; None: now."""
        ...

    async def range(self, expression: str, span: Span) -> Answer:
        """Evaluate the expression at each step of a time."""
        ...

    async def check(self, expression: str) -> None:
        """Let Prometheus read the expression as it was typed, and evaluate nothing.

        Raises:
            BadQueryError: it cannot be read; the text says where.
        """
        ...

    async def names(self) -> Sequence[str]:
        """Return the names of the metrics that there are, sorted."""
        ...

    async def values(self, label: str, selectors: Sequence[str] = ()) -> Sequence[str]:
        """Return the values of a label, of the series that one of the selectors chooses."""
        ...

    async def series(
        self, selectors: Sequence[str], since: datetime, until: datetime
    ) -> Sequence[Mapping[str, str]]:
        """Return the labels of the series that one of the selectors chooses."""
        ...

    async def described(self, metric: str) -> Described:
        """Return what a metric says of itself; nothing is known: empty."""
        ...

    async def rules(self) -> Sequence[RuleGroup]:
        """Return the rules; with a narrow reach, alerts of its namespaces alone."""
        ...

    async def targets(self, *, dropped: bool = False) -> Sequence[ScrapeTarget]:
        """Return what is scraped, or what was discovered and is not."""
        ...

    def link(self, expression: str, span: Span | None = None) -> str:
        """Return the address of Prometheus's own page of it; empty: people cannot reach one."""
        ...

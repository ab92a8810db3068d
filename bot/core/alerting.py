"""Alertmanager's alerts and silences, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.metrics import Reach


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a label, as Alertmanager has it."""

    name: str
    value: str
    regex: bool = False
    equal: bool = True

    def __str__(self) -> str:
        """Return `severity="page"`, as amtool writes it."""
        operator = ("=~" if self.regex else "=") if self.equal else ("!~" if self.regex else "!=")
        value = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.name}{operator}"{value}"'


@dataclass(frozen=True, slots=True)
class Notice:
    """An alert as Alertmanager holds it."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    fingerprint: str
    state: str
    """`active`, `suppressed` or `unprocessed`."""
    starts_at: datetime
    silenced_by: tuple[str, ...] = ()
    inhibited_by: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    generator: str = ""
    """Where it comes from, an address of Prometheus."""


@dataclass(frozen=True, slots=True)
class Silence:
    """What is not notified of for a time."""

    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime
    created_by: str
    comment: str
    id: str = ""
    state: str = ""
    """`active`, `pending` or `expired`; empty: it is not there yet."""


class Silences(Protocol):
    """One Alertmanager as one person may see and change it; every call has a deadline.

    Who sees some namespaces alone may silence only with an equality on one of them. Each call
    raises `UnreachableError`, `RefusedError` and `PrometheusError`.
    """

    @property
    def reach(self) -> Reach:
        """Whose alerts are seen."""
        ...

    @property
    def label(self) -> str:
        """The label that names an alert's namespace."""
        ...

    @property
    def longest(self) -> timedelta:
        """How long a silence may last."""
        ...

    async def notices(self, matchers: Sequence[Matcher] = ()) -> Sequence[Notice]:
        """Return the alerts that match all of these, silenced ones included."""
        ...

    async def silences(self) -> Sequence[Silence]:
        """Return the silences that are active or pending, the next to end first."""
        ...

    async def silence(self, silence: Silence) -> str:
        """Silence, and return the id."""
        ...

    async def expire(self, id: str) -> Silence:
        """End the silence now, and return what it was."""
        ...


@dataclass(frozen=True, slots=True)
class Silenced:
    """A silence that stands."""

    silence: Silence
    fresh: bool = True
    """Whether it was made now; False: an earlier press of the same button had made it."""
    warning: str = ""
    """What the person must be told about its record; mostly nothing."""


class Silencing(Protocol):
    """The silences of an Alertmanager for one request: what is done is recorded and its person's.

    Each call raises what `Silences` raises.
    """

    @property
    def reach(self) -> Reach:
        """Whose alerts are seen."""
        ...

    @property
    def label(self) -> str:
        """The label that names an alert's namespace."""
        ...

    @property
    def longest(self) -> timedelta:
        """How long a silence may last."""
        ...

    async def notices(self, matchers: Sequence[Matcher] = ()) -> Sequence[Notice]:
        """Return the alerts that match all of these, silenced ones included."""
        ...

    async def silences(self) -> Sequence[Silence]:
        """Return the silences that are active or pending, the next to end first."""
        ...

    def own(self, silence: Silence) -> bool:
        """Tell whether the person made it."""
        ...

    async def admitted(self, matchers: Sequence[Matcher]) -> tuple[Matcher, ...]:
        """Return the matchers with the namespace that the person's reach adds.

        Raises:
            RefusedError: the policy or the cluster lets the person change nothing there.
        """
        ...

    async def silence(self, silence: Silence, press: str) -> Silenced:
        """Record the intent and silence as the person, once for all presses of one button.

        Raises:
            RefusedError: the person may not, nothing can be recorded, or it was pressed before and
                nothing came of it.
        """
        ...

    async def expire(self, silence: Silence) -> Silenced:
        """Record the intent and end the silence now.

        Raises:
            RefusedError: the person may not, or nothing can be recorded.
        """
        ...

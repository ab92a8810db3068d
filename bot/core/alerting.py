"""Alertmanager's alerts and silences, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


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

    Who sees some namespaces alone may silence only with an equality on one of them. Each raises
    `UnreachableError`, `RefusedError` and `PrometheusError`.
    """

    async def notices(self, matchers: Sequence[Matcher] = ()) -> Sequence[Notice]:
        """Return the alerts that match all of these, silenced ones included."""
        ...

    async def silences(self) -> Sequence[Silence]:
        """Return the silences that are active or pending, the next to end first."""
        ...

    async def silence(self, silence: Silence) -> str:
        """Record the intent, silence, and return the id; one that is there already is kept."""
        ...

    async def expire(self, id: str) -> Silence:
        """Record the intent, end the silence now, and return what it was."""
        ...

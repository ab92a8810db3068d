"""What a command may ask of metrics and alerts, as the person who typed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.alerting import Silences, Silencing
from bot.core.metrics import Metrics, Reach
from bot.core.picture import Picture
from bot.core.request import Place


@dataclass(frozen=True, slots=True)
class Watch:
    """A condition whose turns somebody wants to be told of."""

    id: str
    """Empty: it is not kept yet."""
    expression: str
    until: datetime
    person: str
    """The key of whoever asked, as whom it is evaluated."""
    place: Place
    """Where it is told."""
    context: str
    namespace: str
    """The one that was typed or is the place's; empty: all that the person may see."""
    phrase: str
    """The command as it was understood."""
    holds: bool | None = None
    """Whether it was true at the last look; None: there was none."""
    since: datetime | None = None
    """When that began."""
    at: datetime | None = None
    """When it was asked for."""


class Watches(Protocol):
    """The watches of a place, kept over restarts."""

    @property
    def lasting(self) -> bool:
        """Whether they outlive the process."""
        ...

    async def add(self, expression: str, until: datetime) -> Watch:
        """Keep a watch as the person who asks, in their place.

        Raises:
            RefusedError: they have too many.
            StoreError: it cannot be kept.
        """
        ...

    async def all(self) -> Sequence[Watch]:
        """Return those of the place, and the person's own, the next to end first."""
        ...

    async def end(self, id: str) -> Watch | None:
        """Forget one of the person's own, or of their place; None: there is none of that id."""
        ...


class Monitoring(Protocol):
    """Metrics, alerts and pictures for one request."""

    async def metrics(self, *, everywhere: bool = False) -> Metrics:
        """Return the Prometheus of the request's context, as far as the person may see it.

        In a place that is bound to namespaces, and where one was typed, that is the request's
        namespace; `everywhere` (`-A`) asks for all. Elsewhere it is all for whoever may list pods
        in all namespaces, and the request's namespace for others.

        Raises:
            RefusedError: the person may not list pods there, or no Prometheus is set up.
        """
        ...

    async def silences(self, *, everywhere: bool = False) -> Silencing:
        """Return the Alertmanager of the request's context, as `metrics` does."""
        ...

    @property
    def watches(self) -> Watches:
        """The watches, as far as they are the person's or the place's."""
        ...

    async def draw(self, picture: Picture) -> bytes:
        """Return the picture as a PNG.

        Raises:
            BusyError: too many pictures wait, or this one took too long.
        """
        ...


class Sources(Protocol):
    """The Prometheus and Alertmanager servers that the bot can ask, by the names of contexts."""

    def metrics(self, context: str, reach: Reach, person: str, seconds: float) -> Metrics:
        """Return the context's Prometheus for a person's key, for at most `seconds`.

        Raises:
            RefusedError: none is set up for it; the next step says how.
        """
        ...

    def silences(self, context: str, reach: Reach, person: str, seconds: float) -> Silences:
        """Return the context's Alertmanager likewise; it records nothing."""
        ...

    async def close(self) -> None:
        """End what is under way and close every connection."""
        ...

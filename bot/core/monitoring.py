"""What a command may ask of metrics and alerts, as the person who typed it."""

from collections.abc import Sequence
from typing import Protocol

from bot.core.alerting import Silences, Silencing
from bot.core.command import text
from bot.core.metrics import Metrics, Reach
from bot.core.picture import Picture
from bot.core.signals import Signal
from bot.core.watching import Watches


def source_flag() -> str:
    """Declare the flag that names one of several sources of the same cluster."""
    return text(
        help="The Prometheus of that name, or its Alertmanager, where the settings have several."
    )


class Monitoring(Protocol):
    """Metrics, alerts and pictures for one request."""

    async def metrics(self, *, everywhere: bool = False, source: str = "") -> Metrics:
        """Return the Prometheus of the request's context, as far as the person may see it.

        Where several know of the context it is the first, or the one of that name.

        In a place that is bound to namespaces, and where one was typed, that is the request's
        namespace; `everywhere` (`-A`) asks for all. Elsewhere it is all for whoever may list pods
        in all namespaces, and the request's namespace for others.

        Raises:
            RefusedError: the person may not list pods there, or no Prometheus is set up, or none
                of that name.
        """
        ...

    async def silences(self, *, everywhere: bool = False, source: str = "") -> Silencing:
        """Return the Alertmanager of the request's context, as `metrics` does."""
        ...

    @property
    def watches(self) -> Watches:
        """The watches, as far as they are the person's or the place's."""
        ...

    @property
    def signals(self) -> Sequence[Signal]:
        """What the policy measures of every app, beside what is built in."""
        ...

    async def draw(self, picture: Picture) -> bytes:
        """Return the picture as a PNG.

        Raises:
            BusyError: too many pictures wait, or this one took too long.
        """
        ...


class Sources(Protocol):
    """The Prometheus and Alertmanager servers that the bot can ask, by the names of contexts."""

    def metrics(
        self, context: str, reach: Reach, person: str, seconds: float, source: str = ""
    ) -> Metrics:
        """Return the context's Prometheus for a person's key, for at most `seconds`.

        Of several it is the one of that name; an empty one is the first.

        Raises:
            RefusedError: none is set up for it, or none of that name; the next step says how.
        """
        ...

    def silences(
        self, context: str, reach: Reach, person: str, seconds: float, source: str = ""
    ) -> Silences:
        """Return the context's Alertmanager likewise; it records nothing.

        Without a name it is that of the first source that has one.
        """
        ...

    async def close(self) -> None:
        """End what is under way and close every connection."""
        ...

"""Metrics, alerts and pictures for one request: whose series a person may see is decided here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.access import Origin
from bot.core.command import Access
from bot.core.errors import RefusedError
from bot.engine.gate import review

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.alerting import Silencing
    from bot.core.health import Alarm
    from bot.core.metrics import Metrics, Reach
    from bot.core.monitoring import Sources
    from bot.core.picture import Drawing, Picture
    from bot.core.ports import SeenBefore
    from bot.core.signals import Signal
    from bot.core.watching import KeptWatches, Watches
    from bot.engine.recording import Deed

_LIST_PODS = Access("list", "pods")


@dataclass(frozen=True, slots=True)
class Instruments:
    """What stands behind metrics, alerts and pictures, for all requests."""

    sources: Sources
    drawing: Drawing
    seen: SeenBefore | None = None
    """What makes a second press do nothing; None: there is one terminal, and nobody else."""
    watches: KeptWatches | None = None
    """None: nothing is watched from here once the command has ended."""
    alarm: Alarm | None = None
    """What tells the admins of silences about all namespaces; None: nobody is told."""


@dataclass(frozen=True, slots=True)
class Observer:
    """What `core.monitoring.Monitoring` promises."""

    instruments: Instruments | None
    deed: Deed
    seconds: float

    async def metrics(self, *, everywhere: bool = False, source: str = "") -> Metrics:
        """Return the Prometheus of the request's context, as far as the person may see it.

        Raises:
            RefusedError: the person may not list pods there, or no Prometheus is set up, or none
                of that name.
        """
        sources, grant = self._sources(), self.deed.grant
        reach, person = await self._reach(everywhere), grant.actor.person.key
        return sources.metrics(grant.context, reach, person, self.seconds, source)

    async def silences(self, *, everywhere: bool = False, source: str = "") -> Silencing:
        """Return the Alertmanager of the request's context likewise."""
        from bot.engine.silencing import Silencer  # noqa: PLC0415 - as in `core.ports`

        sources, grant = self._sources(), self.deed.grant
        reach, person = await self._reach(everywhere), grant.actor.person.key
        peer = sources.silences(grant.context, reach, person, self.seconds, source)
        seen, alarm = (
            (self.instruments.seen, self.instruments.alarm) if self.instruments else (None, None)
        )
        return Silencer(peer, self.deed, seen, alarm)

    @property
    def watches(self) -> Watches:
        """Return the watches of the place.

        Raises:
            RefusedError: none are kept here.
        """
        kept = self.instruments.watches if self.instruments else None
        if kept is None:
            raise RefusedError(
                "error: nothing is watched from here", next_step="Type it in Slack, in a channel."
            )
        from bot.engine.watching import OwnWatches  # noqa: PLC0415 - as in `core.ports`

        return OwnWatches(kept, self.deed, self.metrics)

    @property
    def signals(self) -> Sequence[Signal]:
        """Return what the policy measures of every app."""
        return self.deed.admission.gate.signals()

    async def draw(self, picture: Picture) -> bytes:
        """Return the picture as a PNG.

        Raises:
            BusyError: too many pictures wait, or this one took too long.
        """
        if self.instruments is None:
            raise _missing()
        return await self.instruments.drawing.draw(picture)

    def _sources(self) -> Sources:
        if self.instruments is None:
            raise _missing()
        return self.instruments.sources

    async def _reach(self, everywhere: bool) -> Reach:
        from bot.core.metrics import Reach  # noqa: PLC0415 - as in `core.ports`

        grant = self.deed.grant
        namespace = grant.namespace
        bound = grant.explicit_namespace or grant.origin is Origin.PLACE
        if (everywhere or not bound) and await self._may_list(""):
            return Reach()
        if everywhere:
            raise RefusedError(
                "error: metrics of all namespaces are for those who may list pods in all of them",
                next_step=f"Leave -A out: it is about {namespace} then.",
            )
        if not await self._may_list(namespace):
            raise RefusedError(
                f"error: metrics of {namespace} are for those who may list pods there",
                next_step="Choose a namespace of yours with -n.",
            )
        return Reach((namespace,))

    async def _may_list(self, namespace: str) -> bool:
        return await review(self.deed.cluster, _LIST_PODS, namespace)


def _missing() -> RefusedError:
    return RefusedError(
        "error: no Prometheus is set up here",
        next_step="Whoever runs the bot sets QUARTERDECK_PROMETHEUS__URL.",
    )

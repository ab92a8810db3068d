"""Metrics, alerts and pictures for one request: whose series a person may see is decided here."""

from dataclasses import dataclass

from bot.core.access import Grant, Origin
from bot.core.alerting import Silences
from bot.core.errors import RefusedError
from bot.core.metrics import Metrics, Reach
from bot.core.monitoring import Sources, Watches
from bot.core.picture import Drawing, Picture
from bot.core.ports import Connection
from bot.engine.gate import REVIEW


@dataclass(frozen=True, slots=True)
class Instruments:
    """What stands behind metrics, alerts and pictures, for all requests."""

    sources: Sources
    drawing: Drawing


@dataclass(frozen=True, slots=True)
class Observer:
    """What `core.monitoring.Monitoring` promises."""

    instruments: Instruments | None
    grant: Grant
    cluster: Connection
    kept: Watches | None
    seconds: float

    async def metrics(self, *, everywhere: bool = False) -> Metrics:
        """Return the Prometheus of the request's context, as far as the person may see it.

        Raises:
            RefusedError: the person may not list pods there, or no Prometheus is set up.
        """
        sources = self._sources()
        reach, person = await self._reach(everywhere), self.grant.actor.person.key
        return sources.metrics(self.grant.context, reach, person, self.seconds)

    async def silences(self, *, everywhere: bool = False) -> Silences:
        """Return the Alertmanager of the request's context likewise."""
        sources = self._sources()
        reach, person = await self._reach(everywhere), self.grant.actor.person.key
        return sources.silences(self.grant.context, reach, person, self.seconds)

    @property
    def watches(self) -> Watches:
        """Return the watches of the place.

        Raises:
            RefusedError: none are kept here.
        """
        if self.kept is None:
            raise RefusedError(
                "error: nothing is watched from here", next_step="Type it in Slack, in a channel."
            )
        return self.kept

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
        namespace = self.grant.namespace
        bound = self.grant.explicit_namespace or self.grant.origin is Origin.PLACE
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
        attributes = {"verb": "list", "resource": "pods", "version": "v1"}
        if namespace:
            attributes["namespace"] = namespace
        answer = await self.cluster.review(REVIEW, {"resourceAttributes": attributes})
        return (answer.get("status") or {}).get("allowed") is True


def _missing() -> RefusedError:
    return RefusedError(
        "error: no Prometheus is set up here",
        next_step="Whoever runs the bot sets QUARTERDECK_PROMETHEUS__URL.",
    )

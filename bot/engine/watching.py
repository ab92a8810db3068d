"""The watches of a place and of a person: kept for whoever asks, and ended by them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.audit.cleaning import cleaned
from bot.core.access import Audience
from bot.core.audit import Happening
from bot.core.metrics import Metrics
from bot.core.watching import KeptWatches, Watch, began
from bot.engine.recording import Deed


class Seeing(Protocol):
    """What returns metrics as far as the person may see them."""

    async def __call__(self, *, everywhere: bool = False, source: str = "") -> Metrics:
        """Return those of the request's context, as `core.monitoring.Monitoring` does."""
        ...


@dataclass(frozen=True, slots=True)
class OwnWatches:
    """What `core.watching.Watches` promises."""

    kept: KeptWatches
    deed: Deed
    metrics: Seeing

    async def add(
        self,
        expression: str,
        span: timedelta,
        every: timedelta,
        *,
        everywhere: bool = False,
        source: str = "",
    ) -> Watch:
        """Look once, and keep a watch as the person, in their place.

        Raises:
            RefusedError: they or their place have too many.
            QuarterdeckError: it cannot be evaluated, or not be kept.
        """
        # A terminal that reads something else must start quickly, and the parser takes its time.
        from bot.prometheus.conditions import look  # noqa: PLC0415

        deed, request = self.deed, self.deed.request
        metrics = await self.metrics(everywhere=everywhere, source=source)
        sight = await look(metrics, expression)
        now = deed.account.clock.now()
        watch = Watch(
            "",
            expression,
            every,
            now + span,
            request.person.key,
            deed.admission.gate.party(request).name,
            request.place,
            deed.grant.context,
            next(iter(metrics.reach.namespaces or ()), ""),
            deed.account.canonical,
            now,
            deed.grant.audience is not Audience.CHANNEL,
            source,
        )
        kept = await self.kept.put(began(watch, sight, now))
        deed.account.note(Happening.WATCHED, deed.grant, **told(kept))
        return kept

    async def all(self) -> Sequence[Watch]:
        """Return those of the place, and the person's own, the next to end first."""
        return [one for one in await self.kept.all() if self._concerns(one)]

    async def end(self, id: str) -> Watch | None:
        """Forget one of the person's own, or of their place; None: there is none of that id."""
        if not any(one.id == id for one in await self.all()):
            return None
        ended = await self.kept.remove(id)
        if ended is not None:
            self.deed.account.note(Happening.UNWATCHED, self.deed.grant, **told(ended))
        return ended

    def _concerns(self, watch: Watch) -> bool:
        request = self.deed.request
        here = request.place.channel
        return watch.person == request.person.key or (here != "" and watch.place.channel == here)


def told(watch: Watch, reason: str = "") -> dict[str, object]:
    """Return what is recorded of a watch."""
    about: dict[str, object] = {
        "id": watch.id,
        "expression": cleaned(watch.expression),
        "until": f"{watch.until:%Y-%m-%dT%H:%M:%SZ}",
        "by": watch.person,
    }
    return {"watch": {**about, "reason": cleaned(reason)} if reason else about}

"""The Prometheus and Alertmanager servers that are set up, by the contexts that they know of."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.core.alerting import Silences
from bot.core.clock import Clock
from bot.core.errors import RefusedError, choose_from
from bot.core.metrics import Metrics, Reach
from bot.prometheus.alertmanager import AlertmanagerClient, SeenSilences
from bot.prometheus.asking import Means
from bot.prometheus.client import Client
from bot.prometheus.limits import Limits
from bot.prometheus.options import Options, Source, sources_of
from bot.prometheus.seen import Seen
from bot.prometheus.threads import Threads
from bot.prometheus.turns import Room, Turns

DOCUMENT = "docs/prometheus.md"


class PrometheusSources:
    """Opens each server once and hands out what one person may see of it.

    What `core.monitoring.Sources` promises. `default_context` is the context that the policy and
    the file of sources may call `default`.
    """

    def __init__(
        self,
        options: Options,
        clock: Clock,
        *,
        default_context: Callable[[], str] = lambda: "",
        proxy_for: Callable[[str], str | None] = lambda _url: None,
    ) -> None:
        self._options = options
        self._clock = clock
        self._limits = Limits(span=timedelta(days=options.range_days))
        self._default_context = default_context
        self._proxy_for = proxy_for
        room = Room(options.running_per_person, options.waiting_per_person, options.running)
        self._means = Means(clock, Turns(room), Threads())
        self._sources = sources_of(options)
        self._clients: dict[str, Client] = {}
        self._alertmanagers: dict[str, AlertmanagerClient] = {}

    def all(self) -> Sequence[Source]:
        """Return every source that is set up."""
        return self._sources

    def sources(self, context: str) -> Sequence[Source]:
        """Return the sources that know of a context; the first is the one that is asked."""
        names = {context}
        if context == self._default_context():
            names.add("default")
        return [one for one in self._sources if any(one.serves(name) for name in names)]

    def metrics(
        self, context: str, reach: Reach, person: str, seconds: float, source: str = ""
    ) -> Metrics:
        """Return the context's Prometheus for a person's key, for at most `seconds`.

        Of several it is the one of that name; an empty one is the first.

        Raises:
            RefusedError: none is set up for it, or none of that name; the next step says how.
        """
        client = self.client(self._source(context, source))
        until = self._clock.monotonic() + seconds
        return Seen(client, self._limits, reach, person, self._clock, until)

    def silences(
        self, context: str, reach: Reach, person: str, seconds: float, source: str = ""
    ) -> Silences:
        """Return the context's Alertmanager likewise; it records nothing.

        Without a name it is that of the first source that has one.

        Raises:
            RefusedError: none is set up for it, or none of that name; the next step says how.
        """
        known = [self._source(context, source)] if source else self.sources(context)
        served = [one for one in known if one.peers]
        if not served:
            raise RefusedError(
                f"error: no Alertmanager is set up for {source or context}",
                next_step="Whoever runs the bot sets QUARTERDECK_PROMETHEUS__ALERTMANAGER, or "
                f"`alertmanager` of a source in QUARTERDECK_PROMETHEUS__FILE ({DOCUMENT}).",
            )
        until = self._clock.monotonic() + seconds
        longest = timedelta(hours=self._options.silence_hours)
        client = self.alertmanager(served[0])
        return SeenSilences(client, reach, person, self._clock, until, longest)

    def client(self, source: Source) -> Client:
        """Return the connections to a source, which are made when they are needed first."""
        client = self._clients.get(source.name)
        if client is None:
            proxy = self._proxy_for(source.url)
            caps, running = self._options.caps, self._options.running
            client = Client(source, caps, self._means, running, proxy)
            self._clients[source.name] = client
        return client

    def alertmanager(self, source: Source) -> AlertmanagerClient:
        """Return the connections to a source's Alertmanager likewise."""
        client = self._alertmanagers.get(source.name)
        if client is None:
            proxy = self._proxy_for(source.peers[0])
            caps, running = self._options.caps, self._options.running
            client = AlertmanagerClient(source, caps, self._means, running, proxy)
            self._alertmanagers[source.name] = client
        return client

    async def close(self) -> None:
        """Close every connection; threads that still wait for an answer end by themselves."""
        for client in self._clients.values():
            client.close()
        for alertmanager in self._alertmanagers.values():
            alertmanager.close()
        self._clients.clear()
        self._alertmanagers.clear()
        self._means.threads.shutdown()

    def _source(self, context: str, name: str) -> Source:
        found = self.sources(context)
        if not found:
            raise RefusedError(
                f"error: no Prometheus is set up for {context}",
                next_step="Whoever runs the bot sets QUARTERDECK_PROMETHEUS__URL, or adds the "
                f"context to a source in QUARTERDECK_PROMETHEUS__FILE ({DOCUMENT}).",
            )
        named = [one for one in found if name in ("", one.name)]
        if not named:
            raise RefusedError(
                f"error: no Prometheus of {context} is called {name}",
                next_step=choose_from(one.name for one in found),
            )
        return named[0]

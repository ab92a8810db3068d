"""One Prometheus through prometheus-api-client, which brings the API's paths and parameters.

What that library lacks is ours: connections, deadlines, limits, retries and errors (`session`,
`asking`), and what an answer says beside its result (`reading`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from prometheus_api_client import PrometheusConnect
from urllib3 import Retry

from bot.core.metrics import Answer, Described, RuleGroup, ScrapeTarget, Span
from bot.prometheus import faults, reading
from bot.prometheus.asking import Asking, Means, Peer
from bot.prometheus.options import Caps, Source
from bot.prometheus.session import Call, Cap, PeerSession

_Result = TypeVar("_Result")
_DocumentErrors = (KeyError, TypeError, ValueError, IndexError, AttributeError)
# Prometheus gives up so much earlier than we do, that its own words arrive.
_EARLIER = 0.95
# What a metric says of itself changes with a release at most, and every answer asks for its unit.
_KNOWN_SECONDS, _MOST_KNOWN = 300.0, 1000


class Client:
    """One Prometheus, shared by everybody who asks it; nobody's reach is known here."""

    def __init__(
        self, source: Source, caps: Caps, means: Means, connections: int, proxy: str | None
    ) -> None:
        self.source = source
        self.caps = caps
        self._clock = means.clock
        name = "Prometheus" if source.name == "default" else f"Prometheus {source.name}"
        session = PeerSession(source, name, connections, proxy)
        self._connect = PrometheusConnect(
            source.url, session=session, retry=Retry(0), method="POST"
        )
        # It has put connections of its own in the place of ours.
        session.mount(source.url, session.adapter())
        self._known: dict[str, tuple[float, Described]] = {}
        self._peer = Peer(session, means, caps.seconds / 2)

    async def instant(self, asking: Asking, expression: str, at: datetime | None) -> Answer:
        """Evaluate an expression at one moment; None: now."""
        parameters = self._parameters(asking)
        if at is not None:
            parameters["time"] = _seconds(at)
        return await self._query(
            asking, expression, lambda: self._connect.custom_query(expression, parameters)
        )

    async def range(self, asking: Asking, expression: str, span: Span) -> Answer:
        """Evaluate an expression at each step of a time."""
        # The library rounds both ends to whole seconds; these parameters count.
        parameters = self._parameters(asking) | {
            "start": _seconds(span.start),
            "end": _seconds(span.end),
        }
        step = f"{span.step.total_seconds():.3f}"
        return await self._query(
            asking,
            expression,
            lambda: self._connect.custom_query_range(
                expression, span.start, span.end, step, parameters
            ),
        )

    async def _query(self, asking: Asking, sent: str, work: Callable[[], Any]) -> Answer:
        began = self._clock.monotonic()
        most = {3: Cap(self.caps.series, "series"), 5: Cap(self.caps.points, "points")}

        def evaluate(call: Call) -> Answer:
            work()
            return reading.read_answer(call.document, sent)

        answer = await self._ask(asking, most, evaluate)
        return replace(answer, seconds=self._clock.monotonic() - began)

    async def check(self, asking: Asking, expression: str) -> None:
        """Let Prometheus read an expression, and evaluate nothing."""
        await self._ask(
            asking, {}, lambda call: self._document("format_query", call, query=expression)
        )

    async def values(
        self, asking: Asking, label: str, selectors: Sequence[str] = ()
    ) -> Sequence[str]:
        """Return the values of a label, sorted."""
        parameters = {"limit": self.caps.points + 1} | _matching(selectors)
        found = await self._ask(
            asking,
            {2: Cap(self.caps.points, "values")},
            lambda _call: self._connect.get_label_values(label, parameters),
        )
        return sorted(map(str, found or ()))

    async def series(
        self, asking: Asking, selectors: Sequence[str], since: datetime, until: datetime
    ) -> Sequence[Mapping[str, str]]:
        """Return the labels of series."""
        parameters = {"limit": self.caps.series + 1} | _matching(selectors)
        found = await self._ask(
            asking,
            {2: Cap(self.caps.series, "series")},
            lambda _call: self._connect.get_series(since, until, parameters),
        )
        return tuple(dict(one) for one in found or ())

    async def described(self, asking: Asking, metric: str) -> Described:
        """Return what a metric says of itself, or said a few minutes ago."""
        now = self._clock.monotonic()
        known = self._known.get(metric)
        if known is not None and now < known[0]:
            return known[1]
        found = await self._ask(
            asking,
            {},
            lambda _call: reading.read_described(self._connect.get_metric_metadata(metric)),
        )
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[metric] = (now + _KNOWN_SECONDS, found)
        return found

    async def rules(self, asking: Asking) -> Sequence[RuleGroup]:
        """Return the rules, each with its alerts."""
        return tuple(
            await self._ask(
                asking,
                {},
                lambda call: list(reading.read_groups(self._document("rules", call)["data"])),
            )
        )

    async def targets(self, asking: Asking, *, dropped: bool) -> Sequence[ScrapeTarget]:
        """Return what is scraped, or what was discovered and is not."""
        state = "dropped" if dropped else "active"

        def work(_call: Call) -> list[ScrapeTarget]:
            return list(reading.read_targets(self._connect.get_targets(state), dropped=dropped))

        return tuple(await self._ask(asking, {}, work))

    async def version(self, asking: Asking) -> str:
        """Return the version of Prometheus that answers."""
        return await self._ask(
            asking,
            {},
            lambda call: str(self._document("status/buildinfo", call)["data"]["version"]),
        )

    def close(self) -> None:
        """Close the connections."""
        self._peer.session.close()

    def _document(self, path: str, call: Call, **parameters: str) -> Any:
        """Return what a page says that the library knows nothing of."""
        url = f"{self.source.url}/api/v1/{path}"
        self._peer.session.request("GET", url, params=parameters or None)
        return call.document

    def _parameters(self, asking: Asking) -> dict[str, Any]:
        timeout = f"{asking.seconds * _EARLIER:.3f}"
        # One more than is read, so that it is seen where there is more.
        return {"timeout": timeout, "limit": self.caps.series + 1}

    async def _ask(
        self, asking: Asking, most: Mapping[int, Cap], work: Callable[[Call], _Result]
    ) -> _Result:
        def read(call: Call) -> _Result:
            try:
                return work(call)
            except _DocumentErrors as error:
                raise faults.other_document(self._peer.session.peer) from error

        def call() -> Call:
            return Call(asking.seconds, self.caps.bytes, most)

        return await self._peer.ask(asking, call, read)


def _matching(selectors: Sequence[str]) -> dict[str, Any]:
    return {"match[]": list(selectors)} if selectors else {}


def _seconds(moment: datetime) -> str:
    return f"{moment.timestamp():.3f}"

"""One Prometheus as one person may see it: what `core.metrics.Metrics` promises.

Every question that can be narrowed is narrowed before it is sent; of what cannot be, only what
belongs to the person's namespaces is returned.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from bot.core.clock import Clock
from bot.core.errors import BadQueryError, UnreachableError
from bot.core.metrics import (
    Alert,
    Answer,
    Described,
    Reach,
    Rule,
    RuleGroup,
    ScrapeTarget,
    Span,
)
from bot.prometheus.asking import Asking
from bot.prometheus.client import Client
from bot.prometheus.guard import everything, narrowed, narrowed_selector
from bot.prometheus.limits import Limits, check_span

_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_EVERYTHING = '{__name__=~".+"}'
# Where service discovery found a target, before relabelling.
_FOUND_IN = "__meta_kubernetes_namespace"


@dataclass(frozen=True, slots=True)
class Seen:
    """One Prometheus as one person may see it."""

    client: Client
    limits: Limits
    reach: Reach
    person: str
    """Their key."""
    clock: Clock
    until: float
    """When the person's command ends, on the clock's monotonic time."""

    @property
    def source(self) -> str:
        """Return the name that the settings give it."""
        return self.client.source.name

    @property
    def label(self) -> str:
        """Return the label that names the namespace of a series."""
        return self.client.source.namespace_label

    async def instant(self, expression: str, at: datetime | None = None) -> Answer:
        """Evaluate the expression at one moment; None: now."""
        return await self.client.instant(self._asking(), self._narrowed(expression), at)

    async def range(self, expression: str, span: Span) -> Answer:
        """Evaluate the expression at each step of a time."""
        check_span(span, self.limits)
        return await self.client.range(self._asking(), self._narrowed(expression), span)

    async def check(self, expression: str) -> None:
        """Let Prometheus read the expression as it was typed, and evaluate nothing."""
        # Nobody's series are shown by it, so that only the limits hold.
        sent = narrowed(expression, Reach(), self.label, self.limits)
        await self.client.check(self._asking(), sent)

    async def names(self) -> Sequence[str]:
        """Return the names of the metrics that there are, sorted."""
        return await self.values("__name__")

    async def values(self, label: str, selectors: Sequence[str] = ()) -> Sequence[str]:
        """Return the values of a label, of the series that one of the selectors chooses.

        Raises:
            BadQueryError: that is no name of a label.
        """
        if not _LABEL.fullmatch(label):
            raise BadQueryError(f"error: {label!r} is no name of a label that can be asked for")
        return await self.client.values(self._asking(), label, self._chosen(selectors))

    async def series(
        self, selectors: Sequence[str], since: datetime, until: datetime
    ) -> Sequence[Mapping[str, str]]:
        """Return the labels of the series that one of the selectors chooses."""
        chosen = self._chosen(selectors or (_EVERYTHING,))
        return await self.client.series(self._asking(), chosen, since, until)

    async def described(self, metric: str) -> Described:
        """Return what a metric says of itself, whoever has it; nothing is known: empty."""
        return await self.client.described(self._asking(), metric)

    async def rules(self) -> Sequence[RuleGroup]:
        """Return the rules; with a narrow reach, alerts of its namespaces alone."""
        groups = await self.client.rules(self._asking())
        if not self._narrow:
            return groups
        kept = (replace(one, rules=tuple(self._rules(one.rules))) for one in groups)
        return tuple(group for group in kept if group.rules)

    async def targets(self, *, dropped: bool = False) -> Sequence[ScrapeTarget]:
        """Return what is scraped, or what was discovered and is not."""
        targets = await self.client.targets(self._asking(), dropped=dropped)
        return [target for target in targets if self._sees_target(target)]

    def link(self, expression: str, span: Span | None = None) -> str:
        """Return the address of Prometheus's own page of it; empty: people cannot reach one."""
        if not self.client.source.link:
            return ""
        query = {"g0.expr": expression, "g0.tab": "table"}
        if span is not None:
            query |= {
                "g0.tab": "graph",
                "g0.range_input": f"{(span.end - span.start).total_seconds():.0f}s",
                "g0.end_input": f"{span.end.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
            }
        return f"{self.client.source.link}/query?{urlencode(query)}"

    @property
    def _narrow(self) -> bool:
        return self.reach.namespaces is not None

    def _asking(self) -> Asking:
        left = self.until - self.clock.monotonic()
        if left <= 0:
            raise UnreachableError("error: the time for this command is over")
        return Asking(self.person, min(left, self.client.caps.seconds))

    def _narrowed(self, expression: str) -> str:
        return narrowed(expression, self.reach, self.label, self.limits)

    def _chosen(self, selectors: Sequence[str]) -> tuple[str, ...]:
        reach, label = self.reach, self.label
        if selectors:
            return tuple(narrowed_selector(one, reach, label, self.limits) for one in selectors)
        own = everything(reach, label)
        return () if own is None else (own,)

    def _rules(self, rules: Sequence[Rule]) -> list[Rule]:
        seen = (rule for rule in rules if self._sees(rule.labels.get(self.label, ""), lacking=True))
        return [self._rule(rule) for rule in seen]

    def _rule(self, rule: Rule) -> Rule:
        """Return the rule as if there were no namespaces but those that are seen."""
        alerts = tuple(one for one in rule.alerts if self._sees(one.labels.get(self.label, "")))
        state = _state(alerts) if rule.kind == "alerting" else rule.state
        # What could not be evaluated is said with the labels of whichever series it was.
        return replace(rule, alerts=alerts, state=state, error="")

    def _sees_target(self, target: ScrapeTarget) -> bool:
        places = [target.labels.get(self.label), target.discovered.get(_FOUND_IN)]
        known = [place for place in places if place]
        return not self._narrow or (bool(known) and all(self._sees(one) for one in known))

    def _sees(self, namespace: str, *, lacking: bool = False) -> bool:
        if self.reach.namespaces is None:
            return True
        return namespace in self.reach.namespaces if namespace else lacking


def _state(alerts: Sequence[Alert]) -> str:
    states = {alert.state for alert in alerts}
    return next((state for state in ("firing", "pending") if state in states), "inactive")

"""Recorded series and alerts: rules.yaml, evaluated by the same evaluator as queries.

An alert goes from pending to firing when its expression has been true for its `for`, and ends when
it is no longer true, or a `keep_firing_for` later (Prometheus's rules/alerting.go).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from bot.demo.prometheus import queries, wire
from bot.demo.prometheus.parsing import data
from bot.demo.prometheus.refusals import QueryRefusedError
from bot.demo.prometheus.samples import Store
from bot.demo.prometheus.templates import expanded
from bot.demo.prometheus.values import NAME, Labels, Sample, Vector, exponential

INTERVAL = 15
"""Seconds between two evaluations."""
_FILE = "/etc/prometheus/rules.yaml"


@dataclass(frozen=True, slots=True)
class Alert:
    """One element of an alerting rule's expression; moments in milliseconds."""

    labels: Labels
    annotations: dict[str, str]
    value: float
    active: int
    firing: int | None = None
    """Since when; None: it is pending."""
    kept: int | None = None
    """Since when it only fires because of `keep_firing_for`."""

    @property
    def state(self) -> str:
        """Return `pending` or `firing`."""
        return "pending" if self.firing is None else "firing"


@dataclass(slots=True)
class Rule:
    """A rule, and how its last evaluation went."""

    name: str
    expression: str
    recording: bool
    holds: float = 0.0
    """Seconds for which it has to be true before it fires."""
    keeps: float = 0.0
    """Seconds for which it fires on."""
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    alerts: dict[Labels, Alert] = field(default_factory=dict)
    error: str = ""
    evaluated: int = 0
    told: set[Labels] = field(default_factory=set)
    """The series of the last evaluation."""


class Rules:
    """The rules of one Prometheus."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.groups = {
            group["name"]: [_rule(each) for each in group["rules"]]
            for group in data("rules")["groups"]
        }

    def remember(self, moment: int, seconds: int, step: int) -> None:
        """Record what the recording rules would have recorded before."""
        for each in range(moment - seconds * 1000, moment, step * 1000):
            for rule in filter(lambda rule: rule.recording, self._rules()):
                self._evaluate(rule, each)

    def evaluate(self, moment: int) -> None:
        """Evaluate all rules, one after the other."""
        for rule in self._rules():
            self._evaluate(rule, moment)

    def alerts(self) -> list[Alert]:
        """Return the alerts that are pending or fire."""
        return [alert for rule in self._rules() for alert in rule.alerts.values()]

    def rule_of(self, alert: Alert) -> Rule:
        """Return the rule of an alert."""
        return next(rule for rule in self._rules() if rule.name == alert.labels["alertname"])

    def _rules(self) -> Iterator[Rule]:
        for rules in self.groups.values():
            yield from rules

    def _evaluate(self, rule: Rule, moment: int) -> None:
        rule.evaluated = moment
        try:
            found = queries.evaluated(self._store, rule.expression, moment)
        except QueryRefusedError as refused:
            rule.error = refused.text
            return
        rule.error = ""
        if rule.recording:
            told = [
                Sample(_labelled(each.labels, rule, {NAME: rule.name}), each.value)
                for each in found
            ]
        else:
            rule.alerts = _alerts(rule, found, moment)
            told = list(_series(rule.alerts.values()))
        self._record(rule, told, moment)

    def _record(self, rule: Rule, told: Vector, moment: int) -> None:
        for labels, value in told:
            self._store.append(labels, moment, value)
        now = {labels for labels, _ in told}
        for gone in rule.told - now:
            self._store.series(gone).ends.append(moment)
        rule.told = now


def _rule(written: dict[str, Any]) -> Rule:
    recording = "record" in written
    return Rule(
        written["record" if recording else "alert"],
        written["expr"],
        recording,
        wire.seconds(str(written.get("for", 0)), "for"),
        wire.seconds(str(written.get("keep_firing_for", 0)), "keep_firing_for"),
        written.get("labels", {}),
        written.get("annotations", {}),
    )


def _labelled(labels: Labels, rule: Rule, more: dict[str, str]) -> Labels:
    return Labels({**labels, **rule.labels, **more})


def _alerts(rule: Rule, found: Vector, moment: int) -> dict[Labels, Alert]:
    """Return the rule's alerts after an evaluation at the moment."""
    now: dict[Labels, Alert] = {}
    for each in found:
        bare = Labels((name, value) for name, value in each.labels.items() if name != NAME)
        written = {name: expanded(text, bare, each.value) for name, text in rule.labels.items()}
        labels = Labels({**bare, **written, "alertname": rule.name})
        told = {name: expanded(text, bare, each.value) for name, text in rule.annotations.items()}
        before = rule.alerts.get(labels) or Alert(labels, told, each.value, moment)
        it = replace(before, annotations=told, value=each.value, kept=None)
        if it.firing is None and moment - it.active >= rule.holds * 1000:
            it = replace(it, firing=moment)
        now[labels] = it
    for labels, alert in rule.alerts.items():
        kept = alert.kept or moment
        if labels not in now and alert.firing and moment - kept < rule.keeps * 1000:
            now[labels] = replace(alert, kept=kept)
    return now


def _series(alerts: Any) -> Iterator[Sample]:
    """Yield what Prometheus stores of alerts, too."""
    for each in alerts:
        told = Labels({**each.labels, NAME: "ALERTS", "alertstate": each.state})
        yield Sample(told, 1.0)
        yield Sample(Labels({**each.labels, NAME: "ALERTS_FOR_STATE"}), each.active / 1000)


def alert_json(alert: Alert) -> dict[str, Any]:
    """Return an alert as Prometheus's API has it."""
    told: dict[str, Any] = {
        "labels": alert.labels,
        "annotations": alert.annotations,
        "state": alert.state,
        "activeAt": wire.stamp(alert.active),
        "value": exponential(alert.value),
    }
    return told | ({"keepFiringSince": wire.stamp(alert.kept)} if alert.kept else {})


def group_json(name: str, rules: list[Rule]) -> dict[str, Any]:
    """Return a group as Prometheus's API has it."""
    evaluated = wire.stamp(max(rule.evaluated for rule in rules))
    return {
        "name": name,
        "file": _FILE,
        "rules": [_rule_json(each) for each in rules],
        "interval": INTERVAL,
        "limit": 0,
        "evaluationTime": 0.0,
        "lastEvaluation": evaluated,
    }


def _rule_json(rule: Rule) -> dict[str, Any]:
    states = {alert.state for alert in rule.alerts.values()}
    alerting = {
        "state": next((s for s in ("firing", "pending") if s in states), "inactive"),
        "duration": rule.holds,
        "keepFiringFor": rule.keeps,
        "annotations": rule.annotations,
        "alerts": [alert_json(each) for each in rule.alerts.values()],
    }
    health = "err" if rule.error else "ok" if rule.evaluated else "unknown"
    common = {
        "name": rule.name,
        "query": rule.expression,
        "labels": rule.labels,
        "health": health,
        "evaluationTime": 0.0,
        "lastEvaluation": wire.stamp(rule.evaluated),
        "type": "recording" if rule.recording else "alerting",
    }
    wrong = {"lastError": rule.error} if rule.error else {}
    return ({} if rule.recording else alerting) | common | wrong

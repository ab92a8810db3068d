"""`prom alerts`: what fires and what is about to, the worst first, and what is silenced of it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.alerting import Matcher, Notice, Silence
from bot.core.command import Access, Command, Effect, Family, switch, text
from bot.core.errors import QuarterdeckError
from bot.core.measures import written as measured
from bot.core.metrics import Alert, Reach, Rule, RuleGroup
from bot.core.monitoring import source_flag
from bot.core.ports import Scope
from bot.core.reply import Aside, Choice, Choices, Fields, Part, Table, Text, Verdict
from bot.grammar import silencing
from bot.grammar.matchers import read_matchers, written
from bot.grammar.narrowing import chooser
from bot.prometheus.measuring import guess_unit
from bot.render.alerts import (
    ALERTS,
    NAME,
    Order,
    alert_rows,
    counted,
    line,
    nowhere,
    told_only,
    where,
    worst_first,
)

_SHOWN, _EXPLAINED, _OFFERED, _LABEL = 200, 5, 4, 60
_RUNBOOKS = ("runbook_url", "runbook")
_SUMMARIES = ("summary", "description", "message")


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `prom alerts`."""

    arguments: tuple[str, ...] = ()
    firing: bool = switch(help="Those that fire alone.")
    pending: bool = switch(help="Those that are about to fire alone.")
    selector: str = text("l", help="Those with these labels, as in severity=page,pod=~web-.*")
    all_namespaces: bool = switch("A", help="Alerts of all namespaces, and of none.")
    source: str = source_flag()


@dataclass(frozen=True, slots=True)
class _Known:
    """What Alertmanager holds of the alerts; nothing where it cannot be asked."""

    label: str = ""
    notices: Mapping[str, Sequence[Notice]] = field(default_factory=dict)
    """By the name of the alert."""
    silences: Mapping[str, Silence] = field(default_factory=dict)
    failure: str = ""

    def of(self, alert: Alert) -> Notice | None:
        """Return the notice of an alert; relabelling may have given it further labels."""
        labels = alert.labels.items()
        found = self.notices.get(alert.labels.get(NAME, ""), ())
        return next((one for one in found if labels <= one.labels.items()), None)


@dataclass(frozen=True, slots=True)
class _Found:
    """One alert and what is known of it."""

    alert: Alert
    rule: Rule
    note: str = ""

    @property
    def order(self) -> tuple[bool, bool, *Order]:
        """Return a key by which the worst comes first."""
        alert = self.alert
        pending, quiet = alert.state == "pending", bool(self.note)
        return pending, quiet, *worst_first(alert.labels, alert.active_at)


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield a verdict, the table, what the rules say of themselves, and buttons to silence."""
    words = [*options.arguments, options.selector]
    chosen = chooser(read_matchers(words) if any(words) else ())
    metrics = await scope.monitoring.metrics(
        everywhere=options.all_namespaces, source=options.source
    )
    pairs = [
        (alert, rule)
        for alert, rule in _alerts(await metrics.rules())
        if chosen(alert.labels) and _wanted(alert, options)
    ]
    known = await _known(scope, options) if pairs else _Known()
    found = sorted(
        (_Found(alert, rule, _note(known, alert)) for alert, rule in pairs),
        key=lambda one: one.order,
    )
    if not found:
        yield Text(f"No alert {_asked(options)} {nowhere(metrics.reach)}.\n")
        return
    yield Verdict(_verdict(found, metrics.reach))
    if known.failure:
        yield Aside(f"Whether they are silenced is not known: {line(known.failure)}")
    for part in _parts(scope, found, known):
        yield part


def _alerts(groups: Sequence[RuleGroup]) -> list[tuple[Alert, Rule]]:
    return [(alert, rule) for group in groups for rule in group.rules for alert in rule.alerts]


def _wanted(alert: Alert, options: Options) -> bool:
    if options.firing is options.pending:
        return True
    return alert.state == ("firing" if options.firing else "pending")


def _asked(options: Options) -> str:
    if options.firing is options.pending:
        return "fires or is pending"
    return "fires" if options.firing else "is pending"


async def _known(scope: Scope, options: Options) -> _Known:
    """Return what Alertmanager says; that it cannot be asked spoils nothing else."""
    try:
        peer = await scope.monitoring.silences(
            everywhere=options.all_namespaces, source=options.source
        )
        notices, silences = await peer.notices(), await peer.silences()
    except QuarterdeckError as error:
        return _Known(failure=error.text.removeprefix("error: "))
    by_name: dict[str, list[Notice]] = {}
    for one in notices:
        by_name.setdefault(one.labels.get(NAME, ""), []).append(one)
    return _Known(peer.label, by_name, {one.id: one for one in silences})


def _note(known: _Known, alert: Alert) -> str:
    notice = known.of(alert)
    if notice is None or alert.state == "pending":
        return ""
    if not notice.silenced_by:
        return "inhibited" if notice.inhibited_by else ""
    ends = [known.silences[id].ends_at for id in notice.silenced_by if id in known.silences]
    return f"silenced until {max(ends):%m-%d %H:%M} UTC" if ends else "silenced"


def _verdict(found: Sequence[_Found], reach: Reach) -> str:
    firing = [one for one in found if one.alert.state == "firing"]
    quiet = sum(one.note.startswith("silenced") for one in firing)
    said = [f"{len(firing)} firing" + (f" ({quiet} silenced)" if quiet else "")]
    if pending := len(found) - len(firing):
        said.append(f"{pending} pending")
    return f"{', '.join(said)} {where(reach)}: {counted([one.alert.labels for one in found])}"


def _parts(scope: Scope, found: Sequence[_Found], known: _Known) -> list[Part]:
    shown = found[:_SHOWN]
    units = {query: guess_unit(query, {}) for query in {one.rule.query for one in shown}}
    values = [measured(one.alert.value, units[one.rule.query]) for one in shown]
    notes = [one.note for one in shown]
    rows = alert_rows([one.alert for one in shown], values, notes, scope.clock.now())
    dull = () if any(notes) else ("NOTE",)
    parts: list[Part] = [told_only(Table("alerts", ALERTS, rows), dull)]
    if len(found) > _SHOWN:
        parts.append(Aside(f"… and {len(found) - _SHOWN} more alerts."))
    if explained := _explained(found):
        parts.append(Fields(explained))
    offered = () if scope.plain or known.failure else _offered(scope, found, known.label)
    return [*parts, *([Choices("Silence one for an hour?", offered)] if offered else [])]


def _explained(found: Sequence[_Found]) -> tuple[tuple[str, str], ...]:
    """Return what the first few alerts say of themselves, by their names."""
    told: dict[str, str] = {}
    for one in found:
        name = line(one.alert.labels.get(NAME, "?"), _LABEL)
        texts = [_first(one.alert.annotations, names) for names in (_SUMMARIES, _RUNBOOKS)]
        said = " — ".join(filter(None, texts))
        if said and name not in told and len(told) < _EXPLAINED:
            told[name] = said
    return tuple(told.items())


def _first(annotations: Mapping[str, str], names: Sequence[str]) -> str:
    return next((line(annotations[name]) for name in names if annotations.get(name)), "")


def _offered(scope: Scope, found: Sequence[_Found], label: str) -> tuple[Choice, ...]:
    """Return a button for each of the first few that are heard of."""
    offered: dict[str, Choice] = {}
    for one in found:
        if one.note or one.alert.state != "firing" or len(offered) == _OFFERED:
            continue
        name, namespace = one.alert.labels.get(NAME, ""), one.alert.labels.get(label, "")
        matchers = [Matcher(NAME, name), *([Matcher(label, namespace)] if namespace else [])]
        words = ("prom", "silence", written(matchers), "--for=1h")
        phrase = silencing.elsewhere(scope.text, words, namespace)
        if name and silencing.typable(phrase):
            offered.setdefault(phrase, Choice(f"Silence {line(name, _LABEL)}", phrase))
    return tuple(offered.values())


COMMAND = Command(
    phrase="prom alerts",
    summary="List the alerts that fire or are pending, the worst first",
    usage="[--firing | --pending] [-A] [MATCHERS...]",
    family=Family.PROM,
    effect=Effect.READ,
    access=(Access("list", "pods"),),
    options=Options,
    run=run,
    examples=(
        "prom alerts",
        "prom alerts --firing -A",
        "prom alerts severity=page -n shop",
    ),
)

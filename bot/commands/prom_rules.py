"""`prom rules`: what Prometheus evaluates, whether it can, and what one rule asks."""

import difflib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.command import Access, Command, Effect, Family, switch
from bot.core.errors import UsageError
from bot.core.metrics import Reach, Rule, RuleGroup
from bot.core.monitoring import source_flag
from bot.core.ports import Scope
from bot.core.reply import Aside, Fields, Part, Row, Table, Text, Verdict
from bot.core.units import human_duration
from bot.grammar.silencing import short_duration
from bot.render.alerts import count, line, lines, where

COLUMNS = ("GROUP", "RULE", "KIND", "STATE", "FOR", "HEALTH", "ALERTS", "EVALUATED")
_SHOWN, _WHOLE, _ERRORS = 500, 3, 8
_STATES = ("firing", "pending", "inactive", "")


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `prom rules`."""

    arguments: tuple[str, ...] = ()
    firing: bool = switch(help="Those of which an alert fires alone.")
    unhealthy: bool = switch(help="Those that cannot be evaluated alone.")
    all_namespaces: bool = switch("A", help="With the alerts of all namespaces.")
    source: str = source_flag()


@dataclass(frozen=True, slots=True)
class _Found:
    """A rule and where it stands."""

    group: RuleGroup
    rule: Rule

    @property
    def order(self) -> tuple[bool, int]:
        """Return a key by which what needs a look comes first."""
        return self.rule.health != "err", _STATES.index(self.rule.state)


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield the rules as a table, and of one that is named all that there is."""
    metrics = await scope.monitoring.metrics(
        everywhere=options.all_namespaces, source=options.source
    )
    rules = [
        _Found(group, _as_seen(rule, metrics.reach))
        for group in await metrics.rules()
        for rule in group.rules
    ]
    found = [one for one in _named(rules, options.arguments) if _wanted(one.rule, options)]
    if not found:
        yield Text("No such rule.\n" if rules else "Prometheus has no rules.\n")
        return
    found.sort(key=lambda one: one.order)
    yield Verdict(_verdict(found, metrics.reach))
    yield Table("rules", COLUMNS, [_row(one, scope.clock.now()) for one in found[:_SHOWN]])
    if len(found) > _SHOWN:
        yield Aside(f"… and {len(found) - _SHOWN} more rules.")
    if options.arguments and len(found) <= _WHOLE:
        for one in found:
            yield _described(one.rule)
            yield Text(f"{lines(one.rule.query)}\n")
    elif errors := _errors(found):
        yield Fields(errors)


def _as_seen(rule: Rule, reach: Reach) -> Rule:
    """Return the rule with the state of the alerts that are seen: others' are none of theirs."""
    if reach.namespaces is None or rule.kind != "alerting":
        return rule
    states = {alert.state for alert in rule.alerts}
    state = next((one for one in ("firing", "pending") if one in states), "inactive")
    return replace(rule, state=state)


def _named(rules: Sequence[_Found], names: Sequence[str]) -> list[_Found]:
    """Return the rules, or those of these names or of groups that are called so.

    Raises:
        UsageError: nothing is called so.
    """
    if not names:
        return list(rules)
    known = {one.rule.name for one in rules} | {one.group.name for one in rules}
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), 3, 0.5)
            raise UsageError(
                f'error: no rule and no group is called "{line(name)}"',
                next_step=f"Did you mean {', '.join(map(line, near))}?"
                if near
                else "`prom rules` lists them.",
            )
    return [one for one in rules if one.rule.name in names or one.group.name in names]


def _wanted(rule: Rule, options: Options) -> bool:
    firing = not options.firing or rule.state == "firing"
    return firing and (not options.unhealthy or rule.health not in ("ok", "unknown"))


def _verdict(found: Sequence[_Found], reach: Reach) -> str:
    firing = sum(one.rule.state == "firing" for one in found)
    failing = sum(one.rule.health == "err" for one in found)
    said = [count(len(found), "rule"), f"{firing} firing {where(reach)}"]
    return ", ".join([*said, *([f"{failing} cannot be evaluated"] if failing else [])])


def _row(found: _Found, now: datetime) -> Row:
    rule = found.rule
    return (
        line(found.group.name, 60),
        line(rule.name, 60),
        rule.kind,
        rule.state,
        short_duration(rule.holds) if rule.holds else "",
        line(rule.health, 20),
        str(len(rule.alerts)) if rule.kind == "alerting" else "",
        human_duration((now - rule.evaluated).total_seconds()) if rule.evaluated else "<never>",
    )


def _errors(found: Sequence[_Found]) -> tuple[tuple[str, str], ...]:
    """Return why the first few rules cannot be evaluated."""
    wrong = [one.rule for one in found if one.rule.error]
    return tuple((line(rule.name, 60), line(rule.error)) for rule in wrong[:_ERRORS])


def _described(rule: Rule) -> Fields:
    labels = ", ".join(f"{name}={value}" for name, value in sorted(rule.labels.items()))
    pairs = (
        ("Rule", rule.name),
        ("Labels", labels),
        ("Keeps firing for", short_duration(rule.keeps) if rule.keeps else ""),
        ("Error", rule.error),
        *((name.capitalize(), text) for name, text in sorted(rule.annotations.items())[:5]),
    )
    return Fields(tuple((line(name, 40), line(text)) for name, text in pairs if text))


COMMAND = Command(
    phrase="prom rules",
    summary="List the rules of Prometheus, and what is wrong with them",
    usage="[--firing] [--unhealthy] [NAME...]",
    family=Family.PROM,
    effect=Effect.READ,
    access=(Access("list", "pods"),),
    options=Options,
    run=run,
    examples=("prom rules", "prom rules --firing", "prom rules --unhealthy"),
)

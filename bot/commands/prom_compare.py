"""`prom compare`: what a rollout changed in what is measured of an app."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.command import Access, Command, Effect, Family
from bot.core.errors import UsageError
from bot.core.monitoring import source_flag
from bot.core.parameters import apart
from bot.core.ports import Scope
from bot.core.reply import Aside, Part, Text, Verdict
from bot.core.units import human_duration
from bot.kube.podnames import PodNames, Template, templates_of
from bot.kube.workloads import Workload, with_span, workload_of
from bot.prometheus.choosing import questions, read_given
from bot.prometheus.moments import read_span
from bot.prometheus.signals import with_built_in
from bot.prometheus.surveying import Reading, measure
from bot.prometheus.templates import App, Pods
from bot.render import signals
from bot.render.alerts import where

# Rates need a few samples on the new side, too.
_SOONEST, _SHORTEST = timedelta(minutes=5), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `prom compare`."""

    arguments: tuple[str, ...] = ()
    source: str = source_flag()


@dataclass(frozen=True, slots=True)
class _Rollout:
    """The last rollout of a Deployment."""

    templates: tuple[Template, ...]
    """The present one first."""
    began: datetime
    about: bool
    """Whether nothing tells the moment exactly."""

    @property
    def present(self) -> Template:
        return self.templates[0]

    @property
    def previous(self) -> Template:
        return self.templates[1]


@dataclass(frozen=True, slots=True)
class _Look:
    """Whose pods are measured, up to when, and over which time."""

    pods: PodNames
    at: datetime
    window: timedelta


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield each signal before and after the last rollout, and of each template by itself."""
    known = with_built_in(scope.monitoring.signals)
    unvalued, values = apart(options.arguments)
    given = read_given(values, known, "prom compare")
    words, typed = with_span(unvalued)
    length = read_span(typed or "30m")
    workload = await _deployment(scope, words)
    templates = await templates_of(scope.cluster, workload)
    metrics = await scope.monitoring.metrics(source=options.source)
    if len(templates) < 2:
        said = f"⚪ {workload.told} has had one template so far: there is nothing to compare."
        yield Text(f"{said}\n") if scope.plain else Verdict(said)
        return
    rollout = _rollout(workload, templates)
    looks = _looks(rollout, scope.now, length)
    before, after, present, previous = await asyncio.gather(
        *(
            measure(metrics, known, _app(workload, look, given, metrics.label), look.at)
            for look in looks
        )
    )
    for part in _told(scope, rollout, before, after):
        yield part
    if any(reading.points for reading in (*present, *previous)):
        yield signals.side_by_side(
            [(_title(rollout.previous), previous), (_title(rollout.present), present)]
        )
    yield Aside(f"Over {typed or '30m'} at most on each side, measured {where(metrics.reach)}.")
    for part in _doubts(rollout, scope.now):
        yield part
    for part in (*signals.chosen(known, given), *signals.remarks(after)):
        yield part
    for asked in questions(known, given, scope.text, "prom compare"):
        yield asked


async def _deployment(scope: Scope, words: Sequence[str]) -> Workload:
    """Return the Deployment that the words name.

    Raises:
        UsageError: it is another workload.
    """
    workload = await workload_of(scope.cluster, scope.namespace, words, "prom compare")
    if workload.resource.kind != "Deployment":
        raise UsageError(
            f"error: {workload.told} keeps no ReplicaSets to compare",
            next_step=f"`prom app {workload.told}` shows how it is doing.",
        )
    return workload


def _rollout(workload: Workload, templates: tuple[Template, ...]) -> _Rollout:
    present = templates[0]
    # One that was taken up again has the time of its first rollout; when it came back, the
    # condition tells nearly: it is written anew when a rollout goes on, and not while it runs well.
    made = _progressed(workload) if present.reused else present.made
    return _Rollout(templates, datetime.fromisoformat(made or present.made), present.reused)


def _doubts(rollout: _Rollout, now: datetime) -> list[Part]:
    """Return why the numbers may be no better than a guess."""
    doubts: list[Part] = []
    if now - rollout.began < _SOONEST:
        doubts.append(Aside("Rates need a few minutes to be right."))
    if rollout.about:
        doubts.append(Aside("An earlier template was taken up again: when is known nearly."))
    return doubts


def _progressed(workload: Workload) -> str:
    conditions = (workload.item.get("status") or {}).get("conditions") or ()
    found = (one for one in conditions if one.get("type") == "Progressing")
    return str(next((one.get("lastUpdateTime") or "" for one in found), ""))


def _looks(rollout: _Rollout, now: datetime, length: timedelta) -> tuple[_Look, ...]:
    """Return what is measured: both sides of the rollout, and both templates."""
    every = PodNames(
        owners=tuple(one.replica_set for one in rollout.templates), tail=rollout.present.pods.tail
    )
    window = max(min(length, now - rollout.began), _SHORTEST)
    # What runs still is measured now; what is gone, when it went.
    runs = rollout.previous.replicas > 0
    gone = (now, window) if runs else (rollout.began, length)
    return (
        _Look(every, rollout.began, length),
        _Look(every, now, window),
        _Look(rollout.present.pods, now, window),
        _Look(rollout.previous.pods, *gone),
    )


def _app(workload: Workload, look: _Look, given: Mapping[str, str], label: str) -> App:
    pods = Pods(look.pods.names, look.pods.owners, look.pods.tail)
    # Prometheus reads whole milliseconds, and people whole seconds.
    window = timedelta(seconds=int(look.window.total_seconds()))
    return App(workload.namespace, workload.name, pods, window, window, given, label=label)


def _told(
    scope: Scope, rollout: _Rollout, before: list[Reading], after: list[Reading]
) -> list[Part]:
    ago = human_duration((scope.now - rollout.began).total_seconds())
    about = "about " if rollout.about else ""
    since = f"revision {rollout.present.revision} ({about}{ago} ago)"
    early = scope.now - rollout.began < _SOONEST
    said = signals.turned(before, after, since, early=early)
    head: Part = Aside(said) if scope.plain else Verdict(said)
    if any(reading.points for reading in (*before, *after)):
        return [head, signals.compared(before, after)]
    return [head]


def _title(template: Template) -> str:
    name = template.replica_set.rpartition("-")[2]
    return f"REVISION {template.revision} ({name})"


COMMAND = Command(
    phrase="prom compare",
    summary="Compare an app before and after its last rollout",
    usage="(deploy NAME | deploy/NAME) [30m] [PARAMETER=VALUE ...]",
    family=Family.PROM,
    effect=Effect.READ,
    access=(
        Access("list", "pods"),
        Access("get", "deployments", "apps"),
        Access("list", "replicasets", "apps"),
    ),
    options=Options,
    run=run,
    examples=("prom compare deploy/web -n shop", "prom compare deploy/web 1h -n shop"),
)

"""`prom targets`: what Prometheus scrapes, what of it answers, and the pods that it passes by."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from bot.core.command import Access, Command, Effect, Family, switch
from bot.core.errors import QuarterdeckError, UsageError
from bot.core.metrics import Metrics, Reach, ScrapeTarget
from bot.core.monitoring import source_flag
from bot.core.ports import JsonObject, Query, Scope
from bot.core.reply import Aside, Part, Row, Table, Text, Verdict
from bot.core.units import human_duration
from bot.render.alerts import count, line, nowhere, told_only, where

COLUMNS = ("HEALTH", "POOL", "NAMESPACE", "POD", "ADDRESS", "SCRAPED", "ERROR")
DROPPED = ("POOL", "NAMESPACE", "POD", "ADDRESS")
UNSEEN = ("NAMESPACE", "POD", "ASKS FOR IT", "WHY NOT")
_SHOWN, _PODS, _UNSEEN = 300, 2_000, 10
_META = "__meta_kubernetes_"
_SCRAPE = "prometheus.io/scrape"
_HEALTHS = ("down", "unknown", "up")


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `prom targets`."""

    arguments: tuple[str, ...] = ()
    down: bool = switch(help="Those that do not answer alone.")
    dropped: bool = switch(help="What was discovered and is not scraped.")
    all_namespaces: bool = switch("A", help="Targets of all namespaces, and of none.")
    source: str = source_flag()


@dataclass(frozen=True, slots=True)
class _Pods:
    """The running pods of the place that no target stands for."""

    running: int = 0
    unseen: tuple[tuple[str, str, bool], ...] = ()
    """Namespace, name, and whether it is annotated to be scraped; those that are come first."""
    failure: str = ""
    more: bool = False
    """Whether there are more pods than were looked at."""


@dataclass(slots=True)
class _Covered:
    """What targets stand for."""

    names: set[tuple[str, str]] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)

    def add(self, target: ScrapeTarget) -> None:
        """Take in one more target."""
        self.names.add(pod_of(target))
        self.hosts.add(urlsplit(target.url).hostname or "")

    def covers(self, pod: JsonObject) -> bool:
        """Tell whether a target stands for the pod, by its name or its address."""
        metadata = pod["metadata"]
        name = (metadata.get("namespace", ""), metadata["name"])
        host = (pod.get("status") or {}).get("podIP", "")
        return name in self.names or (host != "" and host in self.hosts)


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield the targets, the worst first, and the pods that no target stands for."""
    if options.arguments or (options.down and options.dropped):
        raise UsageError(
            "error: prom targets takes --down or --dropped, and no words",
            next_step="Type `prom targets | grep WORD`.",
        )
    metrics = await scope.monitoring.metrics(
        everywhere=options.all_namespaces, source=options.source
    )
    if options.dropped:
        targets = sorted(await metrics.targets(dropped=True), key=_order)
        for part in _dropped(targets, metrics.reach):
            yield part
        return
    targets = sorted(await metrics.targets(), key=_order)
    pods = await _unseen(scope, targets, metrics.reach)
    yield Verdict(_verdict(targets, pods, metrics.reach))
    shown = [one for one in targets if one.health != "up"] if options.down else targets
    if shown:
        table = Table("targets", COLUMNS, [_row(one, scope.clock.now()) for one in shown[:_SHOWN]])
        yield told_only(table, _dull(shown, metrics.reach))
    elif targets:
        yield Text(f"{count(len(targets), 'target')} {where(metrics.reach)}, and all answer.\n")
    else:
        yield Text(f"Prometheus scrapes nothing {nowhere(metrics.reach)}.\n")
    if len(shown) > _SHOWN:
        yield Aside(f"… and {len(shown) - _SHOWN} more targets.")
    for part in _about(pods, await _dropped_pods(metrics) if pods.unseen else None):
        yield part


def pod_of(target: ScrapeTarget) -> tuple[str, str]:
    """Return namespace and name of the pod that a target stands for; empty where it is none."""
    found, labels = target.discovered, target.labels
    namespace = found.get(f"{_META}namespace") or labels.get("namespace", "")
    return namespace, found.get(f"{_META}pod_name") or labels.get("pod", "")


def _dull(targets: Sequence[ScrapeTarget], reach: Reach) -> list[str]:
    """Return the columns that need not be there."""
    one = reach.namespaces is not None and len(reach.namespaces) == 1
    silent = not any(target.error for target in targets)
    return [*(["NAMESPACE"] if one else []), *(["ERROR"] if silent else [])]


def _order(target: ScrapeTarget) -> tuple[int, str, tuple[str, str], str]:
    health = _HEALTHS.index(target.health) if target.health in _HEALTHS else 1
    return health, target.pool, pod_of(target), target.url or _discovered_at(target)


def _discovered_at(target: ScrapeTarget) -> str:
    return target.discovered.get("__address__", "")


def _row(target: ScrapeTarget, now: datetime) -> Row:
    namespace, pod = pod_of(target)
    scraped = target.scraped
    return (
        line(target.health, 20),
        line(target.pool, 60),
        line(namespace, 63),
        line(pod, 80),
        _address(target.url),
        human_duration((now - scraped).total_seconds()) if scraped else "<never>",
        line(target.error),
    )


def _address(url: str) -> str:
    """Return where it is scraped, without what may be a password."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return line(f"{host}{parts.path}", 80)


def _verdict(targets: Sequence[ScrapeTarget], pods: _Pods, reach: Reach) -> str:
    counts = Counter(one.health for one in targets)
    said = [f"{counts[health]} {health}" for health in reversed(_HEALTHS) if counts[health]]
    first = f"{', '.join(said) or 'no target'} {where(reach)}"
    if not pods.unseen:
        return first
    annotated = sum(asks for _, _, asks in pods.unseen)
    tail = f", {annotated} of them annotated to be scraped" if annotated else ""
    return f"{first}; {len(pods.unseen)} of {pods.running} running pods have no target{tail}"


async def _unseen(scope: Scope, targets: Sequence[ScrapeTarget], reach: Reach) -> _Pods:
    """Return the running pods that nothing stands for; that they cannot be read spoils nothing."""
    covered = _Covered()
    for target in targets:
        covered.add(target)
    unseen: list[tuple[str, str, bool]] = []
    running = 0
    try:
        resource = await scope.cluster.resource("pods")
        for namespace in reach.namespaces or ("",):
            query = Query(resource, namespace, field_selector="status.phase=Running")
            async for page in scope.cluster.pages(query):
                for pod in page.get("items") or ():
                    running += 1
                    if not covered.covers(pod):
                        unseen.append(_told(pod))
                if running >= _PODS:
                    return _Pods(running, _annotated_first(unseen), more=True)
    except QuarterdeckError as error:
        return _Pods(failure=line(error.text))
    return _Pods(running, _annotated_first(unseen))


def _annotated_first(
    unseen: Sequence[tuple[str, str, bool]],
) -> tuple[tuple[str, str, bool], ...]:
    return tuple(sorted(unseen, key=lambda one: (not one[2], one[0], one[1])))


def _told(pod: JsonObject) -> tuple[str, str, bool]:
    metadata = pod["metadata"]
    asks = (metadata.get("annotations") or {}).get(_SCRAPE) == "true"
    return metadata.get("namespace", ""), metadata["name"], asks


async def _dropped_pods(metrics: Metrics) -> set[tuple[str, str]] | None:
    """Return the pods that were discovered and are not scraped; None: nobody can tell."""
    try:
        return {pod_of(one) for one in await metrics.targets(dropped=True)}
    except QuarterdeckError:
        return None  # a list of all that is dropped may be too long to be read


def _about(pods: _Pods, dropped: set[tuple[str, str]] | None) -> list[Part]:
    """Return the parts about pods that no target stands for."""
    if pods.failure:
        return [Aside(f"Which pods have no target is not known: {pods.failure}")]
    parts: list[Part] = []
    if pods.unseen:
        rows = [
            (line(namespace, 63), line(name, 80), "yes" if asks else "no", _why(one, dropped))
            for one in pods.unseen[:_UNSEEN]
            for namespace, name, asks in [one]
        ]
        parts.append(Table("unseen", UNSEEN, rows))
    if len(pods.unseen) > _UNSEEN:
        parts.append(Aside(f"… and {len(pods.unseen) - _UNSEEN} more pods without a target."))
    if pods.more:
        parts.append(Aside(f"Only {pods.running} running pods were looked at."))
    return parts


def _why(pod: tuple[str, str, bool], dropped: set[tuple[str, str]] | None) -> str:
    if dropped is None:
        return ""
    return "dropped by relabelling" if pod[:2] in dropped else "not discovered"


def _dropped(targets: Sequence[ScrapeTarget], reach: Reach) -> list[Part]:
    if not targets:
        return [Text(f"Nothing that was discovered {nowhere(reach)} is dropped.\n")]
    rows = [
        (line(one.pool, 60), line(namespace, 63), line(pod, 80), line(_discovered_at(one), 80))
        for one in targets[:_SHOWN]
        for namespace, pod in [pod_of(one)]
    ]
    parts: list[Part] = [
        Verdict(f"{len(targets)} discovered and not scraped, {where(reach)}"),
        Table("dropped", DROPPED, rows),
    ]
    if len(targets) > _SHOWN:
        parts.append(Aside(f"… and {len(targets) - _SHOWN} more."))
    return parts


COMMAND = Command(
    phrase="prom targets",
    summary="List what Prometheus scrapes, and the pods that it passes by",
    usage="[--down | --dropped] [-A]",
    family=Family.PROM,
    effect=Effect.READ,
    access=(Access("list", "pods"),),
    options=Options,
    run=run,
    examples=("prom targets", "prom targets --down -A"),
)

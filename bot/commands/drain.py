"""`drain`: a node takes no new pods, and those on it are evicted."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.core.command import Access, Command, Effect, duration, number, switch, text
from bot.core.errors import KubernetesError, QuarterdeckError, UsageError
from bot.core.plan import Change, Evict, Plan, Step, Target
from bot.core.ports import JsonObject, Query, Scope
from bot.kube.changes import DryRun, Found, Made, Saying, read_dry_run
from bot.kube.cordoning import found_nodes, scheduled
from bot.kube.draining import Draining, Owners, Rules, controller_of, daemonsets_of, drained


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `drain`."""

    arguments: tuple[str, ...] = ()
    selector: str = text("l", help="Label selector of nodes.")
    pod_selector: str = text(help="Label selector of the pods that leave.")
    ignore_daemonsets: bool = switch(help="Leave pods of DaemonSets where they are.")
    delete_emptydir_data: bool = switch(help="Let the data of emptyDir volumes be lost.")
    force: bool = switch(help="Let pods go that no controller replaces.")
    grace_period: int = number(default=-1, help="Seconds to end in; negative: the pod's own.")
    timeout: timedelta = duration(help="How long to wait; 0: as long as the command may take.")
    disable_eviction: bool = switch(help="Delete the pods, past their disruption budgets.")
    skip_wait_for_delete_timeout: int = number(
        help="Let pods be that have been ending for so many seconds; 0: none."
    )
    chunk_size: int = number(default=500, help="Objects asked for at a time; 0: all at once.")
    dry_run: str = text(default="none", alone="unchanged", help="none, client or server.")

    @property
    def rules(self) -> Rules:
        """Return what may happen to pods."""
        return Rules(
            self.force,
            self.ignore_daemonsets,
            self.delete_emptydir_data,
            self.skip_wait_for_delete_timeout,
        )


@dataclass(slots=True)
class _Lines:
    """The steps so far and what kubectl prints around them."""

    steps: list[Step] = field(default_factory=list)
    begin: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    """What stands before the next step's lines."""

    def add(self, step: Step, begin: str, done: str) -> None:
        self.begin.append("\n".join([*self.waiting, *([begin] if begin else [])]))
        self.waiting = []
        self.steps.append(step)
        self.done.append(done)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return which nodes are cordoned and which pods leave them; if one may not, nothing is done.

    Raises:
        QuarterdeckError: a pod may not go; the text is kubectl's.
    """
    dry_run = read_dry_run(options.dry_run)
    nodes = await found_nodes(scope, "drain", options.arguments, options.selector)
    drainings = await asyncio.gather(*(_draining(scope, options, node) for node in nodes))
    if any(draining.refusals for draining in drainings):
        raise _refused(nodes, drainings)
    cordons = [scheduled(scope, node, dry_run, cordon=True) for node in nodes]
    if dry_run is DryRun.CLIENT:
        return _tried(cordons, drainings)
    planned = _evicting(scope, options, dry_run, cordons, drainings)
    drained_lines = (f"{cordon.target.qualified} drained{dry_run.suffix}" for cordon in cordons)
    last = (*planned.waiting, *drained_lines)
    return Plan(
        phrase="",
        steps=tuple(planned.steps),
        changes=tuple(_changes(cordons, drainings)),
        done=tuple(planned.done) if planned.steps else last,
        begin=tuple(planned.begin),
        ending=last if planned.steps else (),
        asides=_warned(drainings),
    )


async def _draining(scope: Scope, options: Options, node: Found) -> Draining:
    query = Query(
        await scope.cluster.resource("pods"),
        label_selector=options.pod_selector,
        field_selector=f"spec.nodeName={node.name}",
    )
    try:
        pages = scope.cluster.pages(query, limit=options.chunk_size)
        pods = [item async for page in pages for item in page["items"] or ()]
    except KubernetesError as error:
        if error.reason != "BadRequest" or not options.pod_selector:
            raise
        raise UsageError(
            "error: --pod-selector=<pod_selector> must be a valid label selector"
        ) from error
    return drained(pods, options.rules, scope.now, await _owners(scope, pods))


async def _owners(scope: Scope, pods: Sequence[JsonObject]) -> Owners:
    owners = daemonsets_of(pods)
    if not owners:
        return {}
    resource = await scope.cluster.resource("daemonsets.apps")
    queries = [Query(resource, namespace, name) for namespace, name in owners]
    found = await asyncio.gather(*(_wrong(scope, query) for query in queries))
    return dict(zip(owners, found, strict=True))


async def _wrong(scope: Scope, query: Query) -> str:
    try:
        await scope.cluster.fetch(query)
    except KubernetesError as error:
        return error.message
    return ""


def _refused(nodes: Sequence[Found], drainings: Sequence[Draining]) -> QuarterdeckError:
    failing = [(n, d.refusals) for n, d in zip(nodes, drainings, strict=True) if d.refusals]
    lines = []
    for node, refusals in failing:
        why = refusals[0] if len(refusals) == 1 else f"[{', '.join(refusals)}]"
        lines.append(
            f'error: unable to drain node "{node.name}" due to error: {why}, continuing command...'
        )
    lines += ["There are pending nodes to be drained:", *(f" {node.name}" for node, _ in failing)]
    lines += [why for _, refusals in failing for why in refusals]
    return QuarterdeckError("\n".join(lines), next_step="Nothing was done, not even cordoned.")


def _evicting(
    scope: Scope,
    options: Options,
    dry_run: DryRun,
    cordons: Sequence[Made],
    drainings: Sequence[Draining],
) -> _Lines:
    lines = _Lines()
    for cordon in cordons:
        line = Saying(dry_run).line(cordon)
        if cordon.step is None:
            lines.waiting.append(line)
        else:
            lines.add(cordon.step, "", line)
    tried = dry_run is DryRun.SERVER
    said = "deleted" if options.disable_eviction else "evicted"
    for pod in _leaving(drainings):
        step = _eviction(scope, options, pod, dry_run=tried)
        begin = "" if options.disable_eviction else _begin(pod, dry_run)
        lines.add(step, begin, "" if tried else f"{step.target.qualified} {said}")
    return lines


def _eviction(scope: Scope, options: Options, pod: JsonObject, *, dry_run: bool) -> Evict:
    metadata = pod["metadata"]
    names = (metadata["namespace"], metadata["name"], metadata["uid"])
    return Evict(
        Target(scope.context, "", "v1", "pods", "Pod", *names),
        options.grace_period if options.grace_period >= 0 else None,
        effect=Effect.CHANGE if controller_of(pod) is not None else Effect.DESTROY,
        dry_run=dry_run,
        delete=options.disable_eviction,
        wait_seconds=max(options.timeout.total_seconds(), 0),
    )


def _tried(cordons: Sequence[Made], drainings: Sequence[Draining]) -> Plan:
    """Return the plan that only says what would be done."""
    suffix = DryRun.CLIENT.suffix
    lines = [Saying(DryRun.CLIENT).line(cordon) for cordon in cordons]
    for cordon, draining in zip(cordons, drainings, strict=True):
        lines += [_begin(pod, DryRun.CLIENT) for pod in draining.leaving]
        lines.append(f"{cordon.target.qualified} drained{suffix}")
    changes = tuple(_changes(cordons, drainings))
    return Plan("", (), changes, tuple(lines), asides=_warned(drainings))


def _warned(drainings: Sequence[Draining]) -> tuple[str, ...]:
    return tuple(f"Warning: {each.warnings}" for each in drainings if each.warnings)


def _begin(pod: JsonObject, dry_run: DryRun) -> str:
    metadata = pod["metadata"]
    return f"evicting pod {metadata['namespace']}/{metadata['name']}{dry_run.suffix}"


def _leaving(drainings: Sequence[Draining]) -> Iterator[JsonObject]:
    return (pod for draining in drainings for pod in draining.leaving)


def _changes(cordons: Sequence[Made], drainings: Sequence[Draining]) -> Iterable[Change]:
    for cordon, draining in zip(cordons, drainings, strict=True):
        yield from cordon.changes
        count = len(draining.leaving)
        yield Change(cordon.target.qualified, "pods that leave it", str(count), "0")


COMMAND = Command(
    phrase="drain",
    summary="Drain node in preparation for maintenance",
    usage="NODE [flags]",
    effect=Effect.CHANGE,
    access=(
        Access("get", "nodes"),
        Access("patch", "nodes"),
        Access("list", "nodes", optional=True),
        Access("list", "pods"),
        Access("get", "pods"),
        Access("create", "pods", subresource="eviction"),
        Access("delete", "pods", optional=True),
        Access("watch", "pods", optional=True),
        Access("get", "daemonsets", "apps", optional=True),
    ),
    options=Options,
    plan=plan,
    seconds=1800,
    examples=(
        "drain node-c --ignore-daemonsets --delete-emptydir-data",
        "drain node-b --ignore-daemonsets --pod-selector=app=cart --dry-run=server",
    ),
)

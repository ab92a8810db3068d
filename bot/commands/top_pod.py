"""`top pod`: what pods and their containers use."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, switch, text
from bot.core.errors import QuarterdeckError, UsageError
from bot.core.ports import JsonObject, Query, Scope
from bot.core.reply import Aside, Part, Table, nothing_in
from bot.kube import measured, metrics, usage
from bot.kube.generators.labels import check_selector


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `top pod`."""

    arguments: tuple[str, ...] = ()
    selector: str = text("l", help="Label selector.")
    field_selector: str = text(help="Field selector, such as spec.nodeName=node-a.")
    sort_by: str = text(help="cpu or memory; the most first.")
    containers: bool = switch(help="A row for each container.")
    all_namespaces: bool = switch("A", help="Every namespace; -n is ignored.")
    no_headers: bool = switch(help="Leave the header out.")
    sum: bool = switch(help="Add the sum of all pods.")
    show_swap: bool = switch(help="Add what is swapped out.")
    use_protocol_buffers: bool = switch(default=True, help="Has no effect here.")


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield a row for each pod."""
    name = metrics.one_name(options.arguments, "pod [NAME | -l label]")
    metrics.check_sorting(options.sort_by)
    if name and (options.selector or options.field_selector):
        raise UsageError("error: only one of NAME or selector can be provided")
    check_selector(options.selector)
    metrics.check_fields(options.field_selector)
    namespace = "" if options.all_namespaces else scope.namespace
    found, note = await _found(scope, options, namespace, name)
    if not found:
        await _explain(scope, options, name)
        yield (
            Aside("No resources found") if options.all_namespaces else nothing_in(scope.namespace)
        )
        return
    # Only the metrics API knows what is swapped out.
    yield _table(found, options, usage.measured(swap=options.show_swap and not note))
    if note:
        yield Aside(note)


async def _found(
    scope: Scope, options: Options, namespace: str, name: str
) -> tuple[list[JsonObject], str]:
    """Return what the pods use, and where that comes from if not from the metrics API."""
    try:
        resource = await metrics.resource(scope.cluster, "pods")
    except metrics.MissingMetricsError as error:
        if scope.plain:
            raise
        instead = await measured.pods(scope.monitoring, namespace, error)
        chosen = bool(name or options.selector or options.field_selector)
        found, note = instead.items, instead.note
    else:
        query = Query(resource, namespace, name, label_selector=options.selector)
        found, note = await metrics.read(scope.cluster, query), ""
        chosen = bool(found and options.field_selector)
    if chosen:
        pods = await _pods(scope, options, namespace, name)
        known = {(p["metadata"]["namespace"], p["metadata"]["name"]) for p in pods}
        found = [m for m in found if (m["metadata"]["namespace"], m["metadata"]["name"]) in known]
    return found, note


def _table(found: Sequence[JsonObject], options: Options, shown: Sequence[str]) -> Table:
    namespaces, containers = options.all_namespaces, options.containers
    columns = usage.pod_columns(shown, namespaces=namespaces, containers=containers)
    rows = usage.pod_rows(
        found, shown, options.sort_by, namespaces=namespaces, containers=containers
    )
    if options.sum:
        # Without headers kubectl forgets the columns before the name.
        width = 1 + len(shown) if options.no_headers else len(columns) - 1
        rows += usage.sum_rows(found, shown, width)
    return Table("pods", columns, rows, not options.no_headers)


async def _explain(scope: Scope, options: Options, name: str) -> None:
    """Return if there is no pod at all.

    Raises:
        QuarterdeckError: there are pods whose metrics are missing, or not there yet.
    """
    # kubectl looks into the namespace even with -A.
    pods = await _pods(scope, options, scope.namespace, name)
    for pod in pods:
        if message := metrics.overdue(pod, scope.clock.now()):
            raise QuarterdeckError(f"error: {message}")
    if pods:
        raise QuarterdeckError("error: metrics not available yet")


async def _pods(scope: Scope, options: Options, namespace: str, name: str) -> Sequence[JsonObject]:
    query = Query(
        await scope.cluster.resource("pods"),
        namespace,
        name,
        label_selector=options.selector,
        field_selector=options.field_selector,
    )
    return await metrics.read(scope.cluster, query)


COMMAND = Command(
    phrase="top pod",
    summary="Show the use of CPU and memory of pods",
    usage="[NAME | -l label] [flags]",
    effect=Effect.READ,
    access=(
        Access("list", "pods", "metrics.k8s.io"),
        Access("get", "pods", "metrics.k8s.io"),
        Access("list", "pods", optional=True),
    ),
    options=Options,
    run=run,
    examples=(
        "top pod -n shop",
        "top pods -n shop --containers --sort-by=memory",
        "top pod -A --sum",
    ),
)

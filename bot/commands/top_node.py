"""`top node`: what the nodes use of their room."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, switch, text
from bot.core.errors import QuarterdeckError, UsageError
from bot.core.ports import JsonObject, Query, Scope
from bot.core.reply import Aside, Part, Table
from bot.core.units import Family, Quantity
from bot.kube import measured, metrics, usage
from bot.kube.describe.resources import Amounts, amounts
from bot.kube.generators.labels import check_selector


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `top node`."""

    arguments: tuple[str, ...] = ()
    selector: str = text("l", help="Label selector.")
    sort_by: str = text(help="cpu or memory; the most first.")
    no_headers: bool = switch(help="Leave the header out.")
    show_capacity: bool = switch(help="Of the nodes' capacity, and not of what is allocatable.")
    show_swap: bool = switch(help="Add what is swapped out.")
    use_protocol_buffers: bool = switch(default=True, help="Has no effect here.")


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield a row for each node."""
    name = metrics.one_name(options.arguments, "node [NAME | -l label]")
    metrics.check_sorting(options.sort_by)
    if name and options.selector:
        raise UsageError("error: only one of NAME or --selector can be provided")
    check_selector(options.selector)
    found, note = await _found(scope, options, name)
    if not found:
        raise QuarterdeckError("error: metrics not available yet")
    nodes = await metrics.read(
        scope.cluster,
        Query(await scope.cluster.resource("nodes"), name=name, label_selector=options.selector),
    )
    room = {node["metadata"]["name"]: _room(node, options) for node in nodes}
    # Only the metrics API knows what is swapped out.
    shown = usage.measured(swap=options.show_swap and not note)
    if note:
        # Prometheus knows nothing of the labels that were asked for.
        found = [metric for metric in found if metric["metadata"]["name"] in room]
    rows = usage.node_rows(found, room, shown, options.sort_by)
    yield Table("nodes", usage.node_columns(shown), rows, not options.no_headers)
    if note:
        yield Aside(note)


async def _found(scope: Scope, options: Options, name: str) -> tuple[list[JsonObject], str]:
    """Return what the nodes use, and where that comes from if not from the metrics API."""
    try:
        resource = await metrics.resource(scope.cluster, "nodes")
    except metrics.MissingMetricsError as error:
        if scope.plain:
            raise
        instead = await measured.nodes(scope.monitoring, error)
        return instead.items, instead.note
    query = Query(resource, name=name, label_selector=options.selector)
    return await metrics.read(scope.cluster, query), ""


def _room(node: JsonObject, options: Options) -> Amounts:
    status = node.get("status") or {}
    room = amounts(status.get("capacity" if options.show_capacity else "allocatable"))
    swap = ((status.get("nodeInfo") or {}).get("swap") or {}).get("capacity")
    if swap is not None:
        room["swap"] = Quantity(metrics.whole(swap), Family.BINARY)
    return room


COMMAND = Command(
    phrase="top node",
    summary="Show the use of CPU and memory of nodes",
    usage="[NAME | -l label] [flags]",
    effect=Effect.READ,
    access=(
        Access("list", "nodes", "metrics.k8s.io"),
        Access("get", "nodes", "metrics.k8s.io"),
        Access("list", "nodes"),
        Access("get", "nodes"),
    ),
    options=Options,
    run=run,
    examples=("top node", "top node node-a", "top nodes --sort-by=cpu"),
)

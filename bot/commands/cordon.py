"""`cordon`: a node takes no new pods."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, text
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.changes import Saying, gathered, read_dry_run
from bot.kube.cordoning import found_nodes, scheduled


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `cordon`."""

    arguments: tuple[str, ...] = ()
    selector: str = text("l", help="Label selector.")
    dry_run: str = text(default="none", alone="unchanged", help="none, client or server.")


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be changed on the nodes; whether they take pods is the precondition."""
    dry_run = read_dry_run(options.dry_run)
    nodes = await found_nodes(scope, "cordon", options.arguments, options.selector)
    made = [scheduled(scope, node, dry_run, cordon=True) for node in nodes]
    return gathered(made, Saying(dry_run))


COMMAND = Command(
    phrase="cordon",
    summary="Mark node as unschedulable",
    usage="NODE [flags]",
    effect=Effect.CHANGE,
    access=(
        Access("get", "nodes"),
        Access("patch", "nodes"),
        Access("list", "nodes", optional=True),
    ),
    options=Options,
    plan=plan,
    examples=("cordon node-b", "cordon -l kubernetes.io/hostname=node-b --dry-run=server"),
)

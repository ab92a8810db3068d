"""`expose`: a new service for what is there already."""

from dataclasses import dataclass

from bot.core.command import Access, Command, Effect, shared, text
from bot.core.errors import QuarterdeckError
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.kube.changes import DryRun
from bot.kube.filed import Filed, aimed
from bot.kube.generators.creating import Maker, Writing, read_saying
from bot.kube.generators.exposing import Wishes, check_exposable, exposed

_NEXT = "Such as `expose deploy/web --port=80 --target-port=8080`."


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `expose`."""

    arguments: tuple[str, ...] = ()
    protocol: str = text(help="TCP (without it), UDP or SCTP.")
    port: str = text(help="The service's port; without it the object's own.")
    type: str = text(help="ClusterIP (without it), NodePort, LoadBalancer or ExternalName.")
    load_balancer_ip: str = text(help="The address of the load balancer.")
    selector: str = text(help="The pods, such as app=web; without it the object's own.")
    labels: str = text("l", help="The service's labels; without them the object's own.")
    target_port: str = text(help="The pods' port or its name; without it the service's.")
    external_ip: str = text(help="A further address that leads to it.")
    name: str = text(help="The service's name; without it the object's.")
    session_affinity: str = text(help="None or ClientIP.")
    cluster_ip: str = text(help="Its address; None makes it headless.")
    field_manager: str = text(
        default="kubectl-expose", help="The name under which the fields are owned."
    )
    files: Filed = shared(Filed)
    writing: Writing = shared(Writing)


async def plan(scope: Scope, options: Options) -> Plan:
    """Return what would be created."""
    saying = read_saying(options.writing)
    those = await aimed(scope, options.arguments, options.files)
    if len(those) != 1:
        raise QuarterdeckError("error: one object is exposed at a time", next_step=_NEXT)
    [one] = those
    check_exposable(one.resource)
    made = exposed(one.item, _wishes(options))
    # What is not sent is shown without the annotation.
    save = options.writing.save_config and saying.dry_run is not DryRun.CLIENT
    return Maker(saying, save, options.field_manager, operation="exposed").plan(scope, made)


def _wishes(options: Options) -> Wishes:
    return Wishes(
        name=options.name,
        selector=options.selector,
        labels=options.labels,
        port=options.port,
        protocol=options.protocol,
        target_port=options.target_port,
        type=options.type,
        external_ip=options.external_ip,
        load_balancer_ip=options.load_balancer_ip,
        session_affinity=options.session_affinity,
        cluster_ip=options.cluster_ip,
    )


COMMAND = Command(
    phrase="expose",
    summary="Expose a pod, service, deployment, replica set or replication controller as a service",
    usage="(-f FILENAME | TYPE NAME | TYPE/NAME) --port=PORT --target-port=PORT --name=NAME"
    " [flags]",
    effect=Effect.CHANGE,
    access=(Access("get", "*"), Access("create", "services")),
    options=Options,
    plan=plan,
    examples=(
        "expose deploy/web --port=80 --target-port=8080 --name=web-inside -n shop",
        "expose pod db-0 --port=5432 --name=db-0 -n shop --dry-run=client",
    ),
)

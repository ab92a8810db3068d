"""`cluster-info`: where the control plane and its services answer."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.core.command import Access, Command, Effect
from bot.core.errors import QuarterdeckError, RefusedError
from bot.core.ports import JsonObject, Query, Scope
from bot.core.reply import Part, Text

_MARK = "kubernetes.io/cluster-service=true"
_HINT = "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n"


@dataclass(frozen=True, slots=True)
class Options:
    """`cluster-info` has no flags of its own."""

    arguments: tuple[str, ...] = ()


async def run(scope: Scope, options: Options) -> AsyncIterator[Part]:
    """Yield one line for the control plane and one for each service that is marked as its own."""
    if options.arguments[:1] == ("dump",):
        raise RefusedError(
            "error: cluster-info dump is not done from here: it writes the whole cluster out",
            next_step="Ask for what you need, such as `events -A` or `get pods -n kube-system`.",
        )
    # It names what is refused here: only a script is given it, as from kubectl.
    hint = _HINT if scope.plain else ""
    services = await scope.cluster.resource("services")
    namespace = scope.namespace if scope.explicit_namespace else "kube-system"
    query = Query(services, namespace=namespace, label_selector=_MARK)
    try:
        pages = scope.cluster.pages(query)
        found = [service async for page in pages for service in page["items"]]
    except QuarterdeckError:
        if hint:
            yield Text(hint)
        raise
    yield Text(f"Kubernetes control plane is running at {scope.cluster.server}\n")
    yield Text("".join(_line(service, scope.cluster.server) for service in found) + hint)


def _line(service: JsonObject, server: str) -> str:
    metadata = service["metadata"]
    name = (metadata.get("labels") or {}).get("kubernetes.io/name") or metadata["name"]
    return f"{name} is running at {_address(service, server)}\n"


def _address(service: JsonObject, server: str) -> str:
    metadata, ports = service["metadata"], (service.get("spec") or {}).get("ports") or []
    balancer = (service.get("status") or {}).get("loadBalancer") or {}
    if ingress := balancer.get("ingress"):
        host = ingress[0].get("ip") or ingress[0].get("hostname", "")
        return "".join(f"http://{host}:{port['port']} " for port in ports)
    name = metadata["name"]
    if ports:
        port = ports[0].get("name") or ""
        secure = port == "https" or ports[0]["port"] == 443
        if secure or port:
            name = f"{'https' if secure else ''}:{name}:{port}" if secure else f"{name}:{port}"
    return f"{server}/api/v1/namespaces/{metadata['namespace']}/services/{name}/proxy"


COMMAND = Command(
    phrase="cluster-info",
    summary="Display addresses of the control plane and its services",
    effect=Effect.READ,
    access=(Access("list", "services"),),
    options=Options,
    run=run,
    examples=("cluster-info",),
)

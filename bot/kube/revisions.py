"""The objects that keep a workload's revisions, as they are read from the cluster."""

from bot.core.ports import JsonObject, Query, Reader, Resource
from bot.kube.pods import selector_of


async def keepers(cluster: Reader, resource: Resource, item: JsonObject) -> list[JsonObject]:
    """Return the ReplicaSets or ControllerRevisions that the workload's selector finds.

    Whose they are is to be looked at (`history.owned`).
    """
    plural = "replicasets" if resource.kind == "Deployment" else "controllerrevisions"
    keeper = await cluster.resource(f"{plural}.apps")
    namespace = item["metadata"]["namespace"]
    query = Query(keeper, namespace, label_selector=selector_of(item))
    return [
        {"apiVersion": keeper.api_version, "kind": keeper.kind, **each}
        async for page in cluster.pages(query)
        for each in page["items"] or ()
    ]

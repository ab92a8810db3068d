"""Reads an object's relatives and events side by side, and has it described."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.errors import QuarterdeckError
from bot.core.ports import JsonObject, Query, Reader, Resource
from bot.kube.describe.kinds import description_of
from bot.kube.describe.lines import Lines
from bot.kube.describe.subject import Description, Found, Need, Subject


async def describe(
    cluster: Reader, resource: Resource, item: JsonObject, now: datetime, *, events: bool
) -> str:
    """Return the description of an object that was read already."""
    # Items of a list come without their type.
    item = {"apiVersion": resource.api_version, "kind": resource.kind, **item}
    description = description_of(resource)
    needs = dict(description.needs(item))
    asked = [_found(cluster, item, need) for need in needs.values()]
    told = _events(cluster, item, description) if events else None
    found, seen = await asyncio.gather(asyncio.gather(*asked), told or _none())
    w = Lines()
    description.write(w, Subject(item, now, seen, dict(zip(needs, found, strict=True))))
    return w.text()


async def _none() -> None:
    return None


async def _found(cluster: Reader, item: JsonObject, need: Need) -> Found:
    try:
        resource = await cluster.resource(need.type)
        own = str(item["metadata"].get("namespace", ""))
        namespace = own if need.namespace is None else need.namespace
        query = Query(
            resource,
            namespace=namespace if resource.namespaced else "",
            name=need.name,
            label_selector=need.labels,
            field_selector=need.fields,
        )
        if need.name:
            return Found([await cluster.fetch(query)])
        return Found([each async for page in cluster.pages(query) for each in page["items"] or ()])
    except QuarterdeckError as error:
        return Found(error=error)


async def _events(
    cluster: Reader, item: JsonObject, description: Description
) -> Sequence[JsonObject] | None:
    if description.events is None:
        return None
    needs = [Need("events", fields=fields) for fields in description.events(item)]
    # An object without a namespace has its events in any.
    if not item["metadata"].get("namespace"):
        needs = [replace(need, namespace="") for need in needs]
    found = await asyncio.gather(*(_found(cluster, item, need) for need in needs))
    return [event for each in found for event in each.items]

"""Reads an object's relatives and events side by side, and has it described."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.errors import QuarterdeckError
from bot.core.ports import JsonObject, Query, Reader, Resource
from bot.kube.describe.blocks import bare
from bot.kube.describe.causes import LOG_LINES, Failing
from bot.kube.describe.kinds import description_of
from bot.kube.describe.lines import Lines
from bot.kube.describe.subject import Description, Found, Need, Subject
from bot.kube.redaction import Redactor

_LOG_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Described:
    """A description, and what could not be read for it."""

    text: str
    unread: str = ""
    """Why the events are missing; empty: they are not."""
    events: tuple[JsonObject, ...] = ()


async def describe(
    cluster: Reader, resource: Resource, item: JsonObject, now: datetime, *, events: bool
) -> Described:
    """Return the description of an object that was read already."""
    # Items of a list come without their type.
    item = {"apiVersion": resource.api_version, "kind": resource.kind, **item}
    description = description_of(resource)
    needs = dict(description.needs(item))
    asked = [_found(cluster, item, need) for need in needs.values()]
    told = _events(cluster, item, description) if events else []
    found, seen = await asyncio.gather(asyncio.gather(*asked), asyncio.gather(*told))
    failed = next((each.error for each in seen if each.error), None)
    shown = [event for each in seen for event in each.items] if told and not failed else None
    w = Lines()
    description.write(w, Subject(item, now, shown, dict(zip(needs, found, strict=True))))
    return Described(w.text(), bare(failed), tuple(shown or ()))


async def last_words(cluster: Reader, pod: JsonObject, found: Failing) -> str:
    """Return the last lines of the container that fails, redacted; nothing where none are read."""
    metadata = pod["metadata"]
    parameters = {
        "container": found.container,
        "tailLines": str(LOG_LINES),
        "limitBytes": str(_LOG_BYTES),
        **({"previous": "true"} if found.previous else {}),
    }
    redactor = Redactor()
    try:
        pods = await cluster.resource("pods")
        query = Query(pods, metadata["namespace"], metadata["name"], "log", parameters=parameters)
        read = b"".join([chunk async for chunk in cluster.stream(query)])
    except QuarterdeckError:
        return ""  # whoever may not read logs, or had none to read, has the events
    return redactor.feed(read.decode("utf-8", "replace")) + redactor.finish()


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


def _events(
    cluster: Reader, item: JsonObject, description: Description
) -> list[Coroutine[Any, Any, Found]]:
    if description.events is None:
        return []
    # An object without a namespace has its events in any.
    namespace = str(item["metadata"].get("namespace", ""))
    needs = [
        Need("events", namespace=namespace, fields=fields) for fields in description.events(item)
    ]
    return [_found(cluster, item, need) for need in needs]

"""Reads an object's relatives and events side by side, and has it described."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import QuarterdeckError
from bot.core.ports import JsonObject, Query, Reader, Resource
from bot.kube.describe.blocks import bare
from bot.kube.describe.causes import LOG_LINES, Failing
from bot.kube.describe.kinds import description_of
from bot.kube.describe.lines import Lines
from bot.kube.describe.subject import Found, Need, Subject
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
    cluster: Reader,
    resource: Resource,
    item: JsonObject,
    now: datetime,
    *,
    events: bool,
    told: Found | None = None,
) -> Described:
    """Return the description of an object that was read already, and perhaps `told_of` with it."""
    # Items of a list come without their type.
    item = {"apiVersion": resource.api_version, "kind": resource.kind, **item}
    description, own = description_of(resource), item["metadata"].get("namespace", "")
    needs = dict(description.needs(item))
    asked = asyncio.gather(*(_found(cluster, own, need) for need in needs.values()))
    if events and not told:
        telling = told_of(cluster, resource, own, item["metadata"]["name"])
        told, found = await asyncio.gather(telling, asked)
    else:
        found = await asked
    shown = None
    if told and description.events and not told.error:
        shown = _about(description.events(item), told.items)
    w = Lines()
    description.write(w, Subject(item, now, shown, dict(zip(needs, found, strict=True))))
    return Described(w.text(), bare(told.error if told else None), tuple(shown or ()))


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


async def told_of(cluster: Reader, resource: Resource, namespace: str, name: str) -> Found | None:
    """Read the events about objects of that name; None where they are not shown.

    kubectl asks by the uid, too, and so only once it has the object.
    """
    description = description_of(resource)
    if description.events is None:
        return None
    fields = f"involvedObject.name={name},involvedObject.namespace={namespace}"
    if not description.of_any_kind:
        fields += f",involvedObject.kind={resource.kind}"
    # An object without a namespace has its events in any.
    return await _found(cluster, namespace, Need("events", fields=fields))


def _about(uids: Sequence[str], events: Sequence[JsonObject]) -> list[JsonObject]:
    """Return the events that name these uids, in the uids' order."""
    return [each for uid in uids for each in events if each["involvedObject"].get("uid", "") == uid]


async def _found(cluster: Reader, own: str, need: Need) -> Found:
    try:
        resource = await cluster.resource(need.type)
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

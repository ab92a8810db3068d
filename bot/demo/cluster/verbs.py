"""What each verb of the API does: from a request that is allowed to a code and an object."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from aiohttp import web

from bot.demo.cluster.apply import applied
from bot.demo.cluster.deletion import held
from bot.demo.cluster.identity import Identities
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.lists import page
from bot.demo.cluster.metrics import node_metrics, pod_metrics
from bot.demo.cluster.patches import patched
from bot.demo.cluster.rbac import Attributes, Caller, authorize
from bot.demo.cluster.refusals import JsonObject, not_found, refusal, without_empty
from bot.demo.cluster.registry import Registry, key_of
from bot.demo.cluster.reviews import reviewed
from bot.demo.cluster.subresources import deletion_of, evict, scale_of, scaled
from bot.demo.cluster.tables import table
from bot.demo.cluster.wire import APPLY, check, decoded, tabled

_PATCHES = ("application/json-patch+json", "application/merge-patch+json", APPLY)
_STRATEGIC = "application/strategic-merge-patch+json"
# What is measured and not stored.
_MEASURED: Mapping[str, Callable[[Registry, str], list[JsonObject]]] = {
    "pods.metrics.k8s.io": pod_metrics,
    "nodes.metrics.k8s.io": lambda registry, _: node_metrics(registry),
}
Answer = tuple[int, JsonObject]
Edit = Callable[[JsonObject], JsonObject]


@dataclass(frozen=True)
class Asked:
    """A request that is allowed, with everything that answering it takes."""

    request: web.BaseRequest
    attributes: Attributes
    kind: Kind
    caller: Caller
    registry: Registry
    identities: Identities
    body: bytes

    @cached_property
    def place(self) -> tuple[Kind, str, str]:
        """Return the kind, namespace and name of the object that is meant."""
        return self.kind, self.attributes.namespace, self.attributes.name

    @cached_property
    def options(self) -> dict[str, Any]:
        """Return the options of a change: apiserver's `managerOrUserAgent`, and the dry run."""
        agent = self.request.headers.get("User-Agent", "").partition("/")[0]
        manager = self.request.query.get("fieldManager") or agent
        return {"manager": manager, "dry_run": bool(self.request.query.get("dryRun"))}

    def item(self) -> JsonObject:
        """Return what the body holds."""
        return decoded(self.request.content_type, self.body)

    def table(self, items: Sequence[JsonObject], metadata: JsonObject) -> JsonObject | None:
        """Return the Table of the objects, if the request asks for one."""
        if not tabled(self.request.headers.get("Accept", "")):
            return None
        include = self.request.query.get("includeObject") or "Metadata"
        return table(self.kind, items, self.registry.clock.now(), include, metadata)

    def shown(self, item: JsonObject) -> JsonObject:
        """Return one object in the form that is asked for."""
        version = without_empty({"resourceVersion": item["metadata"].get("resourceVersion")})
        return self.table([item], version) or item

    def changed(self, edit: Edit, **options: str) -> JsonObject:
        """Store what `edit` makes of the object that is meant."""
        status = "status" if self.attributes.subresource == "status" else ""
        return self.registry.change(*self.place, edit, subresource=status, **self.options | options)


def answer(asked: Asked) -> Answer:
    """Do what is asked, and return the code and the object that it is answered with."""
    verb, subresource = asked.attributes.verb, asked.attributes.subresource
    return _ANSWERS.get((verb, subresource), _ANSWERS[verb, ""])(asked)


def _get(asked: Asked) -> Answer:
    kind, namespace, name = asked.place
    if kind.resource not in _MEASURED:
        return 200, asked.shown(asked.registry.get(*asked.place))
    measured = _MEASURED[kind.resource](asked.registry, namespace)
    for found in (each for each in measured if each["metadata"]["name"] == name):
        return 200, asked.shown(found)
    raise not_found(kind.plural, "", name)


def _list(asked: Asked) -> Answer:
    (kind, namespace, _), store = asked.place, asked.registry.store
    if measure := _MEASURED.get(kind.resource):
        there = measure(asked.registry, namespace)
    else:
        there = store.list(kind.resource, namespace)
    items, metadata = page(there, kind, asked.request.query, store.revision)
    if shown := asked.table(items, metadata):
        return 200, shown
    if not kind.custom:
        # The items of a typed list do not say what they are.
        items = [{k: v for k, v in i.items() if k not in ("kind", "apiVersion")} for i in items]
    head = {"kind": f"{kind.kind}List", "apiVersion": kind.api_version}
    return 200, {**head, "metadata": metadata, "items": items}


def _create(asked: Asked) -> Answer:
    (kind, namespace, _), item = asked.place, asked.item()
    if kind.verbs == ("create",):
        return 201, reviewed(kind.resource, namespace, item, asked.caller, asked.registry)
    made = asked.registry.create(kind, namespace, _checked(asked, item), **asked.options)
    return 201, asked.shown(made)


def _update(asked: Asked) -> Answer:
    return 200, asked.shown(asked.changed(lambda x: _checked(asked, _edited(asked, x))))


def _edited(asked: Asked, item: JsonObject) -> JsonObject:
    """Return what the body of a replacement or a patch makes of the object, or of its scale."""
    if asked.attributes.verb == "update":
        return asked.item()
    content_type = asked.request.content_type
    if content_type not in _PATCHES and (asked.kind.custom or content_type != _STRATEGIC):
        known = ", ".join(_PATCHES)
        raise refusal("unreadable" if asked.kind.custom else "unpatchable", known=known)
    return patched(item, content_type, asked.body)


def _scale(asked: Asked) -> Answer:
    if asked.request.content_type == APPLY:
        raise refusal("out_of_scope", what="server-side apply of a scale")
    return 200, scale_of(asked.changed(lambda x: scaled(x, _edited(asked, scale_of(x)))))


def _patch(asked: Asked) -> Answer:
    if asked.request.content_type != APPLY:
        return _update(asked)
    body, manager = asked.item(), asked.request.query.get("fieldManager", "")
    force, now = asked.request.query.get("force") in ("true", "1"), asked.registry.stamp()

    def edit(item: JsonObject | None) -> JsonObject:
        return _checked(asked, applied(asked.kind, item, body, manager, force, now))

    # The fields that are applied have their owner already.
    if asked.registry.store.get(key_of(*asked.place)):
        return 200, asked.shown(asked.changed(edit, manager=""))
    # An application that creates takes the right to.
    authorize(asked.caller, replace(asked.attributes, verb="create"), asked.registry)
    options = asked.options | {"manager": ""}
    return 201, asked.shown(asked.registry.create(*asked.place[:2], edit(None), **options))


def _checked(asked: Asked, item: JsonObject) -> JsonObject:
    check(item, asked.kind, asked.attributes)
    return item


def _delete(asked: Asked) -> Answer:
    options = deletion_of(asked.request.query, asked.item() if asked.body else {})
    after, kind = asked.registry.delete(*asked.place, **options), asked.kind
    if held(after) or kind.returned:
        return 200, asked.shown(after)
    details = {"name": asked.attributes.name, "group": kind.group, "kind": kind.plural}
    details = without_empty(details | {"uid": after["metadata"]["uid"]})
    status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
    return 200, {**status, "details": details}


_ANSWERS: Mapping[tuple[str, str], Callable[[Asked], Answer]] = {
    ("get", ""): _get,
    ("get", "scale"): lambda asked: (200, scale_of(asked.registry.get(*asked.place))),
    ("list", ""): _list,
    ("create", ""): _create,
    ("create", "eviction"): lambda a: (201, evict(a.registry, *a.place[1:], a.item())),
    ("create", "token"): lambda a: (201, a.identities.token_request(*a.place[1:], a.item())),
    ("update", ""): _update,
    ("update", "scale"): _scale,
    ("patch", ""): _patch,
    ("patch", "scale"): _scale,
    ("delete", ""): _delete,
}

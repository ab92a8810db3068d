"""What each verb of the API does: from a request that is allowed to a code and an object."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from aiohttp import web

from bot.demo.cluster import deletion
from bot.demo.cluster.answers import Form, form
from bot.demo.cluster.apply import applied
from bot.demo.cluster.bodies import check, decoded
from bot.demo.cluster.identity import Identities
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.lists import chosen, page
from bot.demo.cluster.metrics import node_metrics, pod_metrics
from bot.demo.cluster.options import Deletion, Query, dry_run
from bot.demo.cluster.options import deletion as deletion_of
from bot.demo.cluster.patches import patched
from bot.demo.cluster.rbac import Attributes, Caller, authorize
from bot.demo.cluster.refusals import ApiRefusalError, Cause, JsonObject, invalid, not_found
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.reviews import reviewed
from bot.demo.cluster.store import Key
from bot.demo.cluster.subresources import SCALE, evict, scale_of, scaled

APPLY = "application/apply-patch+yaml"
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
    def query(self) -> Query:
        """Return the options; of one that is given twice, the first."""
        return dict([*self.request.query.items()][::-1])

    @cached_property
    def form(self) -> Form:
        """Return how objects are shown."""
        return form(self.kind, self.request.headers.get("Accept", ""), self.query)

    @property
    def place(self) -> tuple[Kind, str, str]:
        """Return the kind, namespace and name of the object that is meant."""
        namespace = self.attributes.namespace if self.kind.namespaced else ""
        return self.kind, namespace, self.attributes.name

    @property
    def live(self) -> JsonObject | None:
        """Return the object that is meant, if it is there."""
        kind, namespace, name = self.place
        return self.registry.store.get(Key(kind.resource, namespace, name))

    @property
    def manager(self) -> str:
        """Return whose the fields are that are changed: apiserver's `managerOrUserAgent`."""
        agent = self.request.headers.get("User-Agent", "")
        return self.query.get("fieldManager") or agent.partition("/")[0]

    def item(self) -> JsonObject:
        """Return the object that the body holds."""
        return decoded(self.request.content_type, self.body)

    def checked(self, item: JsonObject) -> JsonObject:
        """Return an object that is of the kind and place that are meant."""
        check(item, self.kind, self.registry.kinds, self.attributes)
        return item

    def one(self, item: JsonObject, code: int = 200) -> Answer:
        """Answer with one object."""
        return code, self.form.one(item, self.registry.clock.now())

    def many(self, items: list[JsonObject], metadata: JsonObject) -> Answer:
        """Answer with a list."""
        return 200, self.form.many(items, metadata, self.registry.clock.now())


def get(asked: Asked) -> Answer:
    """Answer with an object, or its scale."""
    kind, namespace, name = asked.place
    if measure := _MEASURED.get(kind.resource):
        found = [m for m in measure(asked.registry, namespace) if m["metadata"]["name"] == name]
        if not found:
            raise not_found(kind.plural, "", name)
        return asked.one(found[0])
    item = asked.registry.get(kind, namespace, name)
    return (200, scale_of(item)) if asked.attributes.subresource == "scale" else asked.one(item)


def list_(asked: Asked) -> Answer:
    """Answer with a page of a list."""
    kind, namespace, _ = asked.place
    if measure := _MEASURED.get(kind.resource):
        match = chosen(kind, asked.query)
        return asked.many([m for m in measure(asked.registry, namespace) if match(m)], {})
    found = page(asked.registry.store, kind, namespace, asked.query)
    return asked.many(found.items, found.metadata)


def create(asked: Asked) -> Answer:
    """Create an object, evict a pod, or answer a review."""
    (kind, namespace, name), body = asked.place, asked.item()
    if asked.attributes.subresource == "eviction":
        return 201, evict(asked.registry, namespace, name, body)
    if asked.attributes.subresource == "token":
        return 201, asked.identities.token_request(namespace, name, body)
    if kind.verbs == ("create",):
        return 201, reviewed(kind.resource, namespace, body, asked.caller, asked.registry)
    return asked.one(_created(asked, asked.checked(body), asked.manager), 201)


def update(asked: Asked) -> Answer:
    """Replace an object, its status or its scale; some kinds are created by it."""
    body, subresource = asked.item(), asked.attributes.subresource
    if subresource == "scale":
        return _scale(asked, lambda _: body)
    asked.checked(body)
    if asked.kind.upserted and asked.live is None and not subresource:
        return asked.one(_created(asked, body, asked.manager), 201)
    _check_conditional(asked.kind, body["metadata"])
    return asked.one(_changed(asked, lambda _: body, asked.manager))


def patch(asked: Asked) -> Answer:
    """Change an object by a patch, or apply a part of it."""
    kind, content_type = asked.kind, asked.request.content_type
    if content_type not in _PATCHES and (kind.custom or content_type != _STRATEGIC):
        raise _unknown_patch(kind)
    if asked.attributes.subresource == "scale":
        if content_type == APPLY:
            raise ApiRefusalError(501, "", "server-side apply of a scale is out of scope")
        return _scale(asked, lambda s: patched(SCALE, s, content_type, asked.body))
    if content_type == APPLY:
        return _apply(asked)

    def edit(item: JsonObject) -> JsonObject:
        new = asked.checked(patched(kind, item, content_type, asked.body))
        _check_same(kind, item["metadata"], new["metadata"])
        return new

    return asked.one(_changed(asked, edit, asked.manager))


def delete(asked: Asked) -> Answer:
    """Delete an object: it is answered with itself while it is held, else with a `Status`."""
    (kind, namespace, name), wanted = asked.place, _deletion(asked)
    before = asked.registry.get(*asked.place)
    after = asked.registry.delete(kind, namespace, name, **wanted)
    if after is None and kind.returned:
        now = asked.registry.clock.now()
        after = deletion.marked(kind, before, now, wanted["propagation"], wanted["grace"])
    if after is not None:
        return asked.one(after)
    details = not_found(kind.plural, kind.group, name).details
    status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
    return 200, status | {"details": {**(details or {}), "uid": before["metadata"]["uid"]}}


def delete_collection(asked: Asked) -> Answer:
    """Delete what a list chooses; it is answered with the list."""
    (kind, namespace, _), wanted = asked.place, _deletion(asked)
    found = page(asked.registry.store, kind, namespace, asked.query)
    for metadata in (item["metadata"] for item in found.items):
        asked.registry.delete(kind, metadata.get("namespace", ""), metadata["name"], **wanted)
    return asked.many(found.items, found.metadata)


VERBS: Mapping[str, Callable[[Asked], Answer]] = {
    "get": get,
    "list": list_,
    "create": create,
    "update": update,
    "patch": patch,
    "delete": delete,
    "deletecollection": delete_collection,
}


def _created(asked: Asked, item: JsonObject, manager: str) -> JsonObject:
    kind, namespace, _ = asked.place
    # A replacement and a patch that create take the right to.
    authorize(asked.caller, replace(asked.attributes, verb="create"), asked.registry)
    dry = dry_run(asked.query, "CreateOptions")
    return asked.registry.create(kind, namespace, item, dry_run=dry, manager=manager)


def _changed(asked: Asked, edit: Edit, manager: str) -> JsonObject:
    options = "PatchOptions" if asked.attributes.verb == "patch" else "UpdateOptions"
    return asked.registry.change(
        *asked.place,
        edit,
        subresource="status" if asked.attributes.subresource == "status" else "",
        dry_run=dry_run(asked.query, options),
        manager=manager,
    )


def _apply(asked: Asked) -> Answer:
    """Apply; the fields that are applied have their owner already."""
    body, manager = asked.item(), asked.query.get("fieldManager", "")
    force, now = asked.query.get("force") in ("true", "1"), asked.registry.stamp()

    def edit(item: JsonObject | None) -> JsonObject:
        return asked.checked(applied(asked.kind, item, body, manager, force, now))

    if asked.live is None:
        return asked.one(_created(asked, edit(None), ""), 201)
    return asked.one(_changed(asked, edit, ""))


def _scale(asked: Asked, edit: Edit) -> Answer:
    changed = _changed(asked, lambda item: scaled(item, edit(scale_of(item))), asked.manager)
    return 200, scale_of(changed)


def _deletion(asked: Asked) -> Deletion:
    return deletion_of(asked.query, asked.item() if asked.body else {})


def _check_conditional(kind: Kind, metadata: JsonObject) -> None:
    if kind.conditional and not metadata.get("resourceVersion"):
        why = "Invalid value: 0: must be specified for an update"
        cause = Cause("metadata.resourceVersion", "FieldValueInvalid", why)
        # generic registry `store.go`: the kind is called by its resource here.
        raise invalid(kind.plural, kind.group, metadata["name"], [cause])


def _check_same(kind: Kind, before: JsonObject, after: JsonObject) -> None:
    if after.get("uid") != before["uid"]:
        why = f'Invalid value: "{after.get("uid", "")}": field is immutable'
        cause = Cause("metadata.uid", "FieldValueInvalid", why)
        raise invalid(kind.kind, kind.group, before["name"], [cause])


def _unknown_patch(kind: Kind) -> ApiRefusalError:
    if not kind.custom:
        return ApiRefusalError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
    message = "the body of the request was in an unknown format - accepted media types include: "
    return ApiRefusalError(415, "UnsupportedMediaType", message + ", ".join(_PATCHES))

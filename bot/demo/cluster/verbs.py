"""What each verb of the API does: from a request that is allowed to a code and an object.

Scales and evictions are those of kube-apiserver's `pkg/registry` (apps and core/pod/storage).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from aiohttp import web

from bot.demo.cluster import patches
from bot.demo.cluster.access import Attributes, Caller, Identities, authorize, reviewed
from bot.demo.cluster.admission import understood
from bot.demo.cluster.audit import Event
from bot.demo.cluster.controllers.hands import ended, leaving, phase, ready
from bot.demo.cluster.kinds import Kind, below
from bot.demo.cluster.lists import page
from bot.demo.cluster.metrics import measured
from bot.demo.cluster.refusals import Cause, refusal
from bot.demo.cluster.registry import Edit, Registry, held
from bot.demo.cluster.selectors import requirements_of, selector_matches
from bot.demo.cluster.store import Key
from bot.demo.cluster.tables import table
from bot.demo.cluster.values import Json, at, without_empty
from bot.demo.cluster.wire import APPLY, JSON, decoded

_PATCHES = (patches.JSON_PATCH, patches.MERGE_PATCH, APPLY)
_BUDGETS = "poddisruptionbudgets.policy"
_TABLE = {"as=Table", "v=v1", "g=meta.k8s.io"}
_OF_SCALE = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
_SUCCESS: Json = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
Answer = tuple[int, Json]


@dataclass(frozen=True)
class Asked:
    """A request that is allowed, with everything that answering it takes."""

    request: web.BaseRequest
    attributes: Attributes
    kind: Kind
    caller: Caller
    registry: Registry
    identities: Identities
    event: Event

    @cached_property
    def key(self) -> Key:
        """Return where the object is that is meant."""
        return self.kind.at(self.attributes.namespace, self.attributes.name)

    @cached_property
    def options(self) -> dict[str, Any]:
        """Return the options of a change: apiserver's `managerOrUserAgent`, and the dry run."""
        agent = self.request.headers.get("User-Agent", "").partition("/")[0]
        manager = self.request.query.get("fieldManager") or agent
        return {"manager": manager, "dry_run": bool(self.request.query.get("dryRun"))}

    @property
    def item(self) -> Json:
        """Return what the body holds."""
        return decoded(self.request.content_type, self.event.body)

    async def stream(self, content_type: str) -> web.StreamResponse:
        """Begin an answer that takes its time."""
        headers = {"Content-Type": content_type, "Audit-Id": self.event.id}
        response = web.StreamResponse(headers=headers)
        await response.prepare(self.request)
        self.event.started(200)
        return response

    def there(self) -> list[Json]:
        """Return the objects of the kind: what is measured, or what is stored."""
        if self.kind.group == "metrics.k8s.io":
            return measured(self.registry, self.kind, self.key.namespace)
        return self.registry.store.list(self.kind.resource, self.key.namespace)

    def table(self, items: Sequence[Json], metadata: Json) -> Json | None:
        """Return the Table of the objects, if the request asks for one. Raises: 406."""
        for media in (self.request.headers.get("Accept") or "*/*").split(","):
            name, *parameters = (part.strip() for part in media.split(";"))
            shaped = any(each.startswith("as=") for each in parameters)
            if name in (JSON, "*/*") and not shaped:
                return None
            if name in (JSON, "*/*") and set(parameters) >= _TABLE:
                include = self.request.query.get("includeObject") or "Metadata"
                return table(self.kind, items, self.registry.clock.now(), include, metadata)
        raise refusal("unwritten", known=JSON)

    def shown(self, item: Json) -> Json:
        """Return one object in the form that is asked for."""
        version = without_empty({"resourceVersion": item["metadata"].get("resourceVersion")})
        return self.table([item], version) or item

    def understood(self, item: Json) -> Json:
        """Return what a subresource is asked with, filled in. Raises: 400, 422."""
        kind, name = below(self.attributes.subresource), at(item, "metadata.name", "")
        return understood(kind, self.checked(item, kind), f"{kind.kind}.{kind.group}", name)

    def checked(self, item: Json, kind: Kind | None = None) -> Json:
        """Return an object, if its kind, namespace and name are those of the path. Raises: 400."""
        kind, asked, metadata = kind or self.kind, self.attributes, item.get("metadata") or {}
        version, said = item.get("apiVersion", kind.api_version), item.get("kind", kind.kind)
        if (version, said) != (kind.api_version, kind.kind):
            raise refusal("other_kind", said=said, version=version, kind=kind.kind)
        if kind.namespaced and metadata.get("namespace", asked.namespace) != asked.namespace:
            raise refusal("other_namespace")
        if asked.verb != "create" and (said := metadata.get("name", "")) != asked.name:
            raise refusal("other_name" if said else "nameless", said=said, wanted=asked.name)
        return item

    def changed(self, edit: Edit, **options: str) -> Json:
        """Store what `edit` makes of the object that is meant."""
        status = "status" if self.attributes.subresource == "status" else ""
        return self.registry.change(self.key, edit, subresource=status, **self.options | options)


def answer(asked: Asked) -> Answer:
    """Do what is asked, and return the code and the object that it is answered with."""
    verb, subresource = asked.attributes.verb, asked.attributes.subresource
    return _ANSWERS.get(f"{verb} {subresource}", _ANSWERS[verb])(asked)


def _get(asked: Asked) -> Answer:
    if "create" in asked.kind.verbs:
        return 200, asked.shown(asked.registry.get(asked.key))
    for each in asked.there():
        if each["metadata"]["name"] == asked.key.name:
            return 200, asked.shown(each)
    raise refusal("missing", asked.kind.plural, asked.key.name)


def _list(asked: Asked) -> Answer:
    kind, revision = asked.kind, asked.registry.store.revision
    items, metadata = page(asked.there(), kind, asked.request.query, revision)
    if shown := asked.table(items, metadata):
        return 200, shown
    if not kind.custom:
        # The items of a typed list do not say what they are.
        items = [{k: v for k, v in i.items() if k not in ("kind", "apiVersion")} for i in items]
    head = {"kind": f"{kind.kind}List", "apiVersion": kind.api_version}
    return 200, {**head, "metadata": metadata, "items": items}


def _create(asked: Asked) -> Answer:
    namespace, item = asked.key.namespace, asked.checked(asked.item)
    if "get" not in asked.kind.verbs:
        return 201, reviewed(asked.kind, namespace, item, asked.caller, asked.registry)
    item = asked.registry.create(asked.kind.resource, namespace, item, **asked.options)
    return 201, asked.shown(item)


def _update(asked: Asked) -> Answer:
    return 200, asked.shown(asked.changed(lambda x: asked.checked(_edited(asked, x))))


def _edited(asked: Asked, item: Json) -> Json:
    """Return what the body of a replacement or a patch makes of the object, or of its scale."""
    if asked.attributes.verb == "update":
        return asked.item
    custom, content_type = asked.kind.custom, asked.request.content_type
    known = _PATCHES if custom else (*_PATCHES, patches.STRATEGIC_MERGE)
    if content_type not in known:
        raise refusal("unreadable" if custom else "unpatchable", known=", ".join(known))
    return patches.patched(item, content_type, asked.event.body)


def _patch(asked: Asked) -> Answer:
    if asked.request.content_type != APPLY:
        return _update(asked)
    body, manager = asked.item, asked.request.query.get("fieldManager", "")
    force, now = asked.request.query.get("force") in ("true", "1"), asked.registry.stamp()

    def edit(item: Json | None) -> Json:
        return asked.checked(patches.applied(asked.kind, item, body, manager, force, now))

    # The fields that are applied have their owner already.
    if asked.registry.store.get(asked.key):
        return 200, asked.shown(asked.changed(edit, manager=""))
    # An application that creates takes the right to.
    authorize(asked.caller, replace(asked.attributes, verb="create"), asked.registry)
    place, options = (asked.kind.resource, asked.key.namespace), asked.options | {"manager": ""}
    return 201, asked.shown(asked.registry.create(*place, edit(None), **options))


def _delete(asked: Asked) -> Answer:
    # Those of the body come before the query's.
    body = asked.item if asked.event.body else {}
    options = {**asked.request.query, "preconditions": {}, **body}
    after, kind = asked.registry.delete(asked.key, options), asked.kind
    if held(after) or kind.returned:
        return 200, asked.shown(after)
    about = {"name": asked.key.name, "group": kind.group, "kind": kind.plural}
    return 200, _SUCCESS | {"details": without_empty(about) | {"uid": after["metadata"]["uid"]}}


def _scale(asked: Asked) -> Answer:
    if asked.request.content_type == APPLY:
        raise refusal("out_of_scope", what="server-side apply of a scale")

    def edit(item: Json) -> Json:
        return scaled(item, asked.understood(_edited(asked, scale_of(item))))

    return 200, scale_of(asked.changed(edit))


def scale_of(item: Json) -> Json:
    """Return the scale of a workload."""
    spec, status = item["spec"], item.get("status") or {}
    selector = ",".join(map(str, requirements_of(spec.get("selector") or {})))
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {k: v for k, v in item["metadata"].items() if k in _OF_SCALE},
        "spec": without_empty({"replicas": spec.get("replicas")}),
        "status": {"replicas": status.get("replicas", 0), "selector": selector},
    }


def scaled(item: Json, scale: Json) -> Json:
    """Return the workload with the scale's replicas, at its version."""
    version = {"resourceVersion": at(scale, "metadata.resourceVersion", "")}
    spec = {"replicas": at(scale, "spec.replicas", 0)}
    return patches.merged(item, {"metadata": without_empty(version), "spec": spec})


def _evict(asked: Asked) -> Answer:
    dry = {"deleteOptions": {"dryRun": ["All"]}} if asked.options["dry_run"] else {}
    body = patches.merged(asked.understood(asked.item), dry)
    return 201, evict(asked.registry, asked.key, body)


def evict(registry: Registry, key: Key, body: Json) -> Json:
    """Delete a pod if its budget lets it go; return a `Status`. Raises: 400, 404, 409, 429, 500."""
    if at(body, "metadata.name") != key.name:
        raise refusal("other_pod")
    options, pod = body.get("deleteOptions") or {}, registry.get(key)
    budgets = [x for x in registry.store.list(_BUDGETS, key.namespace) if _counts(x, pod)]
    if len(budgets) > 1:
        raise refusal("two_budgets")
    for of in map(registry.kinds.key_of, budgets):
        registry.change(of, _spent, subresource="status", dry_run=bool(options.get("dryRun")))
    registry.delete(key, options)
    return _SUCCESS | {"code": 201}


def _counts(budget: Json, pod: Json) -> bool:
    """Tell whether a budget protects the pod, unless it can spare what is not ready."""
    selector, labels = budget["spec"].get("selector"), pod["metadata"].get("labels") or {}
    if ended(pod) or leaving(pod) or phase(pod) == "Pending" or selector is None:
        return False
    status = budget.get("status") or {}
    enough = status.get("currentHealthy", 0) >= status.get("desiredHealthy", 0) > 0
    return (ready(pod) or not enough) and selector_matches(selector, labels)


def _spent(budget: Json) -> Json:
    """Return the budget after one more eviction. Raises: 429."""
    status, name = budget.get("status") or {}, budget["metadata"]["name"]
    if (allowed := status.get("disruptionsAllowed", 0)) <= 0:
        needs, has = status.get("desiredHealthy", 0), status.get("currentHealthy", 0)
        why = f"The disruption budget {name} needs {needs} healthy pods and has {has} currently"
        raise refusal("disruption", causes=[Cause("", "DisruptionBudget", why)])
    return patches.merged(budget, {"status": {"disruptionsAllowed": allowed - 1}})


_ANSWERS: Mapping[str, Callable[[Asked], Answer]] = {
    "get": _get, "list": _list, "create": _create, "delete": _delete,
    "update": _update, "patch": _patch, "update scale": _scale, "patch scale": _scale,
    "create eviction": _evict,
    "get scale": lambda a: (200, scale_of(a.registry.get(a.key))),
    "create token": lambda a: (201, a.identities.token_request(a.key, a.understood(a.item))),
}  # fmt: skip

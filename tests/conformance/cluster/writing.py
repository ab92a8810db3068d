"""Objects, requests and checks for cases, in one word each."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack

from jsonpointer import resolve_pointer

from tests.conformance.cluster.case import Check, Headers, Pointers, Request

Item = dict[str, Any]

CORE = "/api/v1/namespaces/{ns}"
APPS = "/apis/apps/v1/namespaces/{ns}"
BATCH = "/apis/batch/v1/namespaces/{ns}"
POLICY = "/apis/policy/v1/namespaces/{ns}"
RBAC = "/apis/rbac.authorization.k8s.io/v1"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
"""What kubectl accepts for `get`: a Table where there is one."""
PATCH_JSON = "application/json-patch+json"
PATCH_MERGE = "application/merge-patch+json"
PATCH_STRATEGIC = "application/strategic-merge-patch+json"
PATCH_APPLY = "application/apply-patch+yaml"
IMAGE = "registry.example.org/shop/web:1"
"""Becomes ready; a tag that begins with `bad` cannot be pulled, one with `crash` crashes."""
# Every other kind's plural is its name in lower case, with an s.
PLURALS = {"EndpointSlice": "endpointslices", "Ingress": "ingresses"}
CLUSTER_WIDE = (
    "Namespace", "Node", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition",
)  # fmt: skip


class Options(TypedDict, total=False):
    """What a request may have beside its method, path and body."""

    accept: str
    headers: Headers
    save: Mapping[str, str]
    keep: Pointers
    managed: bool


# ---------------------------------------------------------------- objects


def item(api_version: str, kind: str, name: str, /, **parts: Any) -> Item:
    """Return an object; `labels` and `annotations` go into its metadata."""
    metadata: Item = {"name": name}
    for part in ("labels", "annotations", "finalizers", "ownerReferences"):
        if part in parts:
            metadata[part] = parts.pop(part)
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **parts}


def config_map(name: str, /, **parts: Any) -> Item:
    """Return a ConfigMap with one entry."""
    return item("v1", "ConfigMap", name, **({"data": {"key": "value"}} | parts))


def containers(image: str = IMAGE, **parts: Any) -> Item:
    """Return a pod's spec with one container `app`; `parts` are the container's."""
    return {"containers": [{"name": "app", "image": image, **parts}]}


def pod(name: str, image: str = IMAGE, /, **parts: Any) -> Item:
    """Return a Pod; `spec` adds to its spec."""
    spec = containers(image) | parts.pop("spec", {})
    return item("v1", "Pod", name, spec=spec, **parts)


def template(name: str, image: str = IMAGE, **spec: Any) -> Item:
    """Return a pod template with the label `app`."""
    return {"metadata": {"labels": {"app": name}}, "spec": containers(image) | spec}


def deployment(name: str, image: str = IMAGE, /, replicas: int = 1, **spec: Any) -> Item:
    """Return a Deployment of pods labelled `app: NAME`; `spec` adds to its spec."""
    return _workload("Deployment", name, image, {"replicas": replicas, **spec})


def replica_set(name: str, image: str = IMAGE, /, replicas: int = 1, **spec: Any) -> Item:
    """Return a ReplicaSet of pods labelled `app: NAME`."""
    return _workload("ReplicaSet", name, image, {"replicas": replicas, **spec})


def stateful_set(name: str, image: str = IMAGE, /, replicas: int = 1, **spec: Any) -> Item:
    """Return a StatefulSet of pods labelled `app: NAME`."""
    return _workload("StatefulSet", name, image, {"replicas": replicas, "serviceName": name} | spec)


def daemon_set(name: str, image: str = IMAGE, /, **spec: Any) -> Item:
    """Return a DaemonSet of pods labelled `app: NAME`."""
    return _workload("DaemonSet", name, image, spec)


def job(name: str, image: str = IMAGE, /, **spec: Any) -> Item:
    """Return a Job, whose pods end well."""
    once = {"spec": containers(image) | {"restartPolicy": "Never"}}
    return item("batch/v1", "Job", name, spec={"template": once, **spec})


def service(name: str, /, **spec: Any) -> Item:
    """Return a Service for the pods labelled `app: NAME`, on port 80."""
    return item(
        "v1", "Service", name, spec={"selector": {"app": name}, "ports": [{"port": 80}]} | spec
    )


def _workload(kind: str, name: str, image: str, spec: Item) -> Item:
    selected = {"selector": {"matchLabels": {"app": name}}, "template": template(name, image)}
    return item("apps/v1", kind, name, spec=selected | spec)


# ---------------------------------------------------------------- requests


def path(kind_or_item: Item, name: str | None = None) -> str:
    """Return where objects of the item's kind are; with a name, that object."""
    version, kind = kind_or_item["apiVersion"], kind_or_item["kind"]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    where = root if kind in CLUSTER_WIDE else root + "/namespaces/{ns}"
    plural = PLURALS.get(kind, f"{kind.lower()}s")
    return f"{where}/{plural}" + (f"/{name}" if name else "")


def create(what: Item, query: str = "", **options: Unpack[Options]) -> Request:
    """Return the request that creates the object; `query` as `?dryRun=All`."""
    return Request("POST", path(what) + query, what, **options)


def update(what: Item, query: str = "", **options: Unpack[Options]) -> Request:
    """Return the request that replaces the object; `query` may begin with `/status`."""
    return Request("PUT", path(what, what["metadata"]["name"]) + query, what, **options)


def get(where: str, **options: Unpack[Options]) -> Request:
    """Return the request that reads a path."""
    return Request("GET", where, **options)


def table(where: str, **options: Unpack[Options]) -> Request:
    """Return the request that reads a path as kubectl's `get` does: as a Table."""
    return Request("GET", where, **({"accept": TABLE} | options))


def delete(where: str, body: Item | None = None, **options: Unpack[Options]) -> Request:
    """Return the request that deletes a path; the body is a DeleteOptions' fields."""
    whole = None if body is None else {"kind": "DeleteOptions", "apiVersion": "v1", **body}
    return Request("DELETE", where, whole, **options)


def patch(
    where: str, body: Any, content_type: str = PATCH_MERGE, **options: Unpack[Options]
) -> Request:
    """Return the request that patches a path."""
    return Request("PATCH", where, body, content_type, **options)


def server_side_apply(
    what: Item, manager: str = "test", *, force: bool = False, **options: Unpack[Options]
) -> Request:
    """Return the request that applies the object as a manager."""
    where = f"{path(what, what['metadata']['name'])}?fieldManager={manager}"
    return patch(where + ("&force=true" if force else ""), what, PATCH_APPLY, **options)


def as_user(user: str, *groups: str) -> Headers:
    """Return the headers with which the administrator acts as somebody else."""
    return {"Impersonate-User": user, "Impersonate-Group": groups}


# ---------------------------------------------------------------- checks


def at(pointer: str, *values: Any) -> Check:
    """Pass when the JSON Pointer's place holds one of the values (None: nothing is there)."""
    return lambda code, body: code == 200 and resolve_pointer(body, pointer, None) in values


def condition(kind: str, status: str = "True", reason: str | None = None) -> Check:
    """Pass when the object has the condition."""

    def check(code: int, body: Any) -> bool:
        conditions = (body.get("status", {}).get("conditions") or ()) if code == 200 else ()
        return any(
            each["type"] == kind
            and each["status"] == status
            and reason in (None, each.get("reason"))
            for each in conditions
        )

    return check


def gone(code: int, _body: Any) -> bool:
    """Pass when there is nothing any more."""
    return code == 404


def count(number: int, each: Check | None = None) -> Check:
    """Pass when the list has so many items, each of which passes `each`."""

    def check(code: int, body: Any) -> bool:
        items: Sequence[Any] = body.get("items", ()) if code == 200 else ()
        fits = [one for one in items if each is None or each(code, one)]
        return code == 200 and len(items) == len(fits) == number

    return check


def both(*checks: Check) -> Check:
    """Pass when all of them pass."""
    return lambda code, body: all(check(code, body) for check in checks)

"""Server-side apply, and who owns which field."""

from typing import Any

from tests.conformance.cluster.case import Case, Request
from tests.conformance.cluster.objects import DATA, ONE, TEMPLATE, web
from tests.conformance.cluster.writing import (
    CORE,
    PATCH_APPLY,
    PATCH_JSON,
    Item,
    config_map,
    create,
    get,
    item,
    patch,
    server_side_apply,
    service,
    update,
)


def applied(what: Item, manager: str = "first", **options: Any) -> Request:
    return server_side_apply(what, manager, managed=True, **options)


def scaled(replicas: int) -> Item:
    return item("apps/v1", "Deployment", "web", spec={"replicas": replicas})


# What `kubectl apply` writes down of the object that it applies.
_TOLD = {
    "kubectl.kubernetes.io/last-applied-configuration": (
        '{"apiVersion":"v1","data":{"a":"1","b":"2"},"kind":"ConfigMap","metadata":{"name":"one"}}\n'
    )
}
CLIENT_SIDE = config_map("one", data={"a": "1", "b": "2"}, annotations=_TOLD)

CASES = (
    # -------------------------------------------------------------- managed fields
    Case(
        "a creation is tracked field by field",
        (create(config_map("one", labels={"a": "b"}), "?fieldManager=tester", managed=True),),
    ),
    Case(
        "a deployment's creation is tracked by the keys of its lists",
        (create(web(), "?fieldManager=tester", managed=True, keep=("/metadata/managedFields",)),),
    ),
    Case(
        "a service's creation is tracked by its ports",
        (
            create(
                service("web"),
                "?fieldManager=tester",
                managed=True,
                keep=("/metadata/managedFields",),
            ),
        ),
    ),
    Case(
        "an update takes over what it changes",
        (
            create(config_map("one", data={"a": "1", "b": "2"}), "?fieldManager=first", keep=()),
            patch(
                f"{ONE}?fieldManager=second",
                {"data": {"a": "9", "b": None, "c": "3"}},
                managed=True,
                keep=("/metadata/managedFields", "/data"),
            ),
            update(
                config_map("one", data={"z": "1"}),
                "?fieldManager=third",
                managed=True,
                keep=("/metadata/managedFields", "/data"),
            ),
        ),
    ),
    # -------------------------------------------------------------- server-side apply
    Case(
        "an apply creates what is not there",
        (applied(config_map("one", data={"a": "1"})),),
    ),
    Case(
        "an apply of a deployment owns its fields",
        (applied(web(), keep=("/metadata/managedFields",)),),
    ),
    Case(
        "an apply of the same changes nothing",
        (
            applied(config_map("one"), keep=()),
            Request(
                "PATCH",
                f"{ONE}?fieldManager=first",
                config_map("one"),
                PATCH_APPLY,
                keep=("/metadata/managedFields", "/data"),
                managed=True,
            ),
        ),
    ),
    Case(
        "several may own the same value",
        (
            applied(config_map("one"), keep=()),
            applied(config_map("one"), "second", keep=("/metadata/managedFields",)),
        ),
    ),
    Case(
        "an apply removes what its manager applies no more",
        (
            applied(config_map("one", data={"a": "1", "b": "2"}, labels={"x": "y"}), keep=()),
            applied(config_map("one", data={"a": "1"}), keep=("/data", "/metadata")),
        ),
    ),
    Case(
        "an apply keeps what others own, too",
        (
            applied(config_map("one", data={"a": "1", "b": "2"}), keep=()),
            applied(config_map("one", data={"b": "2"}), "second", keep=()),
            applied(config_map("one", data={"a": "1"}), keep=("/data", "/metadata/managedFields")),
        ),
    ),
    Case(
        "an apply conflicts with another's value",
        (
            create(web(), "?fieldManager=kubectl-client-side-apply", keep=()),
            applied(scaled(3)),
            applied(scaled(3), force=True, keep=("/spec/replicas", "/metadata/managedFields/0")),
        ),
    ),
    Case(
        "an apply tells all its conflicts",
        (
            applied(config_map("one", data={"a": "1", "b": "2"}), keep=()),
            applied(config_map("one", data={"a": "8", "b": "9"}), "second"),
        ),
    ),
    Case(
        "a conflict names the element of a list",
        (
            applied(web(), keep=()),
            applied(
                item(
                    "apps/v1",
                    "Deployment",
                    "web",
                    spec={
                        "template": {
                            "spec": {
                                "containers": [
                                    {
                                        "name": "app",
                                        "image": "other:1",
                                        "ports": [{"containerPort": 80, "name": "http"}],
                                    }
                                ]
                            }
                        }
                    },
                ),
                "second",
            ),
        ),
    ),
    Case(
        "an apply by kubectl takes over what it applied on the client's side",
        (
            create(CLIENT_SIDE, "?fieldManager=kubectl-client-side-apply", keep=()),
            applied(config_map("one", data={"a": "2", "b": "2"}), "other", keep=("/message",)),
            applied(config_map("one", data={"a": "2", "b": "2"}), "kubectl"),
            applied(config_map("one", data={"a": "2"}), "kubectl"),
        ),
    ),
    Case(
        "an apply by kubectl leaves to others what they changed since",
        (
            create(CLIENT_SIDE, "?fieldManager=kubectl-client-side-apply", keep=()),
            patch(f"{CORE}/configmaps/one?fieldManager=editor", {"data": {"a": "3"}}, keep=()),
            applied(config_map("one", data={"a": "2", "b": "2"}), "kubectl"),
        ),
    ),
    Case(
        "an apply adds to a list of elements with keys",
        (
            applied(web(), keep=()),
            applied(
                item(
                    "apps/v1",
                    "Deployment",
                    "web",
                    spec={
                        "template": {
                            "spec": {
                                "containers": [
                                    {"name": "app", "env": [{"name": "C", "value": "3"}]},
                                    {"name": "two", "image": "other:1"},
                                ]
                            }
                        }
                    },
                ),
                "second",
                keep=(
                    f"{TEMPLATE}/containers",
                    "/metadata/managedFields/0",
                    "/metadata/managedFields/1",
                ),
            ),
            applied(
                item(
                    "apps/v1",
                    "Deployment",
                    "web",
                    spec={
                        "template": {
                            "spec": {
                                "containers": [
                                    {"name": "app", "env": [{"name": "C", "value": "3"}]}
                                ]
                            }
                        }
                    },
                ),
                "second",
                keep=(f"{TEMPLATE}/containers",),
            ),
        ),
    ),
    Case(
        "an apply after updates owns beside them",
        (
            create(config_map("one"), "?fieldManager=tester", keep=()),
            applied(
                config_map("one", data={"key": "value", "b": "2"}),
                keep=("/data", "/metadata/managedFields"),
            ),
        ),
    ),
    Case(
        "a dry run of an apply stores nothing",
        (
            server_side_apply(config_map("one"), "first&dryRun=All", keep=DATA),
            get(ONE),
        ),
    ),
    Case(
        "an apply needs a manager, a kind and a version that fit",
        (
            Request("PATCH", ONE, config_map("one"), PATCH_APPLY),
            Request("PATCH", f"{ONE}?fieldManager=a", {"data": {}}, PATCH_APPLY),
            Request(
                "PATCH",
                f"{ONE}?fieldManager=a",
                config_map("one") | {"apiVersion": "v2"},
                PATCH_APPLY,
            ),
            Request("PATCH", f"{ONE}?fieldManager=a", config_map("two"), PATCH_APPLY),
            Request("PATCH", f"{ONE}?fieldManager=a", "a: [", PATCH_APPLY, keep=("/reason",)),
        ),
    ),
    Case(
        "an apply cannot name managed fields",
        (
            Request(
                "PATCH",
                f"{ONE}?fieldManager=a",
                {
                    "apiVersion": "v1",
                    "kind": "ConfigMap",
                    "metadata": {"name": "one", "managedFields": []},
                },
                PATCH_APPLY,
            ),
        ),
    ),
    Case(
        "who sends managed fields writes them",
        (
            create(config_map("one"), "?fieldManager=old", keep=()),
            patch(
                f"{ONE}?fieldManager=other",
                [{"op": "replace", "path": "/metadata/managedFields/0/manager", "value": "new"}],
                PATCH_JSON,
                keep=("/metadata/managedFields",),
                managed=True,
            ),
            patch(
                f"{ONE}?fieldManager=other",
                [{"op": "replace", "path": "/metadata/managedFields", "value": [{}]}],
                PATCH_JSON,
                keep=("/metadata/managedFields",),
                managed=True,
            ),
        ),
    ),
)

"""Requests: what is created, replaced and patched, and what is served where."""

from tests.conformance.cluster.case import Case, Request, Until
from tests.conformance.cluster.widgets import HELD, IN_TWO, MAPS, NOWHERE, TWO
from tests.conformance.cluster.writing import (
    APPS,
    CORE,
    as_user,
    at,
    condition,
    config_map,
    create,
    delete,
    deployment,
    get,
    gone,
    item,
    patch,
    pod,
    server_side_apply,
    update,
)

EVE = as_user("eve")
ROLE = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role"}
CHANGING = [
    {
        "apiGroups": ["", "coordination.k8s.io"],
        "resources": ["configmaps", "leases"],
        "verbs": ["patch", "update"],
    }
]

VERBS = (
    Case(
        "a name is generated",
        (create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "some-"}}),),
    ),
    Case(
        "an object without a name is invalid",
        (create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}}),),
    ),
    Case(
        "an object to be created has no version",
        (
            create(
                {
                    "apiVersion": "v1",
                    "kind": "ConfigMap",
                    "metadata": {"name": "one", "resourceVersion": "5"},
                }
            ),
        ),
    ),
    Case(
        "the namespace of an object must be that of its path",
        (
            Request(
                "POST",
                MAPS,
                {
                    "apiVersion": "v1",
                    "kind": "ConfigMap",
                    "metadata": {"name": "one", "namespace": "other"},
                },
            ),
        ),
    ),
    Case(
        "nothing is created in a namespace that is missing",
        (
            Request("POST", "/api/v1/namespaces/{ns}-none/configmaps", config_map("one")),
            Request("POST", "/apis/apps/v1/namespaces/{ns}-none/deployments", deployment("web")),
        ),
    ),
    Case(
        "nothing is created in a namespace that ends",
        (
            create(TWO, keep=()),
            Request("POST", f"{IN_TWO}/configmaps", HELD, keep=()),
            delete(IN_TWO, keep=()),
            Request("POST", f"{IN_TWO}/configmaps", config_map("one")),
            patch(f"{IN_TWO}/configmaps/held", {"metadata": {"finalizers": None}}, keep=()),
            Until(IN_TWO, gone),
        ),
    ),
    Case(
        "a dry run creates nothing",
        (
            create(config_map("one"), "?dryRun=All"),
            get(f"{MAPS}/one"),
        ),
    ),
    Case(
        "a body that is no JSON is refused",
        (
            Request("POST", MAPS, "{", keep=("/kind", "/reason", "/code")),
            Request("POST", MAPS, "", keep=("/kind", "/reason", "/code")),
        ),
    ),
    Case(
        "an object is replaced",
        (
            create(config_map("one", labels={"a": "b"}), keep=()),
            update(config_map("one", data={"other": "value"})),
            get(f"{MAPS}/one"),
        ),
    ),
    Case(
        "a change of nothing makes no new version",
        (
            create(config_map("one"), keep=(), save={"version": "/metadata/resourceVersion"}),
            update(config_map("one"), keep=("/data",)),
            delete(f"{MAPS}/one", {"preconditions": {"resourceVersion": "{version}"}}),
        ),
    ),
    Case(
        "a replacement of an older version is a conflict",
        (
            create(config_map("one"), keep=(), save={"version": "/metadata/resourceVersion"}),
            patch(f"{MAPS}/one", {"data": {"key": "new"}}, keep=()),
            Request(
                "PUT",
                f"{MAPS}/one",
                {
                    "apiVersion": "v1",
                    "kind": "ConfigMap",
                    "metadata": {"name": "one", "resourceVersion": "{version}"},
                },
            ),
            create(deployment("web", replicas=0), keep=()),
            patch(f"{APPS}/deployments/web", {"metadata": {"resourceVersion": "1"}}),
        ),
    ),
    Case(
        "a replacement of another object is a conflict",
        (
            create(config_map("one"), keep=()),
            Request(
                "PUT",
                f"{MAPS}/one",
                {
                    "apiVersion": "v1",
                    "kind": "ConfigMap",
                    "metadata": {"name": "one", "uid": "other"},
                },
                keep=("/reason", "/code", "/details"),
            ),
        ),
    ),
    Case(
        "a replacement must have the name and namespace of its path",
        (
            create(config_map("one"), keep=()),
            Request("PUT", f"{MAPS}/one", config_map("two")),
            Request(
                "PUT",
                f"{MAPS}/one",
                {
                    "apiVersion": "v1",
                    "kind": "ConfigMap",
                    "metadata": {"name": "one", "namespace": "other"},
                },
            ),
            Request("PUT", f"{MAPS}/one", {"apiVersion": "v1", "kind": "ConfigMap"}),
            patch(f"{MAPS}/one", {"metadata": {"name": "two"}}),
        ),
    ),
    Case(
        "what does not exist can be neither replaced nor patched",
        (
            update(config_map("none")),
            patch(f"{MAPS}/none", {"data": {}}),
            update(deployment("none")),
        ),
    ),
    Case(
        "who may patch may not create by it",
        (
            create(
                item("rbac.authorization.k8s.io/v1", "Role", "changer", rules=CHANGING), keep=()
            ),
            create(
                item(
                    "rbac.authorization.k8s.io/v1",
                    "RoleBinding",
                    "changer",
                    roleRef=ROLE | {"name": "changer"},
                    subjects=[{"kind": "User", "name": "eve", "apiGroup": ROLE["apiGroup"]}],
                ),
                keep=(),
            ),
            # A real server learns of a binding a moment after it is made.
            create(deployment("web"), keep=()),
            Until(f"{APPS}/deployments/web", condition("Available"), keep=()),
            server_side_apply(config_map("one"), headers=EVE),
            patch(f"{MAPS}/one", {"data": {}}, headers=EVE),
        ),
    ),
    Case(
        "a replacement leaves the status as it is",
        (
            create(deployment("web", replicas=0), keep=()),
            Until(f"{APPS}/deployments/web", at("/status/observedGeneration", 1), keep=()),
            update({**deployment("web", replicas=0), "status": {"replicas": 7}}, keep=("/status",)),
        ),
    ),
    Case(
        "a status is set apart from everything else",
        (
            create(pod("one", spec=NOWHERE), keep=()),
            patch(
                f"{CORE}/pods/one/status",
                {"status": {"message": "told"}, "spec": {"activeDeadlineSeconds": 5}},
                keep=("/status", "/spec/activeDeadlineSeconds", "/metadata/generation"),
            ),
            get(f"{CORE}/pods/one/status", keep=("/status", "/kind")),
            delete(f"{CORE}/pods/one", {"gracePeriodSeconds": 0}, keep=()),
        ),
    ),
    Case(
        "a generation counts the changes of what is wanted",
        (
            create(deployment("web", replicas=0), keep=("/metadata/generation",)),
            patch(
                f"{APPS}/deployments/web",
                {"metadata": {"labels": {"a": "b"}}},
                keep=("/metadata/generation",),
            ),
            patch(
                f"{APPS}/deployments/web",
                {"spec": {"paused": True}},
                keep=("/metadata/generation",),
            ),
            patch(
                f"{APPS}/deployments/web",
                {"spec": {"paused": True}},
                keep=("/metadata/generation",),
            ),
        ),
    ),
    Case(
        "a dry run changes nothing",
        (
            create(config_map("one"), keep=()),
            update(config_map("one", data={"key": "new"}), "?dryRun=All"),
            patch(f"{MAPS}/one?dryRun=All", {"data": {"key": "new"}}),
            get(f"{MAPS}/one"),
        ),
    ),
    Case(
        "a patch of an unknown type is refused",
        (
            create(config_map("one"), keep=()),
            patch(f"{MAPS}/one", {"data": {}}, "application/json"),
        ),
    ),
)


PATHS = (
    Case(
        "what is not served is not found",
        (
            get("/api/v1/namespaces/{ns}/unicorns"),
            get("/apis/apps/v1/unicorns"),
            get("/apis/apps/v9/deployments"),
            get("/apis/unicorns.example.org/v1/unicorns"),
            get("/unicorns"),
            get(f"{MAPS}/one/scale"),
        ),
    ),
    Case(
        "a method that a path does not have is not allowed",
        (
            Request("PUT", MAPS, config_map("one")),
            Request("POST", f"{MAPS}/one", config_map("one")),
            patch(MAPS, {"data": {}}),
        ),
    ),
    Case("the server tells its version", (get("/version", keep=("/major", "/minor")),)),
    Case(
        "the server tells that it is well",
        tuple(
            get(f"/{path}")
            for path in (
                "livez",
                "readyz",
                "healthz",
            )
        ),
    ),
    Case(
        "what is not measured has no metrics",
        (
            get("/apis/metrics.k8s.io/v1beta1/namespaces/{ns}/pods/none"),
            get("/apis/metrics.k8s.io/v1beta1/namespaces/{ns}/pods", keep=("/kind", "/items")),
            Request("POST", "/apis/metrics.k8s.io/v1beta1/namespaces/{ns}/pods", {}),
        ),
    ),
)


CASES = VERBS + PATHS

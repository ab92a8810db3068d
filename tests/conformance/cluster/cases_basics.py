"""The main job, from one end to the other."""

from tests.conformance.cluster.case import Case, Exec, Follow, Until
from tests.conformance.cluster.timelines import ON_A
from tests.conformance.cluster.writing import (
    APPS,
    CORE,
    PATCH_JSON,
    as_user,
    at,
    condition,
    config_map,
    create,
    delete,
    deployment,
    get,
    gone,
    patch,
    pod,
    server_side_apply,
    table,
)

CASES = (
    Case(
        "an object is created, read and listed",
        (
            create(config_map("one")),
            get(f"{CORE}/configmaps/one"),
            get(f"{CORE}/configmaps?fieldSelector=metadata.name=one"),
        ),
    ),
    Case(
        "an object that exists cannot be created again",
        (create(config_map("one"), keep=()), create(config_map("one"))),
    ),
    Case(
        "what does not exist is not found",
        (get(f"{CORE}/configmaps/none"), delete(f"{APPS}/deployments/none")),
    ),
    Case(
        "a deployment becomes available",
        (
            create(deployment("web", replicas=2)),
            Until(
                f"{APPS}/deployments/web",
                condition("Progressing", reason="NewReplicaSetAvailable"),
                keep=("/status", "/metadata/annotations", "/metadata/generation"),
            ),
        ),
    ),
    Case(
        "pods are shown in the columns of kubectl",
        (
            create(pod("one", spec={"nodeSelector": ON_A}), keep=()),
            Until(f"{CORE}/pods/one", condition("Ready"), keep=("/status",)),
            table(f"{CORE}/pods"),
        ),
    ),
    Case(
        "a patch whose test fails changes nothing",
        (
            create(config_map("one"), keep=()),
            patch(
                f"{CORE}/configmaps/one",
                [
                    {"op": "test", "path": "/data/key", "value": "other"},
                    {"op": "replace", "path": "/data/key", "value": "new"},
                ],
                PATCH_JSON,
            ),
            get(f"{CORE}/configmaps/one", keep=("/data",)),
        ),
    ),
    Case(
        "a watch shows what happens after a version",
        (
            create(config_map("one"), save={"version": "/metadata/resourceVersion"}, keep=()),
            Follow(
                f"{CORE}/configmaps?watch=1&resourceVersion={{version}}"
                "&fieldSelector=metadata.name=one",
                lines=2,
                meanwhile=(
                    patch(f"{CORE}/configmaps/one", {"data": {"key": "new"}}, keep=()),
                    delete(f"{CORE}/configmaps/one"),
                ),
            ),
        ),
    ),
    Case(
        "a field that another manager owns is a conflict",
        (
            server_side_apply(config_map("one"), "first", managed=True),
            server_side_apply(config_map("one", data={"key": "other"}), "second"),
            server_side_apply(config_map("one", data={"key": "other"}), "second", force=True),
        ),
    ),
    Case(
        "somebody without rights is refused in RBAC's words",
        (
            get(f"{CORE}/pods", headers=as_user("eve")),
            delete(f"{CORE}/pods/one", headers=as_user("eve", "system:authenticated")),
        ),
    ),
    Case(
        "a command in a container writes to its own output",
        (
            create(pod("one"), keep=()),
            Until(f"{CORE}/pods/one", condition("Ready"), keep=()),
            Exec(f"{CORE}/pods/one/exec?command=echo&command=hello&stdout=1&stderr=1"),
        ),
    ),
    Case(
        "a deleted deployment takes its pods along",
        (
            create(deployment("web"), keep=()),
            Until(f"{APPS}/deployments/web", at("/status/readyReplicas", 1), keep=()),
            delete(f"{APPS}/deployments/web", {"propagationPolicy": "Foreground"}, keep=()),
            Until(f"{APPS}/deployments/web", gone),
            get(f"{CORE}/pods?labelSelector=app%3Dweb", keep=("/items",)),
        ),
    ),
)

"""Subresources: scales, evictions and tokens."""

from typing import Any

from tests.conformance.cluster.case import Case, Request, Until
from tests.conformance.cluster.people import ACCOUNT, token
from tests.conformance.cluster.widgets import NOWHERE, SCALE, budget, eviction
from tests.conformance.cluster.writing import (
    APPS,
    CORE,
    PATCH_JSON,
    POLICY,
    Item,
    at,
    condition,
    count,
    create,
    deployment,
    get,
    gone,
    item,
    patch,
    pod,
    replica_set,
    stateful_set,
)


def _scale(metadata: Item, replicas: int | str, kind: str = "Scale", **options: Any) -> Request:
    whole = {"apiVersion": "autoscaling/v1", "kind": kind, "metadata": metadata}
    return Request("PUT", SCALE, whole | {"spec": {"replicas": replicas}}, **options)


CASES = (
    Case(
        "a scale is read and changed",
        (
            create(deployment("web", replicas=0), keep=()),
            get(SCALE),
            Request(
                "PUT",
                SCALE,
                {
                    "apiVersion": "autoscaling/v1",
                    "kind": "Scale",
                    "metadata": {"name": "web", "namespace": "{ns}"},
                    "spec": {"replicas": 1},
                },
            ),
            get(f"{APPS}/deployments/web", keep=("/spec/replicas", "/metadata/generation")),
            patch(SCALE, {"spec": {"replicas": 0}}, keep=("/spec", "/kind")),
            patch(
                SCALE,
                [{"op": "replace", "path": "/spec/replicas", "value": 2}],
                PATCH_JSON,
                keep=("/spec",),
            ),
            patch(f"{SCALE}?dryRun=All", {"spec": {"replicas": 0}}, keep=("/spec",)),
            get(SCALE, keep=("/spec",)),
        ),
    ),
    Case(
        "a scale of a stateful set and of a replica set",
        (
            create(stateful_set("web", replicas=0), keep=()),
            patch(f"{APPS}/statefulsets/web/scale", {"spec": {"replicas": 1}}, keep=("/spec",)),
            get(f"{APPS}/statefulsets/web/scale", keep=("/spec", "/metadata/name", "/kind")),
            create(replica_set("db", replicas=0), keep=()),
            patch(f"{APPS}/replicasets/db/scale", {"spec": {"replicas": 1}}, keep=("/spec",)),
            get(f"{APPS}/daemonsets/web/scale"),
        ),
    ),
    Case(
        "a scale that is wrong is refused",
        (
            create(deployment("web", replicas=0), keep=()),
            patch(SCALE, {"spec": {"replicas": -1}}),
            patch(SCALE, {"metadata": {"resourceVersion": "1"}, "spec": {"replicas": 1}}),
            patch(
                SCALE,
                [{"op": "test", "path": "/spec/replicas", "value": 5}],
                PATCH_JSON,
            ),
            get(f"{APPS}/deployments/none/scale"),
            patch(f"{APPS}/deployments/none/scale", {"spec": {"replicas": 1}}),
        ),
    ),
    Case(
        "a scale of another name, kind or type is refused",
        (
            create(deployment("web", replicas=0), keep=()),
            _scale({"name": "other"}, 1),
            _scale({}, 1),
            _scale({"name": "web"}, "1"),
            _scale({"name": "web"}, 99999999999),
            _scale({"name": "web"}, 1, kind="Pod", keep=("/code", "/reason")),
            patch(SCALE, {"metadata": {"name": "other"}, "spec": {"replicas": 1}}),
            get(SCALE, keep=("/spec",)),
        ),
    ),
    Case(
        "a pod is evicted",
        (
            create(pod("one", spec={"nodeSelector": {"nowhere": "yes"}}), keep=()),
            Request(
                "POST",
                f"{CORE}/pods/one/eviction?dryRun=All",
                eviction("one", deleteOptions={"dryRun": ["All"]}),
            ),
            Request("POST", f"{CORE}/pods/one/eviction", eviction("one")),
            Until(f"{CORE}/pods/one", gone),
        ),
    ),
    Case(
        "a dry run evicts nothing",
        (
            create(pod("one", spec=NOWHERE), keep=()),
            Request("POST", f"{CORE}/pods/one/eviction?dryRun=All", eviction("one")),
            get(f"{CORE}/pods/one", keep=("/metadata/name",)),
        ),
    ),
    Case(
        "an eviction of another kind or namespace is refused",
        (
            create(pod("one", spec=NOWHERE), keep=()),
            Request("POST", f"{CORE}/pods/one/eviction", pod("one"), keep=("/code", "/reason")),
            Request(
                "POST",
                f"{CORE}/pods/one/eviction",
                {"metadata": {"name": "one", "namespace": "other"}},
            ),
            get(f"{CORE}/pods/one", keep=("/metadata/name",)),
        ),
    ),
    Case(
        "an eviction that is wrong is refused",
        (
            Request("POST", f"{CORE}/pods/none/eviction", eviction("none")),
            Request("POST", f"{CORE}/pods/one/eviction", eviction("other")),
            get(f"{CORE}/pods/one/eviction"),
        ),
    ),
    Case(
        "an eviction that would break a budget is refused",
        (
            create(budget("web", minAvailable=2), keep=()),
            create(deployment("web", replicas=2), keep=()),
            Until(f"{POLICY}/poddisruptionbudgets/web", at("/status/currentHealthy", 2), keep=()),
            Until(
                f"{CORE}/pods?labelSelector=app%3Dweb",
                count(2),
                keep=(),
                save={"pod": "/items/0/metadata/name"},
            ),
            Request("POST", f"{CORE}/pods/{{pod}}/eviction", eviction("{pod}")),
            patch(f"{POLICY}/poddisruptionbudgets/web", {"spec": {"minAvailable": 1}}, keep=()),
            Until(
                f"{POLICY}/poddisruptionbudgets/web",
                at("/status/disruptionsAllowed", 1),
                keep=("/status/currentHealthy", "/status/desiredHealthy"),
            ),
            Request("POST", f"{CORE}/pods/{{pod}}/eviction", eviction("{pod}")),
        ),
    ),
    Case(
        "a pod with two budgets cannot be evicted",
        (
            create(budget("one", minAvailable=0), keep=()),
            create(budget("two", minAvailable=0), keep=()),
            create(deployment("web"), keep=()),
            Until(
                f"{CORE}/pods?labelSelector=app%3Dweb",
                count(1, condition("Ready")),
                keep=(),
                save={"pod": "/items/0/metadata/name"},
            ),
            Request("POST", f"{CORE}/pods/{{pod}}/eviction", eviction("{pod}")),
        ),
    ),
    Case(
        "a token is made for a service account",
        (
            create(item("v1", "ServiceAccount", "mine"), keep=()),
            Request(
                "POST",
                f"{CORE}/serviceaccounts/mine/token",
                {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}},
                keep=("/kind", "/apiVersion", "/spec/expirationSeconds", "/metadata/name"),
            ),
            Request(
                "POST",
                f"{CORE}/serviceaccounts/none/token",
                {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}},
            ),
        ),
    ),
    Case(
        "a token that cannot be made is refused",
        (
            ACCOUNT,
            token({"expirationSeconds": 60}),
            token({"expirationSeconds": -1}),
            token({"expirationSeconds": "600"}),
            token({"audiences": "api"}),
        ),
    ),
)

"""What a change means for what is around it, and who else looks after an object."""

from typing import Any

import pytest

from bot.core.plan import Target
from bot.kube.foreseeing import (
    How,
    Sentences,
    Surroundings,
    counted,
    is_replaced,
    owned,
    pods_leave,
    scales,
    selects,
    takes_along,
    users,
)
from bot.kube.ownership import keepers
from tests.every import every

WEB = Target("ctx", "apps", "v1", "deployments", "Deployment", "shop", "web", "u-web")
CONFIG = Target("ctx", "", "v1", "configmaps", "ConfigMap", "shop", "conf", "u-conf")
ENDS = "1 pod of deployment/web ends."
SELECTOR = {"matchLabels": {"app": "web"}}


def pod(name: str, *, ready: bool = True, **spec: Any) -> dict[str, Any]:
    status = {"conditions": [{"type": "Ready", "status": "True" if ready else "False"}]}
    metadata = {"name": name, "uid": name, "labels": {"app": "web"}}
    return {"metadata": metadata, "spec": spec, "status": status}


def around(allowed: int = 1) -> Surroundings:
    return Surroundings(
        "shop",
        [pod("a"), pod("b"), pod("c", ready=False)],
        [
            {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}}},
            {"metadata": {"name": "other"}, "spec": {"selector": {"app": "other"}}},
            {"metadata": {"name": "outside"}, "spec": {}},
        ],
        [
            {
                "metadata": {"name": "web"},
                "spec": {"selector": SELECTOR},
                "status": {"disruptionsAllowed": allowed},
            }
        ],
        [
            {
                "metadata": {"name": "web"},
                "spec": {
                    "scaleTargetRef": {"kind": "Deployment", "name": "web"},
                    "minReplicas": 2,
                    "maxReplicas": 9,
                },
            }
        ],
    )


@pytest.mark.parametrize(
    ("leaving", "how", "allowed", "reach", "warnings"),
    [
        pytest.param(
            "a", "evicted", 1,
            ["service/web keeps 1 of 2 endpoints.", "pdb/web allows 1 disruption now."], [],
            id="one",
        ),
        pytest.param(
            "abc", "evicted", 1, ["pdb/web lets 1 of 3 pods go at a time."],
            ["service/web loses all of its 2 endpoints."], id="all",
        ),
        pytest.param(
            "c", "evicted", 0, [],
            ["pdb/web allows 0 disruptions now: 1 eviction waits until it does."], id="held-up",
        ),
        pytest.param(
            "ab", "deleted", 1, [],
            [
                "service/web loses all of its 2 endpoints.",
                "pdb/web (allows 1 disruption now) holds only evictions up, and not this.",
            ],
            id="past-the-budget",
        ),
        pytest.param(
            "c", "replaced", 1, ["pdb/web covers these pods; a rollout does not ask it."], [],
            id="rollout",
        ),
        pytest.param("", "evicted", 0, [], [], id="none"),
    ],
)  # fmt: skip
def test_services_and_budgets_of_pods_that_leave(
    leaving: str, how: How, allowed: int, reach: list[str], warnings: list[str]
) -> None:
    said = Sentences()
    pods_leave([pod(name) for name in leaving], how, around(allowed), said)
    assert (list(said.reach), list(said.warnings)) == (reach, warnings)


@pytest.mark.parametrize(
    ("before", "after", "reach", "fights"),
    [
        (3, 5, ["2 more pods of deployment/web start."], True),
        (3, 4, ["1 more pod of deployment/web starts."], True),
        (3, 2, [ENDS], True),
        (1, 0, [ENDS, "hpa/web rests while there are 0 replicas."], False),
    ],
)  # fmt: skip
def test_another_number_of_replicas(
    before: int, after: int, reach: list[str], fights: bool
) -> None:
    said = Sentences()
    scales(WEB, before, after, around(), said)
    warning = "hpa/web (2 to 9 replicas) will fight this: change its limits instead."
    assert (list(said.reach), list(said.warnings)) == (reach, [warning] if fights else [])


@pytest.mark.parametrize(
    ("strategy", "words"),
    [
        ({"strategy": {"type": "RollingUpdate"}}, "are replaced, step by step."),
        (
            {"strategy": {"type": "Recreate"}},
            "end before new ones start: nothing serves meanwhile.",
        ),
        ({"updateStrategy": {"type": "OnDelete"}}, "change only when somebody deletes them."),
    ],
)
def test_how_a_template_is_rolled_out(strategy: dict[str, Any], words: str) -> None:
    assert is_replaced(WEB, {"spec": strategy}, 3) == f"3 pods of deployment/web {words}"


def child(uid: str, owner: str) -> dict[str, Any]:
    return {"metadata": {"uid": uid, "ownerReferences": [{"uid": owner}]}}


def test_what_belongs_to_what_belongs_to_it_goes_along() -> None:
    items = [
        ("ReplicaSet", child("rs", "u-web")),
        *[("Pod", child(f"p{number}", "rs")) for number in range(3)],
        ("Pod", child("p9", "elsewhere")),
    ]
    assert owned("u-web", items) == {"ReplicaSet": 1, "Pod": 3}


def test_many_kinds_are_summed_up() -> None:
    assert takes_along({"Pod": 3, "Ingress": 2}) == "Takes along 3 Pods and 2 Ingresses."
    kinds = {f"Kind{number}": 1 for number in range(9)}
    assert takes_along(kinds).endswith("1 Kind5 and 3 objects of 3 other kinds.")
    assert counted(2, "NetworkPolicy") == "2 NetworkPolicies"


USES = [
    {"volumes": [{"configMap": {"name": "conf"}}]},
    {"volumes": [{"projected": {"sources": [{"configMap": {"name": "conf"}}]}}]},
    {"containers": [{"envFrom": [{"configMapRef": {"name": "conf"}}]}]},
    {"initContainers": [{"env": [{"valueFrom": {"configMapKeyRef": {"name": "conf"}}}]}]},
]


@pytest.mark.parametrize("spec", USES)
def test_pods_that_use_a_config_map_are_found(spec: dict[str, Any]) -> None:
    other = pod("b", volumes=[{"secret": {"secretName": "conf"}}])
    assert users(CONFIG, [pod("a", **spec), other]) == [pod("a", **spec)]


@every(
    ("selector", "selected"),
    [
        (None, False),
        ({}, True),
        ({"matchLabels": {"app": "web"}}, True),
        ({"matchLabels": {"app": "db"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["web"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}, False),
        ({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}, False),
    ],
)
def test_what_a_selector_selects(selector: dict[str, Any] | None, selected: bool) -> None:
    assert selects(selector, pod("a")) is selected


def marked(*, labels: Any = None, notes: Any = None, owner: str = "") -> dict[str, Any]:
    owners = [{"kind": "Deployment", "name": owner, "controller": True}] if owner else []
    return {"metadata": {"labels": labels, "annotations": notes, "ownerReferences": owners}}


FLUX = {
    "kustomize.toolkit.fluxcd.io/name": "apps",
    "kustomize.toolkit.fluxcd.io/namespace": "gitops",
}
RELEASE = {"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "shop"}
FLUX_HELM = {"helm.toolkit.fluxcd.io/name": "web"}


@pytest.mark.parametrize(
    ("live", "command"),
    [
        (marked(notes={"argocd.argoproj.io/tracking-id": "shop:x"}), "argocd app rollback shop"),
        (marked(labels={"argocd.argoproj.io/instance": "shop"}), "argocd app rollback shop"),
        (marked(labels=FLUX), "flux suspend kustomization apps -n gitops"),
        (marked(labels=FLUX_HELM, notes=RELEASE), "flux suspend helmrelease web -n flux-system"),
        (marked(notes=RELEASE), "helm rollback web -n shop"),
        (marked(owner="web"), "change deployment/web instead"),
    ],
)  # fmt: skip
def test_who_else_looks_after_it_is_told_with_what_to_do(
    live: dict[str, Any], command: str
) -> None:
    [warning] = keepers(WEB, live, deleted=False)
    assert command in warning


def test_what_nobody_else_looks_after_has_no_warning() -> None:
    assert keepers(WEB, marked(labels={"app": "web"}), deleted=True) == []

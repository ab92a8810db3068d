"""Admission adds what a pod needs, and gives Services places of their own."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.demo.cluster.admission import admitted
from bot.demo.cluster.defaults import filled
from bot.demo.cluster.kinds import KINDS
from bot.demo.cluster.refusals import ApiRefusalError, JsonObject
from bot.demo.cluster.store import Key, Store

BY_KIND = {kind.kind: kind for kind in KINDS}
WHERE = "/var/run/secrets/kubernetes.io/serviceaccount"


@dataclass
class Cluster:
    """All that admission knows of a registry."""

    store: Store = field(default_factory=Store)


@pytest.fixture
def cluster() -> Cluster:
    made = Cluster()
    account(made, "default")
    return made


def account(cluster: Cluster, name: str, **parts: Any) -> None:
    item = {"metadata": {"name": name, "namespace": "shop"}, **parts}
    cluster.store.put(Key("serviceaccounts", "shop", name), item)


def create(cluster: Cluster, kind: str, name: str = "one", **parts: Any) -> JsonObject:
    metadata = {
        "name": name, "namespace": "shop", "uid": f"uid-{name}",
        "creationTimestamp": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    item = filled(BY_KIND[kind], {"metadata": metadata, **parts})
    item = admitted(BY_KIND[kind], item, cluster)
    cluster.store.put(Key(BY_KIND[kind].resource, "shop", name), item)
    return item


def pod(cluster: Cluster, *containers: JsonObject, **spec: Any) -> JsonObject:
    made = [{"name": "app", "image": "web:1", **each} for each in containers or ({},)]
    found: JsonObject = create(cluster, "Pod", spec={"containers": made, **spec})["spec"]
    return found


def test_a_pod_gets_a_token_of_its_account(cluster: Cluster) -> None:
    spec = pod(cluster)
    (volume,) = spec["volumes"]
    assert volume["name"].startswith("kube-api-access-")
    (mount,) = spec["containers"][0]["volumeMounts"]
    assert mount == {"name": volume["name"], "readOnly": True, "mountPath": WHERE}


def test_no_token_is_given_where_it_is_not_wanted(cluster: Cluster) -> None:
    assert "volumes" not in pod(cluster, automountServiceAccountToken=False)
    own = {"volumeMounts": [{"name": "x", "mountPath": WHERE}]}
    assert "volumes" not in pod(cluster, own)
    account(cluster, "quiet", automountServiceAccountToken=False)
    assert "volumes" not in pod(cluster, serviceAccountName="quiet")
    assert "volumes" in pod(cluster, serviceAccountName="quiet", automountServiceAccountToken=True)


def test_a_pod_pulls_with_its_accounts_secrets(cluster: Cluster) -> None:
    account(cluster, "puller", imagePullSecrets=[{"name": "key"}])
    spec = pod(cluster, serviceAccountName="puller")
    assert (spec["serviceAccount"], spec["imagePullSecrets"]) == ("puller", [{"name": "key"}])


def test_a_pod_of_an_unknown_account_is_forbidden(cluster: Cluster) -> None:
    with pytest.raises(ApiRefusalError, match='serviceaccount "none" not found') as refused:
        pod(cluster, serviceAccountName="none")
    assert (refused.value.code, refused.value.reason) == (403, "Forbidden")


@pytest.mark.parametrize(
    ("own", "added"),
    [
        ([], ["not-ready", "unreachable"]),
        ([{"operator": "Exists"}], []),
        ([{"key": "node.kubernetes.io/not-ready", "operator": "Exists"}], ["unreachable"]),
        ([{"key": "gpu", "operator": "Exists"}], ["not-ready", "unreachable"]),
    ],
)
def test_a_pod_bears_a_lost_node_for_a_while(cluster: Cluster, own: Any, added: Any) -> None:
    found = pod(cluster, tolerations=own)["tolerations"][len(own) :]
    assert [each["key"].partition("/")[2] for each in found] == added


def test_a_pod_with_gates_says_that_they_hold_it(cluster: Cluster) -> None:
    gates = [{"name": "example.org/gate"}]
    spec = {"containers": [{"name": "app", "image": "web:1"}], "schedulingGates": gates}
    (condition,) = create(cluster, "Pod", spec=spec)["status"]["conditions"]
    assert (condition["type"], condition["reason"]) == ("PodScheduled", "SchedulingGated")


def test_services_have_addresses_and_ports_of_their_own(cluster: Cluster) -> None:
    ports = [{"name": "x", "port": 80}, {"name": "y", "port": 81}]
    names = [f"s{number}" for number in range(300)]
    specs = [
        create(cluster, "Service", name, spec={"type": "NodePort", "ports": ports})["spec"]
        for name in names
    ]
    assert len({each["clusterIP"] for each in specs}) == 300
    numbers = [port["nodePort"] for each in specs for port in each["ports"]]
    assert len(set(numbers)) == 600
    assert all(30000 <= number < 32768 for number in numbers)


def test_a_service_keeps_what_it_asks_for(cluster: Cluster) -> None:
    spec = create(cluster, "Service", spec={"clusterIP": "None", "ports": []})["spec"]
    assert (spec["clusterIP"], spec["clusterIPs"]) == ("None", ["None"])
    named = {"type": "ExternalName", "externalName": "db.example.org"}
    assert "clusterIP" not in create(cluster, "Service", spec=named)["spec"]


def test_a_job_selects_its_own_pods(cluster: Cluster) -> None:
    template = {"spec": {"containers": [], "restartPolicy": "Never"}}
    job = create(cluster, "Job", spec={"template": template})
    assert job["spec"]["selector"]["matchLabels"].items() <= job["metadata"]["labels"].items()
    assert job["spec"]["template"]["metadata"]["labels"]["job-name"] == "one"


def test_a_job_may_bring_its_selector(cluster: Cluster) -> None:
    selector = {"matchLabels": {"app": "one"}}
    spec = {"template": {}, "manualSelector": True, "selector": selector}
    assert create(cluster, "Job", spec=spec)["spec"]["selector"] == selector

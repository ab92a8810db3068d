"""Admission adds what a pod needs, and gives Services places of their own."""

from typing import Any

import pytest

from bot.demo.cluster.admission import admitted, filled
from bot.demo.cluster.kinds import KINDS
from bot.demo.cluster.refusals import ApiRefusalError
from bot.demo.cluster.store import Key, Store
from bot.demo.cluster.values import Json

BY_KIND = {kind.kind: kind for kind in KINDS}
WHERE = "/var/run/secrets/kubernetes.io/serviceaccount"


@pytest.fixture
def store() -> Store:
    made = Store()
    account(made, "default")
    return made


def account(store: Store, name: str, **parts: Any) -> None:
    item = {"metadata": {"name": name, "namespace": "shop"}, **parts}
    store.put(Key("serviceaccounts", "shop", name), item)


def create(store: Store, kind: str, name: str = "one", **parts: Any) -> Json:
    metadata = {
        "name": name, "namespace": "shop", "uid": f"uid-{name}",
        "creationTimestamp": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    item = filled(BY_KIND[kind], {"metadata": metadata, **parts})
    item = admitted(BY_KIND[kind], item, store)
    store.put(Key(BY_KIND[kind].resource, "shop", name), item)
    return item


def pod(store: Store, *containers: Json, **spec: Any) -> Json:
    made = [{"name": "app", "image": "web:1", **each} for each in containers or ({},)]
    found: Json = create(store, "Pod", spec={"containers": made, **spec})["spec"]
    return found


def test_a_pod_gets_a_token_of_its_account(store: Store) -> None:
    spec = pod(store)
    (volume,) = spec["volumes"]
    assert volume["name"].startswith("kube-api-access-")
    (mount,) = spec["containers"][0]["volumeMounts"]
    assert mount == {"name": volume["name"], "readOnly": True, "mountPath": WHERE}


def test_no_token_is_given_where_it_is_not_wanted(store: Store) -> None:
    assert "volumes" not in pod(store, automountServiceAccountToken=False)
    own = {"volumeMounts": [{"name": "x", "mountPath": WHERE}]}
    assert "volumes" not in pod(store, own)
    account(store, "quiet", automountServiceAccountToken=False)
    assert "volumes" not in pod(store, serviceAccountName="quiet")
    assert "volumes" in pod(store, serviceAccountName="quiet", automountServiceAccountToken=True)


def test_a_pod_pulls_with_its_accounts_secrets(store: Store) -> None:
    account(store, "puller", imagePullSecrets=[{"name": "key"}])
    spec = pod(store, serviceAccountName="puller")
    assert (spec["serviceAccount"], spec["imagePullSecrets"]) == ("puller", [{"name": "key"}])


def test_a_pod_of_an_unknown_account_is_forbidden(store: Store) -> None:
    with pytest.raises(ApiRefusalError, match='serviceaccount "none" not found') as refused:
        pod(store, serviceAccountName="none")
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
def test_a_pod_bears_a_lost_node_for_a_while(store: Store, own: Any, added: Any) -> None:
    found = pod(store, tolerations=own)["tolerations"][len(own) :]
    assert [each["key"].partition("/")[2] for each in found] == added


def test_a_pod_with_gates_says_that_they_hold_it(store: Store) -> None:
    gates = [{"name": "example.org/gate"}]
    spec = {"containers": [{"name": "app", "image": "web:1"}], "schedulingGates": gates}
    (condition,) = create(store, "Pod", spec=spec)["status"]["conditions"]
    assert (condition["type"], condition["reason"]) == ("PodScheduled", "SchedulingGated")


def test_services_have_addresses_and_ports_of_their_own(store: Store) -> None:
    ports = [{"name": "x", "port": 80}, {"name": "y", "port": 81}]
    names = [f"s{number}" for number in range(300)]
    specs = [
        create(store, "Service", name, spec={"type": "NodePort", "ports": ports})["spec"]
        for name in names
    ]
    assert len({each["clusterIP"] for each in specs}) == 300
    numbers = [port["nodePort"] for each in specs for port in each["ports"]]
    assert len(set(numbers)) == 600
    assert all(30000 <= number < 32768 for number in numbers)


def test_a_service_keeps_what_it_asks_for(store: Store) -> None:
    spec = create(store, "Service", spec={"clusterIP": "None", "ports": []})["spec"]
    assert (spec["clusterIP"], spec["clusterIPs"]) == ("None", ["None"])
    named = {"type": "ExternalName", "externalName": "db.example.org"}
    assert "clusterIP" not in create(store, "Service", spec=named)["spec"]


def test_a_job_selects_its_own_pods(store: Store) -> None:
    template = {"spec": {"containers": [], "restartPolicy": "Never"}}
    job = create(store, "Job", spec={"template": template})
    assert job["spec"]["selector"]["matchLabels"].items() <= job["metadata"]["labels"].items()
    assert job["spec"]["template"]["metadata"]["labels"]["job-name"] == "one"


def test_a_job_may_bring_its_selector(store: Store) -> None:
    selector = {"matchLabels": {"app": "one"}}
    spec = {"template": {}, "manualSelector": True, "selector": selector}
    assert create(store, "Job", spec=spec)["spec"]["selector"] == selector

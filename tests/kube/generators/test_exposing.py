"""What `expose` finds in the exposed object; what a real cluster says stands in the conformance."""

from typing import Any

import pytest

from bot.core.errors import QuarterdeckError
from bot.core.ports import Resource
from bot.kube.generators.exposing import Wishes, check_exposable, exposed


def workload(*ports: tuple[int, str], kind: str = "Deployment", **selector: Any) -> dict[str, Any]:
    declared = [{"containerPort": port, "protocol": protocol} for port, protocol in ports]
    return {
        "kind": kind,
        "metadata": {"name": "web", "labels": {"tier": "front"}},
        "spec": {
            "selector": {"matchLabels": {"app": "web"}, **selector},
            "template": {"spec": {"containers": [{"name": "app", "ports": declared}]}},
        },
    }


def ports(item: dict[str, Any], **wishes: str) -> list[tuple[str, str, int, int | str]]:
    made = exposed(item, Wishes(**wishes)).document["spec"].get("ports", [])
    return [(p.get("name", ""), p["protocol"], p["port"], p["targetPort"]) for p in made]


def test_labels_and_selector_are_the_objects_own() -> None:
    made = exposed(workload((80, "TCP")), Wishes()).document
    assert made["metadata"] == {"name": "web", "labels": {"tier": "front"}}
    assert made["spec"]["selector"] == {"app": "web"}


@pytest.mark.parametrize(
    ("declared", "wishes", "expected"),
    [
        ([(80, "TCP")], {}, [("", "TCP", 80, 80)]),
        ([(80, "TCP")], {"port": "81", "target_port": "http"}, [("", "TCP", 81, "http")]),
        (
            [(80, "TCP"), (53, "UDP")],
            {},
            [("port-1", "TCP", 80, 80), ("port-2", "UDP", 53, 53)],
        ),
        (
            [(53, "TCP"), (53, "UDP")],
            {},
            [("port-1-tcp", "TCP", 53, 53), ("port-1-udp", "UDP", 53, 53)],
        ),
        ([(53, "TCP"), (53, "UDP")], {"protocol": "SCTP"}, [("", "SCTP", 53, 53)]),
        ([], {"cluster_ip": "None"}, []),
    ],
)
def test_ports_and_protocols_are_found(
    declared: list[tuple[int, str]], wishes: dict[str, str], expected: list[Any]
) -> None:
    assert ports(workload(*declared), **wishes) == expected


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (workload(), "couldn't find port via --port flag or introspection"),
        (
            workload((80, "TCP"), matchExpressions=[{"key": "a", "operator": "Exists"}]),
            'couldn\'t convert expressions - "[{Key:a Operator:Exists Values:[]}]" to map-based',
        ),
        (
            {**workload((80, "TCP"), kind="ReplicaSet"), "spec": {}},
            "invalid replicaset: no selectors, therefore cannot be exposed",
        ),
        (
            {"kind": "Pod", "metadata": {"name": "web"}, "spec": {}},
            "the pod has no labels and cannot be exposed",
        ),
        (
            {"kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": [{"port": 1}]}},
            "the service has no pod selector set",
        ),
    ],
)
def test_what_is_missing_is_named(item: dict[str, Any], text: str) -> None:
    with pytest.raises(QuarterdeckError) as caught:
        exposed(item, Wishes())
    assert text in caught.value.text


def test_a_type_without_pods_is_refused() -> None:
    check_exposable(Resource("apps", "v1", "deployments", "Deployment", namespaced=True))
    with pytest.raises(QuarterdeckError, match=r"^error: cannot expose a StatefulSet\.apps$"):
        check_exposable(Resource("apps", "v1", "statefulsets", "StatefulSet", namespaced=True))

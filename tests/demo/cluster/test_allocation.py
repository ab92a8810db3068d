"""A Service keeps its place while it changes; what each type has is in the recordings."""

import pytest

from bot.demo.cluster.admission import admitted, allocated, filled
from bot.demo.cluster.kinds import KINDS
from bot.demo.cluster.store import Store
from bot.demo.cluster.values import Json

SERVICE = next(kind for kind in KINDS if kind.kind == "Service")


def changed(before: Json, after: Json) -> Json:
    """Return what the change of a Service's spec leaves of it."""
    store, metadata = Store(), {"name": "a", "uid": "1"}
    old = filled(SERVICE, {"metadata": metadata, "spec": {"ports": [{"port": 80}], **before}})
    old = admitted(SERVICE, old, store)
    new = filled(SERVICE, {"metadata": metadata, "spec": {"ports": [{"port": 80}], **after}})
    found: Json = allocated(SERVICE, new, old, store)["spec"]
    return found | {"was": old["spec"]}


@pytest.mark.parametrize("type_", ["ClusterIP", "NodePort", "LoadBalancer"])
def test_a_service_keeps_its_address_whatever_it_becomes(type_: str) -> None:
    spec = changed({}, {"type": type_})
    assert spec["clusterIP"] == spec["was"]["clusterIP"]


def test_a_port_on_the_nodes_is_kept_and_given_back() -> None:
    kept = changed({"type": "NodePort"}, {"type": "LoadBalancer"})
    assert kept["ports"] == kept["was"]["ports"]
    left = changed({"type": "NodePort"}, {"type": "ClusterIP"})
    assert ["nodePort" in each for each in left["ports"]] == [False]


def test_a_service_that_becomes_a_name_gives_its_address_back() -> None:
    spec = changed({}, {"type": "ExternalName", "externalName": "db.example.org"})
    assert "clusterIP" not in spec
    back = changed({"type": "ExternalName", "externalName": "db.example.org"}, {})
    assert back["clusterIP"].startswith("10.96.")


def test_a_change_of_nothing_changes_nothing() -> None:
    for spec in ({"externalIPs": ["192.0.2.4"]}, {"type": "NodePort"}, {"clusterIP": "None"}):
        found = changed(spec, spec)
        assert found.pop("was") == found

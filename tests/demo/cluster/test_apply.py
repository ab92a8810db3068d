"""Field ownership beyond what the conformance suite holds equal."""

from typing import Any

import pytest

from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.patches import applied, tracked
from bot.demo.cluster.refusals import ApiRefusalError

MAP, POD = Kind("ConfigMap", "configmaps"), Kind("Pod", "pods")
NOW, LATER = "2026-01-01T12:00:00Z", "2026-01-01T13:00:00Z"
Item = dict[str, Any]


def config_map(*managed: Item, **data: str) -> Item:
    metadata = {"name": "one", "uid": "1"} | ({"managedFields": list(managed)} if managed else {})
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def owners(item: Item) -> dict[str, Any]:
    fields = item["metadata"].get("managedFields", [])
    return {f"{each['manager']} {each['operation']}": each["fieldsV1"] for each in fields}


def apply(live: Item | None, body: Item, manager: str = "me", *, force: bool = False) -> Item:
    kind = MAP if body["kind"] == "ConfigMap" else POD
    return applied(kind, live, body, manager, force, LATER)


def test_an_object_that_nobody_owns_is_owned_by_those_before_the_first_apply() -> None:
    live = config_map(a="1", b="2")
    after = apply(live, config_map(a="1", c="3"))
    assert owners(after) == {
        "me Apply": {"f:data": {"f:a": {}, "f:c": {}}},
        "before-first-apply Update": {"f:data": {"f:a": {}, "f:b": {}}},
    }


def test_an_update_of_what_nobody_owns_is_not_tracked() -> None:
    assert owners(tracked(config_map(a="1"), config_map(a="2"), "me", NOW)) == {}


def test_an_update_by_the_same_manager_adds_to_its_fields_and_moves_its_time() -> None:
    first = tracked(None, config_map(a="1"), "me", NOW)
    second = tracked(first, {**first, "data": {"a": "1", "b": "2"}}, "me", LATER)
    assert owners(second) == {"me Update": {"f:data": {".": {}, "f:a": {}, "f:b": {}}}}
    assert second["metadata"]["managedFields"][0]["time"] == LATER


def test_an_update_of_nothing_leaves_the_owners_alone() -> None:
    first = tracked(None, config_map(a="1"), "me", NOW)
    assert tracked(first, first, "other", LATER) == first


def test_the_status_has_owners_of_its_own() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "one"}, "spec": {"a": "1"}}
    made = tracked(None, pod, "me", NOW)
    after = tracked(made, {**made, "status": {"phase": "Running"}}, "kubelet", LATER, "status")
    entry = after["metadata"]["managedFields"][1]
    assert (entry["manager"], entry["subresource"]) == ("kubelet", "status")
    assert entry["fieldsV1"] == {"f:status": {"f:phase": {}}}


def test_who_resets_the_managed_fields_owns_what_they_change_from_then_on() -> None:
    live = tracked(None, config_map(a="1"), "me", NOW)
    assert owners(tracked(live, config_map({}, a="1"), "you", LATER)) == {}


def test_managed_fields_that_are_sent_take_the_place_of_those_that_were() -> None:
    live = tracked(None, config_map(a="1"), "old", NOW)
    entry = live["metadata"]["managedFields"][0] | {"manager": "new", "operation": "Apply"}
    after = tracked(live, config_map(entry, a="1"), "kubectl", LATER)
    assert list(owners(after)) == ["new Apply"]


def test_an_element_of_a_set_is_owned_by_itself() -> None:
    body = config_map(a="1")
    body["metadata"] |= {"finalizers": ["x", "y"]}
    live = apply(None, body)
    other = config_map()
    other["metadata"] |= {"finalizers": ["z"]}
    after = apply(live, other, "you")
    assert after["metadata"]["finalizers"] == ["x", "y", "z"]
    assert owners(after)["you Apply"]["f:metadata"] == {"f:finalizers": {'v:"z"': {}}}


def test_a_protocol_that_is_not_told_is_tcp() -> None:
    def pod(**port: Any) -> Item:
        spec = {"containers": [{"name": "a", "ports": [{"containerPort": 80, **port}]}]}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "one"}, "spec": spec}

    live = tracked(None, pod(protocol="TCP"), "me", NOW)
    ports = apply(live, pod(name="http"))["spec"]["containers"][0]["ports"]
    assert ports == [{"containerPort": 80, "protocol": "TCP", "name": "http"}]


def test_a_map_that_is_owned_whole_conflicts_as_a_whole() -> None:
    def pod(**selector: str) -> Item:
        spec = {"nodeSelector": selector}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "one"}, "spec": spec}

    with pytest.raises(ApiRefusalError, match=r"conflict with \"me\": \.spec\.nodeSelector$"):
        apply(apply(None, pod(a="1")), pod(b="2"), "you")


def test_who_is_forced_out_owns_the_field_no_more() -> None:
    live = apply(None, config_map(a="1", b="2"))
    after = apply(live, config_map(a="9"), "you", force=True)
    assert owners(after) == {
        "me Apply": {"f:data": {"f:b": {}}}, "you Apply": {"f:data": {"f:a": {}}},
    }  # fmt: skip
    assert after["data"] == {"a": "9", "b": "2"}


def test_an_update_of_nothing_leaves_the_entries_in_their_order() -> None:
    made = tracked(None, config_map(a="1"), "first", NOW)
    live = tracked(made, {**made, "data": {"a": "1", "b": "2"}}, "second", NOW)
    assert tracked(live, live, "first", LATER) == live

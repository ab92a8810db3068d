from typing import Any

import pytest

from bot.demo.cluster.refusals import ApiRefusalError
from bot.demo.cluster.registry import Registry
from tests.clock import ManualClock
from tests.demo.cluster.objects import MAPS, PODS, SHOP, config_map, kind, pod, registry

DEPLOYMENTS = kind("deployments.apps")


def deployment(name: str) -> dict[str, Any]:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": pod(name)["spec"]}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    return {"metadata": {"name": name}, "spec": spec}


def version(item: dict[str, Any]) -> str:
    return str(item["metadata"]["resourceVersion"])


def test_what_was_handed_in_is_not_changed() -> None:
    given = config_map("one", key="value")
    registry().create(MAPS.resource, SHOP, given, manager="me")
    assert given == config_map("one", key="value")


def test_a_generated_name_is_cut_so_that_it_fits() -> None:
    made = registry().create(MAPS.resource, SHOP, {"metadata": {"generateName": "a" * 80}})
    assert len(made["metadata"]["name"]) == 63


def test_a_change_of_nothing_keeps_the_version() -> None:
    box = registry()
    first = box.create(MAPS.resource, SHOP, config_map("one", key="value"), manager="me")
    same = box.change(MAPS.at(SHOP, "one"), lambda item: {**item}, manager="someone")
    assert version(same) == version(first)


def test_fields_get_an_owner_where_there_is_a_manager() -> None:
    made = registry().create(MAPS.resource, SHOP, config_map("one", key="value"), manager="me")
    assert made["metadata"]["managedFields"][0]["manager"] == "me"


def test_a_dry_run_leaves_the_store_as_it_is() -> None:
    box = registry()
    box.create(MAPS.resource, SHOP, config_map("one"))
    before = box.store.revision
    box.create(MAPS.resource, SHOP, config_map("two"), dry_run=True)
    box.change(MAPS.at(SHOP, "one"), lambda x: x | {"data": {"a": "b"}}, dry_run=True)
    box.delete(MAPS.at(SHOP, "one"), {"dryRun": ["All"]})
    assert box.store.revision == before


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"metadata": {"name": "one", "resourceVersion": "1"}}, 409),
        ({"metadata": {"name": "one", "uid": "another"}}, 409),
        ({"metadata": {"name": "one", "resourceVersion": ""}}, 200),
    ],
    ids=["older version", "other object", "no version"],
)
def test_an_update_is_of_what_is_there(item: dict[str, Any], code: int) -> None:
    box = registry()
    box.create(MAPS.resource, SHOP, config_map("one"))
    assert code_of(lambda: box.change(MAPS.at(SHOP, "one"), lambda _: item)) == code


def code_of(act: Any) -> int:
    try:
        act()
    except ApiRefusalError as refusal:
        return refusal.code
    return 200


def test_an_update_keeps_what_only_the_server_sets() -> None:
    box = registry()
    made = box.create(DEPLOYMENTS.resource, SHOP, deployment("web"))
    after = box.change(DEPLOYMENTS.at(SHOP, "web"), lambda _: deployment("web"))
    for name in ("uid", "creationTimestamp", "generation", "namespace"):
        assert after["metadata"][name] == made["metadata"][name]


def test_a_status_is_reported_with_annotations() -> None:
    box = registry()
    box.create(DEPLOYMENTS.resource, SHOP, deployment("web"))
    metadata = {"annotations": {"revision": "1"}}
    after = box.change(
        DEPLOYMENTS.at(SHOP, "web"),
        lambda x: x | {"metadata": x["metadata"] | metadata, "status": {"replicas": 1}, "spec": {}},
        subresource="status",
    )
    assert after["status"]["replicas"] == 1
    assert after["metadata"]["annotations"] == {"revision": "1"}
    assert after["spec"]["selector"]
    assert after["metadata"]["generation"] == 1


def test_nothing_can_be_created_where_there_is_no_namespace() -> None:
    with pytest.raises(ApiRefusalError, match='namespaces "none" not found'):
        registry().create(MAPS.resource, "none", config_map("one"))


def running(box: Registry) -> None:
    box.create(PODS.resource, SHOP, pod("web", node="node-a"))


def test_a_pod_that_runs_is_deleted_in_two_steps() -> None:
    clock = ManualClock()
    box = registry(clock)
    running(box)
    marked = box.delete(PODS.at(SHOP, "web"))
    assert marked["metadata"]["deletionGracePeriodSeconds"] == 30
    assert marked["metadata"]["deletionTimestamp"] == "2026-01-01T12:00:30Z"
    box.delete(PODS.at(SHOP, "web"), {"gracePeriodSeconds": 0})
    assert box.store.list("pods") == []


async def test_a_grace_is_shortened_from_now_on() -> None:
    clock = ManualClock()
    box = registry(clock)
    running(box)
    box.delete(PODS.at(SHOP, "web"), {"gracePeriodSeconds": 100})
    await clock.advance(20)
    shorter = box.delete(PODS.at(SHOP, "web"), {"gracePeriodSeconds": 50})
    assert shorter["metadata"]["deletionTimestamp"] == "2026-01-01T12:01:10Z"
    assert shorter["metadata"]["deletionGracePeriodSeconds"] == 50


def test_a_longer_grace_changes_nothing() -> None:
    box = registry()
    running(box)
    first = box.delete(PODS.at(SHOP, "web"), {"gracePeriodSeconds": 10})
    assert box.delete(PODS.at(SHOP, "web"), {"gracePeriodSeconds": 60}) == first


def test_a_negative_grace_is_a_second() -> None:
    box = registry()
    running(box)
    marked = box.delete(PODS.at(SHOP, "web"), {"gracePeriodSeconds": -5})
    assert marked["metadata"]["deletionGracePeriodSeconds"] == 1


def test_the_last_finalizer_lets_go_of_what_is_deleted() -> None:
    box = registry()
    held = config_map("one")
    held["metadata"]["finalizers"] = ["a.example/held", "b.example/held"]
    box.create(MAPS.resource, SHOP, held)
    box.delete(MAPS.at(SHOP, "one"))
    for left, there in ((["b.example/held"], True), ([], False)):
        released: dict[str, Any] = {"metadata": {"name": "one", "finalizers": left}}
        box.change(MAPS.at(SHOP, "one"), released.__ror__)
        assert bool(box.store.list("configmaps")) is there


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"uid": "other"}, "the UID in the precondition (other) does not match"),
        ({"resourceVersion": "1"}, "the ResourceVersion in the precondition (1) does not match"),
    ],
    ids=["uid", "version"],
)
def test_a_precondition_that_does_not_hold_keeps_the_object(
    wanted: dict[str, str], message: str
) -> None:
    box = registry()
    box.create(MAPS.resource, SHOP, config_map("one"))
    with pytest.raises(ApiRefusalError) as refusal:
        box.delete(MAPS.at(SHOP, "one"), {"preconditions": wanted})
    assert refusal.value.code == 409
    assert message in refusal.value.message
    assert box.store.list("configmaps")

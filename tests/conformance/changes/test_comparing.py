"""The comparison itself: what it sees, and what it lets through."""

from pathlib import Path
from typing import Any

import pytest

from tests.conformance.changes.comparing import End, mismatches, spoken
from tests.conformance.changes.fields import compared
from tests.conformance.changes.twins import Twin
from tests.conformance.kubectl.comparing import Answer

Item = dict[str, Any]
ONE, OTHER = (Twin(f"twin-007-{letter}", Path(f"/files/{letter}"), {}) for letter in "kq")
LABELLED: Item = {"f:metadata": {"f:labels": {"f:team": {}}}}


def conf(twin: Twin, **more: Any) -> Item:
    """Return a ConfigMap of the twin, with fields of its metadata beside what every one has."""
    metadata = {"name": "conf", "namespace": twin.name, "uid": f"{twin.name}-uid"}
    return {"kind": "ConfigMap", "metadata": metadata | more, "data": {"in": twin.name}}


def written(manager: str, subresource: str = "") -> list[Item]:
    entry = {"manager": manager, "operation": "Update", "time": "2026-11-24T00:00:00Z"}
    return [entry | {"fieldsV1": LABELLED} | ({"subresource": subresource} if subresource else {})]


def unlike(one: Item, other: Item) -> list[str]:
    ends = [End([], compared([item], twin)) for item, twin in ((one, ONE), (other, OTHER))]
    return mismatches([], *ends)


def test_twins_differ_in_their_names_alone() -> None:
    assert unlike(conf(ONE, resourceVersion="1"), conf(OTHER, resourceVersion="2")) == []


@pytest.mark.parametrize(
    "more",
    [
        {"labels": {"team": "shop"}},
        {"annotations": {}},
        {"generation": 2},
        {"deletionTimestamp": "2026-11-24T00:00:00Z"},
        {"managedFields": written("kubectl-label")},
        {"managedFields": written("kubectl-label", "scale")},
    ],
)
def test_a_field_that_only_one_has_is_told(more: Item) -> None:
    [told] = unlike(conf(ONE, **more), conf(OTHER))
    assert told.startswith("ConfigMap/conf: /metadata/")
    assert "(nothing)" in told


def test_who_wrote_a_field_is_compared() -> None:
    theirs, ours = (conf(twin, managedFields=written(twin.name)) for twin in (ONE, OTHER))
    assert unlike(theirs, ours) == []
    assert len(unlike(conf(ONE, managedFields=written("kubectl-label")), ours)) == 2


@pytest.mark.parametrize("manager", ["kube-controller-manager", "kwok", "kube-scheduler"])
def test_what_controllers_write_is_not_compared(manager: str) -> None:
    assert unlike(conf(ONE, managedFields=written(manager)), conf(OTHER)) == []


def test_an_object_that_only_one_has_is_told() -> None:
    there, gone = End([], compared([conf(ONE)], ONE)), End([], {})
    assert mismatches([], there, gone) == ["ConfigMap/conf is not there"]
    assert mismatches([], gone, there) == ["ConfigMap/conf is there, and kubectl's is not"]


def test_objects_of_others_are_not_the_twins() -> None:
    assert compared([conf(ONE)], OTHER) == {}


def revision(twin: Twin, hash_: str) -> Item:
    metadata = {
        "name": f"web-{hash_}",
        "namespace": twin.name,
        "labels": {"pod-template-hash": hash_},
        "annotations": {"deployment.kubernetes.io/revision": "2"},
    }
    return {"kind": "ReplicaSet", "metadata": metadata, "spec": {"replicas": 1}}


def test_the_hash_of_a_revision_is_known_by_its_number() -> None:
    assert unlike(revision(ONE, "5bf57fd67f"), revision(OTHER, "7c9d4b8f66")) == []


def test_an_answer_is_compared_without_what_only_its_twin_has() -> None:
    theirs, ours = (
        spoken(Answer(0, f"{twin.name} {twin.folder}/a.yaml\n", ""), twin) for twin in (ONE, OTHER)
    )
    assert theirs == ours == Answer(0, "TWIN HERE/a.yaml\n", "")


@pytest.mark.parametrize(
    "ours", [Answer(1, "done\n", ""), Answer(0, "done", ""), Answer(0, "done\n", "Warning\n")]
)
def test_code_and_both_streams_are_compared(ours: Answer) -> None:
    theirs = Answer(0, "done\n", "")
    assert len(mismatches(["label"], End([theirs], {}), End([ours], {}))) == 1

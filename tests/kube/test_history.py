"""What a workload has been, and which of it is the present one."""

from typing import Any

import pytest

from bot.kube.history import change_cause, newest_replica_set, owned, revisions, template_of

REVISION = "deployment.kubernetes.io/revision"
CAUSE = "kubernetes.io/change-cause"
WEB = {"metadata": {"uid": "web"}, "spec": {"template": {"metadata": {"labels": {"app": "web"}}}}}


def owner(uid: str = "web", controller: bool = True) -> list[dict[str, Any]]:
    return [{"kind": "Deployment", "name": "web", "uid": uid, "controller": controller}]


def kept(name: str, age: int, labels: Any = None, revision: str = "", **more: Any) -> Any:
    marks = {REVISION: revision} if revision else {}
    return {
        "kind": "ReplicaSet",
        "metadata": {
            "name": name,
            "creationTimestamp": f"2026-11-28T00:{age:02}:00Z",
            "ownerReferences": owner(),
            "annotations": marks,
            **more,
        },
        "spec": {"template": {"metadata": {"labels": labels or {"app": "web"}}}},
    }


def names(found: Any) -> list[str]:
    return [each["metadata"]["name"] for each in found]


def test_what_a_workload_owns_comes_oldest_first_and_by_name_where_it_is_as_old() -> None:
    found = [kept("c", 2), kept("b", 1), kept("a", 1)]
    assert names(owned(WEB, found)) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "owners",
    [[], owner("other"), owner(controller=False)],
    ids=["none", "another", "no controller"],
)
def test_what_another_controls_is_not_its_own(owners: Any) -> None:
    assert owned(WEB, [kept("a", 1, ownerReferences=owners)]) == []


@pytest.mark.parametrize(
    ("labels", "is_it"),
    [
        ({"app": "web"}, True),
        ({"app": "web", "pod-template-hash": "6f"}, True),
        ({"app": "cart"}, False),
        ({"app": "web", "more": "1"}, False),
    ],
)
def test_the_present_replica_set_has_the_deployments_template(labels: Any, is_it: bool) -> None:
    found = kept("a", 1, labels)
    assert newest_replica_set(WEB, [found]) is (found if is_it else None)


def test_of_several_with_the_same_template_the_oldest_is_the_present_one() -> None:
    old, new = kept("a", 1), kept("b", 2)
    assert newest_replica_set(WEB, owned(WEB, [new, old])) is old


@pytest.mark.parametrize(
    ("written", "numbers"),
    [(["2", "1"], [1, 2]), (["10", "9"], [9, 10]), (["", "1"], [0, 1]), (["x", "1"], [1])],
    ids=["in order", "as numbers", "without one", "no number"],
)
def test_revisions_are_counted_by_what_is_written_on_them(
    written: list[str], numbers: list[int]
) -> None:
    found = [kept(f"set-{at}", at, revision=text) for at, text in enumerate(written)]
    assert list(revisions(WEB, found)) == numbers


def test_a_cause_is_shown_in_the_template_of_its_revision() -> None:
    found = kept("a", 1, annotations={CAUSE: "a new image"})
    assert change_cause(found) == "a new image"
    assert template_of(found)["metadata"]["annotations"] == {CAUSE: "a new image"}
    assert change_cause(kept("b", 1)) == ""


def test_a_controller_revision_holds_a_patch() -> None:
    data = {"spec": {"template": {"$patch": "replace", "spec": {"containers": []}}}}
    found = {"kind": "ControllerRevision", "metadata": {"name": "a"}, "data": data, "revision": 3}
    assert template_of(found) == {"spec": {"containers": []}}

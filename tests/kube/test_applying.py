"""What an apply reads and writes, and what of it is shown."""

from typing import Any

from bot.core.plan import Change, Seen, Target
from bot.kube.applying import changes_of, restarts, seen_by_apply, with_cause
from bot.kube.history import CHANGE_CAUSE
from tests.every import every

CONFIG = Target("main", "", "v1", "configmaps", "ConfigMap", "shop", "web", "u1")
SECRET = Target("main", "", "v1", "secrets", "Secret", "shop", "web", "u1")
DEPLOYMENT = Target("main", "apps", "v1", "deployments", "Deployment", "shop", "web", "u1")


def obj(kind: str, **more: Any) -> dict[str, Any]:
    metadata = {"name": "web", "namespace": "shop"}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **more}


def live(kind: str, fields: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    found = obj(kind, **more)
    entry = {"manager": "kubectl", "operation": "Apply", "fieldsV1": fields or {}}
    found["metadata"] |= {"uid": "u1", "resourceVersion": "7", "managedFields": [entry]}
    return found


def deployment(image: str, replicas: int | None = None) -> dict[str, Any]:
    containers = [{"name": "app", "image": image}, {"name": "side", "image": "side:1"}]
    spec: dict[str, Any] = {"template": {"spec": {"containers": containers}}}
    return obj("Deployment", spec=spec if replicas is None else {**spec, "replicas": replicas})


def test_the_fields_that_the_document_names_are_seen_and_no_others() -> None:
    there = live("ConfigMap", data={"a/b": "1", "other": "2"})
    seen = seen_by_apply(obj("ConfigMap", data={"a/b": "2", "c~d": "3"}), there, "kubectl")
    assert seen == (Seen("/data/a~1b", "1"), Seen("/data/c~0d", present=False))


def test_a_replica_count_that_nobody_names_voids_nothing() -> None:
    there = {**deployment("app:1", 5), "status": {"replicas": 5}}
    there["metadata"] |= {"uid": "u1", "resourceVersion": "7"}
    seen = seen_by_apply(deployment("app:2"), there, "kubectl")
    assert [one.path for one in seen] == ["/spec/template/spec/containers"]


def test_what_was_applied_before_and_is_left_out_now_is_seen() -> None:
    fields = {"f:data": {".": {}, "f:old": {}}, "f:spec": {"f:ports": {'k:{"port":80}': {}}}}
    there = live("ConfigMap", fields, data={"old": "1"}, spec={"ports": [{"port": 80}]})
    seen = seen_by_apply(obj("ConfigMap", data={"new": "2"}), there, "kubectl")
    assert seen == (
        Seen("/data/new", present=False),
        Seen("/data/old", "1"),
        Seen("/spec/ports", [{"port": 80}]),
    )


def test_what_another_manager_applied_is_not_ours_to_remove() -> None:
    there = live("ConfigMap", {"f:data": {"f:old": {}}}, data={"old": "1"})
    assert seen_by_apply(obj("ConfigMap", data={}), there, "me") == ()


def test_of_a_secret_nothing_but_its_version_is_kept() -> None:
    there = live("Secret", data={"a": "<7 bytes>"})
    document = obj("Secret", stringData={"a": "hunter2"}, data={"b": "aHVudGVyMg=="})
    seen = seen_by_apply(document, there, "kubectl")
    assert seen == (Seen("/metadata/resourceVersion", "7"),)
    shown = repr(changes_of(SECRET, document, there) + changes_of(SECRET, document, None))
    assert "hunter" not in shown
    assert "aHVu" not in shown


def test_a_preview_names_the_fields_that_change() -> None:
    there = deployment("app:1", 5)
    changes = changes_of(DEPLOYMENT, deployment("app:2", 3), there)
    where = "deployment.apps/web in shop"
    assert changes == [
        Change(where, "spec.template.spec.containers[app].image", "app:1", "app:2"),
        Change(where, "spec.replicas", "5", "3"),
    ]


def test_a_preview_of_many_fields_ends_with_their_number() -> None:
    changes = changes_of(CONFIG, obj("ConfigMap", data={f"k{n}": "1" for n in range(20)}), live(""))
    assert len(changes) <= 6


def test_what_is_new_is_said_to_be_created() -> None:
    [change] = changes_of(CONFIG, obj("ConfigMap"), None)
    assert (change.before, change.after) == ("none", "new")


@every(
    ("value", "shown"),
    [
        ("x" * 61, "…"),
        ("a\nb", "…"),
        ("password=hunter2", "…"),
        (True, "true"),
        (None, "absent"),
        ([1], "1 item"),
        ({"a": 1, "b": 2}, "2 fields"),
        (1.5, "1.5"),
    ],
)
def test_a_preview_shows_what_is_short_and_no_credential(value: object, shown: str) -> None:
    there = live("ConfigMap", spec={"field": "before"})
    [change] = changes_of(CONFIG, obj("ConfigMap", spec={"field": value}), there)
    assert change.after == shown


def test_a_rollout_starts_where_the_template_changes() -> None:
    same, other = deployment("app:1", 3), deployment("app:2", 3)
    assert restarts(DEPLOYMENT, other, same)
    assert restarts(DEPLOYMENT, same, None)
    assert not restarts(DEPLOYMENT, deployment("app:1", 5), same)
    assert not restarts(CONFIG, other, same)


def caused(document: dict[str, Any], there: dict[str, Any] | None) -> object:
    noted = with_cause(document, there, "kubectl", "apply -f web.yaml https://slack.example/p1")
    return (noted["metadata"].get("annotations") or {}).get(CHANGE_CAUSE)


def test_the_cause_of_a_rollout_is_noted_unless_it_is_somebody_elses() -> None:
    typed, own = "apply -f web.yaml https://slack.example/p1", "release 7"
    document = deployment("app:2")
    assert caused(document, None) == typed
    assert "annotations" not in document["metadata"]
    named = {**document, "metadata": {**document["metadata"], "annotations": {CHANGE_CAUSE: own}}}
    assert caused(named, None) == own
    fields: dict[str, Any] = {"f:metadata": {"f:annotations": {f"f:{CHANGE_CAUSE}": {}}}}
    there = live("Deployment", fields)
    there["metadata"]["annotations"] = {CHANGE_CAUSE: "before"}
    assert caused(document, there) == typed
    there["metadata"]["managedFields"][0]["manager"] = "kubectl-rollout"
    assert caused(document, there) is None

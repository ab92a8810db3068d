"""What counts as a change since a plan was made, and how it is told."""

from typing import Any

import pytest

from bot.core.plan import Operation, Patch, Seen, Target
from bot.kube.staleness import moved, seen_by, superseded
from tests.every import every

WEB = Target("ctx", "apps", "v1", "deployments", "Deployment", "shop", "web", "uid-1")
LIVE: dict[str, Any] = {
    "metadata": {
        "uid": "uid-1",
        "resourceVersion": "8",
        "annotations": {"example.org/note": "a"},
    },
    "spec": {"replicas": 4, "paused": True, "containers": [{"image": "app:2"}], "note": ""},
    "status": {"readyReplicas": 2},
}
OLD = "registry.example.org/payments/checkout-service:2.4.0"
TOKEN = "ghp_0123456789abcdefghij"


def told(*seen: Seen, live: dict[str, Any] = LIVE) -> list[str]:
    """Return the lines that name what is different."""
    changes = moved(WEB, seen, live)
    return superseded(WEB, changes).text.splitlines()[1:] if changes else []


@every(
    ("seen", "sentence"),
    [
        (Seen("/spec/replicas", 3), "spec.replicas is 4, and was 3"),
        (Seen("/spec/paused", False), "spec.paused is true, and was false"),
        (Seen("/spec/paused", present=False), "spec.paused is true, and was not there"),
        (Seen("/spec/gone", 1), "spec.gone is no longer there"),
        (Seen("/spec/note", "x"), 'spec.note is "", and was x'),
        (Seen("/spec/containers/0/image", "a"), "spec.containers[0].image is app:2, and was a"),
        (
            Seen("/metadata/annotations/example.org~1note", "b"),
            "metadata.annotations[example.org/note] is a, and was b",
        ),
        (Seen("/spec/containers", []), "spec.containers is different"),
        (Seen("/spec/note", TOKEN), 'spec.note is ""'),
        (Seen("/spec/note", "x" * 41), 'spec.note is ""'),
        (Seen("", {**LIVE, "spec": {**LIVE["spec"], "replicas": 3}}),
         "spec.replicas is 4, and was 3"),
        (Seen("/spec/containers", [{"image": OLD}]),
         f"spec.containers[0].image is app:2, and was {OLD}"),
        (Seen("/metadata", {**LIVE["metadata"], "annotations": {}}),
         "metadata.annotations[example.org/note] is a, and was not there"),
    ],
)  # fmt: skip
def test_a_changed_field_is_named(seen: Seen, sentence: str) -> None:
    assert told(seen) == [f"  {sentence}"]


@pytest.mark.parametrize(
    "seen",
    [
        Seen("/spec/replicas", 4),
        Seen("/spec/none", present=False),
        Seen("/spec/none/deeper", present=False),
        Seen("/spec/none", None),
        Seen("", {**LIVE, "status": {}, "metadata": {**LIVE["metadata"], "generation": 3}}),
    ],
)
def test_what_is_as_it_was_is_no_change(seen: Seen) -> None:
    assert told(seen) == []


def test_a_value_that_looks_like_a_credential_is_not_told() -> None:
    live = {**LIVE, "spec": {"note": TOKEN}}
    assert told(Seen("/spec/note", "x"), live=live) == ["  spec.note is different"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/spec/containers/0/env/0/value", "spec.containers[0].env[0].value"),
        ("/spec/containers/0/args/0", "spec.containers[0].args[0]"),
    ],
)
def test_what_is_often_a_password_is_named_and_not_told(path: str, field: str) -> None:
    live: dict[str, Any] = {
        "metadata": {"uid": "uid-1"},
        "spec": {"containers": [{"env": [{"name": "A", "value": "x"}], "args": ["x"]}]},
    }
    assert told(Seen(path, "y"), live=live) == [f"  {field} is different"]


def test_another_object_of_the_name_is_all_that_is_told() -> None:
    live = {"metadata": {"uid": "uid-2"}}
    assert told(Seen("/spec/replicas", 3), live=live) == ["  it is another object of the same name"]


def test_many_changes_are_counted() -> None:
    seen = [Seen(f"/spec/{name}", 1) for name in "abcde"]
    assert told(*seen)[-1] == "  and 2 more"


def test_a_json_patch_has_seen_what_it_tests() -> None:
    patch = Patch(WEB, (Operation("test", "/spec/replicas", 3), Operation("add", "/a", 1)))
    assert seen_by(patch) == (Seen("/spec/replicas", 3),)

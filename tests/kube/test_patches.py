"""JSON Patches that say what they read and write, and that fail once it is something else."""

import base64
from typing import Any

import jsonpatch
import pytest

from bot.core.plan import Operation
from bot.kube.masking import mask
from bot.kube.patches import (
    GONE,
    Edit,
    Path,
    operations,
    patched,
    path_of,
    pointer,
    preconditions,
    seen,
)
from tests.every import every
from tests.kube.objects import web

Op = tuple[str, str, Any]
UID: Op = ("test", "/metadata/uid", "u-web")
ANNOTATIONS = "/metadata/annotations"


def short(steps: Any) -> list[Op]:
    return [(step.op, step.path, step.value) for step in steps]


@every(
    ("edit", "expected"),
    [
        (
            Edit(("spec", "replicas"), 5),
            [("test", "/spec/replicas", 3), ("add", "/spec/replicas", 5)],
        ),
        (Edit(("spec", "replicas"), 3), [("test", "/spec/replicas", 3)]),
        (
            Edit(("spec", "paused"), True),
            [("test", "/spec/paused", None), ("add", "/spec/paused", True)],
        ),
        (
            Edit(("metadata", "labels", "app.example.org/a~b"), "x"),
            [
                ("test", "/metadata/labels/app.example.org~1a~0b", None),
                ("add", "/metadata/labels/app.example.org~1a~0b", "x"),
            ],
        ),
        (
            Edit(("metadata", "annotations", "a"), "x"),
            [("test", ANNOTATIONS, None), ("add", ANNOTATIONS, {"a": "x"})],
        ),
        (
            Edit(("metadata", "labels", "app"), GONE),
            [("test", "/metadata/labels/app", "web"), ("remove", "/metadata/labels/app", None)],
        ),
        (Edit(("metadata", "labels", "nope"), GONE), [("test", "/metadata/labels/nope", None)]),
        (
            Edit(("spec", "template", "spec", "containers", 0, "image"), "web:2"),
            [
                ("test", "/spec/template/spec/containers/0/image", "web:1"),
                ("add", "/spec/template/spec/containers/0/image", "web:2"),
            ],
        ),
        (
            Edit(("spec", "list", 1), "c"),
            [("test", "/spec/list/1", "b"), ("replace", "/spec/list/1", "c")],
        ),
    ],
    ids=[
        *("changed", "as it is", "new", "escaped", "without its parent", "removed", "not there"),
        *("in a list", "an element"),
    ],
)
def test_an_edit_tests_what_it_writes(edit: Edit, expected: list[Op]) -> None:
    assert short(operations(web(), [edit])) == [UID, *expected]


def test_what_is_only_read_is_tested_too() -> None:
    steps = operations(web(), [Edit(("spec", "replicas"), 5)], [("spec", "paused")])
    assert short(steps)[1:3] == [("test", "/spec/paused", None), ("test", "/spec/replicas", 3)]


def test_several_edits_below_one_missing_parent_make_it_once() -> None:
    place = ("metadata", "annotations")
    steps = operations(web(), [Edit((*place, "a"), "1"), Edit((*place, "b"), "2")])
    assert short(steps) == [
        UID,
        ("test", ANNOTATIONS, None),
        ("add", ANNOTATIONS, {"a": "1"}),
        ("add", f"{ANNOTATIONS}/b", "2"),
    ]


def test_the_patch_is_the_standards_and_leaves_the_object_alone() -> None:
    item = web()
    edits = [Edit(("metadata", "labels", "a/b"), "x"), Edit(("spec", "replicas"), GONE)]
    steps = operations(item, edits)
    by_library = jsonpatch.JsonPatch([s.wire() for s in steps if s.op != "test"]).apply(item)
    assert patched(item, steps) == by_library
    assert by_library["metadata"]["labels"] == {"app": "web", "a/b": "x"}
    assert item == web()


@pytest.mark.parametrize("field", ["data", "stringData"])
def test_of_a_secret_whose_values_are_masked_nothing_may_have_changed(field: str) -> None:
    secret = {"kind": "Secret", "metadata": {"uid": "u", "resourceVersion": "7"}, "data": {}}
    steps = preconditions(secret, [(field, "password")])
    assert short(steps)[1:] == [("test", "/metadata/resourceVersion", "7")]


@pytest.mark.parametrize(
    "path",
    [
        ("metadata",),
        ("metadata", "annotations"),
        ("metadata", "annotations", "kapp.k14s.io/original"),
        ("metadata", "labels", "copied"),
    ],
)
def test_where_a_text_is_masked_nothing_may_have_changed(path: Path) -> None:
    secret = {"kind": "Secret", "data": {"password": base64.b64encode(b"correct-horse").decode()}}
    notes = {"kapp.k14s.io/original": "{}", "plain": "note"}
    labels = {"copied": "correct-horse"}
    about = {"uid": "u", "resourceVersion": "7", "annotations": notes, "labels": labels}
    masked = mask(secret | {"metadata": about})
    assert short(preconditions(masked, [path]))[1:] == [("test", "/metadata/resourceVersion", "7")]
    plain = preconditions(masked, [("metadata", "annotations", "plain")])
    assert short(plain)[1:] == [("test", "/metadata/annotations/plain", "note")]


def test_a_place_that_a_list_lacks_is_tested_by_the_whole_list() -> None:
    assert short(preconditions(web(), [("spec", "list", "-")]))[1:] == [
        ("test", "/spec/list", ["a", "b"])
    ]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", ()),
        ("/spec/list/1", ("spec", "list", 1)),
        ("/spec/list/-", ("spec", "list", "-")),
        ("/metadata/labels/0", ("metadata", "labels", "0")),
        ("/metadata/labels/a~1b~0c", ("metadata", "labels", "a/b~c")),
        ("/nope/1", ("nope", "1")),
    ],
)
def test_a_pointer_leads_where_the_object_says(text: str, path: Any) -> None:
    assert path_of(web(), text) == path
    assert pointer(path) == text


def test_a_field_is_seen_with_its_value_or_as_missing() -> None:
    replicas, paused = (seen(web(), ("spec", name)) for name in ("replicas", "paused"))
    assert (replicas.path, replicas.value, replicas.present) == ("/spec/replicas", 3, True)
    assert (paused.path, paused.present) == ("/spec/paused", False)


def test_an_operation_is_written_as_the_standard_has_it() -> None:
    assert Operation("remove", "/a").wire() == {"op": "remove", "path": "/a"}
    assert Operation("test", "/a").wire() == {"op": "test", "path": "/a", "value": None}
    assert Operation("move", "/a", source="/b").wire() == {"op": "move", "path": "/a", "from": "/b"}

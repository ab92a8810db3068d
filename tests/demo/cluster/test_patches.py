"""Patches beyond what the conformance suite holds equal."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.cluster.patches import JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE, patched
from bot.demo.cluster.refusals import ApiRefusalError
from tests.every import every

ORDER, REPLACE = "$setElementOrder/containers", {"$patch": "replace"}
NAMES = st.sampled_from("abc")
DOCUMENTS = st.dictionaries(
    NAMES,
    st.recursive(st.integers(0, 2), lambda inner: st.dictionaries(NAMES, inner), max_leaves=6),
)


def patch(item: Any, body: Any, content_type: str = STRATEGIC_MERGE) -> Any:
    return patched(item, content_type, json.dumps(body).encode())


def containers(*names: str) -> dict[str, Any]:
    return {"spec": {"containers": [{"name": name, "image": f"{name}:1"} for name in names]}}


def changed(*elements: dict[str, Any], **directives: Any) -> dict[str, Any]:
    return {"spec": {"containers": list(elements), **directives}}


def named(item: dict[str, Any]) -> list[str]:
    return [each["name"] for each in item["spec"]["containers"]]


@given(before=DOCUMENTS, after=DOCUMENTS)
def test_a_merge_patch_of_the_difference_leads_from_one_object_to_another(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert patch(before, _difference(before, after), MERGE_PATCH) == after


def _difference(before: Any, after: Any) -> dict[str, Any]:
    found: dict[str, Any] = dict.fromkeys(before.keys() - after.keys())
    for name, value in after.items():
        old = before.get(name)
        if isinstance(old, dict) and isinstance(value, dict):
            found[name] = _difference(old, value)
        elif old != value:
            found[name] = value
    return found


@pytest.mark.parametrize("content_type", [MERGE_PATCH, STRATEGIC_MERGE])
@given(before=DOCUMENTS, body=DOCUMENTS)
def test_a_patch_leaves_the_object_that_it_was_given(
    content_type: str, before: dict[str, Any], body: dict[str, Any]
) -> None:
    copied = copy.deepcopy(before)
    patch(before, body, content_type)
    assert before == copied


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (changed({"name": "c"}), ["c", "a", "b"]),
        (changed({"name": "b"}, {"name": "c"}), ["a", "b", "c"]),
        (changed({"name": "a", "$patch": "delete"}), ["b"]),
        (changed({"name": "z"}, REPLACE), ["z"]),
        (changed(**{ORDER: [{"name": "b"}, {"name": "a"}]}), ["b", "a"]),
        (
            changed({"name": "c"}, **{ORDER: [{"name": "a"}, {"name": "c"}]}),
            ["a", "c", "b"],
        ),
    ],
    ids=["new first", "after the known", "deleted", "replaced", "ordered", "ordered with a new"],
)  # fmt: skip
def test_elements_have_their_place(body: dict[str, Any], names: list[str]) -> None:
    assert named(patch(containers("a", "b"), body)) == names


def test_nulls_and_directives_of_what_is_new_are_not_kept() -> None:
    after = patch({"spec": {}}, {"spec": {"a": {"b": None, "c": 1, "$retainKeys": ["c"]}}})
    assert after == {"spec": {"a": {"c": 1}}}


def test_metadata_that_a_patch_empties_goes_and_what_else_is_empty_stays() -> None:
    before = {"metadata": {"name": "one", "labels": {"a": "b"}}, "spec": {"emptyDir": {}}}
    assert patch(before, {"metadata": {"labels": {"a": None}}}, MERGE_PATCH) == {
        "metadata": {"name": "one"}, "spec": {"emptyDir": {}},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "content_type"),
    [({}, JSON_PATCH), ([1], JSON_PATCH), ([], MERGE_PATCH), ("a", STRATEGIC_MERGE),
     ({"spec": {"$patch": "frob"}}, STRATEGIC_MERGE)],
)  # fmt: skip
def test_what_is_no_patch_is_refused(body: Any, content_type: str) -> None:
    with pytest.raises(ApiRefusalError) as refusal:
        patch(containers("a"), body, content_type)
    assert (refusal.value.code, refusal.value.reason) == (400, "BadRequest")


@pytest.mark.parametrize("element", [{"a": 1}, "a", None])
def test_an_element_that_cannot_be_merged_is_refused(element: Any) -> None:
    with pytest.raises(ApiRefusalError) as refusal:
        patch(containers("a"), changed(element))
    assert (refusal.value.code, refusal.value.reason) == (500, "")


@every(
    "operation",
    [
        {"op": "test", "path": "/a/0", "value": 2},
        {"op": "remove", "path": "/a/9"},
        {"op": "replace", "path": "/a/x", "value": 1},
        {"op": "add", "path": "/a/b/c", "value": 1},
        {"op": "add", "path": "no pointer", "value": 1},
        {"op": "add", "path": "/x"},
        {"op": "move", "path": "/x"},
        {"op": "replace", "path": "", "value": [1]},
        {"path": "/a"},
    ],
)
def test_what_cannot_be_applied_is_refused_without_a_word(operation: dict[str, Any]) -> None:
    with pytest.raises(ApiRefusalError) as refusal:
        patch({"a": [1]}, [operation], JSON_PATCH)
    assert (refusal.value.code, refusal.value.reason) == (422, "Invalid")

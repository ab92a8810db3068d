"""A list that is parsed in slices is the list that was sent."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.kube.slices import SLICE_BYTES, slices

Json = dict[str, Any]
HEAD = {"kind": "Table", "metadata": {"continue": "t2"}, "columnDefinitions": [{"name": "Name"}]}
# What stands where an element begins may stand inside of one too, and its text in a string.
INNER = st.recursive(
    st.integers(0, 9) | st.sampled_from(['{"cells":[', ',{"metadata":{', "]}", "plain"]),
    lambda inner: st.lists(
        st.fixed_dictionaries({"cells": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"metadata": st.dictionaries(st.text(), inner, max_size=2)})
        | inner,
        max_size=3,
    ),
    max_leaves=12,
)


def table(cells: list[Any]) -> Json:
    return {**HEAD, "rows": [{"cells": [cell], "object": None} for cell in cells]}


def pods(specs: list[Any]) -> Json:
    items = [{"metadata": {"name": f"p{at}"}, "spec": spec} for at, spec in enumerate(specs)]
    return {"kind": "PodList", "metadata": {}, "items": items}


def joined(parts: list[Json], name: str) -> Json:
    return {**parts[0], name: [element for part in parts for element in part[name]]}


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        pytest.param(table([f"web-{at}" for at in range(100)]), "rows", id="rows"),
        pytest.param(pods([{"nodeName": f"n{at}"} for at in range(100)]), "items", id="items"),
    ],
)
def test_a_long_list_comes_in_slices_with_all_that_stands_above_it(sent: Json, name: str) -> None:
    parts = list(slices(orjson.dumps(sent) + b"\n", 1000))
    assert len(parts) > 3
    assert [part | {name: []} for part in parts] == [sent | {name: []}] * len(parts)
    assert joined(parts, name) == sent


@given(st.lists(INNER, min_size=1, max_size=6), st.integers(1, 400))
def test_no_row_is_lost_or_torn_whatever_is_in_it(cells: list[Any], size: int) -> None:
    sent = table(cells)
    assert joined(list(slices(orjson.dumps(sent), size)), "rows") == sent


@given(st.lists(INNER, min_size=1, max_size=6), st.integers(1, 400))
def test_no_item_is_lost_or_torn_whatever_is_in_it(specs: list[Any], size: int) -> None:
    sent = pods(specs)
    assert joined(list(slices(orjson.dumps(sent), size)), "items") == sent


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"kind": "Table", "rows": []}, id="empty"),
        pytest.param({"apiVersion": "v1", "items": [{"kind": "W"}] * 9, "kind": "L"}, id="sorted"),
        pytest.param({"spec": {"items": [{"metadata": {}}] * 9}}, id="no-list-itself"),
        pytest.param({"items": [{"metadata": {}}] * 9, "kind": "SecretList"}, id="kind-last"),
        pytest.param(table(["web"] * 9), id="short"),
    ],
)
def test_what_cannot_be_cut_comes_whole(sent: Json) -> None:
    size = SLICE_BYTES if sent.get("columnDefinitions") else 10
    assert list(slices(orjson.dumps(sent), size)) == [sent]


FIELDS = [{"manager": "kubectl", "fieldsV1": {"f:data": {'k:{"name":"web"}': {}}}}]


def described(metadata: Json) -> Json:
    kind = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}
    inner = kind | {"metadata": metadata}
    return {"kind": "Table", "rows": [{"cells": ["web", at], "object": inner} for at in range(9)]}


NAMED = {
    "name": "web-1-a",
    "generateName": "web-1-",
    "namespace": "shop",
    "uid": "u-1",
    "resourceVersion": "7",
    "generation": 2,
    "creationTimestamp": "2026-01-01T00:00:00Z",
    "labels": {"app": "web"},
}
LABELLED = {name: value for name, value in NAMED.items() if name != "namespace"}
BEFORE = {
    "annotations": {"note": "x"},
    "ownerReferences": [{"kind": "ReplicaSet", "name": "web-1"}],
    "finalizers": ["a/b"],
}
BEHIND = BEFORE | {"managedFields": FIELDS}
# What is meant to be taken for the end of the managed fields, or of the text that it stands in.
PIECES = st.sampled_from(["]}}}", "]", "[", "{", "}", '"', ":", ",", "f:a"])
TEXT = st.lists(PIECES).map("".join)
MANAGED = st.fixed_dictionaries(
    {"manager": TEXT, "operation": st.just("Update"), "apiVersion": TEXT},
    optional={
        "fieldsV1": st.dictionaries(TEXT.map("f:{}".format), st.just({".": {}}), max_size=3),
        "subresource": TEXT,
    },
)


@pytest.mark.parametrize("size", [1, 300, SLICE_BYTES])
def test_managed_fields_are_left_out_before_anything_is_parsed(size: int) -> None:
    sent = orjson.dumps(described(NAMED | BEHIND)) + b"\n"
    parts = list(slices(sent, size, light=True))
    assert joined(parts, "rows") == described(NAMED | BEFORE)


@given(st.lists(st.lists(MANAGED, max_size=3), min_size=1, max_size=4), st.integers(1, 900))
def test_nothing_else_is_left_out_whatever_managed_fields_say(
    managed: list[Json], size: int
) -> None:
    sent = described(NAMED)
    sent["rows"] = [
        {"cells": [at], "object": described(NAMED | {"managedFields": fields})["rows"][0]["object"]}
        for at, fields in enumerate(managed)
    ]
    found = joined(list(slices(orjson.dumps(sent), size, light=True)), "rows")
    for row in (*sent["rows"], *found["rows"]):
        row["object"]["metadata"].pop("managedFields", None)
    assert found == sent


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param({"managedFields": FIELDS, "name": "web"}, id="name-last"),
        pytest.param(BEHIND | NAMED, id="before-the-labels"),
        pytest.param({"annotations": {}, "creationTimestamp": "t", "name": "a"}, id="sorted"),
        pytest.param({"name": "a", "finalizers": [], "resourceVersion": "1"}, id="version-last"),
        pytest.param({**LABELLED, "annotations": {}, "namespace": "shop"}, id="namespace-last"),
        pytest.param({"name": "a", "labels": {"note": ',"managedFields":['}}, id="in-a-text"),
    ],
)
def test_in_another_order_nothing_is_left_out(metadata: Json) -> None:
    sent = described(metadata)
    assert list(slices(orjson.dumps(sent), light=True)) == [sent]


def test_whole_objects_keep_all_that_they_have() -> None:
    sent = described(NAMED | BEHIND)
    for row in sent["rows"]:
        row["object"]["kind"] = "Pod"
    assert list(slices(orjson.dumps(sent), light=True)) == [sent]


@given(st.lists(INNER, min_size=1, max_size=6), st.integers(1, 400))
def test_a_list_without_metadata_is_the_same_when_it_is_left_out(
    cells: list[Any], size: int
) -> None:
    sent = table(cells)
    assert joined(list(slices(orjson.dumps(sent), size, light=True)), "rows") == sent


@pytest.mark.parametrize("body", [b"<html>", b'{"rows":[{"cells":[1]},{"cells":[', b""])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(orjson.JSONDecodeError):
        list(slices(body, 1))

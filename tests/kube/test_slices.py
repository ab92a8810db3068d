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
    inner = {"kind": "PartialObjectMetadata", "metadata": metadata}
    return {"kind": "Table", "rows": [{"cells": ["web", at], "object": inner} for at in range(9)]}


@pytest.mark.parametrize("size", [1, 300, SLICE_BYTES])
def test_managed_fields_are_left_out_before_anything_is_parsed(size: int) -> None:
    sent = described({"name": "web", "labels": {"app": "web"}, "managedFields": FIELDS})
    parts = list(slices(orjson.dumps(sent) + b"\n", size, light=True))
    assert joined(parts, "rows") == described({"name": "web", "labels": {"app": "web"}})


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param({"managedFields": FIELDS, "name": "web"}, id="first"),
        pytest.param({"labels": {}, "managedFields": FIELDS, "name": "web"}, id="in-the-middle"),
        pytest.param({"name": "a", "managedFields": FIELDS, "owners": [1]}, id="before-an-array"),
        pytest.param({"name": "a", "managedFields": [{"manager": "a]b"}]}, id="odd-manager"),
        pytest.param({"name": "a", "managedFields": []}, id="none"),
        pytest.param({"name": "a", "annotations": {"note": ',"managedFields":['}}, id="in-a-text"),
    ],
)
def test_nothing_else_is_left_out_with_them(metadata: Json) -> None:
    [whole] = slices(orjson.dumps(described(metadata)), light=True)
    for row in whole["rows"]:
        shown = row["object"]["metadata"]
        assert shown | {"managedFields": 0} == metadata | {"managedFields": 0}


@given(st.lists(INNER, min_size=1, max_size=6), st.integers(1, 400))
def test_a_list_without_managed_fields_is_the_same_when_they_are_left_out(
    cells: list[Any], size: int
) -> None:
    sent = table(cells)
    assert joined(list(slices(orjson.dumps(sent), size, light=True)), "rows") == sent


@pytest.mark.parametrize("body", [b"<html>", b'{"rows":[{"cells":[1]},{"cells":[', b""])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(orjson.JSONDecodeError):
        list(slices(body, 1))

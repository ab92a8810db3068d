"""No value of a Secret leaves the room, in whatever shape the API server sends it."""

import base64
import copy
import json
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.kube.masking import mask

Json = dict[str, Any]
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
SAID = "correct-horse-battery-staple"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def secret(text: str = SAID) -> Json:
    manifest = {"kind": "Secret", "data": {"password": encoded(text)}}
    return {
        "kind": "Secret",
        "apiVersion": "v1",
        "metadata": {
            "name": "db",
            "annotations": {LAST_APPLIED: json.dumps(manifest), "team": "shop"},
        },
        "type": "Opaque",
        "data": {"password": encoded(text)},
        "stringData": {"plain": text},
    }


def alone(item: Json) -> Json:
    return item


def in_secret_list(item: Json) -> Json:
    bare = {key: value for key, value in item.items() if key not in ("kind", "apiVersion")}
    return {"kind": "SecretList", "items": [bare]}


def in_list(item: Json) -> Json:
    return {"kind": "List", "items": [{"kind": "Pod"}, item]}


def in_table(item: Json) -> Json:
    return {"kind": "Table", "rows": [{"cells": ["db", "Opaque", 1], "object": item}]}


def metadata_in_table(item: Json) -> Json:
    partial = {"kind": "PartialObjectMetadata", "metadata": item["metadata"]}
    return {"kind": "Table", "rows": [{"cells": ["db", "Opaque", 1], "object": partial}]}


SHAPES = [alone, in_secret_list, in_list, in_table, metadata_in_table]


@pytest.mark.parametrize("shape", SHAPES)
@given(text=st.text(min_size=8))
def test_no_value_is_left_in_any_shape(shape: Callable[[Json], Json], text: str) -> None:
    said = f"«{text}»"  # so that it is no part of what stands there anyway
    left = json.dumps(mask(shape(secret(said))), ensure_ascii=False)
    assert json.dumps(said, ensure_ascii=False)[1:-1] not in left
    assert encoded(said) not in left


@pytest.mark.parametrize(
    "copied",
    [
        *(SAID, encoded(SAID), encoded(SAID).rstrip("="), f"password: {SAID}"),
        json.dumps({"stringData": {"password": "an-older-value"}}),
        json.dumps({"data": {"password": encoded("an-older-value")}}),
    ],
)
@pytest.mark.parametrize("marks", ["annotations", "labels"])
def test_a_secrets_own_marks_do_not_repeat_its_values(copied: str, marks: str) -> None:
    item = secret()
    item["metadata"][marks] = {"example.org/copy": copied, "team": "shop"}
    kept = {"example.org/copy": "<masked>", "team": "shop"}
    assert mask(item)["metadata"][marks] == kept


def test_a_value_with_quotes_is_found_in_a_manifest() -> None:
    said = 'say "horse" and \\ é'
    item = secret(said)
    item["metadata"]["annotations"] = {
        "escaped": json.dumps({"x": said}),
        "spelled": json.dumps({"x": said}, ensure_ascii=False),
    }
    assert set(mask(item)["metadata"]["annotations"].values()) == {"<masked>"}


def test_what_says_little_may_stand_in_a_mark() -> None:
    item = secret("default")
    item["metadata"]["annotations"] = {"kubernetes.io/service-account.name": "default"}
    assert "default" in mask(item)["metadata"]["annotations"].values()


@pytest.mark.parametrize("key", ["kapp.k14s.io/original", "objectset.rio.cattle.io/applied"])
@pytest.mark.parametrize("shape", SHAPES)
def test_manifests_that_other_tools_keep_are_masked(
    shape: Callable[[Json], Json], key: str
) -> None:
    item = secret()
    item["metadata"]["annotations"] = {key: "H4sIAAAAAAAA"}
    assert "H4sI" not in json.dumps(mask(shape(item)))


def test_the_sizes_and_everything_else_are_kept() -> None:
    assert mask(secret()) == {
        "kind": "Secret",
        "apiVersion": "v1",
        "metadata": {"name": "db", "annotations": {LAST_APPLIED: "<masked>", "team": "shop"}},
        "type": "Opaque",
        "data": {"password": "<28 bytes>"},
        "stringData": {"plain": "<28 bytes>"},
    }


@pytest.mark.parametrize(
    ("value", "shown"),
    [("", "<0 bytes>"), ("####", "<masked>"), (None, "<masked>"), ("YQ", "<masked>")],
    ids=["empty", "not-base64", "null", "cut-off"],
)
def test_a_value_that_cannot_be_measured_is_masked_all_the_same(value: object, shown: str) -> None:
    assert mask({"kind": "Secret", "data": {"key": value}})["data"] == {"key": shown}


@pytest.mark.parametrize(
    "item",
    [
        {"kind": "Secret"},
        {"kind": "Secret", "data": None, "stringData": None, "metadata": None},
        {"kind": "SecretList", "items": None},
        {"kind": "Table", "rows": None},
        {"kind": "Table", "rows": [{"cells": ["db"]}]},
        {"kind": "Status", "code": 404},
        {},
    ],
    ids=lambda item: orjson.dumps(item).decode(),
)
def test_what_has_no_values_stays_as_it_is(item: Json) -> None:
    assert mask(copy.deepcopy(item)) == item


def test_a_config_map_is_no_secret() -> None:
    item = {"kind": "ConfigMap", "data": {"LEVEL": "info"}}
    assert mask(copy.deepcopy(item)) == item
    both = {"kind": "List", "items": [item, secret()]}
    assert mask(both)["items"][0] == item

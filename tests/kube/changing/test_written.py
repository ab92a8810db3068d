"""Patches that somebody wrote: what is refused, what they are about, what comes of them."""

import json
from typing import Any

import pytest

from bot.core.errors import QuarterdeckError
from bot.demo.cluster.patches import MERGE_PATCH, STRATEGIC_MERGE
from bot.demo.cluster.patches import patched as by_the_server
from bot.kube.changing.written import read_patch
from tests.every import every
from tests.kube.objects import web

GO = "Go value of type"
MAP = "map[string]interface {}"
REJECTED = "The request is invalid: the server rejected our request due to an error in our request"


@every(
    ("typed", "kind", "said"),
    [
        ("{", "strategic", "Error from server (BadRequest): invalid JSON patch"),
        ("a: b: c", "merge", 'error: unable to parse "a: b: c": yaml: '),
        ("[1]", "strategic", f"(BadRequest): json: cannot unmarshal array into {GO} {MAP}"),
        ("1", "merge", f"error decoding patch: json: cannot unmarshal number into {GO} {MAP}"),
        ("# nothing", "merge", "Error from server (BadRequest): Invalid JSON Patch"),
        ("{}", "json", f"json: cannot unmarshal object into {GO} []handlers.jsonPatchOp"),
        ("{}", "nope", 'error: --type must be one of [json merge strategic], not "nope"'),
        ("", "json", "error: must specify --patch or --patch-file containing the contents of"),
        ("a: &x [1]\nb: *x", "merge", "error: the patch repeats another place of itself (*)"),
    ],
)
def test_what_is_no_patch_of_its_type_is_refused_in_kubectls_words(
    typed: str, kind: str, said: str
) -> None:
    with pytest.raises(QuarterdeckError) as error:
        read_patch(typed, kind)
    assert said in error.value.text


@pytest.mark.parametrize(
    "operations",
    [
        '[{"op":"remove","path":"/spec/nope"}]',
        '[{"op":"test","path":"/spec/replicas","value":9}]',
        '[{"op":"test","path":"/spec/replicas"}]',
        '[{"op":"nope","path":"/spec"}]',
        '[{"op":"add"}]',
        '[{"op":"add","path":"spec","value":1}]',
        '[{"op":"add","path":"/a/b","value":1}]',
    ],
)
def test_a_json_patch_that_does_not_fit_is_refused_before_anybody_is_asked(
    operations: str,
) -> None:
    with pytest.raises(QuarterdeckError) as error:
        read_patch(operations, "json").applied(web())
    assert error.value.text == REJECTED


def test_a_json_patch_does_what_the_api_servers_library_does() -> None:
    written = read_patch(
        '[{"op":"replace","path":"/metadata/labels/new","value":"x"},'
        '{"op":"test","path":"/metadata/labels/nope"},'
        '{"op":"copy","from":"/metadata/labels/new","path":"/metadata/labels/old"},'
        '{"op":"move","from":"/spec/list/0","path":"/spec/list/1"}]',
        "JSON",
    )
    result = written.applied(web())
    assert result["metadata"]["labels"] == {"app": "web", "new": "x", "old": "x"}
    assert result["spec"]["list"] == ["b", "a"]


@pytest.mark.parametrize(
    ("kind", "document", "paths"),
    [
        ("merge", '{"spec":{"replicas":1,"list":[]}}', ["spec.replicas", "spec.list"]),
        ("merge", "{}", []),
        ("merge", '{"metadata":{"labels":{}}}', ["metadata.labels"]),
        (
            "strategic",
            '{"spec":{"$setElementOrder/list":["a"],"x":{"$patch":"replace"}}}',
            ["spec.list", "spec.x"],
        ),
        (
            "json",
            '[{"op":"add","path":"/spec/list/0","value":1},'
            '{"op":"copy","from":"/spec/list/1","path":"/spec/new"}]',
            ["spec.list", "spec.new", "spec.list.1"],
        ),
    ],
)
def test_a_patch_is_about_the_fields_that_it_names(
    kind: str, document: str, paths: list[str]
) -> None:
    about = read_patch(document, kind).about(web())
    assert [".".join(map(str, path)) for path in about] == paths


def pod(image: str, **more: Any) -> dict[str, Any]:
    return {
        "spec": {"template": {"spec": {"containers": [{"name": "web", "image": image, **more}]}}}
    }


MERGES = {
    "a field": {"spec": {"replicas": 5}},
    "a field that goes": {"spec": {"replicas": None, "selector": None}},
    "a map": {"metadata": {"labels": {"tier": "front"}}},
    "a whole list": {"spec": {"list": ["c"]}},
    "a container": pod("web:2"),
    "another container": {
        "spec": {"template": {"spec": {"containers": [{"name": "side", "image": "side:1"}]}}}
    },
    "its environment": pod("web:1", env=[{"name": "A", "value": "1"}]),
    "nothing": {},
}
DIRECTIVES = {
    "a container that goes": {
        "spec": {"template": {"spec": {"containers": [{"name": "web", "$patch": "delete"}]}}}
    },
    "all containers": {
        "spec": {
            "template": {
                "spec": {"containers": [{"$patch": "replace"}, {"name": "x", "image": "x:1"}]}
            }
        }
    },
    "a map that is replaced": {"metadata": {"labels": {"$patch": "replace", "a": "b"}}},
    "fields that stay": {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}},
}


@every("document", [*MERGES.values(), *DIRECTIVES.values()])
def test_a_strategic_merge_comes_out_as_on_the_simulated_cluster(document: Any) -> None:
    # The simulation shares no code with this one, and is held equal to the real API server.
    typed = json.dumps(document)
    result = read_patch(typed, "strategic").applied(web())
    assert result == by_the_server(web(), STRATEGIC_MERGE, typed.encode())


@every("document", MERGES.values(), ids=MERGES)
def test_a_merge_comes_out_as_on_the_simulated_cluster(document: Any) -> None:
    typed = json.dumps(document)
    result = read_patch(typed, "merge").applied(web())
    assert result == by_the_server(web(), MERGE_PATCH, typed.encode())


def test_a_patch_can_be_written_as_yaml() -> None:
    written = read_patch("metadata: {annotations: {day: 2026-11-28, n: '1'}}", "merge")
    assert written.document == {"metadata": {"annotations": {"day": "2026-11-28", "n": "1"}}}

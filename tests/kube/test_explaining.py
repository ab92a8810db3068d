"""Fields explained from a document, in kubectl's odd layout."""

from typing import Any

import pytest

from bot.core.errors import UsageError
from bot.core.ports import Resource
from bot.kube.explaining import Explainer, heading, wrapped
from tests.every import every

WIDGET = Resource("example.org", "v1", "widgets", "Widget", namespaced=True)
SPEC = {
    "type": "object",
    "description": "What is wanted.",
    "required": ["size"],
    "properties": {
        "size": {"type": "integer", "description": "How big it is."},
        "colour": {"type": "string", "enum": ["", "red", "green", "blue", "black"]},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
        "marks": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
PART = {
    "type": "object",
    "description": "A part.",
    "properties": {
        "name": {"type": "string"},
        "inner": {"$ref": "#/components/schemas/Part"},
    },
}
DOCUMENT: dict[str, Any] = {
    "components": {
        "schemas": {
            "Part": PART,
            "Spec": SPEC,
            "Widget": {
                "description": "A widget is an example.",
                "type": "object",
                "x-kubernetes-group-version-kind": [
                    {"group": "example.org", "version": "v1", "kind": "Widget"}
                ],
                "properties": {
                    "spec": {
                        "allOf": [{"$ref": "#/components/schemas/Spec"}],
                        "description": "The spec.",
                    },
                },
            },
        }
    }
}


@every(
    ("text", "limit", "lines"),
    [
        ("", 10, [""]),
        ("short", 10, ["short"]),
        ("two words", 9, ["two words"]),
        ("two words", 8, ["two", "words"]),
        ("a  b", 10, ["a  b"]),
        ("a word-that-is-too-long b", 10, ["a", "word-that-is-too-long", "b"]),
        ("one\ntwo three", 6, ["one", "two", "three"]),
        ("no\u00a0break here", 8, ["no\u00a0break", "here"]),
        ("end ", 4, ["end "]),
        ("end  ", 3, ["end"]),
    ],
)
def test_a_text_is_broken_between_words(text: str, limit: int, lines: list[str]) -> None:
    assert wrapped(text, limit).split("\n") == lines


def test_a_type_is_named_with_its_group() -> None:
    text = "GROUP:      example.org\nKIND:       Widget\nVERSION:    v1\n\n"
    assert heading(WIDGET) == text
    assert heading(Resource("", "v1", "pods", "Pod", namespaced=True)).startswith("KIND:")


def test_the_fields_of_a_type_are_listed_in_order() -> None:
    assert Explainer(DOCUMENT).explain(WIDGET, ()) == (
        "DESCRIPTION:\n    A widget is an example.\n    \n"
        "FIELDS:\n  spec\t<Spec>\n    The spec.\n\n\n"
    )


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("spec", "size"), "FIELD: size <integer>"),
        (("spec", "parts"), "FIELD: parts <[]Part>"),
        (("spec", "marks"), "FIELD: marks <map[string]string>"),
        (("spec", "parts", "name"), "FIELD: name <string>"),
        (("spec", "parts", "inner", "inner", "name"), "FIELD: name <string>"),
    ],
)
def test_a_path_leads_through_lists_and_references(path: tuple[str, ...], line: str) -> None:
    assert Explainer(DOCUMENT).explain(WIDGET, path).startswith(f"{line}\n")


def test_a_required_field_and_the_first_values_are_marked() -> None:
    text = Explainer(DOCUMENT).explain(WIDGET, ("spec",))
    assert "  size\t<integer> -required-\n" in text
    assert '  enum: "", red, green, blue, ....\n' in text


def test_all_values_are_listed_where_the_field_itself_is_asked_for() -> None:
    text = Explainer(DOCUMENT).explain(WIDGET, ("spec", "colour"))
    assert 'ENUM:\n    ""\n    red\n    green\n    blue\n    black\n' in text


@pytest.mark.parametrize(("depth", "count"), [(0, 2), (1, 0), (2, 0), (3, 1)])
def test_a_type_within_itself_is_told_once(depth: int, count: int) -> None:
    text = Explainer(DOCUMENT, recursive=True, max_depth=depth).explain(WIDGET, ())
    assert text.count("inner\t<Part>") == min(count, 1)


@pytest.mark.parametrize(
    ("resource", "path", "said"),
    [
        (WIDGET, ("nope",), 'error: field "nope" does not exist'),
        (WIDGET, ("spec", "size", "nope"), 'error: field "nope" does not exist'),
        (
            Resource("example.org", "v2", "widgets", "Widget", namespaced=True),
            (),
            "error: GVK map[group:example.org kind:Widget version:v2] not found in OpenAPI schema",
        ),
    ],
)
def test_what_is_not_there_is_said_in_kubectls_words(
    resource: Resource, path: tuple[str, ...], said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        Explainer(DOCUMENT).explain(resource, path)
    assert caught.value.text == said

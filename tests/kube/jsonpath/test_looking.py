"""A template finds in what is left of the items what it finds in all of them."""

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from bot.core.errors import UsageError
from bot.kube import documents
from bot.kube.jsonpath.looking import of_items
from bot.kube.jsonpath.reading import read_template
from bot.kube.jsonpath.writing import printed
from tests.every import every
from tests.kube.jsonpath.test_documentation import EXAMPLES, OBJECT

# Each step of a path; what stands behind the items is made of a few of them.
STEPS = (".a", ".b", ".a.b", "[*]", ".*", "[0]", "[-1:]", "[::2]", "..", "..a", "['a','b']")
FILTERS = ("[?(@.a)]", "[?(@.a.b)]", "[?(@.a==1)]", '[?(@.b=="x")]', "[?(@.a>@.b)]", "[?(@)]")
FRAMES = (
    "{.items[*]%s}",
    "{.items.*%s}",
    "{.items%s}",
    "{%s}",
    "{.items[1]%s} and {.kind}",
    "{range .items[*]}{%s}{end}",
    "{range .items[*]}{@%s}",
    "{range .items[*]}{.a}{range @%s}{.b}{end}{.a}{end}{.kind}",
    "{range @%s}{.items}{end}",
    "{.items[*] range}{%s}{end}",
    "{end}{.items[*]%s}",
    "{.items['a','b'][*]%s}",
    "{'text' .items[*]%s}",
    "{.items[?(range .a)]%s}{.b}",
)
PATHS = st.lists(st.sampled_from(STEPS + FILTERS), max_size=3).map("".join)
LEAVES = st.sampled_from([None, True, 1, 2.5, "x", "1"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)


def said(template: str, items: list[Any], *, missing_allowed: bool = True) -> str:
    try:
        data = documents.as_list(items)
        return printed(template, data, missing_allowed=missing_allowed)
    except UsageError as error:
        return error.text


def left(template: str, items: list[Any]) -> list[Any]:
    return list(map(of_items(read_template(template)).left_of, items))


@given(st.sampled_from(FRAMES), PATHS, st.lists(VALUES, max_size=4), st.booleans())
def test_what_is_left_is_all_that_the_template_finds(
    frame: str, path: str, items: list[Any], missing_allowed: bool
) -> None:
    assume("..." not in path)  # nobody can read that
    template = frame % path
    whole = said(template, items, missing_allowed=missing_allowed)
    assert said(template, left(template, items), missing_allowed=missing_allowed) == whole


@every("template", EXAMPLES)
def test_the_examples_of_the_documentation_find_as_much(template: str) -> None:
    items = OBJECT["items"]
    assert said(template, left(template, items)) == said(template, items)


ITEM = {"a": {"b": 1, "c": 2}, "list": [{"x": 1, "y": 2}, {"y": 3}], "rest": "much"}


@every(
    ("template", "expected"),
    [
        ("{.items[*].a.b}", {"a": {"b": 1}}),
        ("{range .items[*]}{.a.b}{.rest}{end}", {"a": {"b": 1}, "rest": "much"}),
        ("{.items[*].list[*].x}", {"list": [{"x": 1}, {}]}),
        ('{.items[?(@.rest=="much")].a.c}', {"a": {"c": 2}, "rest": "much"}),
        ("{.items[?(@.list[*].x)].a.c}", {"a": {"c": 2}, "list": [{"x": 1}, {}]}),
        ("{range .items[*]}{range .list[*]}{.x}{end}{end}", {"list": [{"x": 1}, {}]}),
        ("{.items[*]['a.b','rest']}", {"a": {"b": 1}, "rest": "much"}),
        ("{.kind}", {}),
        ("{.items[*]}", ITEM),
        ("{..b}", ITEM),
        ("{range .items[*]}{.a}", ITEM),
    ],
)
def test_no_more_is_left_than_is_looked_at(template: str, expected: dict[str, Any]) -> None:
    assert left(template, [ITEM]) == [expected]


def test_a_template_of_many_unions_is_read_in_no_time() -> None:
    template = "{.items[*]" + "['a','b']" * 60 + "}"
    assert of_items(read_template(template)).left_of({"a": {"x": 1}, "c": 2}) == {"a": {}}

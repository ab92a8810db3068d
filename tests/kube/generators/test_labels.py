"""Selectors as they are typed, and what is said of those that cannot be read."""

import pytest

from bot.core.errors import UsageError
from bot.kube.generators.labels import selector_of
from tests.every import every

NOT_READ = "error: couldn't parse the selector string"


@pytest.mark.parametrize(
    ("typed", "labels", "expressions"),
    [
        ("app=web,tier==front", {"app": "web", "tier": "front"}, []),
        ("app=", {"app": ""}, []),
        ("a,!b", {}, [("a", "Exists", None), ("b", "DoesNotExist", None)]),
        ("a in (c,b,,c)", {}, [("a", "In", ["", "b", "c"])]),
        ("a notin ()", {}, [("a", "NotIn", [""])]),
        ("in in (in),notin=x", {"notin": "x"}, [("in", "In", ["in"])]),
        (" ", {}, []),
    ],
)
def test_a_selector_is_read(
    typed: str, labels: dict[str, str], expressions: list[tuple[str, str, list[str] | None]]
) -> None:
    found = selector_of(typed)
    assert found.get("matchLabels", {}) == labels
    shown = [(e["key"], e["operator"], e.get("values")) for e in found.get("matchExpressions", [])]
    assert shown == expressions


@every(
    ("typed", "fault"),
    [
        ("a=b,", "found '', expected: identifier after ','"),
        (",", "found ',', expected: !, identifier, or 'end of string'"),
        ("a=b c", "found 'c', expected: ',' or 'end of string'"),
        ("!a=b", "found '=', expected: ',' or 'end of string'"),
        ("!!a", "unable to parse requirement: found '!', expected: identifier"),
        ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
        ("a in b", "unable to parse requirement: found 'b' expected: '('"),
        ("a in (", "unable to parse requirement: found '', expected: ',', ')' or identifier"),
        ("a in (b,!c)", "unable to parse requirement: found '!', expected: ',', or identifier"),
        ("a in (b", "unable to parse requirement: found '', expected: ',' or ')'"),
        ("a=-b", 'unable to parse requirement: values[0][a]: Invalid value: "-b": a valid label'),
        ("a>x", "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt'"),
        ("a/=b", 'unable to parse requirement: <nil>: Invalid value: "a/": name part must be non-'),
        ("A/b=c", 'unable to parse requirement: <nil>: Invalid value: "A/b": prefix part a lower'),
        ("a/b/c=d", 'unable to parse requirement: <nil>: Invalid value: "a/b/c": a valid label'),
    ],
)
def test_a_selector_that_cannot_be_read_says_where(typed: str, fault: str) -> None:
    with pytest.raises(UsageError) as caught:
        selector_of(typed)
    assert caught.value.text.startswith(f'{NOT_READ} "{typed}": {fault}')


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("a!=b", '"!=" is not a valid label selector operator'),
        ("a>1", '"gt" isn\'t supported in label selectors'),
        ("a<1", '"lt" isn\'t supported in label selectors'),
    ],
)
def test_what_an_object_cannot_say_is_refused(typed: str, fault: str) -> None:
    with pytest.raises(UsageError) as caught:
        selector_of(typed)
    assert caught.value.text == f"error: {fault}"

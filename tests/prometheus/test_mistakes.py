"""What is wrong with an expression, and what was probably meant."""

import pytest

from bot.core.errors import BadQueryError
from bot.prometheus.mistakes import explained
from tests.every import every

VERBS = ("alerts", "graph", "query", "rules", "targets", "watch")


def told(text: str, expression: str) -> BadQueryError:
    return explained(BadQueryError(text, next_step="Correct it."), expression, VERBS)


@pytest.mark.parametrize(
    ("text", "expression", "shown"),
    [
        (
            "error: 1:7: parse error: unexpected identifier",
            "sum(x) y",
            "error: unexpected identifier\n  sum(x) y\n        ^",
        ),
        ("error: 2:3: parse error: bad", "a +\n  b c", "error: bad\n    b c\n    ^"),
        ("error: 9:1: parse error: bad", "a", "error: bad\n  a\n  ^"),
        ("error: 1:5: parse error: bad", 'é"x"', 'error: bad\n  é"x"\n     ^'),
        ("error: 1:3: parse error: bad", "a\tb", "error: bad\n  a b\n    ^"),
        ("error: too much", "up", "error: too much"),
    ],
)
def test_the_place_is_shown_below_the_expression(text: str, expression: str, shown: str) -> None:
    assert told(text, expression).text == shown


def test_of_a_long_line_its_surroundings_are_shown() -> None:
    expression = "a + " * 100 + "] + b" * 20
    shown = told("error: 1:401: parse error: bad", expression).text
    _, line, sign = shown.split("\n")
    assert line.startswith("  …")
    assert line.endswith("…")
    assert len(line) <= 76
    assert line[sign.index("^")] == "]"


def test_what_is_nested_too_deeply_is_not_read() -> None:
    """The parser is recursive: it would take the whole process with it."""
    deep = "(" * 100_000 + "1" + ")" * 100_000
    assert told("error: too much", f"{deep} 1h").next_step == "Correct it."


@every(
    ("expression", "step"),
    [
        ("grpah up 1h", "Did you mean `prom graph up 1h`?"),
        ("Alert firing", "Did you mean `prom alerts firing`?"),
        ("up 1h", "For a time, draw it: `prom graph up 1h`"),
        ("up 1h -o png=F", "Flags stand before the expression: -o png=F up 1h"),
        ('up{a="x -n y"} --top 5', 'Flags stand before the expression: --top 5 up{a="x -n y"}'),
        ("up * -o", "Correct it."),
        ("sum(rate(x[5m])) 30m", "For a time, draw it: `prom graph sum(rate(x[5m])) 30m`"),
        ("up | grep web", "PromQL has no pipes. Choose with a matcher"),
        ("up | head -3", "Take the largest with topk(10, …)"),
        ("up|jq .", "-o json before the expression"),
        ('up{a="| grep"} x', "Correct it."),
        ("sum(up", "Correct it."),
        ("up{ 1h", "Correct it."),
    ],
)
def test_what_was_probably_meant_is_the_next_step(expression: str, step: str) -> None:
    assert step in told("error: 1:1: parse error: bad", expression).next_step

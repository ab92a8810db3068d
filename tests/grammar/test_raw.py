"""Expressions of PromQL reach their command as they were typed, whatever stands in them."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.command import Command, Effect, Family, duration, switch, text
from bot.core.errors import UsageError
from bot.core.ports import Scope
from bot.core.reply import Reply
from bot.core.request import Surface
from bot.grammar.bind import Bound, read
from bot.grammar.normalise import normalise
from bot.grammar.raw import raw_line
from tests.every import every


@dataclass(frozen=True, slots=True)
class Query:
    arguments: tuple[str, ...] = ()
    at: str = text()
    all_namespaces: bool = switch("A")
    step: timedelta = duration()


@dataclass(frozen=True, slots=True)
class Rules:
    arguments: tuple[str, ...] = ()
    firing: bool = switch()


def _nothing(_scope: Scope, _options: Any) -> Reply:
    raise AssertionError("it is only bound here")


def _command(phrase: str, options: type[Any], *, raw: bool) -> Command[Any]:
    return Command(
        *(phrase, "", Effect.READ, options, (phrase,)), family=Family.PROM, raw=raw, run=_nothing
    )


COMMANDS = {
    "prom query": _command("prom query", Query, raw=True),
    "prom graph": _command("prom graph", Query, raw=True),
    "prom rules": _command("prom rules", Rules, raw=False),
}


class Catalogue:
    def phrases(self) -> Sequence[str]:
        return tuple(COMMANDS)

    def find(self, words: Sequence[str]) -> Command[Any] | None:
        return COMMANDS.get(" ".join(words[:2]))


def bound(line: str) -> Bound:
    return read(line, Catalogue())


@every(
    ("line", "phrase", "expression"),
    [
        ("prom up", "prom query", "up"),
        ("prom sum by (pod) (rate(x{job=\"api\"}[5m]))", "prom query", None),
        ("prom query up | grep x", "prom query", "up | grep x"),
        ("prom graph  a / b  1h ", "prom graph", "a / b  1h"),
        ("prom -up", "prom query", "-up"),
        ("prom -1 + up", "prom query", "-1 + up"),
        ("prom -- -n", "prom query", "-n"),
        ("prom rate({__name__='a b'}[5m]) # it's", "prom query", None),
        ("prom query x{a=\"`$(b)`\"} && y", "prom query", None),
        ("prom up\n  # why\n  > 1", "prom query", "up\n  # why\n  > 1"),
        ("prom grpah up", "prom query", "grpah up"),
    ],
)  # fmt: skip
def test_the_expression_is_taken_as_it_was_typed(
    line: str, phrase: str, expression: str | None
) -> None:
    found = bound(normalise(line, Surface.SLASH))
    wanted = expression if expression is not None else line.partition(" ")[2]
    assert found.command.phrase == phrase
    assert found.options.arguments == (wanted.removeprefix("query "),)


def test_flags_stand_before_it() -> None:
    found = bound("prom query --at '2026-01-01 10:00' -A -n shop --step=30s up{a='--at'} --ats 5m")
    options = found.options
    assert options.arguments == ("up{a='--at'} --ats 5m",)
    assert (options.at, options.all_namespaces) == ("2026-01-01 10:00", True)
    assert (found.common.namespace, options.step) == ("shop", timedelta(seconds=30))
    assert bound(found.canonical) == found


def test_other_phrases_are_read_as_every_phrase() -> None:
    found = bound("prom rules --firing 'a b' | grep x")
    assert found.options == Rules(("a b",), firing=True)
    assert found.filters


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("prom query --att 5m up", "unknown flag: --att"),
        ("prom query --at", "flag needs an argument: --at"),
        ("prom query up --at 5m", "--at stands behind the expression"),
        ("prom graph up --step=5m", "--step stands behind the expression"),
        ("prom query --at '5m up", "quote ' is not closed"),
        ("prom", 'there is no help for "help"'),
    ],
)
def test_what_cannot_be_read_is_said(line: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        bound(line)


@pytest.mark.parametrize(
    "expression", ["up{a='--at'}", 'up # --at "', "up - -at", "up --at(x)", "`--at `", "up --att"]
)
def test_what_only_looks_like_a_flag_is_a_part_of_the_expression(expression: str) -> None:
    assert bound(f"prom query {expression}").options.arguments == (expression,)


TEXT = st.text(st.sampled_from("ab({[]})\"'`|\\$-=~ \t,.5#&;<>"), min_size=1).map(str.strip)


@given(TEXT.filter(bool))
def test_its_canonical_phrase_reads_back_to_the_same(expression: str) -> None:
    found = bound(f"prom query -A -- {expression}")
    assert found.options.arguments == (expression,)
    assert bound(found.canonical) == found


@given(TEXT.filter(bool))
def test_a_terminals_words_read_as_the_line_does(expression: str) -> None:
    words = ["prom", "query", "--at", "a b", "-A", expression]
    line = raw_line(words if not expression.startswith("-") else [*words[:-1], "--", expression],
                    Catalogue())  # fmt: skip
    found = bound(line)
    assert (found.options.arguments, found.options.at) == ((expression,), "a b")


def test_a_terminals_other_words_keep_their_quotes() -> None:
    words = ["prom", "rules", "a b"]
    assert raw_line(words, Catalogue()) == shlex.join(words)

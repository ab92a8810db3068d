"""From the text of an expression to its tree, or to Prometheus's refusal of it.

The library's own texts differ from Prometheus's, which also tells where: `parsing.yaml` has those
that are known. What Prometheus refuses and the library takes is refused here.
"""

import re
from collections.abc import Iterator
from functools import cache, partial
from importlib.resources import files
from typing import Any

import promql_parser
import yaml
from promql_parser import MatchOp

from bot.demo.prometheus.refusals import BAD_DATA, QueryRefusedError
from bot.demo.prometheus.samples import Matcher
from bot.demo.prometheus.values import NAME

_EXPERIMENTAL = ("limitk", "limit_ratio")
_EXPERIMENT = (
    "is experimental and must be enabled with --enable-feature=promql-experimental-functions"
)
_STRINGS = re.compile(r"""\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`([^`]*)`""")
_INFINITY = re.compile(r'(?<![-+\w"])Inf\b')


def parsed(text: str) -> Any:
    """Return the tree of an expression.

    Raises:
        QueryRefusedError: it is none that Prometheus would take, with its text.
    """
    try:
        node = promql_parser.parse(_STRINGS.sub(_escaped, text))
    except ValueError as error:
        raise refused(text, str(error)) from error
    mistakes: list[str] = []
    promql_parser.walk(node, lambda each: mistakes.extend(_switched_off(each)))
    if mistakes:
        raise refused(text, mistakes[0])
    return node


def _escaped(string: re.Match[str]) -> str:
    """Return a string that the library reads as it is meant: in backticks, too, it sees escapes."""
    if string[1] is None or "\\" not in string[1]:
        return string[0]
    return '"' + string[1].replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def formatted(text: str) -> str:
    """Return an expression as Prometheus would write it. Raises as `parsed` does."""
    return _INFINITY.sub("+Inf", str(parsed(text).prettify()))


def _switched_off(node: Any) -> Iterator[str]:
    """Yield what the library would say, if it took no more than a Prometheus without switches."""
    match node:
        case promql_parser.VectorSelector() if node.matchers.or_matchers:
            yield "or"
        case promql_parser.Call() if node.func.experimental:
            yield f"function '{node.func.name}' is not enabled"
        case promql_parser.AggregateExpr() if str(node.op) in _EXPERIMENTAL:
            yield f"{node.op}() {_EXPERIMENT}"
        case promql_parser.BinaryExpr() if node.modifier and _filled(node.modifier.fill_values):
            yield "binop fill modifiers are experimental and not enabled"


def _filled(values: Any) -> bool:
    return values is not None and (values.lhs, values.rhs) != (None, None)


def refused(text: str, why: str) -> QueryRefusedError:
    """Return the refusal of a text for what the library says of it."""
    for each in data("parsing"):
        found, seen = re.fullmatch(each["library"], why), re.search(each.get("when", ""), text)
        if found and seen:
            told = (seen if "when" in each else found).expand(each["told"])
            place = _where(each.get("at"), text, found, seen)
            return QueryRefusedError(f"{place}: parse error: {told}", BAD_DATA)
    return QueryRefusedError(f"1:1: parse error: {why}", BAD_DATA)


def _where(at: str | None, text: str, found: re.Match[str], seen: re.Match[str]) -> str:
    """Return the place that an error is about; `at` says what stands there."""
    if at == "nowhere":
        return "unknown position"
    spot = re.search(at.format(*map(re.escape, found.groups())), text) if at else seen
    group = 1 if spot is seen else 0
    before = text[: spot.start(group) if spot else 0]
    line = before.rpartition("\n")[2]
    return f"{before.count(chr(10)) + 1}:{len(line) + 1}"


@cache
def data(name: str) -> Any:
    """Return what a data file of this package says."""
    text = files("bot.demo.prometheus").joinpath(f"{name}.yaml").read_text("utf-8")
    return yaml.load(text, yaml.CSafeLoader)


def matchers(selector: Any) -> list[Matcher]:
    """Return the conditions of a vector selector."""
    named = [Matcher(NAME, partial(str.__eq__, selector.name), selector.name)]
    return (named if selector.name else []) + [
        _matcher(each) for each in selector.matchers.matchers
    ]


def _matcher(matcher: Any) -> Matcher:
    value = matcher.value
    if matcher.op == MatchOp.Equal:
        return Matcher(matcher.name, partial(str.__eq__, value), value)
    if matcher.op == MatchOp.NotEqual:
        return Matcher(matcher.name, partial(str.__ne__, value))
    pattern = re.compile(value, re.DOTALL)
    if matcher.op == MatchOp.Re:
        return Matcher(matcher.name, lambda text: pattern.fullmatch(text) is not None)
    return Matcher(matcher.name, lambda text: pattern.fullmatch(text) is None)

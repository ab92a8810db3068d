"""An expression at one moment, or over a time, step by step, as Prometheus's API answers it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import promql_parser as promql

from bot.core.clock import Clock
from bot.demo.prometheus import parsing
from bot.demo.prometheus.evaluation import LOOKBACK, Frame, bare, compiled, compiled_range
from bot.demo.prometheus.refusals import bad
from bot.demo.prometheus.samples import Store
from bot.demo.prometheus.values import Labels, Sample, Value, Vector, number, ordered, scalar

Json: TypeAlias = dict[str, Any]
_RANGES = (promql.MatrixSelector, promql.SubqueryExpr)
# Other requests get their turn after so many steps.
_TURN = 16


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for; times in milliseconds."""

    text: str
    start: int
    end: int
    step: int = 0
    """0: it is about one moment."""
    lookback: int = LOOKBACK


def evaluated(store: Store, text: str, moment: int) -> Vector:
    """Return what a rule's expression is worth. Raises: QueryRefusedError."""
    return elements(compiled(parsing.parsed(text), Frame(store, text, moment, moment))(moment))


def elements(value: Value) -> Vector:
    """Return a vector as it is, and a scalar as one element without labels."""
    return value if isinstance(value, list) else [Sample(Labels(), scalar(value))]


def instant(store: Store, asked: Query) -> Json:
    """Return the data of an instant query. Raises: QueryRefusedError."""
    node, moment = parsing.parsed(asked.text), asked.start
    frame = Frame(store, asked.text, moment, moment, asked.lookback)
    if isinstance(bare(node), _RANGES):
        windows = compiled_range(node, frame)(moment).windows
        points = ((each.labels, zip(each.times, each.values, strict=True)) for each in windows)
        return {"resultType": "matrix", "result": _matrix(points)}
    value = compiled(node, frame)(moment)
    if isinstance(value, list):
        found = [{"metric": each.labels, "value": _point(moment, each.value)} for each in value]
        return {"resultType": "vector", "result": found}
    kind, text = ("string", value) if isinstance(value, str) else ("scalar", number(value))
    return {"resultType": kind, "result": [moment / 1000, text]}


async def over(store: Store, asked: Query, clock: Clock) -> Json:
    """Return the data of a range query. Raises: QueryRefusedError."""
    node = parsing.parsed(asked.text)
    unfit = "range vector" if isinstance(bare(node), _RANGES) else "string"
    if unfit == "range vector" or isinstance(bare(node), promql.StringLiteral):
        allowed = "must be Scalar or instant Vector"
        raise bad(f'invalid expression type "{unfit}" for range query, {allowed}')
    frame = Frame(store, asked.text, asked.start, asked.end, asked.lookback)
    evaluate = compiled(node, frame)
    found: dict[Labels, list[tuple[int, float]]] = {}
    for turn, moment in enumerate(range(asked.start, asked.end + 1, asked.step)):
        if turn % _TURN == _TURN - 1:
            await clock.sleep(0)
        for each in elements(evaluate(moment)):
            found.setdefault(each.labels, []).append((moment, each.value))
    return {"resultType": "matrix", "result": _matrix(found.items())}


def _matrix(series: Iterable[tuple[Labels, Iterable[tuple[int, float]]]]) -> list[Json]:
    return [
        {"metric": labels, "values": [_point(*each) for each in points]}
        for labels, points in sorted(series, key=lambda each: ordered(each[0]))
    ]


def _point(moment: int, value: float) -> tuple[float, str]:
    return moment / 1000, number(value)

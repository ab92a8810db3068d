"""Why an expression has no result: found by asking for its parts.

Everything is asked through the same port as the expression itself, so nothing is told of what the
person may not see; and only so often, since somebody waits.
"""

import math
import re
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import promql_parser as promql

from bot.core.clock import Clock, deadline
from bot.core.errors import QuarterdeckError
from bot.core.measures import written
from bot.core.metrics import Answer, Histogram, Metrics
from bot.core.units import human_duration
from bot.prometheus.labels import label as labelled
from bot.prometheus.literals import PIECE, blanked, quoted, unquoted
from bot.prometheus.measuring import guess_unit
from bot.prometheus.moments import said
from bot.prometheus.nearby import near_metrics, near_values
from bot.prometheus.parsing import read
from bot.prometheus.trees import Test, groups, is_number

_MOST_QUESTIONS, _SECONDS = 14, 6.0
_LISTED = 8
_COMPARISONS = {">": "max", ">=": "max", "<": "min", "<=": "min", "==": "", "!=": ""}
_RATES = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv"})
# How far back it is looked for what is gone, and how closely.
_BEFORE = (("1d", "1m"), ("30d", "15m"))
# What tells scrapes apart, which is not what they are about.
_OF_TARGETS = frozenset({"job", "instance", "endpoint", "service", "container"})
_NAME = "__name__"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may have been meant instead."""

    label: str
    expression: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why there is no result, in sentences, and what may have been meant."""

    lines: tuple[str, ...]
    suggestions: tuple[Suggestion, ...] = ()


class _EnoughAskedError(Exception):
    """So much has been asked that the person should not wait longer."""


@dataclass(slots=True)
class _Questions:
    """Asks for parts of the expression, as often as one answer may cost."""

    metrics: Metrics
    at: datetime | None
    now: datetime
    expression: str
    left: int = _MOST_QUESTIONS
    known: dict[str, int] = field(default_factory=dict)

    async def count(self, expression: str, at: datetime | None = None) -> int:
        """Return how many series an expression has, now or at the moment that is asked about."""
        if at is None and expression in self.known:
            return self.known[expression]
        found = await self.value(f"count({expression})", at)
        count = 0 if math.isnan(found) else int(found)
        if at is None:
            self.known[expression] = count
        return count

    async def value(self, expression: str, at: datetime | None = None) -> float:
        """Return the value of an expression that has one at most; NaN: it has none."""
        answer = await self._ask(self.metrics.instant(expression, at or self.at))
        points = [one.points[-1][1] for one in answer.series if one.points]
        return points[0] if points and not isinstance(points[0], Histogram) else math.nan

    async def labels(self, expression: str) -> Sequence[str]:
        """Return the names of the labels of one of an expression's series."""
        answer = await self._ask(self.metrics.instant(f"topk(1, {expression})", self.at))
        return sorted(name for one in answer.series for name in one.labels if name != _NAME)

    async def names(self) -> Sequence[str]:
        """Return the names of all metrics within reach."""
        self._count()
        return await self.metrics.names()

    async def values(self, label: str, selector: str) -> Sequence[str]:
        """Return the values that a label has, of the series that are chosen; empty: of all."""
        self._count()
        return await self.metrics.values(label, [selector] if selector else ())

    async def _ask(self, asking: Awaitable[Answer]) -> Answer:
        self._count()
        return await asking

    def _count(self) -> None:
        if self.left <= 0:
            raise _EnoughAskedError
        self.left -= 1


async def explain(metrics: Metrics, expression: str, at: datetime | None, clock: Clock) -> Reason:
    """Return why the expression has no result at that moment (None: now), as far as is found."""
    tree, questions = read(expression), _Questions(metrics, at, clock.now(), expression)
    try:
        async with deadline(clock, _SECONDS):
            reason = await _why(tree, questions) if tree is not None else None
    except (TimeoutError, _EnoughAskedError, QuarterdeckError):
        # That there is no result is told already; the reason is only more than that.
        reason = None
    return reason or Reason(("Why cannot be told from its parts.",))


async def _why(node: promql.Expr, ask: _Questions) -> Reason | None:
    """Return why a part of the expression, which has no result, has none."""
    match node:
        case promql.VectorSelector():
            found = _why_unselected(node, ask)
        case promql.BinaryExpr():
            found = _why_not_combined(node, ask)
        case promql.Call():
            found = _why_not_called(node, ask)
        case (
            promql.AggregateExpr() | promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr()
        ):
            found = _why(node.expr, ask)
        case _:
            return None
    return await found


# --- Operators ----------------------------------------------------------------------------------


async def _why_not_combined(node: promql.BinaryExpr, ask: _Questions) -> Reason | None:
    operator = str(node.op)
    sides = [side for side in (node.lhs, node.rhs) if not is_number(side)]
    for side in sides:
        if not await ask.count(side.prettify()):
            # An empty right side leaves nothing of a left one, but for these two.
            if side is node.rhs and operator in ("or", "unless"):
                continue
            return await _why(side, ask)
    if operator in _COMPARISONS and len(sides) == 1:
        return await _why_filtered(node, ask)
    if operator == "unless":
        return Reason(("`unless` leaves nothing: each series on its left is on its right, too.",))
    return await _why_unmatched(node, ask) if len(sides) == 2 else None


async def _why_filtered(node: promql.BinaryExpr, ask: _Questions) -> Reason:
    """Tell how far the values are from what they are compared with."""
    turned = is_number(node.lhs)
    left, right = (node.rhs, node.lhs) if turned else (node.lhs, node.rhs)
    operator = str(node.op).translate(str.maketrans("<>", "><")) if turned else str(node.op)
    inner, bound = left.prettify(), right.prettify()
    count, unit = await ask.count(inner), guess_unit(inner, {})
    best = _COMPARISONS[operator]
    many = f"{count:,} series" if count > 1 else "the one series"
    if best:
        value = written(await ask.value(f"{best}({inner})"), unit)
        which = "highest" if best == "max" else "lowest"
        is_ = f"the {which} is {value}" if count > 1 else f"it is {value}"
        return Reason((f"No value is {operator} {bound}: of {many}, {is_}.",))
    low, high = await ask.value(f"min({inner})"), await ask.value(f"max({inner})")
    spread = f"from {written(low, unit)} to {written(high, unit)}"
    each = f"they are {spread}" if low != high else f"it is {written(low, unit)}"
    return Reason((f"No value is {operator} {bound}: of {many}, {each}.",))


async def _why_unmatched(node: promql.BinaryExpr, ask: _Questions) -> Reason | None:
    """Tell which labels the two sides have, where no series of them belong together."""
    left = await ask.labels(node.lhs.prettify())
    right = await ask.labels(node.rhs.prettify())
    lines = [f"Both sides of `{node.op}` have series, but none that belong together."]
    lines.append(f"Left: {_listed(left) or 'no labels'}. Right: {_listed(right) or 'no labels'}.")
    shared = [name for name in left if name in right and name not in _OF_TARGETS]
    together = f"on({', '.join(map(labelled, shared))})"
    if shared and await ask.count(f"{node.lhs.prettify()} and {together} {node.rhs.prettify()}"):
        lines.append(f"They do by what both have: {node.op} {together} group_left …")
    if str(node.op) in _COMPARISONS and left == right:
        lines = [f"No value on the left is {node.op} the one on the right of the same labels."]
    return Reason(tuple(lines))


# --- Functions ----------------------------------------------------------------------------------


async def _why_not_called(node: promql.Call, ask: _Questions) -> Reason | None:
    name = str(node.func.name)
    arguments = [one for one in node.args if not is_number(one)]
    if not arguments:
        return None
    [subject, *_] = arguments
    if name in ("absent", "absent_over_time"):
        return await _why_not_absent(name, subject, ask)
    if isinstance(subject, promql.MatrixSelector):
        return await _why_no_range(name, subject, ask)
    if isinstance(subject, promql.SubqueryExpr) or not await ask.count(subject.prettify()):
        return await _why(subject, ask)
    if name.startswith("histogram_"):
        return await _why_no_histogram(name, subject, ask)
    return None


async def _why_not_absent(name: str, subject: promql.Expr, ask: _Questions) -> Reason:
    inner = subject.vector_selector if isinstance(subject, promql.MatrixSelector) else subject
    count = await ask.count(inner.prettify())
    are = "is one" if count == 1 else f"are {count:,}" if count else "were some"
    return Reason((f"`{name}` is 1 where there is no series, and nothing where there {are}.",))


async def _why_no_range(
    function: str, matrix: promql.MatrixSelector, ask: _Questions
) -> Reason | None:
    """Tell how far apart samples are, where a range holds too few of them."""
    node = matrix.vector_selector
    if not await ask.count(node.prettify()):
        return await _why_unselected(node, ask)
    span = promql.display_duration(matrix.range)
    most = await ask.value(f"max(count_over_time({_written(node)}[{span}]{_shift(node)}))")
    if math.isnan(most):
        needed = f"There is no sample in [{span}]"
    elif most == 1 and function in _RATES:
        needed = f"`{function}` needs two samples, and in [{span}] there is one at most"
    else:
        return None
    apart = await ask.value(f"3600 / max(count_over_time({_written(node)}[1h]{_shift(node)}))")
    minutes = math.ceil(4 * apart / 60) if apart < 1800 else 60
    better = f"[{minutes}m]"
    lines = (f"{needed}: they come every {human_duration(math.ceil(apart))} or so.",)
    return _suggested(lines, ask, {better: _replaced(ask.expression, f"[{span}]", better)})


async def _why_no_histogram(function: str, subject: promql.Expr, ask: _Questions) -> Reason:
    found = await ask.labels(subject.prettify())
    if "le" not in found and function in ("histogram_quantile", "histogram_fraction"):
        return Reason(
            (
                f"`{function}` reads the buckets of a histogram by their label le, "
                "and these series have none.",
                "Keep it where you add up: sum by (le, …) (…_bucket…).",
            )
        )
    return Reason((f"`{function}` reads native histograms, and these series are plain numbers.",))


# --- Selectors ----------------------------------------------------------------------------------


async def _why_unselected(node: promql.VectorSelector, ask: _Questions) -> Reason | None:
    if await ask.count(node.prettify()):
        return None
    [tests, *others] = groups(node.matchers)
    named = [value for label, operator, value in tests if (label, operator) == (_NAME, "=")]
    name = str(node.name or "".join(named[:1]))
    tests = [test for test in tests if test[0] != _NAME]
    if outside := _outside(tests, ask.metrics):
        return outside
    if name and name not in (names := await ask.names()):
        return _unknown(name, names, ask)
    if ask.at is not None and await ask.count(node.prettify(), ask.now):
        return Reason((f"There was nothing at {said(ask.at)}. There is now: leave --at out.",))
    if not others:
        wrong = _mismatched(name, tests, _shift(node), ask) if name else _unheard(tests, ask)
        if reason := await wrong:
            return reason
    return await _last_seen(node, ask)


def _outside(tests: Sequence[Test], metrics: Metrics) -> Reason | None:
    """Tell that another namespace is asked for than those within reach."""
    own = metrics.reach.namespaces
    if own is None:
        return None
    for name, operator, value in tests:
        if name != metrics.label or operator not in ("=", "=~"):
            continue
        if not any(one == value or _fits(value, one, operator) for one in own):
            return Reason(
                (
                    f"It asks for {name}{operator}{quoted(value)}, and is narrowed to "
                    f"{_listed(own)}.",
                    f"Type -n {value} before it, or -A for all namespaces.",
                )
            )
    return None


def _fits(pattern: str, value: str, operator: str) -> bool:
    if operator != "=~":
        return False
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True  # only Prometheus reads it


def _unknown(name: str, names: Sequence[str], ask: _Questions) -> Reason:
    """Tell that a metric is not there, and which are."""
    own = ask.metrics.reach.namespaces
    lines = [f"There is no metric {name}{_where(ask)}."]
    if own is not None:
        lines.append("-A asks for all namespaces.")
    near = {one: _renamed(ask.expression, name, one) for one in near_metrics(name, names)}
    return _suggested(lines, ask, near)


async def _mismatched(
    name: str, tests: Sequence[Test], shift: str, ask: _Questions
) -> Reason | None:
    """Tell which matcher leaves nothing of a metric, and the values that there are."""
    for index, test in enumerate(tests):
        rest = _selector(name, [*tests[:index], *tests[index + 1 :]])
        if not await ask.count(f"{rest}{shift}"):
            continue
        label, operator, value = test
        if not (values := await ask.values(label, rest)):
            has = _listed(await ask.labels(f"{rest}{shift}"))
            return Reason((f"No series of {name} has the label {label}; they have {has}.",))
        lines = (
            f"Nothing matches {_test(test)}: {label} is {_listed(values, 'or')}{_where(ask)}.",
        )
        near = near_values(value, values) if operator == "=" else []
        return _suggested(lines, ask, {one: _corrected(ask.expression, test, one) for one in near})
    if len(tests) > 1 and await ask.count(f"{_selector(name, ())}{shift}"):
        together = ", ".join(map(_test, tests))
        return Reason((f"There is {name}, but nothing that has all of {together}.",))
    return None


async def _unheard(tests: Sequence[Test], ask: _Questions) -> Reason | None:
    """Tell which value no series has, whatever its metric."""
    for test in tests:
        label, operator, value = test
        if operator != "=":
            continue
        values = await ask.values(label, "")
        if value not in values:
            lines = [f"No series has {_test(test)}{_where(ask)}."]
            if values:
                lines.append(f"{label} is {_listed(values, 'or')}.")
            near = near_values(value, values)
            better = {one: _corrected(ask.expression, test, one) for one in near}
            return _suggested(lines, ask, better)
    return None


async def _last_seen(node: promql.VectorSelector, ask: _Questions) -> Reason | None:
    """Tell when there was something last."""
    selector, moment = _written(node), ask.at or ask.now
    moved = _shift(node) or ("" if node.at is None else " @ …")
    if moved and await ask.count(selector):
        return Reason((f"{selector} has series at that moment, but none with{moved}.",))
    for span, step in _BEFORE:
        # A sample's own time is known only where nothing is done to it before.
        seen = await ask.value(f"max(max_over_time(timestamp({selector})[{span}:{step}]))")
        if not math.isnan(seen):
            then = datetime.fromtimestamp(seen, moment.tzinfo)
            ago = human_duration((moment - then).total_seconds())
            return Reason(
                (
                    f"{selector} was last seen {ago} before, at {said(then)}.",
                    f"Type --at {int(seen)} before the expression for what it was then.",
                )
            )
    if selector == node.name:
        return Reason((f"{selector} was there once, but not in the 30 days before.",))
    return Reason((f"Nothing matches {selector}, and nothing did in the 30 days before.",))


# --- Words --------------------------------------------------------------------------------------


def _suggested(lines: Sequence[str], ask: _Questions, better: Mapping[str, str]) -> Reason:
    """Return the reason with what can be typed instead, as far as it differs."""
    found = [Suggestion(label, text) for label, text in better.items() if text != ask.expression]
    return Reason(tuple(lines), tuple(found))


def _where(ask: _Questions) -> str:
    own = ask.metrics.reach.namespaces
    return f" in namespace {_listed(own)}" if own is not None else ""


def _written(node: promql.VectorSelector) -> str:
    """Return the selector without its offset."""
    inside = " or ".join(", ".join(map(_test, group)) for group in groups(node.matchers))
    return f"{node.name or ''}{{{inside}}}" if inside else str(node.name)


def _selector(name: str, tests: Sequence[Test]) -> str:
    return f"{{{', '.join([f'__name__={quoted(name)}', *map(_test, tests)])}}}"


def _test(test: Test) -> str:
    return f"{labelled(test[0])}{test[1]}{quoted(test[2])}"


def _shift(node: promql.VectorSelector) -> str:
    if node.offset is None:
        return ""
    sign = "-" if node.offset < timedelta(0) else ""
    return f" offset {sign}{promql.display_duration(abs(node.offset))}"


def _listed(words: Sequence[str], joint: str = "and") -> str:
    if len(words) > _LISTED:
        return f"{', '.join(words[:_LISTED])} {joint} {len(words) - _LISTED:,} others"
    *first, last = words or ("",)
    return f"{', '.join(first)} {joint} {last}" if first else last


def _replaced(expression: str, old: str, new: str) -> str:
    """Return the expression with one piece of it for another, but for what stands in strings."""
    return _spliced(expression, re.finditer(re.escape(old), blanked(expression)), new)


def _renamed(expression: str, old: str, new: str) -> str:
    name = rf"(?<![\w:.]){re.escape(old)}(?![\w:.])"
    return _spliced(expression, re.finditer(name, blanked(expression)), new)


def _corrected(expression: str, test: Test, value: str) -> str:
    """Return the expression with another value for a matcher."""
    label, operator, wrong = test
    before = re.compile(rf"(?<![\w]){re.escape(label)}\s*{operator}\s*$")
    strings = [
        piece
        for piece in PIECE.finditer(expression)
        if not piece[0].startswith("#") and before.search(expression[: piece.start()])
    ]
    wanted = [piece for piece in strings if unquoted(piece[0]) == wrong]
    return _spliced(expression, iter(wanted), quoted(value))


def _spliced(expression: str, places: Iterator[re.Match[str]], new: str) -> str:
    pieces, end = [], 0
    for place in places:
        pieces += [expression[end : place.start()], new]
        end = place.end()
    return "".join([*pieces, expression[end:]])

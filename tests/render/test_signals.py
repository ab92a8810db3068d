"""What the first line says of an app, and how numbers are compared."""

import math

import pytest

from bot.core.errors import BadQueryError
from bot.core.measures import Unit
from bot.core.reply import Aside
from bot.core.signals import Signal
from bot.prometheus.surveying import Reading
from bot.render.signals import compared, judged, remarks, side_by_side, table, turned
from tests.every import every

ERRORS = Signal("errors", "Failures", ("a",), Unit("ratio"), warning=0.01, critical=0.05)
MEMORY = Signal("memory", "Memory", ("b",), Unit("bytes"))


def errors(*points: float) -> Reading:
    return Reading(ERRORS, points)


def memory(*points: float, request: float | None = None, limit: float | None = None) -> Reading:
    return Reading(MEMORY, points, request, limit)


@pytest.mark.parametrize(
    ("readings", "said"),
    [
        ([errors(0.0)], "🟢 web: nothing is out of the ordinary in what is measured."),
        ([errors(0.01)], "🟡 web: Failures 1%, from 1% on it is too much."),
        ([errors(0.3)], "🔴 web: Failures 30%, from 5% on it is too much."),
        ([errors(), memory()], "⚪ Nothing of web is measured."),
        ([errors(0.3, math.nan), memory()], "⚪ Nothing of web is measured."),
        ([errors(math.nan), memory(1e9)], "🟢 web: nothing is out of the ordinary in what is"),
    ],
)
def test_the_first_line_says_the_worst(readings: list[Reading], said: str) -> None:
    assert judged("web", readings).startswith(said)


@every(
    ("before", "after", "early", "said"),
    [
        (0.01, 0.3, False, "🔴 Since X: Failures 1% → 30%."),
        (0.01, 0.3, True, "🔴 Since X: Failures 1% → 30%."),
        (0.001, 0.02, False, "🟡 Since X: Failures 0.1% → 2%."),
        (0.3, 0.3, False, "🟢 No signal is in trouble that was not before X."),
        (0.3, 0.01, False, "🟢 No signal is in trouble"),
        (0.0, 0.009, False, "🟢 No signal is in trouble"),
        (0.0, 0.0, True, "⚪ Nothing is worse yet, and it is too early to tell: X."),
        (math.nan, 0.3, False, "⚪ Nothing is measured of both sides of X."),
        (0.3, math.nan, False, "⚪ Nothing is measured of both sides of X."),
    ],
)
def test_only_what_is_in_trouble_and_was_less_so_is_worse(
    before: float, after: float, early: bool, said: str
) -> None:
    assert turned([errors(before)], [errors(after)], "X", early=early).startswith(said)


@every(
    ("before", "after", "change"),
    [
        (1.0, 1.0, "same"),
        (1.0, 1.001, "same"),
        (1.0, 1.12, "+12%"),
        (2.0, 1.0, "-50%"),
        (1.0, 2.0, "×2"),
        (1.0, 31.415, "×31.4"),
        (0.0, 1.0, "more"),
        (0.0, 0.0, "same"),
        (1.0, -1.0, "less"),
        (math.nan, 1.0, "-"),
    ],
)
def test_a_change_is_said_in_a_word(before: float, after: float, change: str) -> None:
    [row] = compared([memory(before)], [memory(after)]).rows
    assert row[-1] == change


def test_values_stand_against_what_was_asked_for() -> None:
    found = table([memory(1.0, 2**20, request=2**21, limit=0.0), errors()], "1h")
    assert found.rows == [("Memory", "1 MiB", "2 MiB (50%)", "0 B", "▁█")]
    assert found.columns[-1] == "LAST 1h"


def test_templates_have_a_column_each() -> None:
    old, new = [errors(0.01), memory()], [errors(math.nan), memory()]
    found = side_by_side([("OLD", old), ("NEW", new)])
    assert found.columns == ("SIGNAL", "OLD", "NEW")
    assert found.rows == [("Failures", "1%", "-")]


def test_what_is_not_there_is_said() -> None:
    failed = Reading(MEMORY, failure=BadQueryError("error: too much", next_step="less"))
    idle, missing = errors(0.1, math.nan), errors()
    assert list(remarks([idle, missing, failed])) == [
        Aside("Not measured here: Failures."),
        Aside("Without a value now, as where nothing was asked: Failures."),
        Aside("Memory: too much"),
    ]

"""What an expression evaluated to, in a sentence and tables."""

import math
from typing import Any

import pytest

from bot.core.measures import Unit
from bot.core.metrics import Answer, Bucket, Histogram, Series, Shape
from bot.core.reply import Row
from bot.prometheus.telling import Manner, Told, keeps_order, key_of, told
from tests.every import every

BYTES = Unit("bytes")


def vector(*values: Any, **shared: str) -> Answer:
    series = [
        Series({"pod": f"web-{number}", **shared}, ((60.0, value),))
        for number, value in enumerate(values, 1)
    ]
    return Answer(Shape.VECTOR, tuple(series))


def rows(found: Told) -> list[Row]:
    return [tuple(row) for table in found.tables for row in table.rows]


def test_the_largest_comes_first_and_nan_last() -> None:
    found = told(vector(1.0, math.nan, 3.0, math.inf, -math.inf), Manner())
    assert [row[1] for row in rows(found)] == ["+Inf", "3", "1", "-Inf", "NaN"]
    assert found.headline == "5 series, from -Inf to +Inf and 1 NaN."


def test_equal_values_follow_their_labels() -> None:
    answer = Answer(Shape.VECTOR, tuple(reversed(vector(1.0, 1.0, 1.0).series)))
    assert [row[0] for row in rows(told(answer, Manner()))] == ["web-1", "web-2", "web-3"]


def test_an_order_that_means_something_is_kept() -> None:
    found = told(vector(1.0, 3.0, 2.0), Manner(ordered=True))
    assert [row[1] for row in rows(found)] == ["1", "3", "2"]


def test_the_rest_is_counted() -> None:
    found = told(vector(*map(float, range(30))), Manner(BYTES, top=20))
    assert len(rows(found)) == 20
    assert found.remarks == ("10 more, from 0 B to 9 B: --top 30 shows them.",)


@pytest.mark.parametrize(
    ("values", "headline"),
    [
        ((1536.0,), "It is 1.5 KiB."),
        ((math.nan,), "It is NaN."),
        ((1024.0, 1024.0), "2 series, each 1 KiB."),
        ((0.0, 2048.0), "2 series, from 0 B to 2 KiB."),
        ((math.nan, math.nan), "2 series, each NaN."),
    ],
)
def test_a_sentence_says_what_it_comes_to(values: tuple[float, ...], headline: str) -> None:
    assert told(vector(*values), Manner(BYTES)).headline == headline


def test_an_earlier_time_is_told_as_the_past() -> None:
    assert told(vector(1.0), Manner(past=True)).headline == "It was 1."


def test_labels_that_all_have_stand_beside_the_table() -> None:
    found = told(vector(1.0, 2.0, job="web"), Manner())
    assert found.same == {"job": "web"}
    assert found.tables[0].columns == ("POD", "VALUE")


def test_wide_tables_have_every_label_and_digit() -> None:
    found = told(vector(0.1 + 0.2, 2.0, job="web"), Manner(wide=True))
    assert found.same == {}
    assert found.tables[0].columns == ("JOB", "POD", "VALUE", "EXACT")
    assert rows(found)[1] == ("web", "web-1", "0.3", "0.30000000000000004")


def test_a_label_that_is_missing_says_so() -> None:
    series = (Series({"pod": "a"}, ((0.0, 2.0),)), Series({}, ((0.0, 1.0),)))
    assert rows(told(Answer(Shape.VECTOR, series), Manner()))[1] == ("<none>", "1")


def test_a_scalar_is_a_number() -> None:
    answer = Answer(Shape.SCALAR, (Series({}, ((60.0, 2.5),)),))
    assert told(answer, Manner()).headline == "It is 2.5."
    assert rows(told(answer, Manner(wide=True))) == [("2.5", "2.5")]


def test_a_string_is_itself() -> None:
    assert told(Answer(Shape.STRING, text="hello"), Manner()) == Told("hello")


def test_ranges_are_summed_up() -> None:
    points = ((0.0, 1.0), (15.0, math.nan), (30.0, 5.0), (45.0, 3.0))
    answer = Answer(Shape.MATRIX, (Series({"pod": "a"}, points), Series({"pod": "b"}, points[:1])))
    found = told(answer, Manner())
    assert found.headline == "2 series, 1 to 4 points each."
    assert found.tables[0].columns == ("POD", "POINTS", "MIN", "AVG", "MAX", "LAST")
    assert rows(found) == [("a", "4", "1", "3", "5", "3"), ("b", "1", "1", "1", "1", "1")]


def test_the_mean_of_huge_values_is_finite() -> None:
    points = tuple((float(n), 1.5e308) for n in range(4))
    found = told(Answer(Shape.MATRIX, (Series({}, points),)), Manner())
    assert rows(found)[0][2] == "1.5e+308"


HISTOGRAM = Histogram(8.0, 20.0, (Bucket(0, 1.0, 2.0, 4.0), Bucket(0, 2.0, 4.0, 4.0)))


def test_histograms_are_summed_up_and_their_quantiles_are_estimates() -> None:
    found = told(vector(HISTOGRAM, 3.0), Manner(Unit("seconds", per_second=True)))
    assert found.headline == "1 series, 3 s/s and 1 histogram."
    assert found.tables[1].columns == ("POD", "COUNT", "SUM", "AVG", "P50", "P90", "P99")
    row = rows(found)[1]
    assert row == ("web-1", "8/s", "20 s/s", "2.5 s", "2 s", "3.48 s", "3.94 s")
    assert "estimates" in found.remarks[-1]


@pytest.mark.parametrize("shape", [Shape.VECTOR, Shape.MATRIX])
def test_histograms_of_most_observations_come_first_and_equal_ones_follow_their_labels(
    shape: Shape,
) -> None:
    few = Series({"pod": "few"}, ((60.0, Histogram(1.0, 2.0)),))
    for alike in (vector(HISTOGRAM, HISTOGRAM).series, vector(HISTOGRAM, HISTOGRAM).series[::-1]):
        found = told(Answer(shape, (few, *alike)), Manner())
        assert [row[0] for row in rows(found)] == ["web-1", "web-2", "few"]


def test_a_range_of_histograms_tells_of_the_last() -> None:
    series = Series({}, ((0.0, Histogram(0.0, 0.0)), (15.0, HISTOGRAM)))
    found = told(Answer(Shape.MATRIX, (series,)), Manner())
    assert rows(found)[0][:3] == ("8", "20", "2.5")


def test_lines_stand_beside_their_series() -> None:
    lines = {key_of({"pod": "web-2"}): "▁█"}
    found = told(vector(1.0, 2.0), Manner(lines=lines, lines_title="LAST 1H"))
    assert found.tables[0].columns == ("POD", "VALUE", "LAST 1H")
    assert rows(found) == [("web-2", "2", "▁█"), ("web-1", "1", "")]


@every(
    ("expression", "kept"),
    [
        ("sort(up)", True),
        ("(sort_desc(up))", True),
        ('sort_by_label(up, "pod")', True),
        ("topk(3, up)", True),
        ("bottomk by (pod) (3, up)", True),
        ("up", False),
        ("sum(sort(up))", False),
        ("sort(up) + 1", False),
        ("up{", False),
        ("(" * 100_000 + "sort(up)" + ")" * 100_000, False),
    ],
)
def test_only_some_functions_give_an_order(expression: str, kept: bool) -> None:
    assert keeps_order(expression) is kept

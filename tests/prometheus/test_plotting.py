"""An answer as the lines of a picture, and as a sentence."""

import math

import pytest

from bot.core.measures import NUMBER, Unit
from bot.core.metrics import Histogram, Series, Value
from bot.core.picture import Line
from bot.prometheus.plotting import MOST_LINES, Figures, earlier, evenly, headline, plot, sentence

STEP = 15.0


def series(*values: Value | None, **labels: str) -> Series:
    """Return a series with a value each step; None: it has none there."""
    points = [(n * STEP, value) for n, value in enumerate(values) if value is not None]
    return Series(labels, tuple(points))


def many(count: int) -> list[Series]:
    return [series(*[float(n)] * 4, pod=f"web-{n}", job="api") for n in range(count)]


END = 3 * STEP


def test_the_largest_last_value_comes_first_and_what_has_ended_last() -> None:
    found = plot(
        [
            series(9.0, 9.0, None, None, pod="ended"),
            series(1.0, 1.0, 1.0, 1.0, pod="small"),
            series(1.0, 1.0, 1.0, 2.0, pod="large"),
            series(math.nan, None, None, None, pod="nothing"),
        ],
        END,
        STEP,
    )
    assert [line.label for line in found.lines] == ["large", "small", "ended", "nothing"]
    assert found.figures[0] == Figures(1.0, 1.25, 2.0, 2.0)
    assert math.isnan(found.figures[2].last)
    assert found.remarks == ()


def test_equal_lines_follow_their_labels_whatever_order_they_come_in() -> None:
    alike = [series(1.0, 1.0, 1.0, 1.0, pod=f"web-{number}") for number in range(1, 4)]
    for found in (plot(alike, END, STEP), plot(alike[::-1], END, STEP)):
        assert [line.label for line in found.lines] == ["web-1", "web-2", "web-3"]


def test_lines_are_named_by_what_tells_them_apart() -> None:
    one = series(1.0, pod="web-1", code="200", job="api")
    other = series(1.0, pod="web-1", code="500", job="api")
    found = plot([one, other], END, STEP)
    assert [line.label for line in found.lines] == ["200", "500"]
    assert found.same == {"pod": "web-1", "job": "api"}


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ([{"pod": "a", "node": "n1"}, {"pod": "b", "node": "n2"}], ["a", "b"]),
        ([{"pod": "a", "code": "200"}, {"pod": "a", "code": "500"}], ["200", "500"]),
        (
            [
                {"pod": "a", "code": "200"},
                {"pod": "a", "code": "500"},
                {"pod": "b", "code": "200"},
            ],
            ["200 a", "500 a", "200 b"],
        ),
        ([{"shard": "1", "zone": "x"}, {"shard": "2", "zone": "y"}], ["x", "y"]),
    ],
)
def test_as_few_labels_as_possible_make_a_name(
    labels: list[dict[str, str]], names: list[str]
) -> None:
    found = plot([series(1.0, 1.0, 1.0, 1.0, **one) for one in labels], END, STEP)
    assert sorted(line.label for line in found.lines) == sorted(names)


def test_the_only_line_is_named_by_the_title() -> None:
    found = plot([series(1.0, job="api")], END, STEP)
    assert [line.label for line in found.lines] == [""]
    assert found.same == {"job": "api"}
    assert plot([series(1.0), series(2.0, pod="a")], END, STEP).lines[1].label == "-"


@pytest.mark.parametrize(
    ("count", "remarks"),
    [
        (20, ()),
        (60, ("60 series: the 6 with the largest last values are named, all are drawn.",)),
        (
            1_060,
            ("1,060 series: the 6 with the largest last values are named, 1,000 of them are not "
             "drawn.",),
        ),
    ],
)  # fmt: skip
def test_of_many_series_it_is_said_which_are_seen(count: int, remarks: tuple[str, ...]) -> None:
    found = plot(many(count), END, STEP)
    assert found.remarks == remarks
    assert len(found.lines) == min(count, MOST_LINES)
    assert found.lines[0].label == f"web-{count - 1}"


@pytest.mark.parametrize(
    ("values", "logarithmic", "words"),
    [
        ((1.0, math.inf), False, "1 value is +Inf or -Inf and not drawn."),
        ((math.inf, -math.inf), False, "2 values are +Inf or -Inf and not drawn."),
        (
            (0.0, -1.0, 1.0),
            True,
            "2 values are 0 or below and not drawn: a logarithmic axis has no zero.",
        ),
        (
            (Histogram(4, 2.0), Histogram(0, 0)),
            False,
            "These are native histograms: what is drawn is the mean of what they observed. "
            "histogram_quantile(0.99, …) around it draws a quantile.",
        ),
    ],
)
def test_what_has_no_place_in_the_picture_is_counted(
    values: tuple[Value, ...], logarithmic: bool, words: str
) -> None:
    found = plot([series(*values, pod="a")], END, STEP, logarithmic=logarithmic)
    assert found.remarks == (words,)


def test_the_mean_of_a_histogram_is_drawn_and_none_where_nothing_was_observed() -> None:
    [line] = plot([series(Histogram(4, 2.0), Histogram(0, 0.0))], END, STEP).lines
    assert line.points[0] == (0.0, 0.5)
    assert math.isnan(line.points[1][1])


def test_the_mean_of_huge_values_is_no_infinity() -> None:
    [figures] = plot([series(1.7e308, 1.7e308)], STEP, STEP).figures
    assert figures.mean == pytest.approx(1.7e308)


def test_what_was_before_is_moved_to_now_and_has_the_same_name() -> None:
    now = plot(many(2), END, STEP)
    before = [series(7.0, pod="web-1", job="api"), series(7.0, pod="gone", job="api")]
    assert earlier(now, before, 100.0) == (Line("web-1", [(100.0, 7.0)], earlier=True),)


def test_one_line_is_compared_with_one_line_whatever_its_pod_is_called() -> None:
    now = plot([series(1.0, pod="new")], END, STEP)
    assert earlier(now, [series(7.0, pod="old")], 100.0)[0].label == ""


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([[1.0, 2.0, 3.0, 2.0]], "min 1, avg 2, max 3, last 2"),
        ([[1.0, 1.0]], "min 1, avg 1, max 1, ended"),
        ([[math.nan]], "no value"),
    ],
)
def test_one_series_in_words(values: list[list[float]], words: str) -> None:
    assert sentence(plot([series(*one) for one in values], END, STEP), NUMBER) == words


def test_many_series_in_words_are_three_and_the_worst() -> None:
    found = plot([*many(5), series(9e3, None, None, None, pod="peak", job="api")], END, STEP)
    assert sentence(found, Unit("bytes")) == (
        "web-4: min 4 B, avg 4 B, max 4 B, last 4 B; web-3: min 3 B, avg 3 B, max 3 B, last 3 B; "
        "web-2: min 2 B, avg 2 B, max 2 B, last 2 B; 3 more, max of all 8.79 KiB (peak)"
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([[1.0, 2.0, 3.0, 2.0]], "min 1, avg 2, max 3, last 2."),
        ([[1.0] * 4, [9.0, 1.0, 1.0, 3.0]], "2 series; last 1 to 3, max of all 9."),
        ([[2.0] * 4, [2.0] * 4], "2 series; last 2, max of all 2."),
        ([[1.0], [2.0]], "2 series; all have ended."),
    ],
)
def test_the_headline_is_short(values: list[list[float]], words: str) -> None:
    assert headline(plot([series(*one) for one in values], END, STEP), NUMBER) == words


def test_a_small_line_keeps_peaks_and_gaps() -> None:
    line = Line("a", [(0.0, 1.0), (10.0, 9.0), (20.0, 2.0), (90.0, 4.0), (100.0, math.nan)])
    found = evenly(line, 0.0, 100.0, 4)
    assert found[0] == 9.0
    assert math.isnan(found[1])
    assert math.isnan(found[2])
    assert found[3] == 4.0

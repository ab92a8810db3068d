"""Values become places; gaps stay gaps."""

import math
from dataclasses import replace

from bot.core.picture import Line, Marker, Picture, Threshold
from bot.render.geometry import Slice, bands, gathered, pieces, runs, scaled, summed

STEP = 10.0


def line(*values: float | None, label: str = "a") -> Line:
    """Return a line with a value each step; None: there is no point."""
    points = [(n * STEP, value) for n, value in enumerate(values) if value is not None]
    return Line(label, points)


def picture(*lines: Line) -> Picture:
    return Picture("t", lines, 0.0, 40.0, STEP)


def test_a_missing_step_and_a_nan_divide_a_line() -> None:
    shown = line(1, 2, None, 4, math.nan, 6)
    scale = scaled(picture(shown), [1, 6])
    found = runs(shown, scale, STEP)
    assert [[round(x, 3) for x, _ in run] for run in found] == [[0, 0.25], [0.75], [1.25]]


def test_times_that_are_rounded_make_no_gap() -> None:
    shown = Line("a", [(0.0, 1.0), (10.4, 1.0), (19.6, 1.0), (33.0, 1.0)])
    scale = scaled(picture(shown), [1.0])
    assert len(runs(shown, scale, STEP)) == 1


def test_infinite_values_and_zero_on_a_logarithmic_axis_have_no_place() -> None:
    shown = line(1, math.inf, 10, 0, -1, 100)
    logarithmic = replace(picture(shown), logarithmic=True)
    scale = scaled(logarithmic, [value for _, value in shown.points])
    assert [len(run) for run in runs(shown, scale, STEP)] == [1, 1, 1]
    assert [round(scale.up(value), 2) for value in (1, 10, 100)] == [0, 0.5, 1]


def test_a_threshold_is_within_the_picture() -> None:
    shown = replace(picture(line(1, 2)), thresholds=(Threshold(50.0),))
    assert scaled(shown, [1, 2]).up(50.0) <= 1


def test_what_is_stacked_stands_on_what_is_before_it() -> None:
    low, high = bands([line(1, 2), line(10, -20)], 0.0, STEP)
    assert low == [Slice(0, 0, 1), Slice(10, 0, 2)]
    assert high == [Slice(0, 1, 11), Slice(10, 0, -20)]


def test_each_step_is_its_own_whenever_the_time_begins() -> None:
    points = [(15.0 + n * 30, 1.0) for n in range(6)]
    [band] = bands([Line("a", points)], 15.0, 30.0)
    assert [(one.at, one.high) for one in band] == points


def test_where_no_line_has_a_value_the_stack_has_a_gap() -> None:
    found = bands([line(1, 1, None, None, 1), line(2, None, None, None, 2)], 0.0, STEP)
    assert [[one.at for one in piece] for piece in pieces(found[0], STEP)] == [[0, 10], [40]]
    assert found[1][1] == Slice(10, 1, 1)


def test_a_sum_is_of_what_is_there() -> None:
    whole = summed([line(1, None, 3), line(1, math.nan, 3)], "2 more", 0.0, STEP)
    assert whole == Line("2 more", [(0.0, 2.0), (20.0, 6.0)])


def test_markers_at_one_place_are_one_and_counted() -> None:
    markers = [Marker(9.0, "c"), Marker(1.0, "a"), Marker(1.5, "b"), Marker(20.0, "d")]
    assert gathered(markers, 1.0) == [Marker(1.0, "a +1"), Marker(9.0, "c"), Marker(20.0, "d")]

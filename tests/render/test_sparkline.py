"""A series as one line of text."""

import math

from hypothesis import given
from hypothesis import strategies as st

from bot.render.sparkline import sparkline
from tests.every import every


@every(
    ("values", "drawn"),
    [
        ([], ""),
        ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"),
        ([1.0, math.nan, 2.0], "▁ █"),
        ([5.0, 5.0, 5.0], "▄▄▄"),
        ([0.0, 0.0], "▁▁"),
        ([math.nan, math.nan], "  "),
        ([1.0, math.inf, -math.inf, 2.0], "▁█▁█"),
        ([math.inf], "█"),
        ([-1.7e308, 1.7e308], "▁█"),
        ([10.0, 10.0, 11.0], "▁▁█"),
    ],
)
def test_a_series_is_drawn(values: list[float], drawn: str) -> None:
    """From its lowest to its highest, with gaps as blanks."""
    assert sparkline(values) == drawn


@given(st.lists(st.floats()))
def test_each_value_is_one_letter(values: list[float]) -> None:
    """Whatever comes, the columns stay below each other."""
    assert len(sparkline(values)) == len(values)

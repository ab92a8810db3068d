"""Labels are drawable, fit their room, and stand apart from each other."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.render.labels import drawable, fitted, lanes, spread, wrapped


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("web-1", "web-1"),
        ("\x1b[31mred\x1b[0m\x00\x07", "red"),
        ("a\nb\t c", "a b c"),
        ("\ud800x\u202ey\u200bz\ue000", "xyz"),
        ("e\u0301" + "\u0301" * 9, "é\u0301\u0301"),
        ("日本語 ñ", "日本語 ñ"),
        ("", ""),
    ],
)
def test_what_has_no_glyph_is_left_out(text: str, shown: str) -> None:
    assert drawable(text) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_a_drawable_text_is_one_line_that_can_be_encoded(text: str) -> None:
    shown = drawable(text)
    shown.encode()
    assert not shown or len(shown.splitlines()) == 1
    assert drawable(shown) == shown


@pytest.mark.parametrize(
    ("room", "shown"),
    [(19, "web-7f9c6b5d4-2xkqp"), (12, "web-7f…2xkqp"), (3, "w…p"), (1, "…"), (0, "…")],
)
def test_a_long_label_keeps_both_of_its_ends(room: int, shown: str) -> None:
    assert fitted("web-7f9c6b5d4-2xkqp", room, len) == shown


def test_a_long_title_takes_two_lines_and_its_end_is_seen() -> None:
    lines = wrapped("sum by (pod) (rate(http_requests_total[5m]))", 24, 2, len)
    assert lines == ["sum by (pod)", "(rate(http_r…total[5m]))"]
    assert wrapped("a" * 30, 10, 3, len) == ["a" * 10, "a" * 10, "a" * 10]
    assert wrapped("", 10, 2, len) == []


PLACES = st.lists(st.floats(0, 100), min_size=1, max_size=8)


@given(PLACES)
def test_names_at_the_ends_of_lines_keep_apart_and_in_order(wanted: list[float]) -> None:
    assume(len(wanted) <= 8)
    places = spread(wanted, 10.0, 0.0, 100.0)
    ordered = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    assert all(places[b] - places[a] >= 10 - 1e-6 for a, b in pairwise(ordered))
    assert min(places) >= -1e-6
    assert max(places) <= 100 + 1e-6


def test_a_name_with_room_around_it_stays_where_its_line_ends() -> None:
    assert spread([10.0, 12.0, 80.0], 10.0, 0.0, 100.0) == [6.0, 16.0, 80.0]
    assert spread([50.0] * 11, 20.0, 0.0, 100.0)[::5] == [0.0, 50.0, 100.0]
    assert spread([], 10.0, 0.0, 100.0) == []


def test_labels_that_would_touch_stand_in_lanes() -> None:
    assert lanes([(0, 10), (12, 20), (5, 8), (30, 40)], 1) == [0, 0, 1, 0]

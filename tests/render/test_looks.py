"""How lines are told apart: by colour, by dashes, by name."""

from dataclasses import replace

import pytest

from bot.core.picture import Line, Picture
from bot.render.looks import DARK, EARLIER, LIGHT, looks, unnamed


def picture(count: int, *more: Line) -> Picture:
    lines = tuple(Line(f"web-{n}", [(0.0, 1.0)]) for n in range(count))
    return Picture("t", (*lines, *more), 0.0, 60.0, 15.0)


@pytest.mark.parametrize(
    ("count", "named", "without"), [(1, 1, 0), (6, 6, 0), (20, 20, 0), (21, 6, 15), (60, 6, 54)]
)
def test_of_many_lines_the_first_have_names(count: int, named: int, without: int) -> None:
    found = looks(picture(count))
    assert [look.name for look in found if look.name] == [f"web-{n}" for n in range(named)]
    assert unnamed(found) == without


@pytest.mark.parametrize("dark", [False, True])
def test_no_two_lines_with_a_name_look_the_same(dark: bool) -> None:
    found = looks(replace(picture(20), dark=dark))
    assert len({(look.colour, look.dashes) for look in found}) == 20


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_every_line_stands_out_from_its_ground(theme: object) -> None:
    assert isinstance(theme, type(LIGHT))
    # Graphics need 3:1 to be seen by people with weak eyes (WCAG 2.2, 1.4.11).
    colours = (*theme.lines, theme.threshold, theme.marker)
    assert [each for each in colours if _contrast(each, theme.ground) < 3] == []
    # And words 4.5:1 (1.4.3).
    assert _contrast(theme.ink, theme.ground) > 7
    assert _contrast(theme.quiet, theme.ground) > 4.5


def test_what_was_earlier_has_the_colour_of_today() -> None:
    now, before = looks(picture(1, Line("web-0", [(0.0, 2.0)], earlier=True)))
    assert (before.colour, before.dashes, before.name) == (now.colour, EARLIER, "")
    assert before.width < now.width
    assert unnamed([now, before]) == 0


def test_areas_that_would_share_a_colour_are_one() -> None:
    found = looks(replace(picture(10), stacked=True))
    assert [look.name for look in found] == [*(f"web-{n}" for n in range(6)), "4 more"]
    assert found[-1].line.points == [(0.0, 4.0)]
    assert len(looks(replace(picture(7), stacked=True))) == 7


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

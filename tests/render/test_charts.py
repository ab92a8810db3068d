"""Charts look as they were looked at, at a phone's width, whatever their labels hold.

`QUARTERDECK_TEST_GOLDEN=write` draws the pictures anew; look at them before they are kept.
"""

import importlib
import math
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.measures import Base, Unit
from bot.core.picture import Line, Marker, Picture, Threshold
from bot.render import frames
from tests.render.scenes import ONE, PICTURES, SIX, START, STEP, picture, wave

GOLDEN = Path(__file__).parents[1] / "golden" / "charts"
WIDTH = 1_200
# What is allowed to differ: other versions of the libraries smooth edges a little otherwise.
MEAN, FAR_SHARE = 1.5, 0.01


@pytest.fixture(scope="module")
def look() -> ModuleType:
    """Return `tests.render.looking`, which says why it is loaded this late."""
    return importlib.import_module("tests.render.looking")


@pytest.fixture(autouse=True)
def _no_word_about_glyphs() -> Iterator[None]:
    # The helper process is silent about them, too: a box stands for what the font lacks.
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


@pytest.mark.parametrize("name", PICTURES)
def test_a_chart_looks_as_it_was_looked_at(name: str, look: ModuleType) -> None:
    seen, file = look.on_a_phone(look.drawn(PICTURES[name])), GOLDEN / f"{name}.png"
    if os.environ.get("QUARTERDECK_TEST_GOLDEN") == "write":
        seen.save(file, optimize=True)
    kept = look.kept(file)
    assert seen.size == kept.size
    mean, far = look.difference(seen, kept)
    assert mean < MEAN
    assert far < FAR_SHARE


def test_the_comparison_would_see_another_line(look: ModuleType) -> None:
    other = picture(ONE.title, Line("", wave(100, 40)), unit=ONE.unit)
    seen, kept = look.on_a_phone(look.drawn(other)), look.kept(GOLDEN / "one.png")
    _, far = look.difference(seen, kept)
    assert far > FAR_SHARE


def test_a_picture_arrives_as_it_was_sent() -> None:
    head, *lines = (frame[frames.LENGTH.size :] for frame in frames.packed(SIX))
    arrived = frames.unpacked(head, lines)
    assert arrived.lines[0].label == SIX.lines[0].label
    assert [tuple(point) for point in arrived.lines[5].points] == SIX.lines[5].points
    assert (arrived.unit, arrived.title, arrived.note) == (SIX.unit, SIX.title, SIX.note)


LABEL = st.text(
    st.characters(exclude_categories=()) | st.sampled_from("$_^{}\\%\x00\x1b\u202e\ud800\u0301"),
    max_size=60,
)
VALUE = st.floats(allow_nan=True, allow_infinity=True)
BASES: list[Base] = ["", "bytes", "seconds", "milliseconds", "ratio", "percent", "timestamp"]
LINE = st.builds(
    lambda label, values, earlier: Line(
        label, [(START + n * STEP, value) for n, value in enumerate(values)], earlier=earlier
    ),
    *(LABEL, st.lists(VALUE, max_size=8), st.booleans()),
)
ANYTHING = st.builds(
    Picture,
    title=LABEL,
    lines=st.lists(LINE, max_size=25).map(tuple),
    start=st.just(START),
    end=st.sampled_from([START, START + 1, START + 120, START + 9e6, START + 3e9]),
    step=st.just(STEP),
    unit=st.builds(Unit, st.sampled_from(BASES), st.booleans()),
    markers=st.lists(st.builds(Marker, st.just(START + 60), LABEL), max_size=3).map(tuple),
    thresholds=st.lists(st.builds(Threshold, VALUE, LABEL), max_size=2).map(tuple),
    stacked=st.booleans(),
    logarithmic=st.booleans(),
    dark=st.booleans(),
    note=LABEL,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(shown=ANYTHING)
def test_whatever_it_is_given_it_draws(shown: Picture, look: ModuleType) -> None:
    image = look.drawn(shown)
    assert image.width == WIDTH
    assert image.height < 2 * WIDTH


@pytest.mark.parametrize("label", ["$", "$a", r"$\frac{1}{0}$", r"\$", "$\\unknown{}$", "a$b$c"])
def test_a_dollar_is_a_dollar(label: str, look: ModuleType) -> None:
    plain = look.drawn(picture("up", Line(label, wave(1, 0)), Line("b", wave(0, 0))))
    other = look.drawn(picture("up", Line("#" + label[1:], wave(1, 0)), Line("b", wave(0, 0))))
    assert plain.height == other.height
    assert not look.same(plain, other)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_has_no_place_is_not_drawn(value: float, look: ModuleType) -> None:
    points = [(START + n * STEP, value) for n in range(9)]
    nothing = look.drawn(picture("up", Line("a", points)))
    assert look.same(nothing, look.drawn(picture("up", Line("a", ()))))

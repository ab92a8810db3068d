"""What the row of buttons says of itself comes back as it was said."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.request import Place, Surface
from bot.slack.controls import Asked, Row, Shown, read_asked, read_shown, row, sorted_by, turned
from bot.slack.sections import PATTERN_CHARACTERS, Selection

_SELECTIONS = st.builds(
    Selection,
    pattern=st.text(max_size=PATTERN_CHARACTERS),
    regex=st.booleans(),
    invert=st.booleans(),
    column=st.integers(-1, 19),
    descending=st.booleans(),
    page=st.integers(0, 2_500),
)
_PLACES = st.builds(Place, st.sampled_from(Surface), st.just("C0SHOP"), st.just("1.2"))


@given(_SELECTIONS)
def test_a_row_says_what_it_shows(selection: Selection) -> None:
    shown = Shown("AbC-_0123456789x", selection)
    assert len(shown.block_id()) <= 255
    assert read_shown(shown.block_id()) == shown


@given(st.text(max_size=400), _PLACES)
def test_refresh_says_what_was_typed_and_where(text: str, place: Place) -> None:
    asked = Asked(text, place, "U0ADA")
    value = asked.value()
    assert len(value) <= 2_000
    assert not value or read_asked(value) == asked


def test_what_is_too_long_for_a_button_has_no_refresh() -> None:
    asked = Asked("x" * 2_000, Place(Surface.SLASH, "C1"), "U0ADA")
    assert asked.value() == ""
    assert row(Row(Shown(""), asked)) is None


def test_what_others_sent_is_not_read() -> None:
    assert read_shown("actions") is None
    assert read_shown("result|x|||page|") is None
    assert read_asked("cancel") is None
    assert read_asked('["U0ADA"]') is None
    assert read_asked('["U0ADA","get pods","elsewhere","C1",""]') is None


def test_pages_begin_behind_the_beginning_and_the_end() -> None:
    assert turned(Shown("r"), 1).page == 1
    assert turned(Shown("r", Selection(page=1)), -1).page == 1
    assert turned(Shown("r", Selection(page=4)), 1).page == 5


def test_another_order_begins_at_its_beginning() -> None:
    shown = Shown("r", Selection(pattern="web", page=3))
    assert sorted_by(shown, "2 down") == Selection("web", column=2, descending=True)
    assert sorted_by(shown, "as-it-came") == Selection("web")


def test_a_column_without_a_name_is_nothing_to_sort_by() -> None:
    # kubectl's `top` ends each line with one.
    asked = Asked("top pod", Place(Surface.SLASH, "C1"), "U0ADA")
    block = row(Row(Shown("kept"), asked, columns=("NAME", "MEMORY(bytes)", ""), rows=2))
    assert block is not None
    [menu] = [one for one in block["elements"] if one["type"] == "static_select"]
    assert [one["text"]["text"] for one in menu["options"]] == [
        "As it came",
        *("NAME", "NAME, reversed"),
        *("MEMORY(bytes)", "MEMORY(bytes), reversed"),
    ]

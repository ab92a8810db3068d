"""Columns are as wide as Go's `text/tabwriter` makes them."""

from bot.kube.describe.lines import Lines, aligned
from tests.every import every

# The right column was written by Go's own writer, with a padding of two blanks.
WRITTEN = {
    "nothing": ("", ""),
    "no cell that ends": ("one line\n", "one line\n"),
    "one line": ("Name:\tweb\n", "Name:  web\n"),
    "two lines": ("Name:\tweb\nNamespace:\tshop\n", "Name:       web\nNamespace:  shop\n"),
    "a line without a tab ends a block": (
        "a\tb\nnothing\nlong\tc\n",
        "a  b\nnothing\nlong  c\n",
    ),
    "an empty line ends a block": ("a\tb\n\nlong\tc\n", "a  b\n\nlong  c\n"),
    "a short line ends the later columns": (
        "a\tbbbb\tc\nd\te\nf\tg\th\n",
        "a  bbbb  c\nd  e\nf  g  h\n",
    ),
    "the last cell widens nothing": ("a\tbbbbbbb\nc\td\te\n", "a  bbbbbbb\nc  d  e\n"),
    "an empty cell": ("a\t\tb\ncc\tdd\te\n", "a       b\ncc  dd  e\n"),
    "a tab at the end leaves blanks": ("a\t\nbb\t\n", "a   \nbb  \n"),
    "characters are counted, not bytes": ("é日🚢\tb\naaaa\tc\n", "é日🚢   b\naaaa  c\n"),
    "a form feed ends a line and every block": ("a\tb\faaaa\tc\n", "a  b\naaaa  c\n"),
    "a vertical tab ends a cell": ("a\vb\naaaa\vc\n", "a     b\naaaa  c\n"),
    "no line end": ("a\tb\naaaa\tc", "a     b\naaaa  c"),
}


@every(("text", "expected"), WRITTEN.values(), ids=WRITTEN)
def test_columns_are_aligned_block_by_block(text: str, expected: str) -> None:
    assert aligned(text) == expected


def test_a_level_is_two_blanks_before_the_first_cell() -> None:
    w = Lines()
    w.line(0, "Name:", "web")
    w.line(1, "Inner:", 3)
    assert w.text() == "Name:     web\n  Inner:  3\n"


def test_what_was_aligned_is_not_widened_by_what_follows() -> None:
    w = Lines()
    w.line(0, "a", "b")
    w.align()
    w.line(0, "much longer", "c")
    assert w.text() == "a  b\nmuch longer  c\n"


def test_a_nested_writer_indents_each_piece_in_the_same_text() -> None:
    w = Lines()
    w.put(0, "outer\n")
    w.nested(2).put(1, "inner\n")
    assert w.text() == "outer\n      inner\n"


def test_what_a_terminal_would_obey_is_written_out() -> None:
    w = Lines()
    w.put(0, "red \x1b[31m and\rback\n")
    assert w.text() == "red ^[[31m and\\rback\n"

"""What of a long text is shown, and that the count of the rest is true."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.escaping import visible
from bot.slack.excerpts import (
    FILE_BYTES,
    FILE_LINES,
    IN_PLACE_CHARACTERS,
    IN_PLACE_LINES,
    Document,
    excerpt,
)


def document(*pieces: str) -> Document:
    made = Document()
    for piece in pieces:
        made.append(piece)
    return made


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        ([], 0),
        (["a"], 1),
        (["a\n"], 1),
        (["a", "b\n"], 1),
        (["a\n", "b"], 2),
        (["a\nb\n", "\n"], 3),
        (["a", "", "\n", "b"], 2),
    ],
)
def test_lines_are_counted_over_the_joints_of_pieces(pieces: list[str], lines: int) -> None:
    made = document(*pieces)
    assert made.lines == lines
    assert made.text() == "".join(pieces)


@given(st.lists(st.text(alphabet="ab\n", max_size=8)))
def test_a_document_counts_as_its_whole_text_does(pieces: list[str]) -> None:
    made, text = document(*pieces), "".join(pieces)
    assert made.lines == len(text.splitlines())
    assert made.size == len(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("x\n" * IN_PLACE_LINES, id="as-many-lines-as-fit"),
        pytest.param("x" * IN_PLACE_CHARACTERS, id="as-many-characters-as-fit"),
        pytest.param("ä" * IN_PLACE_CHARACTERS, id="characters-not-bytes"),
    ],
)
def test_what_fits_is_whole(text: str) -> None:
    shown = excerpt(document(text))
    assert shown.whole
    assert shown.head == text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        pytest.param("x\n" * (IN_PLACE_LINES + 1), IN_PLACE_LINES + 1 - 30, id="a-line-too-many"),
        pytest.param("x" * (IN_PLACE_CHARACTERS + 1), 1, id="a-character-too-many"),
        pytest.param(("x" * 500 + "\n") * 100, 96, id="wide-lines"),
    ],
)
def test_what_does_not_fit_is_counted(text: str, hidden: int) -> None:
    assert excerpt(document(text)).hidden == hidden


_LINES = st.lists(
    (st.text(alphabet="ab\x1b[m\u200b<", max_size=60) | st.just("w" * 3000)).map("L".__add__)
)


@given(_LINES)
def test_an_excerpt_is_short_and_its_lines_are_the_documents(lines: list[str]) -> None:
    made = document("".join(f"{line}\n" for line in lines))
    shown = excerpt(made)
    assert len(shown.head) + len(shown.tail) <= IN_PLACE_CHARACTERS
    if not shown.whole:
        rows = [visible(line) for line in lines]
        head, tail = shown.head.split("\n"), shown.tail.split("\n") if shown.tail else []
        cut = head[0].endswith("…")
        assert cut or head == rows[: len(head)]
        assert tail == rows[len(rows) - len(tail) :]
        assert shown.hidden == made.lines - len(tail) - (0 if cut else len(head))


@pytest.mark.parametrize(
    "piece", ["x" * (FILE_BYTES // 10 + 1), "\n" * (FILE_LINES // 10 + 1)], ids=["bytes", "lines"]
)
def test_a_document_past_a_files_size_keeps_its_beginning_and_counts_on(piece: str) -> None:
    made = document(*[piece] * 30)
    assert made.too_big
    assert len(made.text()) <= len(piece) * 10 + len(piece)
    assert made.size == 30 * len(piece)
    shown = excerpt(made)
    assert shown.tail == ""
    assert shown.hidden > 0

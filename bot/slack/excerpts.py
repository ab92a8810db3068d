"""What of a long text stands in a message, and how much of it does not.

Pure. The ladder: whole in the message; else its head and its end, with the number of hidden
lines, and the whole as a file; else, past what Slack shows of a file, its head and how to ask
for less.
"""

from dataclasses import dataclass, field

from bot.slack.escaping import visible

# A section holds 3,000 characters; one was seen to fail near 2,958.
IN_PLACE_CHARACTERS = 2_900
IN_PLACE_LINES = 40
NOTES_CHARACTERS = 1_500
NOTES_LINES = 12
# Past 1 MB Slack shows no preview of a snippet, and nobody reads on.
FILE_BYTES = 1_000_000
FILE_LINES = 50_000
_HEAD = (20, 2_000)
_TAIL = (10, 850)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The lines that are shown; `hidden` lines stand between head and tail."""

    head: str
    hidden: int = 0
    tail: str = ""

    @property
    def whole(self) -> bool:
        """Tell whether nothing is hidden."""
        return self.hidden == 0


@dataclass(slots=True)
class Document:
    """Text that grows; past the size of a file only its lines are counted on."""

    lines: int = 0
    size: int = 0
    """In bytes."""
    _pieces: list[str] = field(default_factory=list)
    _open_line: bool = False

    def append(self, text: str) -> None:
        """Add text at the end."""
        if not text:
            return
        self.lines += text.count("\n") - self._open_line + (not text.endswith("\n"))
        self._open_line = not text.endswith("\n")
        if not self.too_big:
            self._pieces.append(text)
        self.size += len(text.encode("utf-8", "replace"))

    @property
    def too_big(self) -> bool:
        """Tell whether this is more than a file may hold."""
        return self.size > FILE_BYTES or self.lines > FILE_LINES

    def text(self) -> str:
        """Return the text; of one that is too big, its beginning."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""


def excerpt(
    document: Document, characters: int = IN_PLACE_CHARACTERS, lines: int = IN_PLACE_LINES
) -> Excerpt:
    """Return the document whole if it is within the limits, else its head and its end."""
    if document.lines <= lines and document.size <= 4 * characters:
        shown = visible(document.text())
        if len(shown) <= characters:
            return Excerpt(shown)
    rows = document.text().removesuffix("\n").split("\n")
    lines, room = _scaled(_HEAD, characters)
    head = _first(rows, lines, room)
    rest = rows[max(1, len(head)) :]
    tail = [] if document.too_big else _last(rest, *_scaled(_TAIL, characters))
    hidden = document.lines - len(head) - len(tail)
    if not head:
        # Half a line is shown, but counts as hidden.
        return Excerpt(_cut(rows[0], room), hidden, "\n".join(tail))
    if not hidden:
        return Excerpt("\n".join([*head, *tail]))
    return Excerpt("\n".join(head), hidden, "\n".join(tail))


def newest(document: Document) -> Excerpt:
    """Return the last lines, for what is being followed; the lines before them are hidden."""
    text = document.text()
    rows = text.removesuffix("\n").split("\n") if text else []
    tail = _last(rows, IN_PLACE_LINES, IN_PLACE_CHARACTERS)
    if document.lines and not tail:
        tail = [_cut(rows[-1], IN_PLACE_CHARACTERS)]
    return Excerpt("", document.lines - len(tail), "\n".join(tail))


def _scaled(limit: tuple[int, int], characters: int) -> tuple[int, int]:
    lines, most = limit
    return lines, most * characters // IN_PLACE_CHARACTERS


def _first(rows: list[str], lines: int, characters: int) -> list[str]:
    taken: list[str] = []
    for row in rows[:lines]:
        if len(row) >= characters:
            break
        taken.append(visible(row))
        characters -= len(taken[-1]) + 1
    return taken


def _last(rows: list[str], lines: int, characters: int) -> list[str]:
    return _first(rows[: -lines - 1 : -1], lines, characters)[::-1]


def _cut(row: str, characters: int) -> str:
    return visible(row[:characters])[: characters - 1] + "…"

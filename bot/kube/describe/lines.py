"""The writer of descriptions: indented lines, whose tab-ended cells share a width.

Rules: Go's `text/tabwriter` with a padding of two blanks.
"""

from itertools import groupby

_PADDING = 2
_LEVEL = "  "
# What a terminal would obey, and what would forge a line.
_ESCAPED = str.maketrans({"\x1b": "^[", "\r": "\\r"})


class Lines:
    """Text that is written piece by piece and aligned at its end."""

    def __init__(self, level: int = 0) -> None:
        self._level = level
        self._pieces: list[str] = []
        self._aligned = ""

    def line(self, level: int, *cells: object) -> None:
        """Write a line; each cell but the last is as wide as those above and below it."""
        self.put(level, "\t".join(map(str, cells)) + "\n")

    def put(self, level: int, text: str) -> None:
        """Write text; a tab ends a cell, and only a line end ends a line."""
        self._pieces.append(f"{_LEVEL * (self._level + level)}{text}".translate(_ESCAPED))

    def nested(self, level: int) -> "Lines":
        """Return a writer into the same text whose every piece is indented so much more."""
        inner = Lines(self._level + level)
        inner._pieces = self._pieces
        return inner

    def align(self) -> None:
        """Align what was written so far: nothing that follows widens it."""
        self._aligned += aligned("".join(self._pieces))
        self._pieces.clear()

    def raw(self) -> str:
        """Return what was written since the last alignment, tabs and all."""
        return "".join(self._pieces)

    def text(self) -> str:
        """Return all that was written, aligned."""
        self.align()
        return self._aligned


def aligned(text: str) -> str:
    """Return the text with each column as wide as its block of consecutive lines needs."""
    *whole, rest = text.split("\n")
    lines = [line.split("\t") for line in [*whole, rest]]
    out = [""] * len(lines)
    for column in range(max(map(len, lines))):
        for ended, block in groupby(range(len(lines)), lambda at: len(lines[at]) - 1 > column):  # noqa: B023
            places = [at for at in block if column < len(lines[at])]
            width = max((len(lines[at][column]) for at in places), default=0) + _PADDING
            for at in places:
                out[at] += lines[at][column].ljust(width) if ended else lines[at][column]
    return "\n".join(out)

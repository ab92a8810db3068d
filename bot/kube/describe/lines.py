"""The writer of descriptions: indented lines, whose tab-ended cells share a width.

Rules: Go's `text/tabwriter`.
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


def aligned(text: str, padding: int = _PADDING, least: int = 0) -> str:
    """Return the text with each column as wide as its block of consecutive lines needs.

    A form feed ends a line and every block, a vertical tab ends a cell, as Go's writer has it.
    """
    # An empty cell at the very end is none.
    pieces = text.replace("\v", "\t").removesuffix("\t").split("\f")
    return "\n".join(_aligned(piece, padding, least) for piece in pieces)


def _aligned(text: str, padding: int, least: int) -> str:
    lines = [line.split("\t") for line in text.split("\n")]
    out = [""] * len(lines)
    for column in range(max(map(len, lines))):
        # Whether a cell of this column is ended by a tab; where it is not, a block ends.
        ended = [len(line) - 1 > column for line in lines]
        for is_ended, block in groupby(range(len(lines)), ended.__getitem__):
            places = [at for at in block if column < len(lines[at])]
            longest = max((len(lines[at][column]) for at in places), default=0)
            width = max(longest + padding, least)
            for at in places:
                cell = lines[at][column]
                out[at] += cell.ljust(width) if is_ended else cell
    return "\n".join(out)

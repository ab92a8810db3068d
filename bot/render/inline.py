"""A picture among the lines of a terminal, where the terminal can show one.

Pure. kitty's protocol is at sw.kovidgoyal.net/kitty/graphics-protocol, iTerm2's at
iterm2.com/documentation-images.html; other terminals understand one of the two.
"""

import base64
from collections.abc import Mapping
from enum import StrEnum

# kitty takes no more of a picture at once.
_CHUNK = 4_096
# A wider picture of six lines is no easier to read.
_WIDEST = 100
# A multiplexer draws the screen anew and knows of no picture; a dumb one shows escapes as letters.
_BETWEEN = ("screen", "tmux", "dumb")


class Inline(StrEnum):
    """How a terminal is given a picture."""

    KITTY = "kitty"
    ITERM2 = "iterm2"


def inline(environment: Mapping[str, str]) -> Inline | None:
    """Return how the terminal of this environment is given a picture; None: it shows none."""
    term, program = environment.get("TERM", ""), environment.get("TERM_PROGRAM", "")
    if environment.get("TMUX") or environment.get("STY") or term.startswith(_BETWEEN):
        return None
    # `TERM` and `LC_TERMINAL` outlive ssh. What was started from a terminal inherits the others.
    if term in ("xterm-kitty", "xterm-ghostty") or program == "ghostty":
        return Inline.KITTY
    if program in ("iTerm.app", "WezTerm"):
        return Inline.ITERM2
    if program:
        return None
    if environment.get("KITTY_WINDOW_ID"):
        return Inline.KITTY
    return Inline.ITERM2 if environment.get("LC_TERMINAL") == "iTerm2" else None


def drawn(png: bytes, how: Inline, columns: int) -> str:
    """Return what a terminal of so many columns is sent, the end of the line included."""
    width, content = min(columns, _WIDEST), base64.b64encode(png).decode()
    if how is Inline.ITERM2:
        about = f"inline=1;size={len(png)};width={width};preserveAspectRatio=1"
        return f"\x1b]1337;File={about}:{content}\a\n"
    chunks = [content[at : at + _CHUNK] for at in range(0, len(content), _CHUNK)]
    # f=100: a PNG; q=2: no answer, which would stand among what is typed.
    heads = [f"a=T,f=100,q=2,c={width},", *("" for _ in chunks[1:])]
    pieces = (
        f"\x1b_G{head}m={0 if at == len(chunks) else 1};{chunk}\x1b\\"
        for at, (head, chunk) in enumerate(zip(heads, chunks, strict=True), start=1)
    )
    return f"{''.join(pieces)}\n"

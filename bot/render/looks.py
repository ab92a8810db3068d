"""How the lines of a picture look: colours that colour-blind people tell apart, styles, names.

Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.picture import Line, Picture
from bot.render.geometry import summed

# So many lines are named at their ends, so many below; of more, the first few are named.
DIRECT, NAMED = 6, 20


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a picture."""

    ground: str
    ink: str
    quiet: str
    grid: str
    others: str
    threshold: str
    marker: str
    lines: tuple[str, ...]


# The palette of Okabe and Ito without its yellow, which is not seen on white; the pale ones darker.
LIGHT = Theme(
    *("#ffffff", "#1b1f24", "#57606a", "#e1e5ea", "#a3acb6", "#b3261e", "#5b4b9a"),
    ("#0072b2", "#d55e00", "#009e73", "#b3508f", "#c28500", "#24292f", "#3a97d4"),
)
DARK = Theme(
    *("#15181d", "#eef1f5", "#a9b2be", "#2d333b", "#66707c", "#ff7b72", "#b9a6ff"),
    ("#56b4e9", "#ff8a3c", "#2fc79a", "#e59ac9", "#f0d842", "#eef1f5", "#3f8fd0"),
)
SOLID, DASHED, DOTTED, EARLIER, MARKED = (
    (),
    (5.0, 1.6),
    (1.2, 1.2),
    (2.4, 1.6),
    (4.0, 3.0),
)
"""What is drawn and what is left out of a line, in widths of it; empty: all is drawn."""


@dataclass(frozen=True, slots=True)
class Look:
    """How one line looks."""

    line: Line
    colour: str
    width: float
    """In pixels."""
    dashes: tuple[float, ...] = SOLID
    name: str = ""
    """Empty: it is drawn without a name."""
    strength: float = 1.0
    """1: it covers what it is drawn over."""


def theme_of(picture: Picture) -> Theme:
    """Return the colours that the picture is drawn in."""
    return DARK if picture.dark else LIGHT


def looks(picture: Picture) -> list[Look]:
    """Return the lines in the order in which they are named, and how each looks."""
    theme = theme_of(picture)
    now = [line for line in picture.lines if not line.earlier]
    # Areas have colours alone to be told apart by.
    most = len(theme.lines) if picture.stacked else NAMED
    named = now if len(now) <= most else now[:DIRECT]
    others = now[len(named) :]
    width = 5.0 if len(now) <= 3 else 4.0 if len(now) <= DIRECT else 3.5
    found = [
        Look(line, theme.lines[n % len(theme.lines)], width, _dashes(n, theme), _name(line, now))
        for n, line in enumerate(named)
    ]
    if others and picture.stacked:
        rest = summed(others, f"{len(others)} more", picture.start, picture.step)
        found.append(Look(rest, theme.others, width, name=rest.label))
    elif others:
        found += [Look(line, theme.others, 1.6, strength=0.75) for line in others]
    return found + _earlier(picture, found, theme)


def _name(line: Line, now: Sequence[Line]) -> str:
    """Return what stands beside a line; the only one is what the title says."""
    return line.label or ("{}" if len(now) > 1 else "")


def _dashes(number: int, theme: Theme) -> tuple[float, ...]:
    return (SOLID, DASHED, DOTTED)[number // len(theme.lines) % 3]


def _earlier(picture: Picture, found: Sequence[Look], theme: Theme) -> list[Look]:
    """Return the lines of an earlier time, each paler than the line of today that it belongs to."""
    if picture.stacked:
        return []
    known = {look.line.label: look for look in found}
    spare = Look(Line("", ()), theme.others, 2.5)
    return [
        replace(
            known.get(line.label, spare),
            line=line,
            width=known.get(line.label, spare).width * 0.75,
            dashes=EARLIER,
            name="",
            strength=0.6,
        )
        for line in picture.lines
        if line.earlier
    ]


def unnamed(found: Sequence[Look]) -> int:
    """Return how many lines of today are drawn without a name."""
    lines = [look for look in found if not look.line.earlier]
    return sum(1 for look in lines if not look.name) if len(lines) > 1 else 0

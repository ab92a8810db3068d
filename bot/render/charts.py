"""Pictures of numbers, drawn in a helper process: read from standard input, a PNG comes back.

Made for a phone: at a third of its size every word can still be read. The only module that knows
matplotlib; whatever serves requests never imports it.
"""

import io
import os
import resource
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.patheffects import withStroke
from PIL import Image

from bot.core.measures import written
from bot.core.picture import Picture
from bot.render import frames
from bot.render.geometry import Place, Slice, bands, gathered, pieces, runs, scaled
from bot.render.labels import fitted, lanes, spread, wrapped
from bot.render.looks import DIRECT, MARKED, Look, Theme, looks, theme_of, unnamed
from bot.render.ticks import days, time_ticks

WIDTH, HEIGHT = 1_200, 675
_DPI = 100
# The em of the letters and the height of a line of them, in pixels; a phone shows a third of each.
_TITLE, _WORDS, _SMALL = 34, 30, 26
_TITLE_LINE, _WORDS_LINE, _SMALL_LINE = 44, 42, 36
_EDGE, _GAP, _KEY = 24, 14, 36
_LEAST_PLOT = 340
_DIRECT_ROOM = 360
# Markers that are nearer than this part of the width are one line.
_ONE_PLACE = 0.01
# Names that are too long for three columns get two, where few enough are below each other.
_COLUMNS, _ROWS = 3, 5


class Canvas:
    """A picture that is drawn in pixels, from its lower left corner."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.figure = Figure((WIDTH / _DPI, HEIGHT / _DPI), dpi=_DPI, facecolor=theme.ground)
        canvas: Any = FigureCanvasAgg(self.figure)
        self._canvas, self._renderer = canvas, canvas.get_renderer()
        self.height = HEIGHT

    def grow(self, height: int) -> None:
        """Make the picture so many pixels high."""
        self.height = height
        self.figure.set_size_inches(WIDTH / _DPI, height / _DPI)

    def width(self, text: str, size: int, *, bold: bool = False) -> float:
        """Return how many pixels a text is wide."""
        font = FontProperties(size=_points(size), weight="bold" if bold else "normal")
        return float(self._renderer.get_text_width_height_descent(text, font, ismath=False)[0])

    def text(self, place: Place, text: str, size: int, **look: Any) -> None:
        """Write a text whose middle has the place's height; nothing in it is markup."""
        look = {"color": self.theme.ink, "va": "center_baseline", **look}
        x, y = place[0] / WIDTH, place[1] / self.height
        self.figure.text(x, y, text, fontsize=_points(size), parse_math=False, **look)

    def line(self, places: Sequence[Place], **look: Any) -> None:
        """Draw a line from place to place."""
        across, up = [x / WIDTH for x, _ in places], [y / self.height for _, y in places]
        self.figure.add_artist(Line2D(across, up, transform=self.figure.transFigure, **look))

    def area(self, places: Sequence[Place], **look: Any) -> None:
        """Fill what the places surround."""
        corners = [(x / WIDTH, y / self.height) for x, y in places]
        self.figure.add_artist(Polygon(corners, transform=self.figure.transFigure, **look))

    def png(self) -> bytes:
        """Return the picture."""
        self._canvas.draw()
        drawn = self._canvas.buffer_rgba()
        height, width, _ = drawn.shape
        image = Image.frombuffer("RGBA", (width, height), drawn, "raw", "RGBA", 0, 1)
        out = io.BytesIO()
        # Nothing shows through, and the quickest way to pack such a picture makes it no larger.
        image.convert("RGB").save(out, "png", dpi=(_DPI, _DPI), compress_level=1)
        return out.getvalue()


def _points(pixels: float) -> float:
    return pixels * 72 / _DPI


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the plot stands, in pixels from the lower left corner."""

    left: float
    right: float
    bottom: float
    top: float
    height: int

    def place(self, across: float, up: float) -> Place:
        """Return where a part of the plot's width and height is."""
        x = self.left + across * (self.right - self.left)
        return x, self.bottom + up * (self.top - self.bottom)


class Chart:
    """One picture while it is drawn."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.found = looks(picture)
        lines = [look.line for look in self.found]
        self.stacks = bands(lines, picture.start, picture.step) if picture.stacked else []
        self.canvas = Canvas(theme_of(picture))
        self.theme = self.canvas.theme
        self.scale = scaled(picture, self._values())
        self.markers = gathered(picture.markers, (picture.end - picture.start) * _ONE_PLACE)
        self.named = [look for look in self.found if look.name]
        self.more = unnamed(self.found)
        self.direct = len(self.named) <= DIRECT and not self.more
        self.entries = [] if self.direct else self._entries()
        self.columns = self._columns()
        self.title = wrapped(picture.title, WIDTH - 2 * _EDGE, 2, self._title_width)
        self.note = wrapped(_note(picture), WIDTH - 2 * _EDGE, 3, self._small_width)
        self.layout = self._laid_out()
        self.canvas.grow(self.layout.height)

    def draw(self) -> bytes:
        """Return the picture as a PNG."""
        self._draw_words()
        self._draw_axes()
        self._draw_markers()
        ends = self._draw_bands() if self.picture.stacked else self._draw_lines()
        self._draw_thresholds()
        if not ends and not self.more:
            self.canvas.text(self.layout.place(0.5, 0.5), "nothing to draw", _TITLE, ha="center")
        if self.direct:
            self._draw_names(ends)
        else:
            self._draw_legend()
        return self.canvas.png()

    def _values(self) -> list[float]:
        if self.picture.stacked:
            return [end for band in self.stacks for one in band for end in (one.low, one.high)]
        return [value for look in self.found for _, value in look.line.points]

    # --- Layout ---------------------------------------------------------------------------------

    def _laid_out(self) -> Layout:
        canvas, marks = self.canvas, self.scale.axis.ticks
        left = _EDGE + max(canvas.width(one.label, _WORDS) for one in marks) + _GAP
        room = min(
            _DIRECT_ROOM, max((self._words_width(one.name) for one in self.named), default=0)
        )
        right = WIDTH - _EDGE - (3 * _GAP + _KEY + room if room and self.direct else _GAP)
        above = _EDGE + len(self.title) * _TITLE_LINE + 2 * _GAP
        spans = self._marker_spans(left, right)
        above += max((lane + 1 for lane, _, _ in spans), default=0) * _SMALL_LINE
        rows = -(-len(self.entries) // self.columns)
        below = _EDGE + len(self.note) * _SMALL_LINE + rows * _WORDS_LINE
        below += _WORDS_LINE + _GAP * (2 if rows else 1)
        height = max(HEIGHT, int(above + below + _LEAST_PLOT))
        return Layout(left, right, below, height - above, height)

    def _title_width(self, text: str) -> float:
        return self.canvas.width(text, _TITLE, bold=True)

    def _words_width(self, text: str) -> float:
        return self.canvas.width(text, _WORDS)

    def _small_width(self, text: str) -> float:
        return self.canvas.width(text, _SMALL)

    def _entries(self) -> list[tuple[Look, str]]:
        """Return what is named below the plot: how it looks, and its name."""
        found = [(look, look.name) for look in self.named]
        if self.more:
            others = Look(self.found[-1].line, self.theme.others, 3)
            found.append((others, f"+{self.more} more"))
        return found

    def _columns(self) -> int:
        room = (WIDTH - 2 * _EDGE) / _COLUMNS - _KEY - 3 * _GAP
        fits = all(self._words_width(name) <= room for _, name in self.entries)
        return _COLUMNS if fits or len(self.entries) > 2 * _ROWS else _COLUMNS - 1

    def _marker_spans(self, left: float, right: float) -> list[tuple[int, float, str]]:
        """Return the lane, the middle and the text of each marker's label."""
        found = []
        for one in self.markers:
            text = fitted(one.label, WIDTH / 3, self._small_width)
            half = self._small_width(text) / 2
            middle = left + self.scale.across(one.at) * (right - left)
            found.append((min(max(middle, _EDGE + half), WIDTH - _EDGE - half), half, text))
        chosen = lanes([(middle - half, middle + half) for middle, half, _ in found], 2 * _GAP)
        return [(lane, *one[::2]) for lane, one in zip(chosen, found, strict=True)]

    # --- Around the plot ------------------------------------------------------------------------

    def _draw_words(self) -> None:
        y = self.layout.height - _EDGE - _TITLE_LINE / 2
        for line in self.title:
            self.canvas.text((_EDGE, y), line, _TITLE, weight="bold")
            y -= _TITLE_LINE
        y = _EDGE + (len(self.note) - 0.5) * _SMALL_LINE
        for line in self.note:
            self.canvas.text((_EDGE, y), line, _SMALL, color=self.theme.quiet)
            y -= _SMALL_LINE

    def _draw_axes(self) -> None:
        canvas, place = self.canvas, self.layout.place
        for mark in self.scale.axis.ticks:
            up = self.scale.up(mark.at)
            look = {"color": self.theme.grid, "linewidth": _points(2), "zorder": 0}
            canvas.line([place(0, up), place(1, up)], **look)
            at = (self.layout.left - _GAP, place(0, up)[1])
            canvas.text(at, mark.label, _WORDS, ha="right", color=self.theme.quiet)
        y = self.layout.bottom - _GAP - _WORDS_LINE / 2
        free = -1.0
        for mark in time_ticks(self.picture.start, self.picture.end, 7):
            x, half = place(self.scale.across(mark.at), 0)[0], self._words_width(mark.label) / 2
            if x - half < max(free, self.layout.left / 2) or x + half > WIDTH - _EDGE / 2:
                continue
            free = x + half + 2 * _GAP
            canvas.text((x, y), mark.label, _WORDS, ha="center", color=self.theme.quiet)
            ends = [(x, self.layout.bottom), (x, self.layout.bottom - _GAP / 2)]
            canvas.line(ends, color=self.theme.quiet, linewidth=_points(2))
        canvas.line([place(0, 0), place(1, 0)], color=self.theme.quiet, linewidth=_points(2))

    def _draw_markers(self) -> None:
        spans = self._marker_spans(self.layout.left, self.layout.right)
        # A line may pass behind the label of another one.
        ground = {"facecolor": self.theme.ground, "edgecolor": "none", "pad": 2}
        for one, (lane, middle, text) in zip(self.markers, spans, strict=True):
            y = self.layout.top + (lane + 0.5) * _SMALL_LINE
            look = {"ha": "center", "color": self.theme.marker, "bbox": ground}
            self.canvas.text((middle, y), text, _SMALL, **look)
            x = self.layout.place(self.scale.across(one.at), 0)[0]
            ends = [(x, self.layout.bottom), (x, self.layout.top + lane * _SMALL_LINE)]
            dashes = {"linestyle": (0, MARKED), "linewidth": _points(3)}
            self.canvas.line(ends, color=self.theme.marker, **dashes)

    def _draw_legend(self) -> None:
        width, rows = (WIDTH - 2 * _EDGE) / self.columns, -(-len(self.entries) // self.columns)
        top = _EDGE + _GAP + len(self.note) * _SMALL_LINE + (rows - 0.5) * _WORDS_LINE
        for number, (look, name) in enumerate(self.entries):
            x, y = _EDGE + number // rows * width, top - number % rows * _WORDS_LINE
            self._draw_key((x, y), look)
            text = fitted(name, width - _KEY - 3 * _GAP, self._words_width)
            self.canvas.text((x + _KEY + _GAP, y), text, _WORDS)

    def _draw_key(self, place: Place, look: Look) -> None:
        x, y = place
        if self.picture.stacked:
            corners = [(x, y - 12), (x + _KEY, y - 12), (x + _KEY, y + 12), (x, y + 12)]
            self.canvas.area(corners, facecolor=look.colour, edgecolor="none")
            return
        self.canvas.line([(x, y), (x + _KEY, y)], **_stroke(look, max(look.width, 5)))

    # --- In the plot ----------------------------------------------------------------------------

    def _draw_lines(self) -> list[tuple[Look, Place]]:
        """Draw each line, the first on top; return where those with a name end."""
        ends = []
        for look in reversed(self.found):
            found = runs(look.line, self.scale, self.picture.step)
            for run in found:
                places = [self.layout.place(*one) for one in run]
                if len(places) == 1:
                    dot = {"marker": "o", "markersize": _points(look.width * 2.2)}
                    self.canvas.line(places, color=look.colour, alpha=look.strength, **dot)
                else:
                    self.canvas.line(places, **_stroke(look, look.width))
            if found and not look.line.earlier:
                ends.append((look, self.layout.place(*found[-1][-1])))
        return ends[::-1]

    def _draw_bands(self) -> list[tuple[Look, Place]]:
        """Fill each band; return where each ends."""
        ends = []
        for look, band in zip(self.found, self.stacks, strict=True):
            for piece in pieces(band, self.picture.step):
                upper = [self._spot(one, one.high) for one in piece]
                lower = [self._spot(one, one.low) for one in piece]
                if len(piece) == 1:
                    self.canvas.line([*lower, *upper], color=look.colour, linewidth=_points(6))
                    continue
                edge = {"edgecolor": self.theme.ground, "linewidth": _points(1.5)}
                self.canvas.area([*upper, *lower[::-1]], facecolor=look.colour, **edge)
            if band:
                last = band[-1]
                ends.append((look, self._spot(last, (last.low + last.high) / 2)))
        return ends

    def _spot(self, one: Slice, value: float) -> Place:
        return self.layout.place(self.scale.across(one.at), self.scale.up(value))

    def _draw_thresholds(self) -> None:
        halo = [withStroke(linewidth=_points(8), foreground=self.theme.ground)]
        for one in self.picture.thresholds:
            if self.scale.axis.logarithmic and one.value <= 0:
                continue
            x, y = self.layout.place(0, self.scale.up(one.value))
            ends = [(x, y), (self.layout.right, y)]
            look = {"linestyle": (0, (6.0, 3.0)), "linewidth": _points(3)}
            self.canvas.line(ends, color=self.theme.threshold, **look)
            value = written(one.value, self.picture.unit)
            text = fitted(f"{one.label} {value}".strip(), WIDTH / 3, self._small_width)
            above = y + 0.6 * _SMALL_LINE < self.layout.top
            at = (x + _GAP, y + (0.55 if above else -0.55) * _SMALL_LINE)
            colour = self.theme.threshold
            self.canvas.text(at, text, _SMALL, color=colour, path_effects=halo)

    def _draw_names(self, ends: Sequence[tuple[Look, Place]]) -> None:
        """Name the lines at their ends, with a thread from each end to its name."""
        wanted = [place[1] for _, place in ends]
        half = _WORDS_LINE / 2
        heights = spread(wanted, _WORDS_LINE, self.layout.bottom + half, self.layout.top - half / 2)
        x = self.layout.right + 2 * _GAP
        for (look, place), height in zip(ends, heights, strict=True):
            if not look.name:
                continue  # there is one line, and the title says what it is
            thread = [place, (x - 2, height)]
            self.canvas.line(thread, color=look.colour, linewidth=_points(1.5), linestyle=":")
            self._draw_key((x, height), look)
            text = fitted(look.name, WIDTH - _EDGE / 2 - x - _KEY - _GAP, self._words_width)
            self.canvas.text((x + _KEY + _GAP, height), text, _WORDS)


def _note(picture: Picture) -> str:
    when = f"{days(picture.start, picture.end)}, UTC"
    return f"{when} · {picture.note}" if picture.note else when


def _stroke(look: Look, width: float) -> dict[str, Any]:
    dashes = {"linestyle": (0, look.dashes)} if look.dashes else {}
    ends = {"solid_capstyle": "round", "solid_joinstyle": "round"}
    stroke = {"color": look.colour, "linewidth": _points(width), "alpha": look.strength}
    return {**stroke, **ends, **dashes}


# --- The helper process -------------------------------------------------------------------------

# What the largest picture takes is 50 MiB: all of it and the bot have to fit into one pod.
_MEMORY, _FILE, _OPEN = 160 * 2**20, 2**24, 256
# A picture takes less than a second; this ends what nobody waits for any more.
_SECONDS = 20


def main() -> None:
    """Draw what comes on standard input until it ends."""
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Whatever a library prints belongs to the log, not among the pictures.
    os.dup2(2, 1)
    # A glyph that the font lacks is drawn as a box, and need not be told of each time.
    warnings.filterwarnings("ignore", message="Glyph .* missing from")
    if sys.platform == "linux":
        _limit(resource.RLIMIT_AS, _taken() + _MEMORY)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, _FILE)
    _limit(resource.RLIMIT_NOFILE, _OPEN)
    while (head := _read(source)) is not None:
        lines = [_read(source) or b"" for _ in range(frames.lines_of(head))]
        used = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + _SECONDS)
        sink.write(frames.frame(_answer(head, lines)))
        sink.flush()


def _taken() -> int:
    """Return the bytes of the address space that the libraries have taken by now."""
    pages = Path("/proc/self/statm").read_text("ascii").split()[0]
    return int(pages) * resource.getpagesize()


def _limit(what: int, most: int) -> None:
    hard = resource.getrlimit(what)[1]
    resource.setrlimit(what, (most if hard < 0 else min(most, hard), hard))


def _read(source: BinaryIO) -> bytes | None:
    head = source.read(frames.LENGTH.size)
    if len(head) < frames.LENGTH.size:
        return None
    return source.read(frames.length_of(head))


def _answer(head: bytes, lines: list[bytes]) -> bytes:
    try:
        return frames.DRAWN + Chart(frames.unpacked(head, lines)).draw()
    except (ArithmeticError, LookupError, TypeError, ValueError, MemoryError) as error:
        return frames.FAILED + f"{type(error).__name__}: {error}".encode(errors="replace")


if __name__ == "__main__":
    main()

"""Labels for a picture: untrusted text made drawable, shortened to its room, kept apart.

Pure. A label may hold whatever a metric's label may hold: any Unicode, at any length.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence

# More marks above one letter only cover the lines around it.
_MARKS = 2
_LONGEST = 1_000
# Colours and cursor movements that a terminal would obey (ECMA-48 control sequences).
_TERMINAL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
# Controls, formats (among them those that turn the order of reading), surrogates, private use and
# what is not assigned: none of them has a glyph.
_UNDRAWABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SPACES = frozenset({"Zs", "Zl", "Zp"})


def drawable(text: str) -> str:
    """Return the text on one line, without what has no glyph; ends that are too long are cut."""
    shown: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", _TERMINAL.sub("", text[:_LONGEST])):
        category = unicodedata.category(letter)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if category in _SPACES or letter in "\t\n\r\f\v":
            shown.append(" ")
        elif category not in _UNDRAWABLE and marks <= _MARKS:
            shown.append(letter)
    return " ".join("".join(shown).split())


def fitted(text: str, room: float, width: Callable[[str], float]) -> str:
    """Return the text, shortened in its middle until it is no wider than `room`.

    Both ends tell series apart: the name of an app stands before, the pod's own part behind.
    """
    if width(text) <= room:
        return text
    low, high = 0, len(text) - 1
    while low < high:
        kept = (low + high + 1) // 2
        if width(_without_middle(text, kept)) <= room:
            low = kept
        else:
            high = kept - 1
    return _without_middle(text, low)


def _without_middle(text: str, kept: int) -> str:
    before = (kept + 1) // 2
    return f"{text[:before].rstrip()}…{text[len(text) - (kept - before) :].lstrip()}"


def wrapped(text: str, room: float, lines: int, width: Callable[[str], float]) -> list[str]:
    """Return the text in at most so many lines, cut at blanks; the last is shortened."""
    found: list[str] = []
    rest = text
    while rest and len(found) < lines - 1 and width(rest) > room:
        head = _head(rest, room, width)
        found.append(head)
        rest = rest[len(head) :].lstrip()
    return [*found, fitted(rest, room, width)] if rest else found


def _head(text: str, room: float, width: Callable[[str], float]) -> str:
    """Return as many whole words as fit, or letters where the first word is wider."""
    words = text.split(" ")
    head = words[0]
    for word in words[1:]:
        if width(f"{head} {word}") > room:
            break
        head = f"{head} {word}"
    while len(head) > 1 and width(head) > room:
        head = head[:-1]
    return head


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return places near the wanted ones, between `low` and `high`, at least `gap` apart.

    They keep their order. Where there is not enough room for all, they are evenly close.
    """
    if not wanted:
        return []
    gap = min(gap, (high - low) / max(1, len(wanted) - 1))
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    # Neighbours that are too close become a group around the middle of what they want.
    groups: list[tuple[float, int]] = []
    for index in order:
        group = _within((wanted[index], 1), gap, low, high)
        while groups and _close(groups[-1], group, gap):
            group = _within(_joined(groups.pop(), group), gap, low, high)
        groups.append(group)
    places = [0.0] * len(wanted)
    position = iter(order)
    for middle, size in groups:
        for number in range(size):
            places[next(position)] = middle + (number - (size - 1) / 2) * gap
    return places


def _close(left: tuple[float, int], right: tuple[float, int], gap: float) -> bool:
    return right[0] - left[0] < (left[1] + right[1]) / 2 * gap - 1e-9


def _joined(left: tuple[float, int], right: tuple[float, int]) -> tuple[float, int]:
    size = left[1] + right[1]
    return (left[0] * left[1] + right[0] * right[1]) / size, size


def _within(group: tuple[float, int], gap: float, low: float, high: float) -> tuple[float, int]:
    half = (group[1] - 1) / 2 * gap
    return min(max(group[0], low + half), high - half), group[1]


def lanes(spans: Sequence[tuple[float, float]], apart: float) -> list[int]:
    """Return a lane for each span from left to right, so that none touches another in its lane."""
    ends: list[float] = []
    chosen: list[int] = [0] * len(spans)
    for index in sorted(range(len(spans)), key=lambda one: spans[one]):
        left, right = spans[index]
        lane = next((n for n, end in enumerate(ends) if end + apart <= left), len(ends))
        if lane == len(ends):
            ends.append(right)
        ends[lane] = right
        chosen[index] = lane
    return chosen

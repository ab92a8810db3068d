"""What goes to the helper process that draws, and what comes back: frames with their length.

A picture is one frame for all but its lines, and one for each line, so that whoever sends it holds
nothing up for long. The answer is one frame: a PNG, or a sentence about what went wrong.
"""

import math
import struct
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import orjson

from bot.core.measures import Unit
from bot.core.picture import Line, Marker, Picture, Threshold
from bot.render.labels import drawable

LENGTH = struct.Struct(">I")
# A line of 11,000 points, which is the most that Prometheus answers with, takes 500 kB.
LARGEST = 16 * 2**20
DRAWN, FAILED = b"\x00", b"\x01"


def frame(content: bytes) -> bytes:
    """Return the content behind its length."""
    return LENGTH.pack(len(content)) + content


def length_of(head: bytes) -> int:
    """Return the length of the frame that follows.

    Raises:
        ValueError: no frame is as long.
    """
    (length,) = LENGTH.unpack(head)
    if length > LARGEST:
        raise ValueError(f"a frame of {length:,} bytes")
    return int(length)


def packed(picture: Picture) -> Iterator[bytes]:
    """Yield the frames of a picture; each is made when it is asked for."""
    told = {one.name: getattr(picture, one.name) for one in fields(picture)}
    told |= {
        "lines": len(picture.lines),
        "title": drawable(picture.title),
        "note": drawable(picture.note),
        "markers": [replace(one, label=drawable(one.label)) for one in picture.markers],
        "thresholds": [
            replace(one, label=drawable(one.label))
            for one in picture.thresholds
            if math.isfinite(one.value)
        ],
    }
    yield frame(orjson.dumps(told))
    for line in picture.lines:
        # JSON has no NaN: null stands for a gap.
        yield frame(orjson.dumps([drawable(line.label), line.earlier, line.points]))


def lines_of(head: bytes) -> int:
    """Return how many frames follow the first one of a picture."""
    return int(orjson.loads(head)["lines"])


def unpacked(head: bytes, lines: list[bytes]) -> Picture:
    """Return the picture of these frames."""
    told: dict[str, Any] = orjson.loads(head)
    told |= {
        "lines": tuple(_line(*orjson.loads(one)) for one in lines),
        "unit": Unit(**told["unit"]),
        "markers": tuple(Marker(**one) for one in told["markers"]),
        "thresholds": tuple(Threshold(**one) for one in told["thresholds"]),
    }
    return Picture(**told)


def _line(label: str, earlier: bool, points: list[tuple[float, float | None]]) -> Line:
    kept = [(at, math.nan if value is None else value) for at, value in points]
    return Line(label, kept, earlier=earlier)

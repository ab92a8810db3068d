"""Pictures as the helper process draws them, and in what two of them differ.

Of the tests only this module loads what draws and what looks, which takes as long as a hundred
cheap tests: whoever needs it imports it when a test runs, not when each worker collects it.
"""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from bot.core.picture import Picture
from bot.render import frames
from bot.render.charts import Chart

PHONE = 400
_FAR = 48


def drawn(shown: Picture) -> Image.Image:
    """Return the picture as the helper process draws it."""
    head, *lines = (frame[frames.LENGTH.size :] for frame in frames.packed(shown))
    assert frames.lines_of(head) == len(lines)
    return Image.open(io.BytesIO(Chart(frames.unpacked(head, lines)).draw())).convert("RGB")


def on_a_phone(image: Image.Image) -> Image.Image:
    """Return the picture at a phone's width."""
    return image.resize((PHONE, round(image.height * PHONE / image.width)), Image.Resampling.BOX)


def kept(file: Path) -> Image.Image:
    """Return a picture that was kept."""
    return Image.open(file).convert("RGB")


def difference(seen: Image.Image, other: Image.Image) -> tuple[float, float]:
    """Return the mean difference of all values, and the share of pixels that are far from it."""
    differs = np.abs(np.asarray(seen, dtype=int) - np.asarray(other, dtype=int))
    return float(differs.mean()), float((differs.max(axis=2) > _FAR).mean())


def same(one: Image.Image, other: Image.Image) -> bool:
    """Tell whether each pixel is the same."""
    return np.array_equal(np.asarray(one), np.asarray(other))

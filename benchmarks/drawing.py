"""How soon a picture follows its data, from the process that is not there yet and from the next."""

import math
import time

from benchmarks.figures import Figure, no_more_time_than
from bot.core.clock import SystemClock
from bot.core.measures import Unit
from bot.core.picture import Line, Picture
from bot.render.drawing import Drawer
from tests.cluster.build import say

_SECONDS, _TIMES = 1.0, 5
_STEP, _STEPS = 15.0, 240


async def pictures() -> list[Figure]:
    """Measure a picture of six series over an hour, the first one and the fastest of more."""
    say("pictures of six series ...")
    drawer = Drawer(SystemClock())
    try:
        times = [await _drawn(drawer) for _ in range(1 + _TIMES)]
    finally:
        await drawer.close()
    return [
        no_more_time_than("6 series drawn, the process started", times[0], _SECONDS),
        no_more_time_than("6 series drawn", min(times[1:]), _SECONDS),
    ]


async def _drawn(drawer: Drawer) -> float:
    began = time.perf_counter()
    assert (await drawer.draw(_picture())).startswith(b"\x89PNG")
    return time.perf_counter() - began


def _picture() -> Picture:
    lines = tuple(
        Line(f"web-7f9c6b5d4-{n:05}", [(at * _STEP, n + math.sin(at / 20)) for at in range(_STEPS)])
        for n in range(6)
    )
    return Picture("rate", lines, 0.0, _STEPS * _STEP, _STEP, Unit("seconds"))

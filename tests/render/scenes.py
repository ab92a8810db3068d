"""Pictures that the tests draw and people look at: what charts are of, and what breaks them."""

import math
from collections.abc import Iterator
from dataclasses import replace

from bot.core.measures import Unit
from bot.core.picture import Line, Marker, Picture, Threshold

START, STEP, STEPS = 1_795_950_000.0, 15.0, 240
PODS = tuple(
    f"web-7f9c6b5d4-{end}" for end in ("2xkqp", "8hjwz", "b7c2m", "kkp9t", "zz4rd", "q2w3e")
)
Points = list[tuple[float, float]]


def wave(middle: float, swing: float, phase: float = 0.0, steps: int = STEPS + 1) -> Points:
    """Return a line that goes up and down, a bit restless as measured ones are."""
    return [(START + n * STEP, middle + swing * _height(n, phase)) for n in range(steps)]


def _height(n: int, phase: float) -> float:
    return (
        math.sin(n / 20 + phase) + 0.05 * math.sin(n * 1.7 + phase * 5) + 0.04 * math.sin(n * 3.1)
    )


def picture(title: str, *lines: Line, unit: Unit | None = None) -> Picture:
    return Picture(title, lines, START, START + STEPS * STEP, STEP, unit or Unit())


def pods(count: int, middle: float, swing: float) -> Iterator[Line]:
    for n in range(count):
        name = PODS[n] if count <= len(PODS) else f"web-{n}"
        yield Line(name, wave(middle * (1 - n / (2 * count)), swing, n * 0.8))


def _with_gaps() -> Points:
    points = wave(0.5, 0.3)
    nothing = [(at, math.nan) for at, _ in points[150:155]]
    return [*points[:60], *points[90:150], *nothing, *points[155:170], points[180], *points[200:]]


ONE = picture(
    'sum(rate(http_requests_total{job="web"}[5m]))', Line("", wave(120, 40)), unit=Unit("", True)
)
SIX = picture(
    "histogram_quantile(0.99, sum by (pod, le)"
    ' (rate(http_request_duration_seconds_bucket{namespace="shop"}[5m])))',
    *pods(6, 0.3, 0.08),
    unit=Unit("seconds"),
)
SIX = replace(SIX, note="namespace=shop")
EIGHTEEN = picture("container_memory_working_set_bytes", *pods(18, 3e8, 4e7), unit=Unit("bytes"))
SIXTY = picture("container_memory_working_set_bytes", *pods(60, 3e8, 4e7), unit=Unit("bytes"))
SIXTY = replace(SIXTY, note="60 series; those with the largest last values are named")
GAPS = picture("node_load1", Line("node-a", _with_gaps()), Line("node-b", wave(0.4, 0.2, 2, 120)))
GAPS = replace(GAPS, note="node-b ended at 11:30")
TINY = picture("tiny", Line("a", wave(1e-9, 4e-10)), Line("b", wave(5e-324, 0)))
HUGE = picture("huge", Line("a", wave(1e20, 3e19)), Line("b", wave(-1e20, 3e19)))
CLOSE = picture("close", Line("a", wave(1e9, 0.004)), Line("b", wave(1e9, 0.003, 2)))
STACKED = picture(
    "sum by (pod) (rate(container_cpu_usage_seconds_total[5m]))",
    *pods(6, 0.4, 0.1),
    unit=Unit("cores"),
)
STACKED = replace(STACKED, stacked=True)
STACKED_30 = replace(STACKED, lines=tuple(pods(30, 0.4, 0.1)))
LOG = picture(
    "http_request_duration_seconds",
    Line("p99", [(at, 10 ** (value * 2 - 1)) for at, value in wave(0.5, 0.8)]),
    Line("p50", [(at, 10 ** (value - 2) - 0.02) for at, value in wave(0.4, 0.6, 1)]),
    unit=Unit("seconds"),
)
LOG = replace(LOG, logarithmic=True, note="Values at or below 0 are not drawn")
COMPARED = picture(
    "sum by (code) (rate(http_requests_total[5m]))",
    *(Line("200", wave(120, 40)), Line("500", wave(20, 8, 1))),
    *(Line("200", wave(110, 40, 0.4), earlier=True), Line("500", wave(9, 3, 2), earlier=True)),
    unit=Unit("", True),
)
COMPARED = replace(COMPARED, note="dashed: 1d earlier")
MARKED = picture(
    'sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))',
    *(Line("checkout", wave(0.05, 0.03)), Line("web", wave(0.02, 0.006, 2))),
    unit=Unit("ratio"),
)
MARKED = replace(
    MARKED,
    thresholds=(Threshold(0.1, "limit"), Threshold(0.01)),
    markers=(
        Marker(START + 900, "web rev 41"),
        Marker(START + 1_000, "checkout rev 7"),
        Marker(START + 3_500, "web rev 42"),
        Marker(START + 3_510, "db rev 3"),
    ),
)
HOSTILE = picture(
    "$\\frac{a}{b}$ \x1b[31mred\x00 \ud800 <b>&amp; " + "x" * 300,
    Line("$x^2$ _a_ \n\u202eevil", wave(1, 0.4)),
    Line("日本語ラベル 🚀 " + "é" * 50, wave(1, 0.4, 1)),
    Line("a\u0301" * 40 + "\u0301" * 50, wave(1, 0.4, 2)),
    Line("", wave(1, 0.4, 3)),
)
EMPTY = picture("absent(up)")
FLAT = picture("up", Line("a", wave(1, 0)), Line("b", wave(0, 0)))

LIGHT = {
    "one": ONE,
    "six": SIX,
    "eighteen": EIGHTEEN,
    "sixty": SIXTY,
    "gaps": GAPS,
    "tiny": TINY,
    "huge": HUGE,
    "close": CLOSE,
    "stacked": STACKED,
    "stacked-30": STACKED_30,
    "log": LOG,
    "compared": COMPARED,
    "marked": MARKED,
    "hostile": HOSTILE,
    "empty": EMPTY,
    "flat": FLAT,
}
DARK = {
    f"{name}-dark": replace(LIGHT[name], dark=True)
    for name in ("one", "six", "sixty", "stacked", "marked", "compared")
}
PICTURES = {**LIGHT, **DARK}

"""The requests that a pod's program has answered. Pure.

All follows from the pod and the time: how many there were is the integral of a rate that swells
and ebbs, so that numbers only grow, and two who ask at the same moment hear the same. What an
image's tag says is what the pods do, as on the real test bed: those of `:error-30-1.4.3` fail
three requests in ten, those of `:slow-1.4.3` take ten times as long.
"""

import math
import re
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from statistics import NormalDist
from typing import NamedTuple

from bot.demo.cluster.values import Json
from bot.demo.prometheus.state import Row
from bot.demo.prometheus.values import number

REQUESTS, DURATIONS = "http_requests_total", "http_request_duration_seconds"
_SILENT = "postgres"
"""What databases run: a program that answers no HTTP."""
_ERRORS, _SLOW = re.compile(r":[^:]*error(?:-(\d+))?"), re.compile(r":[^:]*slow")
_USUAL_ERRORS, _BAD_ERRORS, _SLOWNESS = 0.5, 30.0, 10.0
"""Percent of the requests that fail, as a rule and where a tag names no number; times as long."""
_WAVE, _WAVE_SECONDS = 0.3, 1200
"""The share by which the load swells and ebbs, and in what time."""
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_SPREAD = 0.6
"""The standard deviation of the logarithms of the seconds."""


class _Route(NamedTuple):
    handler: str
    method: str
    share: float
    seconds: float
    """The median of what it takes."""


_ROUTES = (
    _Route("/", "GET", 0.55, 0.03),
    _Route("/api/items", "GET", 0.3, 0.06),
    _Route("/api/orders", "POST", 0.15, 0.12),
)


def rows(pod: Json, since: float) -> Iterator[Row]:
    """Yield what the pod's program tells of itself since it started, in seconds since 1970."""
    images = " ".join(each["image"] for each in pod["spec"]["containers"])
    yield "process_start_time_seconds", {}, since
    owners = {each["kind"] for each in pod["metadata"].get("ownerReferences", ())}
    if _SILENT in images or "Job" in owners:
        return
    bad = _ERRORS.search(images)
    errors = float(bad[1] or _BAD_ERRORS) if bad else _USUAL_ERRORS
    answered = _answered(pod["metadata"], since)
    for route in _ROUTES:
        own = {"handler": route.handler, "method": route.method}
        share = _part(answered, route.share)
        failed = _part(share, errors / 100)
        yield REQUESTS, own | {"code": "200"}, _without(share, failed)
        yield REQUESTS, own | {"code": "500"}, failed
        median = route.seconds * (_SLOWNESS if _SLOW.search(images) else 1.0)
        for bound, below in _below(median).items():
            yield f"{DURATIONS}_bucket", own | {"le": number(bound)}, _part(share, below)
        yield f"{DURATIONS}_count", own, share
        yield f"{DURATIONS}_sum", own, _times(share, median * math.exp(_SPREAD**2 / 2))


def _answered(metadata: Json, since: float) -> Callable[[float], float]:
    a_second = 6 + zlib.crc32(metadata["name"].encode()) % 5
    # Each app has its own tide.
    later = zlib.crc32(metadata.get("labels", {}).get("app", "").encode()) % _WAVE_SECONDS
    pace = 2 * math.pi / _WAVE_SECONDS

    @cache
    def count(now: float) -> float:
        swell = (math.cos(pace * (since + later)) - math.cos(pace * (now + later))) / pace
        return float(max(0, int(a_second * (now - since + _WAVE * swell))))

    return count


def _part(whole: Callable[[float], float], share: float) -> Callable[[float], float]:
    return lambda now: float(int(whole(now) * share))


def _without(
    whole: Callable[[float], float], part: Callable[[float], float]
) -> Callable[[float], float]:
    return lambda now: whole(now) - part(now)


def _times(whole: Callable[[float], float], factor: float) -> Callable[[float], float]:
    return lambda now: whole(now) * factor


@cache
def _below(median: float) -> dict[float, float]:
    """Return the share of the requests that take no longer than each bound."""
    spread = NormalDist(math.log(median), _SPREAD)
    return {bound: spread.cdf(math.log(bound)) for bound in _BOUNDS} | {math.inf: 1.0}

"""The requests that a pod has answered, as its program would count them. Pure.

A pod answers a thousand kinds of requests in a fixed, mixed order, over and over; how many it has
answered by a moment follows from when it started. So all numbers tell of the same requests, they
only grow, and two people who ask at the same moment hear the same. What an image's tag says of
errors and of slowness is what its pods do: `:1.5.0-error-30` fails three requests in ten,
`:1.5.0-slow` takes ten times as long.
"""

import math
import re
import zlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import accumulate
from statistics import NormalDist
from typing import Any

from tests.metrics.families import Family, Histogram, Sample, native_index

Pod = Mapping[str, Any]

SILENT = "postgres"
"""What databases run: a program that counts no requests, and answers no HTTP."""
ERRORS = re.compile(r":[\w.-]*error(?:-(\d+))?(?![^ ]*/)")
SLOW = re.compile(r":[\w.-]*slow(?![^ ]*/)")
USUAL_ERRORS, BAD_ERRORS = 0.5, 30.0
"""Percent of the requests that fail: as a rule, and where the tag says `error` and no number."""
ROUND = 1000
"""Requests of the fixed order, before it begins anew."""
WAVE_SECONDS = 600
WAVE = 0.3
"""The share by which the load swells and ebbs."""
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
MIXES = (0.6180339887, 0.7548776662, 0.5698402910)
"""Multiples of an irrational number fill [0, 1) evenly; one each for handler, code, seconds."""


@dataclass(frozen=True, slots=True)
class Route:
    """A handler of the shop's programs."""

    handler: str
    method: str
    share: float
    seconds: float
    """The median of what it takes."""


ROUTES = (
    Route("/", "GET", 0.55, 0.03),
    Route("/api/items", "GET", 0.3, 0.06),
    Route("/api/orders", "POST", 0.15, 0.12),
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request that was answered."""

    route: Route
    code: str
    seconds: float
    native: int
    """Its bucket in a native histogram."""


Answered = tuple[Request, int]
"""A request, and how often it was answered."""


def serves(pod: Pod) -> bool:
    """Return whether the pod's program counts requests at all."""
    images = (container["image"] for container in pod["spec"]["containers"])
    return not any(image.rpartition("/")[2].startswith(SILENT) for image in images)


def ready(pod: Pod) -> bool:
    """Return whether the pod answers now."""
    conditions = pod.get("status", {}).get("conditions", ())
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def families(pod: Pod, now: float) -> list[Family]:
    """Return what the pod's program tells of itself; `now` is in Unix seconds."""
    started = datetime.fromisoformat(pod["status"]["startTime"]).timestamp()
    order = _order(*_manners(pod))
    answered = _answered(order, _count(pod["metadata"]["name"], started, now))
    return [
        Family("http_requests_total", "counter", "Requests answered.", tuple(_totals(answered))),
        Family(
            "http_request_duration_seconds",
            "histogram",
            "Time to answer a request.",
            tuple(_durations(answered)),
        ),
        Family(
            "process_start_time_seconds",
            "gauge",
            "When the program started, in seconds since 1970.",
            (Sample({}, started),),
        ),
    ]


def _manners(pod: Pod) -> tuple[float, float]:
    """Return the percent of requests that fail, and how many times the usual they take."""
    images = " ".join(container["image"] for container in pod["spec"]["containers"])
    told = ERRORS.search(images)
    errors = float(told[1] or BAD_ERRORS) if told else USUAL_ERRORS
    return errors, 10.0 if SLOW.search(images) else 1.0


def _count(name: str, started: float, now: float) -> int:
    """Return how many requests were answered: the integral of a rate that swells and ebbs."""
    pace = 2 * math.pi / WAVE_SECONDS
    swell = (math.cos(pace * started) - math.cos(pace * now)) / pace
    per_second = 6 + zlib.crc32(name.encode()) % 5
    return max(0, int(per_second * (now - started + WAVE * swell)))


@cache
def _order(errors: float, slowness: float) -> tuple[Request, ...]:
    return tuple(_request(number, errors, slowness) for number in range(1, ROUND + 1))


def _request(number: int, errors: float, slowness: float) -> Request:
    which, fate, ease = (number * mix % 1 for mix in MIXES)
    route = _route(which)
    usual = math.exp(0.6 * NormalDist().inv_cdf(ease))
    seconds = round(route.seconds * slowness * usual, 6)
    code = "500" if fate < errors / 100 else "200"
    return Request(route, code, seconds, native_index(seconds))


def _route(which: float) -> Route:
    for route in ROUTES:
        if which < route.share:
            return route
        which -= route.share
    return ROUTES[-1]


def _answered(order: tuple[Request, ...], count: int) -> list[Answered]:
    rounds, rest = divmod(count, len(order))
    return [(request, rounds + (number < rest)) for number, request in enumerate(order)]


def _totals(answered: Sequence[Answered]) -> Iterable[Sample]:
    totals: Counter[tuple[str, str, str]] = Counter()
    for request, count in answered:
        totals[request.code, request.route.handler, request.route.method] += count
    for (code, handler, method), total in sorted(totals.items()):
        yield Sample({"code": code, "handler": handler, "method": method}, total)


def _durations(answered: Sequence[Answered]) -> Iterable[Sample]:
    for route in ROUTES:
        own = [each for each in answered if each[0].route is route]
        yield Sample({"handler": route.handler, "method": route.method}, _histogram(own))


def _histogram(answered: Sequence[Answered]) -> Histogram:
    native: Counter[int] = Counter()
    classic: Counter[int] = Counter()
    for request, count in answered:
        native[request.native] += count
        classic[bisect_left(BOUNDS, request.seconds)] += count
    below = accumulate(classic[place] for place in range(len(BOUNDS)))
    return Histogram(
        count=sum(count for _, count in answered),
        sum=math.fsum(request.seconds * count for request, count in answered),
        below=dict(zip(BOUNDS, below, strict=True)),
        native={index: count for index, count in native.items() if count},
    )

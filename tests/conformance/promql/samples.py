"""The samples that both Prometheus servers have: an hour, by formulas, with all that goes wrong.

Moments are milliseconds. Counters start again, series begin late, end early or leave gaps, samples
come late by some milliseconds, and values are tiny, huge, negative, infinite and not a number.
"""

import math
from collections.abc import Iterable, Iterator, Mapping

from bot.demo.prometheus.samples import Store
from bot.demo.prometheus.values import NAME, Labels

START = 1_767_268_800_000
"""2026-01-01 12:00 UTC."""
HOUR, EVERY = 3_600_000, 15_000
END = START + HOUR
Point = tuple[int, float]
Samples = Mapping[Labels, list[Point]]
_BOUNDS = {"0.1": 0.4, "0.25": 0.7, "0.5": 0.9, "1": 0.97, "2.5": 0.99, "+Inf": 1.0}


def samples() -> Samples:
    """Return the points of each series, in order of time."""
    found: dict[Labels, list[Point]] = {}
    for name, labels, points in _series():
        found[Labels({NAME: name, **labels})] = list(points)
    return found


def filled(store: Store) -> Store:
    """Return the store with the samples in it."""
    for labels, points in samples().items():
        for moment, value in points:
            store.append(labels, moment, value)
    return store


def openmetrics() -> str:
    """Return the samples as promtool reads them."""
    lines = [
        f"{labels[NAME]}{_braced(labels)} {value!r} {moment / 1000:.3f}"
        for labels, points in samples().items()
        for moment, value in points
    ]
    return "\n".join([*(_spelt(line) for line in lines), "# EOF\n"])


def _spelt(line: str) -> str:
    return line.replace(" inf ", " +Inf ").replace(" -inf ", " -Inf ").replace(" nan ", " NaN ")


def _braced(labels: Labels) -> str:
    pairs = (f'{name}="{value}"' for name, value in labels.items() if name != NAME)
    return "{" + ",".join(pairs) + "}"


def _moments(late: int = 0, after: int = START, until: int = END) -> Iterator[int]:
    """Yield a moment every 15 seconds, each a little late, but never twice as late."""
    for place, moment in enumerate(range(after, until + 1, EVERY)):
        yield moment + late * (place % 3)


def _counter(speed: float, moments: Iterable[int], again: int = 0) -> Iterator[Point]:
    """Yield what grows by so much a second, in whole numbers, and starts again at a moment."""
    origin, started = START, START
    for moment in moments:
        if again and moment >= again and origin == started:
            origin = again
        yield moment, float(int((moment - origin) / 1000 * speed))


def _series() -> Iterator[tuple[str, dict[str, str], Iterable[Point]]]:
    yield from _requests()
    yield from _durations()
    yield from _gauges()
    for pod, node in (("web-1", "a"), ("web-2", "b"), ("db-0", "a")):
        points = ((moment, 1.0) for moment in _moments())
        yield "pod_info", {"namespace": "shop", "pod": pod, "node": node}, points
    for node, zone in (("a", "eu-1"), ("b", "eu-2"), ("c", "eu-2")):
        points = ((moment, 1.0) for moment in _moments())
        yield "node_info", {"node": node, "zone": zone}, points


def _requests() -> Iterator[tuple[str, dict[str, str], Iterable[Point]]]:
    half, third = START + HOUR // 2, START + HOUR // 3
    for place, (job, pod) in enumerate((("web", "web-1"), ("web", "web-2"), ("api", "api-1"))):
        for code, speed in (("200", 7.3 + place), ("404", 0.21), ("500", 0.05 * place)):
            own = {"namespace": "shop", "job": job, "pod": pod, "code": code, "method": "GET"}
            again = half if place == 1 else 0
            yield "http_requests_total", own, _counter(speed, _moments(place * 40), again)
    late = {"namespace": "shop", "job": "api", "pod": "api-2", "code": "200", "method": "POST"}
    yield "http_requests_total", late, _counter(3.0, _moments(7, after=half))
    early = {**late, "pod": "api-0"}
    yield "http_requests_total", early, _counter(5.0, _moments(0, until=third))
    other = {"namespace": "ops", "job": "agent", "pod": "agent-1", "code": "200", "method": "GET"}
    gaps = (m for m in _moments() if not 10 <= (m - START) // 60_000 % 20 < 17)
    yield "http_requests_total", other, _counter(1.0, gaps)


def _durations() -> Iterator[tuple[str, dict[str, str], Iterable[Point]]]:
    for job, speed in (("web", 9.0), ("api", 2.0)):
        for bound, share in _BOUNDS.items():
            own = {"namespace": "shop", "job": job, "le": bound}
            yield "http_request_duration_seconds_bucket", own, _counter(speed * share, _moments())
    for job, speed in (("web", 9.0), ("api", 2.0)):
        yield "http_request_duration_seconds_count", {"job": job}, _counter(speed, _moments())
    for job, speed in (("web", 9.0), ("api", 2.0)):
        yield "http_request_duration_seconds_sum", {"job": job}, _counter(speed * 0.2, _moments())


def _gauges() -> Iterator[tuple[str, dict[str, str], Iterable[Point]]]:
    for place, pod in enumerate(("web-1", "web-2", "db-0", "vault-0")):
        own = {"namespace": "ops" if pod == "vault-0" else "shop", "pod": pod, "container": "app"}
        wave = ((m, 2.0**27 * (1 + 0.3 * math.sin(m / 300_000 + place))) for m in _moments(11))
        yield "memory_bytes", own, wave
    for place, room in enumerate(("cellar", "roof", "hall")):
        wave = ((m, round(20 * math.cos(m / 500_000 + place), 3)) for m in _moments(place))
        yield "temperature", {"room": room}, wave
    odd = (math.nan, math.inf, -math.inf, 0.0, 1e-9, 1e21, 123456789.125, -0.5)
    for place, value in enumerate(odd):
        yield "odd", {"kind": f"k{place}"}, ((m, value) for m in _moments())
    mixed = ((m, odd[i % len(odd)]) for i, m in enumerate(_moments()))
    yield "odd", {"kind": "mixed"}, mixed
    for place, pod in enumerate(("web-1", "web-2", "db-0", "api-1")):
        steps = ((m, float((m // 60_000 + place) % 7 > 0)) for m in _moments())
        yield "up", {"job": pod.split("-")[0], "pod": pod}, steps

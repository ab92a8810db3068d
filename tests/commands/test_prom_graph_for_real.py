"""What is drawn is what a real Prometheus answers, point by point."""

import math
from collections import Counter
from pathlib import Path

import pytest

from tests.commands.measured import measured
from tests.engine.rig import LOBBY
from tests.metrics.asking import api
from tests.metrics.fixtures import Sampled

pytestmark = pytest.mark.peers

NOON = 1_767_268_800
HOUR = range(NOON - 3_600, NOON + 1, 15)


def _samples() -> str:
    lines = ["# TYPE room gauge"]
    lines += [f'room{{pod="a"}} {math.sin(at / 300)} {at}' for at in HOUR]
    # It is away for twenty minutes, is no number for a while, and ends early.
    lines += [
        f'room{{pod="b"}} {"NaN" if 40 < n < 60 else n} {at}'
        for n, at in enumerate(HOUR)
        if not 80 < n < 160 and n < 230
    ]
    lines += [f'room{{pod="c"}} {"+Inf" if n == 100 else n * 1e300} {at}'
              for n, at in enumerate(HOUR)]  # fmt: skip
    lines += ["# TYPE asked counter"]
    lines += [
        f'asked_total{{pod="{pod}",code="{code}"}} {n * speed} {at}'
        for pod in "abcd"
        for code, speed in (("200", 3), ("500", 1))
        for n, at in enumerate(HOUR)
    ]
    return "\n".join([*lines, "# EOF", ""])


SAMPLES = _samples()
Drawn = Counter[tuple[tuple[float, str], ...]]


@pytest.mark.parametrize(
    "expression",
    [
        "room",
        "room > 0",
        "rate(asked_total[5m])",
        "sum by (code) (rate(asked_total[1m]))",
        "sum(asked_total) without (pod)",
        "room offset 30m",
        "absent(nothing)",
        "vector(1)",
        "1 / 0",
        "scalar(sum(asked_total))",
        "topk(2, asked_total)",
        "max_over_time(room[10m:1m])",
        'label_replace(room, "place", "$1", "pod", "(.*)")',
    ],
)
@pytest.mark.parametrize("length", ["1h", "7m", "1d"])
async def test_each_point_is_prometheuss(
    sampled_prometheus: Sampled, tmp_path: Path, expression: str, length: str
) -> None:
    url = sampled_prometheus(SAMPLES).url
    async with measured(tmp_path, url) as shop:
        answer = await shop.say(f"prom graph -A {expression} {length}", LOBBY)
        assert answer.code == 0, answer.problem.text
        picture = shop.picture
    asked = {"start": picture.start, "end": picture.end, "step": picture.step}
    real = api(url, "query_range", query=expression, **{k: str(v) for k, v in asked.items()})
    drawn: Drawn = Counter(
        tuple((at, repr(value)) for at, value in line.points) for line in picture.lines
    )
    wanted: Drawn = Counter(
        tuple((float(at), repr(float(value))) for at, value in one["values"])
        for one in real["result"]
    )
    assert drawn == wanted

"""What the bot answers is what Prometheus's HTTP API answers: labels, values, time and order."""

import json
import math
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from bot.core.reply import Table, Text
from bot.prometheus.telling import keeps_order
from tests.conformance.prometheus import samples
from tests.conformance.prometheus.asked import asking_bot
from tests.conformance.prometheus.comparing import QUERIES, Json, arranged, check
from tests.engine import rig
from tests.metrics.asking import api
from tests.metrics.fixtures import Sampled
from tests.metrics.sampled import MetricsServer

AT = samples.END
LEAST = 120
Rows = Sequence[Mapping[str, str]]


@pytest.fixture(scope="module")
def server(sampled_prometheus: Sampled) -> MetricsServer:
    return sampled_prometheus(samples.text())


@pytest_asyncio.fixture
async def bot(server: MetricsServer, tmp_path: Path) -> AsyncIterator[rig.Bot]:
    async with asking_bot(tmp_path, server.url) as asking:
        yield asking


def test_there_are_enough_of_them() -> None:
    assert len(set(QUERIES)) == len(QUERIES) >= LEAST


@pytest.mark.parametrize("expression", QUERIES)
async def test_an_answer_is_the_http_apis(
    bot: rig.Bot, server: MetricsServer, expression: str
) -> None:
    wanted = api(server.url, "query", query=expression, time=str(AT))
    as_json = await bot.say(f"prom query --at {AT} -A -o json {expression}")
    [text] = [part for part in as_json.parts if isinstance(part, Text)]
    check(arranged(json.loads(text.text), expression), arranged(wanted, expression))
    answer = await bot.say(f"prom query --at {AT} -A -o wide --top 10000 {expression}")
    check_drawn(answer, wanted, ordered=keeps_order(expression))
    assert (as_json.code, answer.code) == (0, 0)


def check_drawn(answer: rig.Answer, wanted: Json, *, ordered: bool) -> None:
    tables = [part for part in answer.parts if isinstance(part, Table)]
    rows = [dict(zip(one.columns, row, strict=True)) for one in tables for row in one.rows]
    match wanted["resultType"]:
        case "string":
            assert answer.text == f"{wanted['result'][1]}\n"
        case "scalar":
            check([row["EXACT"] for row in rows], [wanted["result"][1]])
        case "vector":
            check_vector(rows, wanted["result"], ordered=ordered)
        case _:
            points = [titled(one, POINTS=str(len(one["values"]))) for one in wanted["result"]]
            check(known(rows, "MIN", "AVG", "MAX", "LAST"), sorted(points, key=labels))


def check_vector(rows: Rows, result: Sequence[Json], *, ordered: bool) -> None:
    wanted = [titled(one, EXACT=one["value"][1]) for one in result]
    if ordered:
        check([without(row, "VALUE") for row in rows], wanted)
        return
    check(known(rows, "VALUE"), sorted(wanted, key=labels))
    values = [float(row["EXACT"]) for row in rows]
    numbers = [value for value in values if not math.isnan(value)]
    assert numbers == sorted(numbers, reverse=True) == values[: len(numbers)]


def titled(series: Json, **more: str) -> dict[str, str]:
    """Return the labels of a series as columns call them."""
    names = {"__name__": "METRIC"}
    return {names.get(key, key.upper()): value for key, value in series["metric"].items()} | more


def known(rows: Rows, *others: str) -> Rows:
    return sorted((without(row, *others) for row in rows), key=labels)


def without(row: Mapping[str, str], *others: str) -> Mapping[str, str]:
    return {key: cell for key, cell in row.items() if key not in others and cell != "<none>"}


def labels(row: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted((key, value) for key, value in row.items() if key not in ("EXACT", "POINTS"))

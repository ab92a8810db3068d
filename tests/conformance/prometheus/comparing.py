"""Answers of Prometheus, and of the bot, that are the same."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.prometheus.telling import keeps_order

QUERIES = [
    line
    for line in Path(__file__).with_name("queries.promql").read_text().splitlines()
    if line and not line.startswith("#")
]
# Prometheus adds up in the order of a map: the last digits differ from one time to the next.
LAST_DIGITS = 1e-12
Json = Mapping[str, Any]


def arranged(data: Json, expression: str) -> Json:
    """Return the data with its series in one order, where Prometheus's own means nothing."""
    if data["resultType"] not in ("vector", "matrix") or keeps_order(expression):
        return data
    return {**data, "result": sorted(data["result"], key=lambda one: sorted(one["metric"].items()))}


def check(found: Any, wanted: Any) -> None:
    """Return if both are the same but for the last digits of numbers."""
    if isinstance(wanted, dict):
        assert found.keys() == wanted.keys()
        for key, value in wanted.items():
            check(found[key], value)
    elif isinstance(wanted, list):
        assert len(found) == len(wanted)
        for one, other in zip(found, wanted, strict=True):
            check(one, other)
    else:
        assert found == wanted or near(found, wanted)


def near(one: str, other: str) -> bool:
    return math.isclose(float(one), float(other), rel_tol=LAST_DIGITS, abs_tol=LAST_DIGITS)

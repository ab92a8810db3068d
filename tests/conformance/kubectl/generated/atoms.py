"""The smallest parts of generated objects: texts, names, labels, quantities, times."""

import json
import random
from datetime import UTC, datetime
from typing import Any, TypeAlias

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

Json: TypeAlias = dict[str, Any]
Some: TypeAlias = st.SearchStrategy[Any]

_CHARACTERS = st.characters(exclude_categories=["Cs"])
# What the writer of a description treats in a way of its own, and what it has to measure.
_MARKS = st.sampled_from(
    [
        "\t",
        "\n",
        "\r",
        "\x1b[31m",
        "\v",
        "\f",
        "\n\n",
        "  ",
        "%s",
        "日本",
        "é",
        "🚢",
        ": ",
        "=",
        "<",
    ]
)
TEXT = st.lists(st.one_of(_CHARACTERS, _MARKS, st.sampled_from("abcXYZ 019")), max_size=30).map(
    "".join
)
LONG_TEXT = st.integers(120, 300).flatmap(
    lambda length: st.sampled_from(["word ", "é", "x", "one\ntwo "]).map(
        lambda part: (part * length)[:length]
    )
)
WORD = st.sampled_from(
    ["a", "x-1", "web", "db-0", "cart", "api2", "one-of-the-longer-names", "q" * 20, "zz"]
)
REASON = st.sampled_from(["Ok", "CrashLoopBackOff", "Error", "KubeletNotReady", "Completed"])
MESSAGE = st.text(st.sampled_from("abc XYZ:,.'\"\n\té🚢"), min_size=1, max_size=60)
LABEL_VALUE = st.sampled_from(["", "1", "web", "v1.2_3", "True", "a-rather-long-value-of-a-label"])
LABEL_KEY = st.one_of(WORD, WORD.map(lambda word: f"example.org/{word}"))
LABELS = st.dictionaries(LABEL_KEY, LABEL_VALUE, max_size=4)
ANNOTATIONS = st.dictionaries(LABEL_KEY, st.one_of(TEXT, TEXT, LONG_TEXT, st.just("")), max_size=4)
QUANTITY = st.one_of(
    st.integers(1, 5000).map(lambda number: f"{number}m"),
    st.integers(1, 64).map(str),
    st.sampled_from(["0.5", "1.25", "0.1", "2e3", "1500e-3", "100M", "1k"]),
)
MEMORY = st.one_of(
    st.integers(1, 4096).map(lambda number: f"{number}Mi"),
    st.sampled_from(["1Gi", "1.5Gi", "128974848", "129e6", "129M", "0.5Gi", "1000Ki", "1Ti"]),
)
TIME = st.datetimes(datetime(2025, 1, 1), datetime(2026, 11, 1)).map(  # noqa: DTZ001 - see below
    lambda moment: moment.replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
)
IP = st.ip_addresses(v=4, network="10.128.0.0/9").map(str)
PORT = st.integers(1, 65_535)
PROTOCOL = st.sampled_from(["TCP", "UDP", "SCTP"])
REFERENCE = st.fixed_dictionaries({"name": WORD})
TRUTH = st.booleans()


def some(required: dict[str, Some], optional: dict[str, Some] | None = None) -> Some:
    """Return maps that have each of the required keys and any of the optional ones."""
    return st.fixed_dictionaries(required, optional=optional or {})


def several(one: Some, key: str, *, least: int = 0, most: int = 3) -> Some:
    """Return lists of maps that differ in that key."""
    return st.lists(one, min_size=least, max_size=most, unique_by=lambda found: found[key])


def samples(strategy: Some, count: int, seed: int) -> list[Any]:
    """Return so many different values of a strategy, the same ones for the same seed."""
    found: dict[str, Any] = {}

    @seeded(seed)
    @settings(
        max_examples=4 * count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: Any) -> None:
        found[json.dumps(value, sort_keys=True)] = value

    collect()
    # Neighbours are much alike.
    return random.Random(seed).sample(list(found.values()), count)

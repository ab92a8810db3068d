"""What Prometheus reads."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.metrics.families import Family, Histogram, Sample, native_index, protobuf, text

COUNTER = Family("asked_total", "counter", "Questions.", (Sample({"by": 'a "b"\n\\'}, 3.0),))


def test_text_escapes_what_stands_in_a_label() -> None:
    assert text([COUNTER]).decode() == (
        "# HELP asked_total Questions.\n"
        "# TYPE asked_total counter\n"
        'asked_total{by="a \\"b\\"\\n\\\\"} 3\n'
    )


def test_a_histogram_has_its_classic_buckets_in_text() -> None:
    value = Histogram(count=3, sum=0.5, below={0.1: 1, 1.0: 2}, native={-4: 2, 3: 1})
    family = Family("took_seconds", "histogram", "Time.", (Sample({"to": "a"}, value),))
    assert text([family]).decode().splitlines()[2:] == [
        'took_seconds_bucket{to="a",le="0.1"} 1',
        'took_seconds_bucket{to="a",le="1"} 2',
        'took_seconds_bucket{to="a",le="+Inf"} 3',
        'took_seconds_sum{to="a"} 0.5',
        'took_seconds_count{to="a"} 3',
    ]


@pytest.mark.parametrize(("value", "written"), [(math.inf, "+Inf"), (-math.inf, "-Inf")])
def test_text_knows_infinity(value: float, written: str) -> None:
    family = Family("far", "gauge", "Far.", (Sample({}, value),))
    assert text([family]).decode().splitlines()[2] == f"far{{}} {written}"


# That a real Prometheus reads the same numbers from protobuf, native buckets included, is shown by
# test_bed.py; this is one message, spelt out.
def test_protobuf_writes_each_family_with_its_length() -> None:
    family = Family("up", "gauge", "Up.", (Sample({"a": "b"}, 1.0),))
    labels = b"\x0a\x06" + b"\x0a\x01a" + b"\x12\x01b"
    gauge = b"\x12\x09" + b"\x09" + b"\x00\x00\x00\x00\x00\x00\xf0\x3f"
    metric = b"\x22\x13" + labels + gauge
    body = b"\x0a\x02up" + b"\x12\x03Up." + b"\x18\x01" + metric
    assert protobuf([family]) == bytes([len(body)]) + body


def test_what_was_so_at_a_moment_says_which_in_both_formats() -> None:
    family = Family("up", "gauge", "Up.", (Sample({}, 1.0),))
    assert text([family], 1.5).decode().splitlines()[2] == "up{} 1 1500"
    plain, timed = protobuf([family]), protobuf([family], 0.1)
    assert timed.endswith(plain[-9:] + b"\x30\x64")
    histogram = Histogram(count=1, sum=0.5, below={1.0: 1}, native={-4: 1})
    lines = text([Family("took", "histogram", "Time.", (Sample({}, histogram),))], 1.5).decode()
    assert all(line.endswith(" 1500") for line in lines.splitlines()[2:])


@given(st.floats(min_value=1e-6, max_value=1e6))
def test_an_observation_lies_within_its_native_bucket(value: float) -> None:
    index = native_index(value)
    assert 2 ** ((index - 1) / 4) * (1 - 1e-9) < value <= 2 ** (index / 4) * (1 + 1e-9)

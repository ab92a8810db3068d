"""Metric families, and the two formats in which Prometheus reads them. Pure.

Text (version 0.0.4) is for people and holds all but native histograms; these travel in protobuf
alone, so there is an encoder for the few messages that are needed of `io.prometheus.client`.
"""

import math
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

TEXT = "text/plain; version=0.0.4; charset=utf-8"
PROTOBUF = (
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
)
SCHEMA = 2
"""Native buckets grow by the factor 2^(1/4)."""

Kind = Literal["counter", "gauge", "histogram"]
_TYPES = {"counter": 0, "gauge": 1, "histogram": 4}  # io.prometheus.client.MetricType


@dataclass(frozen=True, slots=True)
class Histogram:
    """Observations, in classic and in native buckets."""

    count: int
    sum: float
    below: Mapping[float, int]
    """Observations up to each bound, ascending; all of them lie below +Inf."""
    native: Mapping[int, int]
    """Observations of each native bucket, by its index (`native_index`)."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One series of a family, and what it is now."""

    labels: Mapping[str, str]
    value: float | Histogram


@dataclass(frozen=True, slots=True)
class Family:
    """All series of one metric."""

    name: str
    kind: Kind
    help: str
    samples: tuple[Sample, ...]


def native_index(value: float) -> int:
    """Return the native bucket of a positive observation: its upper bound is 2^(index/4)."""
    return math.ceil(math.log2(value) * (1 << SCHEMA))


def text(families: Iterable[Family], at: float | None = None) -> bytes:
    """Return the families in Prometheus' text format.

    `at` is when all of it was so, in Unix seconds; None: when it is asked for.
    """
    end = "\n" if at is None else f" {_milliseconds(at)}\n"
    return "".join(line for family in families for line in _lines(family, end)).encode()


def _milliseconds(at: float) -> int:
    return round(at * 1000)


def _lines(family: Family, end: str) -> Iterator[str]:
    yield f"# HELP {family.name} {family.help}\n# TYPE {family.name} {family.kind}\n"
    for sample in family.samples:
        if isinstance(sample.value, Histogram):
            yield from _classic(family.name, sample.labels, sample.value, end)
        else:
            yield f"{family.name}{_braced(sample.labels)} {_number(sample.value)}{end}"


def _classic(name: str, labels: Mapping[str, str], histogram: Histogram, end: str) -> Iterator[str]:
    for bound, count in [*histogram.below.items(), (math.inf, histogram.count)]:
        yield f"{name}_bucket{_braced({**labels, 'le': _number(bound)})} {count}{end}"
    yield f"{name}_sum{_braced(labels)} {_number(histogram.sum)}{end}"
    yield f"{name}_count{_braced(labels)} {histogram.count}{end}"


def _braced(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _number(value: float) -> str:
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) else repr(value)


def protobuf(families: Iterable[Family], at: float | None = None) -> bytes:
    """Return the families as messages of `io.prometheus.client`, each led by its length.

    `at` is as in `text`.
    """
    end = b"" if at is None else _integer(6, _milliseconds(at))
    messages = [_family(family, end) for family in families]
    return b"".join(_varint(len(message)) + message for message in messages)


def _family(family: Family, end: bytes) -> bytes:
    metrics = [_bytes(4, _metric(family.kind, sample) + end) for sample in family.samples]
    head = _text(1, family.name) + _text(2, family.help) + _integer(3, _TYPES[family.kind])
    return head + b"".join(metrics)


def _metric(kind: Kind, sample: Sample) -> bytes:
    labels = [_bytes(1, _text(1, name) + _text(2, value)) for name, value in sample.labels.items()]
    if isinstance(sample.value, Histogram):
        value = _bytes(7, _histogram(sample.value))
    else:
        value = _bytes(3 if kind == "counter" else 2, _double(1, sample.value))
    return b"".join(labels) + value


def _histogram(histogram: Histogram) -> bytes:
    buckets = [
        _bytes(3, _integer(1, count) + _double(2, bound))
        for bound, count in histogram.below.items()
    ]
    counts = [count for _, count in sorted(histogram.native.items())]
    deltas = [count - before for before, count in zip([0, *counts], counts, strict=False)]
    return b"".join(
        [
            _integer(1, histogram.count),
            _double(2, histogram.sum),
            *buckets,
            _signed(5, SCHEMA),
            _double(6, 2.0**-128),  # the usual width of the bucket around zero
            *(_bytes(12, _signed(1, gap) + _integer(2, size)) for gap, size in _spans(histogram)),
            *(_signed(13, delta) for delta in deltas),
        ]
    )


def _spans(histogram: Histogram) -> Iterator[tuple[int, int]]:
    """Yield each run of native buckets: the gap before it, and how many there are."""
    end = 0
    runs = groupby(enumerate(sorted(histogram.native)), key=lambda each: each[1] - each[0])
    for _, run in runs:
        indexes = [index for _, index in run]
        yield indexes[0] - end, len(indexes)
        end = indexes[-1] + 1


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _integer(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _signed(field: int, value: int) -> bytes:
    return _integer(field, value << 1 if value >= 0 else (-value << 1) - 1)  # zigzag


def _double(field: int, value: float) -> bytes:
    return _varint(field << 3 | 1) + struct.pack("<d", value)


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])

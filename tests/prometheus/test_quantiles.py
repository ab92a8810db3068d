"""Quantiles of native histograms, as Prometheus estimates them."""

import math

import pytest

from bot.core.metrics import Bucket, Histogram
from bot.prometheus.quantiles import quantile
from tests.every import every

# Schema 0: each bound is twice the one before.
RISING = (Bucket(0, 1.0, 2.0, 4.0), Bucket(0, 2.0, 4.0, 4.0))
ZERO = Bucket(3, -0.001, 0.001, 2.0)
FALLING = (Bucket(1, -4.0, -2.0, 4.0), Bucket(1, -2.0, -1.0, 4.0))
CUSTOM = (
    Bucket(0, -math.inf, 0.5, 4.0),
    Bucket(0, 0.5, 3.0, 4.0),
    Bucket(0, 3.0, math.inf, 2.0),
)


@every(
    ("buckets", "part", "value"),
    [
        (RISING, 0.0, 1.0),
        (RISING, 0.25, math.sqrt(2)),
        (RISING, 0.5, 2.0),
        (RISING, 0.75, 2 * math.sqrt(2)),
        (RISING, 1.0, 4.0),
        (FALLING, 0.25, -2 * math.sqrt(2)),
        (FALLING, 0.75, -math.sqrt(2)),
        ((ZERO, *RISING), 0.1, 0.0005),
        ((*FALLING, ZERO), 0.9, -0.0005),
        ((*FALLING, ZERO, *RISING), 0.5, 0.0),
        (CUSTOM, 0.2, 0.25),
        (CUSTOM, 0.6, 1.75),
        (CUSTOM, 0.95, 3.0),
        ((Bucket(0, -math.inf, -2.0, 4.0),), 0.5, -2.0),
    ],
)
def test_a_quantile_lies_within_its_bucket(
    buckets: tuple[Bucket, ...], part: float, value: float
) -> None:
    count = sum(bucket.count for bucket in buckets)
    assert quantile(part, Histogram(count, 1.0, buckets)) == pytest.approx(value)


def test_nothing_that_was_observed_has_no_quantile() -> None:
    assert math.isnan(quantile(0.5, Histogram(0.0, 0.0)))
    assert math.isnan(quantile(0.5, Histogram(3.0, 1.0)))


def test_what_was_no_number_has_no_place() -> None:
    """NaN is counted, and in no bucket (Prometheus then counts from below)."""
    histogram = Histogram(10.0, math.nan, RISING)
    assert quantile(0.4, histogram) == pytest.approx(2.0)
    assert math.isnan(quantile(0.9, histogram))

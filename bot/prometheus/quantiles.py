"""Quantiles of native histograms, estimated from their buckets as `histogram_quantile` does.

Pure. Prometheus's `promql/quantile.go`: inside of a bucket values are spread exponentially, in the
one around zero and in buckets of custom bounds evenly.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.metrics import Bucket, Histogram

# The schemas of exponential buckets: each bound is 2^(2^-schema) times the one before.
_SCHEMAS = range(-4, 9)


def quantile(part: float, histogram: Histogram) -> float:
    """Return the value that so large a part of what was observed is not above; part: 0 to 1."""
    buckets = [bucket for bucket in histogram.buckets if bucket.count]
    if not histogram.count or not buckets:
        return math.nan
    # From the nearer end, so that rounding weighs least.
    rising = math.isnan(histogram.sum) or part < 0.5
    rank = (part if rising else 1 - part) * histogram.count
    found, passed = buckets[-1 if rising else 0], 0.0
    for bucket in buckets if rising else reversed(buckets):
        found, passed = bucket, passed + bucket.count
        if passed >= rank:
            break
    passed = min(passed, histogram.count)
    if passed < rank:
        return math.nan
    inside = rank - (passed - found.count) if rising else passed - rank
    return _within(found, inside / found.count, histogram.buckets)


def _within(bucket: Bucket, fraction: float, buckets: Sequence[Bucket]) -> float:
    custom = not _exponential(buckets)
    if custom and math.isinf(bucket.left):
        if bucket.right <= 0:
            return bucket.right
        bucket = replace(bucket, left=0.0)
    if custom and math.isinf(bucket.right):
        return bucket.left
    if bucket.left < 0 < bucket.right and not custom:
        bucket = _one_sided(bucket, buckets)
    left, right = bucket.left, bucket.right
    if custom or left <= 0 <= right:
        return left + (right - left) * fraction
    if left > 0:
        return float(2 ** _between(math.log2(left), math.log2(right), fraction))
    return float(-(2 ** _between(math.log2(-left), math.log2(-right), fraction)))


def _between(start: float, end: float, fraction: float) -> float:
    return start + (end - start) * fraction


def _one_sided(zero: Bucket, buckets: Sequence[Bucket]) -> Bucket:
    """Return the bucket around zero without the side on which nothing was observed."""
    below = any(one.right <= zero.left for one in buckets)
    above = any(one.left >= zero.right for one in buckets)
    if above and not below:
        return replace(zero, left=0.0)
    return replace(zero, right=0.0) if below and not above else zero


@dataclass(frozen=True, slots=True)
class _Growth:
    """By which power of two a bucket is wider than its left bound."""

    exponent: float
    right: float


def _exponential(buckets: Sequence[Bucket]) -> bool:
    """Return whether the bounds are those of a schema; custom ones may be anything."""
    sided = [one for one in buckets if one.left * one.right > 0]
    if any(math.isinf(one.left) or math.isinf(one.right) for one in buckets):
        return False
    grown = [_growth(one) for one in sided]
    return all(
        any(
            math.isclose(one.exponent, 2.0**-schema, rel_tol=1e-9)
            and math.isclose(
                one.right / one.exponent, round(one.right / one.exponent), abs_tol=1e-6
            )
            for schema in _SCHEMAS
        )
        for one in grown
    )


def _growth(bucket: Bucket) -> _Growth:
    near, far = sorted((abs(bucket.left), abs(bucket.right)))
    return _Growth(math.log2(far) - math.log2(near), math.log2(far))

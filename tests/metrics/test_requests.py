"""What a pod counts follows from the pod and the time, and only grows."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.metrics.families import Histogram
from tests.metrics.objects import START, pod
from tests.metrics.requests import families, ready, serves

MOMENTS = st.floats(min_value=0, max_value=1e6)


def counts(pod: Any, now: float) -> dict[str, float]:
    """Return each number that counts, by where it stands."""
    return dict(_counts(pod, now))


def _counts(pod: Any, now: float) -> Iterator[tuple[str, float]]:
    for family in families(pod, now):
        for sample in family.samples if family.kind != "gauge" else ():
            own = f"{family.name}{sorted(sample.labels.items())}"
            if isinstance(sample.value, Histogram):
                yield f"{own} count", sample.value.count
                yield f"{own} sum", sample.value.sum
                yield from ((f"{own} <= {le}", n) for le, n in sample.value.below.items())
                yield from ((f"{own} [{index}]", n) for index, n in sample.value.native.items())
            else:
                yield own, sample.value


def total(pod: Any, code: str, now: float) -> float:
    return sum(value for name, value in counts(pod, now).items() if f"'{code}'" in name)


@given(MOMENTS, MOMENTS)
def test_no_number_ever_falls(one: float, other: float) -> None:
    earlier, later = (counts(pod(), START + each) for each in sorted((one, other)))
    assert all(later[name] >= value for name, value in earlier.items())


@given(MOMENTS)
def test_all_numbers_tell_of_the_same_requests(after: float) -> None:
    requests, durations, _ = families(pod(), START + after)
    answered = sum(float(str(sample.value)) for sample in requests.samples)
    histograms = [each.value for each in durations.samples if isinstance(each.value, Histogram)]
    assert answered == sum(each.count for each in histograms)
    assert [sum(each.native.values()) for each in histograms] == [each.count for each in histograms]
    assert all(list(each.below.values()) == sorted(each.below.values()) for each in histograms)


def test_a_pod_answers_some_requests_a_second() -> None:
    answered = total(pod(), "200", START + 600) + total(pod(), "500", START + 600)
    assert 5 <= answered / 600 <= 11


def test_two_pods_are_not_equally_busy() -> None:
    assert len({total(pod(f"web-{n}"), "200", START + 600) for n in range(20)}) > 1


@pytest.mark.parametrize(
    ("image", "percent"),
    [
        pytest.param("registry.example.org/shop/web:1.5.0", 0.5, id="usual"),
        pytest.param("registry.example.org/shop/web:1.5.0-error-12", 12, id="number"),
        pytest.param("registry.example.org/shop/web:error", 30, id="word"),
        pytest.param("registry.example.org:5000/errors/web:1.5.0", 0.5, id="not-the-tag"),
        pytest.param("registry.example.org/shop/web:1.5.0-error-0", 0, id="none"),
        pytest.param("registry.example.org/shop/web:1.5.0-error-100", 100, id="all"),
    ],
)
def test_the_tag_of_the_image_says_how_many_requests_fail(image: str, percent: float) -> None:
    right, wrong = (total(pod(image=image), code, START + 6000) for code in ("200", "500"))
    assert wrong / (right + wrong) * 100 == pytest.approx(percent, abs=0.2)


def test_the_tag_of_the_image_says_that_it_is_slow() -> None:
    usual, slow = (
        sum(v for name, v in counts(pod(image=image), START + 600).items() if "sum" in name)
        for image in ("shop/web:1", "shop/web:1-slow")
    )
    assert slow / usual == pytest.approx(10, rel=0.01)


def test_a_database_answers_no_http() -> None:
    assert serves(pod())
    assert not serves(pod(image="registry.example.org/postgres:17"))


def test_a_pod_answers_while_it_is_ready() -> None:
    assert ready(pod())
    assert not ready(pod(conditions=[{"type": "Ready", "status": "False"}]))
    assert not ready(pod(conditions=[]))

"""Names that stand near to one that is not there."""

import random

import pytest

from bot.prometheus.nearby import near_metrics, near_values
from tests.every import every

NAMES = (
    "http_requests_total",
    "http_request_duration_seconds_bucket",
    "http_request_duration_seconds_count",
    "kube_pod_status_phase",
    "kube_pod_status_ready",
    "node_memory_MemAvailable_bytes",
    "node_memory_MemTotal_bytes",
    "container_memory_working_set_bytes",
    "process_resident_memory_bytes",
    "up",
)


@every(
    ("typed", "first"),
    [
        ("http_request_total", "http_requests_total"),
        ("http_requests", "http_requests_total"),
        ("htpp_requests_total", "http_requests_total"),
        ("kube_pod_phase", "kube_pod_status_phase"),
        ("node_memory_memavailable_bytes", "node_memory_MemAvailable_bytes"),
        ("container_working_set_bytes", "container_memory_working_set_bytes"),
        ("ups", "up"),
        ("http_reqs", "http_requests_total"),
    ],
)
def test_the_nearest_name_is_the_first(typed: str, first: str) -> None:
    assert near_metrics(typed, NAMES)[0] == first


@pytest.mark.parametrize("typed", ["frobnicate", "zzz", "", "___"])
def test_nothing_is_near_to_what_is_something_else(typed: str) -> None:
    assert near_metrics(typed, NAMES) == []


def test_few_names_are_offered() -> None:
    names = [f"http_requests_total{n}" for n in range(50)]
    assert len(near_metrics("http_requests_total", names)) == 3


def test_letters_of_few_names_are_compared() -> None:
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefgh", k=6)) for _ in range(300)]
    names = ["_".join(chance.choices(words, k=4)) for _ in range(20_000)]
    assert near_metrics(names[7][:-1], names)[0] == names[7]


def test_values_are_near_by_their_letters() -> None:
    assert near_values("apii", ["api", "web", "db"]) == ["api"]
    assert near_values("zzz", ["api", "web", "db"]) == []

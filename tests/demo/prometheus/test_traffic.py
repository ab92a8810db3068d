"""What a pod's program tells of its requests follows from its image and from the time."""

import pytest

from bot.demo.prometheus.traffic import DURATIONS, REQUESTS, rows

START = 1_767_268_800.0
HOUR = 3600.0


def told(image: str, after: float) -> dict[tuple[str, str], float]:
    """Return the sums of all routes, by metric and by `code` or `le`."""
    pod = {"metadata": {"name": "web-1"}, "spec": {"containers": [{"image": image}]}}
    found: dict[tuple[str, str], float] = {}
    for name, labels, value in rows(pod, START):
        amount = value(START + after) if callable(value) else value
        which = name, labels.get("code") or labels.get("le") or ""
        found[which] = found.get(which, 0.0) + amount
    return found


@pytest.mark.parametrize(
    ("image", "share"),
    [("shop/web:1.4.2", 0.005), ("shop/web:error-30-1.4.2", 0.3), ("shop/web:error-1", 0.01)],
)
def test_the_tag_says_how_many_requests_fail(image: str, share: float) -> None:
    found = told(image, HOUR)
    failed, well = found[REQUESTS, "500"], found[REQUESTS, "200"]
    assert failed / (failed + well) == pytest.approx(share, rel=0.05)


def test_the_tag_says_that_requests_are_slow() -> None:
    usual, slow = told("shop/web:1", HOUR), told("shop/web:slow-1", HOUR)
    assert usual[f"{DURATIONS}_bucket", "0.25"] > 0.98 * usual[f"{DURATIONS}_count", ""]
    assert slow[f"{DURATIONS}_bucket", "0.25"] < 0.4 * slow[f"{DURATIONS}_count", ""]


def test_counters_only_grow_and_all_numbers_tell_of_the_same_requests() -> None:
    before: dict[tuple[str, str], float] = {}
    for after in range(0, 4000, 15):
        found = told("shop/web:error-30-1", float(after))
        assert all(found[each] >= amount for each, amount in before.items())
        assert found[f"{DURATIONS}_count", ""] == found[REQUESTS, "200"] + found[REQUESTS, "500"]
        assert found[f"{DURATIONS}_bucket", "+Inf"] == found[f"{DURATIONS}_count", ""]
        before = found


def test_a_database_and_a_job_answer_no_http() -> None:
    assert {name for name, _ in told("postgres:17", HOUR)} == {"process_start_time_seconds"}
    owners = [{"kind": "Job", "name": "migrate"}]
    spec = {"containers": [{"image": "shop/migrate:1"}]}
    pod = {"metadata": {"name": "migrate-1", "ownerReferences": owners}, "spec": spec}
    assert [name for name, _, _ in rows(pod, START)] == ["process_start_time_seconds"]

from datetime import UTC, datetime

import pytest

from bot.demo.cluster.controllers.cronjob import due_after
from tests.every import every

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)  # a Thursday


@every(
    ("schedule", "expected"),
    [
        ("* * * * *", "2026-01-01 12:01"),
        ("*/5 * * * *", "2026-01-01 12:05"),
        ("0 0 1 1 *", "2027-01-01 00:00"),
        ("30 9-17/4 * * *", "2026-01-01 13:30"),
        ("0 8 * * 1-5", "2026-01-02 08:00"),
        ("0 8 * * 0", "2026-01-04 08:00"),
        ("0 0 13 * 5", "2026-01-02 00:00"),
        ("0 0 29 2 *", "2028-02-29 00:00"),
        ("15,45 12 * * *", "2026-01-01 12:15"),
    ],
)
def test_the_next_time_is_found(schedule: str, expected: str) -> None:
    assert f"{due_after(schedule, NOON):%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize("schedule", ["", "* * * *", "a * * * *", "*/0 * * * *", "0 0 31 2 *"])
def test_what_is_never_due_is_refused(schedule: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        due_after(schedule, NOON)

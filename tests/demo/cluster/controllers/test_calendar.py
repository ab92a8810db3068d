from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.demo.cluster.controllers.calendar import schedule

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("* * * * *", "2026-01-01 12:01"),
        ("*/5 * * * *", "2026-01-01 12:05"),
        ("0 0 1 1 *", "2027-01-01 00:00"),
        ("30 9-17/4 * * *", "2026-01-01 13:30"),
        ("0 8 * * mon-fri", "2026-01-02 08:00"),
        ("0 8 * * 7", "2026-01-04 08:00"),
        ("0 0 13 * fri", "2026-01-02 00:00"),
        ("0 0 29 feb *", "2028-02-29 00:00"),
        ("15,45 12 * * *", "2026-01-01 12:15"),
        ("@hourly", "2026-01-01 13:00"),
        ("@weekly", "2026-01-04 00:00"),
    ],
)
def test_the_next_time_is_found(text: str, expected: str) -> None:
    due = schedule(text).after(NOON)
    assert due is not None
    assert f"{due:%Y-%m-%d %H:%M}" == expected


def test_a_schedule_means_the_time_of_its_zone() -> None:
    due = schedule("0 9 * * *").after(NOON, ZoneInfo("Asia/Tokyo"))
    assert due == datetime(2026, 1, 2, 0, 0, tzinfo=UTC)


def test_a_day_that_never_comes_is_not_waited_for() -> None:
    assert schedule("0 0 31 2 *").after(NOON) is None


@pytest.mark.parametrize(
    "text", ["", "* * * *", "60 * * * *", "* 5-3 * * *", "a * * * *", "*/0 * * * *"]
)
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        schedule(text)

"""The calendar of the policy: which places it freezes when, with clocks that are turned."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.documents import Fault
from bot.policy.freezes import calendar, covers, ends, frozen, hours
from bot.policy.limits import Site
from bot.policy.model import DAYS, Freeze, Policy
from bot.policy.reading import parse_policy
from tests.every import every

NIGHT: dict[str, Any] = {"from": "22:00", "to": "06:00", "timezone": "Europe/Berlin"}
OFFICE: dict[str, Any] = {"days": ["fri"], "from": "09:00", "to": "17:00"}
WEEKEND: dict[str, Any] = {"days": ["sat", "sun"], "timezone": "Asia/Tokyo"}
ALWAYS: dict[str, Any] = {"from": "08:00", "to": "08:00"}


def freeze(**fields: Any) -> Freeze:
    return Freeze.model_validate({"reason": "because", **fields})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@every(
    ("window", "moment", "until"),
    [
        # The 28th of November 2026 is a Saturday.
        pytest.param(OFFICE, "2026-11-27T09:00Z", "2026-11-27T17:00Z", id="its-first-minute"),
        pytest.param(OFFICE, "2026-11-27T16:59Z", "2026-11-27T17:00Z", id="its-last-minute"),
        pytest.param(OFFICE, "2026-11-27T08:59Z", "", id="before"),
        pytest.param(OFFICE, "2026-11-27T17:00Z", "", id="after"),
        pytest.param(OFFICE, "2026-11-28T12:00Z", "", id="another-day"),
        pytest.param(WEEKEND, "2026-11-27T15:00Z", "2026-11-29T15:00Z", id="days-in-a-row"),
        pytest.param(WEEKEND, "2026-11-29T14:59Z", "2026-11-29T15:00Z", id="the-last-of-them"),
        pytest.param(WEEKEND, "2026-11-29T15:00Z", "", id="monday-in-tokyo"),
        pytest.param(NIGHT, "2026-11-28T02:00Z", "2026-11-28T05:00Z", id="since-yesterday"),
        pytest.param(NIGHT, "2026-11-28T22:00Z", "2026-11-29T05:00Z", id="until-tomorrow"),
        # The night of the 29th of March is an hour shorter, that of the 25th of October longer.
        pytest.param(NIGHT, "2026-03-28T21:00Z", "2026-03-29T04:00Z", id="clocks-go-forward"),
        pytest.param(NIGHT, "2026-10-24T20:00Z", "2026-10-25T05:00Z", id="clocks-go-back"),
        pytest.param({}, "2026-11-28T00:00Z", "for ever", id="whole-weeks"),
        pytest.param(ALWAYS, "2026-11-28T08:00Z", "for ever", id="from-eight-to-eight"),
    ],
)
def test_a_window_holds_by_the_clock_on_the_wall(
    window: dict[str, Any], moment: str, until: str
) -> None:
    one = freeze(**window)
    assert covers(one, at(moment)) is bool(until)
    expected = at(until) if until[:1].isdigit() else None
    if until:
        assert ends(one, at(moment)) == expected


@pytest.mark.parametrize(
    ("hour", "moment", "held"),
    [
        # In Berlin 02:00 to 03:00 comes twice on that day in October, and on that in March never.
        ("02:30", "2026-10-25T00:15Z", True),
        ("02:30", "2026-10-25T00:45Z", False),
        ("02:30", "2026-10-25T01:15Z", True),
        ("02:30", "2026-10-25T01:30Z", False),
        ("02:30", "2026-03-29T00:59Z", True),
        ("02:30", "2026-03-29T01:00Z", False),
    ],
)
def test_an_hour_that_comes_twice_counts_twice(hour: str, moment: str, held: bool) -> None:
    window = freeze(**{"from": "00:00", "to": hour, "timezone": "Europe/Berlin"})
    assert covers(window, at(moment)) is held


TIMES = st.times().map(lambda t: f"{t:%H:%M}")
WINDOWS = st.fixed_dictionaries(
    {
        "days": st.lists(st.sampled_from(DAYS), max_size=7, unique=True),
        "from": TIMES,
        "to": TIMES | st.just("24:00"),
        "timezone": st.sampled_from(
            ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"]
        ),
    }
).map(lambda fields: freeze(**fields))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made aware there


@given(WINDOWS, MOMENTS)
def test_a_moment_is_held_exactly_by_what_the_wall_shows(window: Freeze, moment: datetime) -> None:
    wall = moment.astimezone(ZoneInfo(window.timezone))
    clock, today = f"{wall:%H:%M}", wall.weekday()
    days = [DAYS.index(day) for day in window.days] or list(range(7))
    over_night = window.to <= window.from_
    since_today = today in days and window.from_ <= clock and (over_night or clock < window.to)
    since_yesterday = (today - 1) % 7 in days and over_night and clock < window.to
    assert covers(window, moment) is (since_today or since_yesterday)


@given(WINDOWS, MOMENTS)
def test_what_is_held_ends_where_nothing_is_held_any_more(window: Freeze, moment: datetime) -> None:
    if not covers(window, moment):
        return
    end = ends(window, moment)
    if end is None:
        assert all(covers(window, moment + timedelta(days=n)) for n in range(8))
    else:
        assert moment < end <= moment + timedelta(days=8)
        assert not covers(window, end)


POLICY = Policy.model_validate(
    {
        "version": 1,
        "freezes": [
            {"namespaces": ["prod-*"], "clusters": ["prod"], **OFFICE, "reason": "payday"},
            {"namespaces": ["prod-eu"], **OFFICE, "to": "18:00", "reason": "audit"},
        ],
    }
)
FRIDAY = at("2026-11-27T12:00Z")


@pytest.mark.parametrize(
    ("contexts", "namespace", "reason"),
    [
        ({"prod"}, "prod-us", "payday"),
        ({"prod", "default"}, "prod-eu", "audit"),
        ({"stage"}, "prod-eu", "audit"),
        ({"stage"}, "prod-us", ""),
        ({"prod"}, "shop", ""),
        ({"prod"}, "", ""),
    ],
)
def test_of_several_what_holds_longest_is_told(
    contexts: set[str], namespace: str, reason: str
) -> None:
    hold = frozen(POLICY, "prod", Site(contexts, namespace), FRIDAY)
    assert (hold.reason if hold else "") == reason


def test_the_calendar_says_what_holds_now() -> None:
    first, _ = calendar(POLICY, FRIDAY)
    assert (first.hours, first.in_force) == ("fri 09:00-17:00 UTC", True)
    later, _ = calendar(POLICY, FRIDAY + timedelta(days=1))
    assert (later.in_force, later.until) == (False, None)
    assert hours(freeze()) == "daily 00:00-24:00 UTC"


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("{days: [sat]}", "freezes[0].reason is missing"),
        ("{reason: x, from: 17}", "freezes[0].from must be text; YAML reads this as something"),
        ("{reason: x, to: 25:00}", "freezes[0].to must be a time of the day, such as 17:00"),
        ("{reason: x, from: 24:00}", "freezes[0].from is 24:00; write 00:00 and the day after"),
        ("{reason: x, timezone: Europe/Nowhere}", "freezes[0].timezone must be a time zone, such"),
        ("{reason: x, timezone: ../etc}", "freezes[0].timezone must be a time zone, such as"),
        ("{reason: x, days: [saturday]}", "freezes[0].days[0] must be 'mon', 'tue'"),
    ],
)
def test_what_is_wrong_is_told_with_its_form(entry: str, sentence: str) -> None:
    faults = parse_policy(f"version: 1\nfreezes:\n- {entry}\n".encode())
    assert not isinstance(faults, Policy)
    [fault] = faults
    assert isinstance(fault, Fault)
    assert (fault.line, fault.sentence[: len(sentence)]) == (3, sentence)

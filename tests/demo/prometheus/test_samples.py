"""Series end, and what is old is forgotten."""

from bot.demo.prometheus.samples import Store
from bot.demo.prometheus.values import NAME, Labels

MINUTE, HOUR = 60_000, 3_600_000
UP = Labels({NAME: "up", "job": "web"})


def filled(keep: int = HOUR) -> Store:
    store = Store(keep)
    for moment in range(0, 5 * MINUTE + 1, 15_000):
        store.append(UP, moment, float(moment))
    return store


def test_a_sample_is_looked_for_in_five_minutes_before_and_no_longer() -> None:
    series = filled().series(UP)
    assert series.at(5 * MINUTE, 5 * MINUTE) == (5 * MINUTE, 5.0 * MINUTE)
    assert series.at(10 * MINUTE - 1, 5 * MINUTE) == (5 * MINUTE, 5.0 * MINUTE)
    assert series.at(10 * MINUTE, 5 * MINUTE) is None


def test_a_series_that_has_ended_is_gone_at_once_until_its_next_sample() -> None:
    store = filled()
    series = store.series(UP)
    series.ends.append(5 * MINUTE + 15_000)
    assert series.at(5 * MINUTE + 14_999, 5 * MINUTE) is not None
    assert series.at(5 * MINUTE + 15_000, 5 * MINUTE) is None
    assert len(series.within(4 * MINUTE, 6 * MINUTE).times) == 4
    store.append(UP, 6 * MINUTE, 1.0)
    assert series.at(6 * MINUTE, 5 * MINUTE) == (6 * MINUTE, 1.0)


def test_the_left_end_of_a_range_is_outside_of_it() -> None:
    window = filled().series(UP).within(4 * MINUTE, 5 * MINUTE)
    assert list(window.times) == [4 * MINUTE + 15_000 * step for step in range(1, 5)]


def test_no_more_is_kept_than_is_asked_for_however_long_it_goes_on() -> None:
    store = Store(HOUR)
    for moment in range(0, 20 * HOUR, 15_000):
        store.append(UP, moment, 1.0)
    assert len(store.series(UP).times) <= HOUR / 15_000 + 64


def test_a_series_of_which_nothing_is_kept_is_forgotten() -> None:
    store = filled()
    store.sweep(HOUR + 5 * MINUTE)
    assert len(list(store.everything())) == 1
    store.sweep(HOUR + 5 * MINUTE + 1)
    assert list(store.everything()) == []

"""When a turn is worth a message: once, not more often than once a minute, and counted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.metrics import Series
from bot.core.request import Place, Surface
from bot.core.watching import (
    DEFAULT_EVERY,
    QUIET,
    News,
    Sight,
    Watch,
    Word,
    began,
    looked,
    over,
    stopped,
)

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
TRUE, FALSE, NOTHING = Sight(holds=True), Sight(holds=False), Sight(holds=None)
BLIND = Sight(holds=None, failure="away")
WATCH = Watch(
    *("w1", "up == 0", DEFAULT_EVERY, START + timedelta(hours=2), "T1/UADA", "ada"),
    *(Place(Surface.SLASH, "C1"), "main", "shop", "prom watch up == 0", START),
)


def run(first: Sight, *sights: tuple[int, Sight]) -> tuple[Watch, list[News]]:
    """Return the watch after looks at these seconds, and what was told."""
    watch, told = began(WATCH, first, START), list[News]()
    for second, sight in sights:
        watch, news = looked(watch, sight, START + timedelta(seconds=second))
        told += [news] if news else []
    return watch, told


def words(told: list[News]) -> list[Word]:
    return [one.word for one in told]


def test_what_stays_is_not_told() -> None:
    assert run(FALSE, (30, FALSE), (60, FALSE))[1] == []
    assert run(TRUE, (30, TRUE))[1] == []


def test_each_turn_is_told_once_with_how_long_it_was_otherwise() -> None:
    series = (Series({"pod": "a"}, ((0.0, 6.0),)),)
    watch, told = run(
        FALSE, (30, FALSE), (60, Sight(True, series)), (90, TRUE), (180, FALSE), (210, FALSE)
    )
    assert words(told) == [Word.TRUE, Word.FALSE]
    assert told[0].series == series
    assert [one.before for one in told] == [timedelta(seconds=60), timedelta(seconds=120)]
    assert [one.key for one in told] == ["watch/w1/1", "watch/w1/2"]
    assert watch.standing.trues == 1


def test_what_flaps_is_told_once_a_minute_and_counted() -> None:
    looks = [(15 * number, TRUE if number % 2 else FALSE) for number in range(1, 21)]
    watch, told = run(FALSE, *looks)
    moments = [one.watch.standing.told_at for one in told]
    assert [(one.word, one.turns) for one in told] == [
        (Word.TRUE, 1),
        (Word.TRUE, 4),
        (Word.TRUE, 4),
        (Word.TRUE, 4),
        (Word.TRUE, 4),
    ]
    assert all(b - a >= QUIET for a, b in pairwise(moments) if a and b)
    assert watch.standing.trues == 10


def test_a_turn_that_had_to_wait_is_told_once_it_may_be() -> None:
    told = run(FALSE, (10, TRUE), (20, FALSE), (40, FALSE), (70, FALSE), (100, FALSE))[1]
    assert [(one.word, one.turns) for one in told] == [(Word.TRUE, 1), (Word.FALSE, 1)]
    assert told[1].watch.standing.told_at == START + timedelta(seconds=70)


def test_no_data_is_neither_and_is_said_once() -> None:
    looks = [(60, NOTHING), (120, NOTHING), (180, TRUE), (240, NOTHING), (300, TRUE), (360, FALSE)]
    assert words(run(TRUE, *looks)[1]) == [Word.NOTHING, Word.FALSE]


def test_no_data_at_the_beginning_was_said_already() -> None:
    watch, told = run(NOTHING, (60, NOTHING), (120, FALSE))
    assert words(told) == [Word.FALSE]
    assert told[0].before is None
    assert watch.standing.holds is False


def test_a_look_that_fails_is_followed_by_others_and_said_after_the_third() -> None:
    looks = [(30, BLIND), (60, BLIND), (90, BLIND), (120, BLIND), (150, TRUE), (180, BLIND)]
    told = run(TRUE, *looks)[1]
    assert [(one.word, one.reason) for one in told] == [(Word.BLIND, "away")]
    assert run(TRUE, (30, BLIND), (60, TRUE), (90, BLIND), (120, BLIND))[1] == []


def test_the_last_word_has_one_key() -> None:
    assert over(WATCH).key == stopped(WATCH, "x").key == "watch/w1/end"
    assert over(WATCH).final
    assert not News(WATCH, Word.TRUE).final


SIGHTS = st.lists(st.tuples(st.integers(1, 90), st.sampled_from([TRUE, FALSE, NOTHING, BLIND])))


@given(st.sampled_from([TRUE, FALSE, NOTHING]), SIGHTS)
def test_whatever_is_seen_messages_are_a_minute_apart_and_never_repeat_a_key(
    first: Sight, looks: list[tuple[int, Sight]]
) -> None:
    at, times = 0, []
    for gap, sight in looks:
        at += gap
        times.append((at, sight))
    watch, told = run(first, *times)
    keys = [one.key for one in told]
    assert len(set(keys)) == len(keys)
    spoken = [one.watch.standing.told_at for one in told]
    apart = [b - a for a, b in pairwise(spoken) if a and b]
    assert all(gap >= QUIET for gap in apart)
    # After the quiet time the last thing that was known is what was last told.
    settled, news = looked(
        watch, Sight(watch.standing.holds), START + timedelta(seconds=at) + QUIET
    )
    known = settled.standing
    if known.holds is not None:
        assert known.told is known.holds
        assert news is None or news.word is not Word.NOTHING


@pytest.mark.parametrize("holds", [True, False])
def test_a_turn_names_no_series_of_before(holds: bool) -> None:
    watch = began(WATCH, Sight(not holds), START)
    _, news = looked(watch, Sight(holds), START + timedelta(seconds=30))
    assert news is not None
    assert news.series == ()
    assert replace(news.watch, standing=watch.standing) == watch

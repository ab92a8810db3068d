"""What a button carries is what was shown, for a quarter of an hour, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.errors import UsageError
from bot.grammar.silencing import (
    again,
    check_press,
    elsewhere,
    press_of,
    read_span,
    short_duration,
    typable,
)

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
ABOUT = ("main", 'alertname="A"', "1:00:00", "INC-1")


def test_a_press_is_about_what_was_shown_and_has_a_time() -> None:
    press = press_of(NOW, *ABOUT)
    for minutes in (0, 14, 15):
        check_press(press, NOW + timedelta(minutes=minutes), *ABOUT)
    for late in (timedelta(minutes=16), timedelta(days=1), timedelta(minutes=-2)):
        with pytest.raises(UsageError, match="shown too long ago"):
            check_press(press, NOW + late, *ABOUT)


@pytest.mark.parametrize("place", range(len(ABOUT)))
def test_whatever_is_changed_does_not_pass(place: int) -> None:
    changed = [*ABOUT[:place], ABOUT[place] + "x", *ABOUT[place + 1 :]]
    with pytest.raises(UsageError, match="not what was shown"):
        check_press(press_of(NOW, *ABOUT), NOW, *changed)


@pytest.mark.parametrize("press", ["", "x", "1-2", "9" * 13 + "-" + "0" * 16, "1-" + "g" * 16])
def test_what_is_no_press_is_refused(press: str) -> None:
    with pytest.raises(UsageError, match="not what was shown"):
        check_press(press, NOW, *ABOUT)


def test_parts_that_run_together_are_not_the_same() -> None:
    with pytest.raises(UsageError):
        check_press(press_of(NOW, "ab", "c"), NOW, "a", "bc")


def test_the_phrase_is_typed_once_more_without_filters_and_with_newer_flags() -> None:
    text = "prom silence 'a b=c' --for=2h --reason=old -n shop | grep x"
    assert again(text, "--reason=a b", "--confirm=1-2") == (
        "prom silence '--reason=a b' --confirm=1-2 'a b=c' --for=2h -n shop"
    )


@pytest.mark.parametrize(
    ("text", "namespace", "phrase"),
    [
        ("prom alerts", "shop", "prom silence A"),
        ("prom alerts -n shop --firing", "shop", "prom silence A -n shop"),
        ("prom alerts -A --context=prod", "ops", "prom silence A -n ops --context=prod"),
        ("prom alerts -A", "", "prom silence A -A"),
        ("", "", "prom silence A"),
    ],
)
def test_another_phrase_is_about_the_same_place(text: str, namespace: str, phrase: str) -> None:
    assert elsewhere(text, ("prom", "silence", "A"), namespace) == phrase


@pytest.mark.parametrize(
    ("phrase", "so"),
    [
        ("prom silence 'alertname=\"A b\"' --for=1h", True),
        ("prom silence 'a=“b”'", False),
        ("prom silence 'a=\u202eb'", False),
        ("prom silence 'a=b\nc'", True),
        ("prom silence a=$(b)", False),
        ("prom silence 'a", False),
        (f"prom silence a={'x' * 1_500}", False),
    ],
)
def test_a_button_types_only_what_is_understood_as_it_stands(phrase: str, so: bool) -> None:
    assert typable(phrase) is so


@pytest.mark.parametrize(
    ("span", "written"),
    [
        (timedelta(hours=1), "1h"),
        (timedelta(hours=1, minutes=30), "1h30m"),
        (timedelta(minutes=10), "10m"),
        (timedelta(minutes=1, seconds=30), "1m30s"),
        (timedelta(seconds=15), "15s"),
        (timedelta(hours=24), "24h"),
    ],
)
def test_durations_are_as_short_as_people_type_them(span: timedelta, written: str) -> None:
    assert short_duration(span) == written


def test_a_time_has_its_limits() -> None:
    assert read_span(timedelta(hours=8), timedelta(hours=8)) == timedelta(hours=8)
    for span in (timedelta(seconds=59), timedelta(hours=8, seconds=1), timedelta(hours=-1)):
        with pytest.raises(UsageError, match="a time between 1m and 8h"):
            read_span(span, timedelta(hours=8))

"""What the descriptions of many kinds have in common."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.kube.describe import blocks
from bot.kube.describe.lines import Lines

NOW = datetime(2026, 11, 28, 12, 0, 0, tzinfo=UTC)
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def written(write: Any, *arguments: Any) -> str:
    w = Lines()
    write(w, *arguments)
    return w.text()


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (None, "Labels:  <none>\n"),
        ({}, "Labels:  <none>\n"),
        ({"b": "2", "a": ""}, "Labels:  a=\n         b=2\n"),
    ],
)
def test_labels_stand_below_each_other_in_order(found: Any, expected: str) -> None:
    assert written(blocks.labels, "Labels", found) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({APPLIED: "{}"}, "Annotations:  <none>\n"),
        ({"b": "2\n", "a": "1"}, "Annotations:  a: 1\n              b: 2\n"),
        ({"a": "x\ny"}, "Annotations:  a:\n                x\n                y\n"),
        ({"a": "x" * 138}, f"Annotations:  a:\n                {'x' * 138}\n"),
        ({"a": "x" * 137}, f"Annotations:  a: {'x' * 137}\n"),
        ({"a": "x" * 139}, f"Annotations:  a:\n                {'x' * 138}...\n"),
    ],
    ids=["the applied manifest", "short", "of two lines", "on its own line", "fits", "cut"],
)
def test_an_annotation_that_is_long_has_lines_of_its_own(found: Any, expected: str) -> None:
    assert written(blocks.annotations, "Annotations", found) == expected


@pytest.mark.parametrize(
    ("toleration", "expected"),
    [
        ({"operator": "Exists"}, "op=Exists"),
        ({"key": "a", "operator": "Exists"}, "a op=Exists"),
        ({"key": "a", "operator": "Exists", "effect": "NoExecute"}, "a:NoExecute op=Exists"),
        ({"key": "a", "value": "b", "effect": "NoSchedule"}, "a=b:NoSchedule"),
        ({"key": "a", "effect": "NoExecute", "tolerationSeconds": 0}, "a:NoExecute for 0s"),
        (
            {"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
            "a:NoExecute op=Exists for 300s",
        ),
    ],
)
def test_a_toleration_is_one_word_and_its_time(toleration: Any, expected: str) -> None:
    text = written(blocks.tolerations, "Tolerations", [toleration])
    assert text == f"Tolerations:  {expected}\n"


def test_taints_are_sorted_by_effect_and_then_by_key() -> None:
    taints = [
        {"key": "b", "effect": "NoSchedule"},
        {"key": "a", "effect": "NoSchedule", "value": "1"},
        {"key": "z", "effect": "NoExecute"},
    ]
    text = written(blocks.taints, "Taints", taints)
    assert text.split() == ["Taints:", "z:NoExecute", "a=1:NoSchedule", "b:NoSchedule"]


@pytest.mark.parametrize(
    ("event", "age"),
    [
        ({}, "<unknown>"),
        ({"firstTimestamp": "2026-11-28T11:59:00Z"}, "60s"),
        ({"firstTimestamp": "2026-11-28T11:50:00Z", "count": 1}, "10m"),
        (
            {
                "firstTimestamp": "2026-11-28T11:50:00Z",
                "lastTimestamp": "2026-11-28T11:58:00Z",
                "count": 3,
            },
            "2m (x3 over 10m)",
        ),
        (
            {
                "eventTime": "2026-11-28T11:00:00.000000Z",
                "series": {"count": 7, "lastObservedTime": "2026-11-28T11:59:59.000000Z"},
            },
            "1s (x7 over 60m)",
        ),
    ],
    ids=["no time", "once", "counted once", "counted", "a series"],
)
def test_an_event_says_how_often_it_was_seen(event: Any, age: str) -> None:
    assert blocks.event_age(event, NOW) == age


def test_events_stand_in_the_order_of_their_last_time() -> None:
    events = [
        {"type": "Normal", "reason": "Later", "lastTimestamp": "2026-11-28T11:59:00Z"},
        {"type": "Normal", "reason": "First", "lastTimestamp": "2026-11-28T11:58:00Z"},
    ]
    text = written(blocks.events, events, NOW)
    assert text.index("First") < text.index("Later")


@pytest.mark.parametrize(("found", "expected"), [(None, ""), ([], "Events:  <none>\n")])
def test_no_events_are_told_from_events_that_were_not_asked_for(found: Any, expected: str) -> None:
    assert written(blocks.events, found, NOW) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, "Mon, 01 Jan 0001 00:00:00 +0000"),
        ("2026-11-08T01:02:03Z", "Sun, 08 Nov 2026 01:02:03 +0000"),
        ("2026-11-08T01:02:03.123456Z", "Sun, 08 Nov 2026 01:02:03 +0000"),
    ],
)
def test_a_time_is_written_as_rfc1123_has_it(text: str | None, expected: str) -> None:
    assert blocks.when(text) == expected


def test_a_text_is_cut_behind_bytes_and_not_behind_characters() -> None:
    assert blocks.shortened("éé", 4) == "éé"
    assert blocks.shortened("éé", 3) == "é�..."

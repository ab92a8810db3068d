"""Reading the audit log while it is written."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.cluster.audit import AuditLog, Event, summary


def event(verb: str) -> Event:
    return {
        "user": {"username": "bot"},
        "impersonatedUser": {"username": "quarterdeck:user", "groups": ["quarterdeck:viewers"]},
        "verb": verb,
        "requestURI": "/api/v1/pods",
        "responseStatus": {"code": 200},
    }


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    log = AuditLog(tmp_path / "audit.log")
    append(log, json.dumps(event("list")) + "\n")
    return log


def append(log: AuditLog, text: str) -> None:
    with log.path.open("a") as file:
        file.write(text)


def test_a_line_that_is_still_being_written_is_left_for_later(log: AuditLog) -> None:
    line = json.dumps(event("get"))
    append(log, line[:10])
    assert [each["verb"] for each in log.events()] == ["list"]
    append(log, line[10:] + "\n")
    assert [each["verb"] for each in log.events()] == ["list", "get"]


def test_events_before_the_offset_are_not_seen(log: AuditLog) -> None:
    since = log.position()
    append(log, json.dumps(event("get")) + "\n")
    assert [each["verb"] for each in log.events(since)] == ["get"]
    assert log.found(lambda each: each["verb"] == "get", since) == event("get")


def test_an_event_that_does_not_come_fails_with_those_that_came(log: AuditLog) -> None:
    with pytest.raises(AssertionError, match=r"bot as quarterdeck:user .*: list /api/v1/pods 200"):
        log.found(lambda each: each["verb"] == "delete", 0, seconds=0)


async def test_an_event_is_awaited_while_the_loop_goes_on(log: AuditLog) -> None:
    since = log.position()
    awaited = asyncio.create_task(log.awaited(lambda each: each["verb"] == "get", since))
    await asyncio.sleep(0)  # it has looked once, in vain
    append(log, json.dumps(event("get")) + "\n")
    assert await awaited == event("get")


def test_a_summary_needs_neither_an_answer_nor_an_impersonation() -> None:
    assert summary({"user": {"username": "a"}, "verb": "get", "requestURI": "/"}) == "a: get / -"

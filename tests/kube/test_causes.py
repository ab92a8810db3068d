"""Why a pod does not work, told before its description."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.core.reply import Verdict
from bot.kube.describe.causes import cause, failing, in_short
from tests.engine.rig import Answer, Bot, bot
from tests.kube.server import body, status

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
POD = "/api/v1/namespaces/shop/pods/web"


def pod(container: dict[str, Any] | None = None, **state: Any) -> dict[str, Any]:
    statuses = {"containerStatuses": [container]} if container else {}
    return {
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "shop", "uid": "u"},
        "spec": {"containers": [{"name": "app", "image": "app:1"}]},
        "status": {"phase": "Running", **statuses, **state},
    }


def ended(code: int, reason: str, at: str = "2026-01-01T11:59:20Z") -> dict[str, Any]:
    return {"terminated": {"exitCode": code, "reason": reason, "finishedAt": at}}


CRASHING = {
    "name": "app",
    "restartCount": 12,
    "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s"}},
    "lastState": ended(137, "OOMKilled"),
}
UNSCHEDULED = {
    "type": "PodScheduled",
    "status": "False",
    "reason": "Unschedulable",
    "message": "0/3 nodes are available",
}


@pytest.mark.parametrize(
    ("item", "headline"),
    [
        (pod(CRASHING), "app waits, CrashLoopBackOff: back-off 5m0s"),
        (pod({"name": "app", "state": ended(1, "Error")}), "app ended, Error"),
        (pod(phase="Failed", reason="Evicted", message="full disk"), "Evicted: full disk"),
        (
            pod(phase="Pending", conditions=[UNSCHEDULED]),
            "Unschedulable: 0/3 nodes are available",
        ),
        (
            pod(
                {"name": "app", "ready": False, "state": {"running": {}}},
                conditions=[
                    {
                        "type": "Ready",
                        "status": "False",
                        "message": "containers with unready status: [app]",
                        "lastTransitionTime": "2026-01-01T11:54:00Z",
                    }
                ],
            ),
            "not ready: containers with unready status: [app] (for 6m)",
        ),
    ],
    ids=["crashing", "ended", "evicted", "unscheduled", "unready"],
)
def test_the_headline_is_the_first_reason(item: dict[str, Any], headline: str) -> None:
    found = failing(item, NOW)
    assert found is not None
    assert found.headline == headline


@pytest.mark.parametrize(
    "item",
    [
        pod(),
        pod({"name": "app", "ready": True, "state": {"running": {}}, "lastState": ended(1, "E")}),
        pod({"name": "app", "state": {"waiting": {"reason": "ContainerCreating"}}}),
        pod({"name": "app", "state": ended(0, "Completed")}, phase="Succeeded"),
    ],
    ids=["new", "recovered", "creating", "done"],
)
def test_a_pod_that_works_or_begins_to_has_none(item: dict[str, Any]) -> None:
    assert failing(item, NOW) is None


def event(reason: str, at: str, kind: str = "Warning") -> dict[str, Any]:
    return {
        "type": kind,
        "reason": reason,
        "message": f"{reason} it",
        "firstTimestamp": at,
        "lastTimestamp": at,
    }


def test_eight_lines_at_most_hold_the_ending_the_last_warnings_and_the_last_words() -> None:
    events = [
        event("BackOff", "2026-01-01T11:58:00Z"),
        event("Old", "2026-01-01T10:00:00Z"),
        event("Unhealthy", "2026-01-01T11:57:00Z"),
        event("Pulled", "2026-01-01T11:59:00Z", "Normal"),
    ]
    item = pod(CRASHING)
    found = failing(item, NOW)
    assert found is not None
    lines = cause(item, found, events, "one\ntwo\n\nthree\nfour\n", NOW)
    assert lines == [
        "web does not work: app waits, CrashLoopBackOff: back-off 5m0s",
        "Its last run ended with exit code 137 (OOMKilled) 40s ago; 12 restarts so far",
        "Event: Unhealthy: Unhealthy it (3m)",
        "Event: BackOff: BackOff it (2m)",
        "Log: two",
        "Log: three",
        "Log: four",
    ]


def test_what_the_headline_says_is_not_said_again_as_an_event() -> None:
    item = pod(CRASHING)
    found = failing(item, NOW)
    assert found is not None
    again = event("BackOff", "2026-01-01T11:58:00Z") | {"message": "back-off  5m0s"}
    assert not any(line.startswith("Event:") for line in cause(item, found, [again], "", NOW))


def test_of_several_pods_each_that_fails_is_named_up_to_three() -> None:
    failing_pods = [pod(CRASHING) for _ in range(5)]
    well = pod({"name": "app", "ready": True, "state": {"running": {}}})
    line = "web does not work: app waits, CrashLoopBackOff: back-off 5m0s"
    assert in_short([well, failing_pods[0], well], NOW) == [line]
    assert in_short([well], NOW) == []
    assert in_short(failing_pods, NOW) == [line, line, line, "And 2 more."]


def test_a_line_is_short_whatever_was_said() -> None:
    item = pod({"name": "app", "state": {"waiting": {"reason": "Bad", "message": "x\n" * 5000}}})
    found = failing(item, NOW)
    assert found is not None
    [line] = cause(item, found, [], "", NOW)
    assert len(line) == 200
    assert "\n" not in line


EVENTS = "/api/v1/namespaces/shop/events"


def lead(answer: Answer) -> str:
    [verdict] = [part for part in answer.parts if isinstance(part, Verdict)]
    assert answer.parts[0] is verdict
    return verdict.text


async def described(running: Bot, *, plain: bool = False) -> Answer:
    request = replace(running.request("describe pod web"), plain=plain)
    answer = Answer()
    await running.engine.serve(request, answer)
    return answer


async def test_describe_leads_with_it_and_hides_secrets_of_the_log(tmp_path: Path) -> None:
    async with bot(tmp_path) as running:
        running.server.on(POD, body(pod(CRASHING)))
        running.server.on(EVENTS, body({"kind": "EventList", "metadata": {}, "items": []}))
        running.server.on(f"{POD}/log", body(b"password=hunter2\n"))
        answer = await described(running)
        first = lead(answer)
        assert first.startswith("web does not work: app waits, CrashLoopBackOff")
        assert "Log: password=<redacted>" in first
        assert answer.text.startswith("Name:")
        [asked] = running.server.to(f"{POD}/log")
        assert "previous=true" in asked.target


async def test_whoever_may_not_read_logs_has_the_rest(tmp_path: Path) -> None:
    async with bot(tmp_path) as running:
        running.server.on(POD, body(pod(CRASHING)))
        running.server.on(EVENTS, body({"kind": "EventList", "metadata": {}, "items": []}))
        running.server.on(f"{POD}/log", status(403, "Forbidden", "no"))
        answer = await described(running)
        assert "exit code 137" in lead(answer)
        assert answer.code == 0


async def test_a_plain_description_reads_no_log(tmp_path: Path) -> None:
    async with bot(tmp_path) as running:
        running.server.on(POD, body(pod(CRASHING)))
        running.server.on(EVENTS, body({"kind": "EventList", "metadata": {}, "items": []}))
        answer = await described(running, plain=True)
        assert answer.text.startswith("Name:")
        assert len(answer.parts) == 1
        assert running.server.to(f"{POD}/log") == []


async def test_a_description_of_several_pods_leads_with_those_that_fail(tmp_path: Path) -> None:
    async with bot(tmp_path) as running:
        well = pod({"name": "app", "ready": True, "state": {"running": {}}})
        well["metadata"] = well["metadata"] | {"name": "api"}
        pods = {"kind": "PodList", "metadata": {}, "items": [well, pod(CRASHING)]}
        running.server.on(POD.removesuffix("/web"), body(pods))
        answer = await running.say("describe pods")
    assert lead(answer) == "web does not work: app waits, CrashLoopBackOff: back-off 5m0s"
    assert answer.text.startswith("Name:")

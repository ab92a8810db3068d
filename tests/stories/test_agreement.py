"""Our record and the API server's audit log tell the same of every act: one to one."""

import asyncio
from typing import Any

import orjson
import pytest

from bot.core.audit import Wanted
from bot.core.clock import SystemClock
from bot.store.audit import AuditStore
from bot.store.engine import open_store
from tests.cluster.audit import AuditLog, Event
from tests.cluster.bed import Bed
from tests.stories.whole import Whole

pytestmark = [pytest.mark.boxed, pytest.mark.asyncio(loop_scope="module")]

READS = [
    "get pods -n shop",
    "get deploy/web svc/web -o name -n shop",
    "get pods -A",
    "get nodes",
    "get secrets -n shop",
    "get pod nope -n shop",
    "get foo",
    "describe deploy web -n shop",
    "logs deploy/cart -c app --tail=2 -n shop",
    "rollout status deploy/web -n shop",
    "events -n shop",
    "auth can-i get pods -n shop",
    "top pod -n shop",
    "config get-contexts",
]
Told = dict[str, tuple[object, ...]]
PATIENCE_SECONDS = 60
"""It only ends a wait that would not end otherwise: a busy machine takes long."""


async def test_they_agree_on_every_act_by_id_identity_verb_object_and_code(
    story: Whole, bed: Bed, audit: AuditLog
) -> None:
    bed.kubectl.out("scale", "deployment/cart", "--replicas=2", "-n", "shop")
    since, before = audit.position(), len(await records(story))
    # In private, so that their answers, which come at Slack's pace, are not taken for others.
    for person in (story.ada, story.vic):
        for phrase in READS:
            await person.dm(phrase)
    await story.eve.slash(story.shop, "/kubectl get pods")
    await change(story, "3", bed, overtaken=False)
    await change(story, "4", bed, overtaken=True)
    await story.vic.slash(story.shop, "/kubectl scale deploy/cart --replicas=5")

    # Three records of each change, and one of what was read to follow the first one's rollout.
    new = await ended(story, bed, before, 2 * len(READS) + 2 + 2 * 3 + 1)
    ours = told_by_us(new)
    theirs = await told_by_them(audit, since, len(ours))
    assert len(ours) > len(READS)
    assert ours == theirs
    assert {call[-1] for call in ours.values()} >= {200, 403, 404, 422}
    asked = {request_of(event) for event in impersonated(audit, since)}
    assert asked <= {record["request"] for record in new}
    happened = [record["event"] for record in new]
    assert happened.count("intent") == happened.count("outcome") == 2
    bed.kubectl.out("scale", "deployment/cart", "--replicas=2", "-n", "shop")


async def change(story: Whole, replicas: str, bed: Bed, *, overtaken: bool) -> None:
    phrase = f"/kubectl scale deploy/cart --replicas={replicas}"
    proposal = await story.ada.slash(story.shop, phrase)
    if overtaken:
        bed.kubectl.out("scale", "deployment/cart", "--replicas=1", "-n", "shop")
    done = await proposal.click("Confirm")
    await done.until("has changed since this was shown" if overtaken else "scaled")


async def ended(story: Whole, bed: Bed, before: int, count: int) -> list[dict[str, Any]]:
    """Return the new records, once there are so many: a read's comes behind its answer."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(found := (await records(story))[before:]) < count:
            await (bed.clock.sleep(1) if bed.clock else SystemClock().sleep(0.05))
    return found


async def records(story: Whole) -> list[dict[str, Any]]:
    async with open_store(story.bot.settings.store) as store:
        found = await AuditStore(store).search(Wanted(limit=0))
    # Those of requests: the others are about the chain.
    return [orjson.loads(link.record) for link in reversed(found) if link.request]


def told_by_us(new: list[dict[str, Any]]) -> Told:
    found: Told = {}
    for record in new:
        for call in record.get("calls", ()):
            assert call["audit_id"] not in found, "a call stands in two records"
            who = record["who"]
            found[call["audit_id"]] = (
                who["user"],
                frozenset(who["groups"]),
                call["verb"],
                call["resource"],
                call.get("namespace", ""),
                call.get("name", ""),
                call["code"],
            )
    return found


async def told_by_them(audit: AuditLog, since: int, count: int) -> Told:
    # An event follows its response.
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(found := impersonated(audit, since)) < count:
            await asyncio.sleep(0.05)
    return {event["auditID"]: told_of(event) for event in found}


def impersonated(audit: AuditLog, since: int) -> list[Event]:
    return [
        event
        for event in audit.events(since)
        if "impersonatedUser" in event
        and event["stage"] == "ResponseComplete"
        and event["userAgent"].startswith("quarterdeck/")
    ]


def told_of(event: Event) -> tuple[object, ...]:
    whom, about = event["impersonatedUser"], event.get("objectRef", {})
    group, sub = about.get("apiGroup", ""), about.get("subresource", "")
    resource = ".".join(filter(None, (about.get("resource", event["requestURI"]), group)))
    return (
        whom["username"],
        frozenset(whom["groups"]) - {"system:authenticated"},
        event["verb"],
        f"{resource}/{sub}" if sub else resource,
        about.get("namespace", ""),
        about.get("name", ""),
        event["responseStatus"]["code"],
    )


def request_of(event: Event) -> str:
    request: str = event["impersonatedUser"]["extra"]["quarterdeck.dev/request"][0]
    return request

"""Attacks through the whole wire, each under its number in the threat model.

Typed and pressed in Slack as an attacker would, over both transports; what was not done is proved
by the API server's audit log.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from bot.demo.slack.people import Person
from bot.demo.slack.visible import SeenMessage
from tests.cluster.audit import AuditLog, Event
from tests.cluster.bed import Bed
from tests.metrics.asking import awaited
from tests.stories.whole import Whole, tried

pytestmark = [pytest.mark.boxed, pytest.mark.asyncio(loop_scope="module")]

SCALE = "/kubectl scale deploy/{} --replicas=1"
OPERATOR = ("-n=shop", "--as=quarterdeck:user", "--as-group=quarterdeck:operators")
GONE = "This proposal is not waiting any more."
OTHERS = "This is for ada alone, who asked for it."
COPY = "a copy of it, so nothing was done."


async def events(story: Whole, audit: AuditLog, since: int) -> list[Event]:
    """Return what people asked of the API server; what came before this is in the log by now."""
    mark = audit.position()
    await story.vic.slash(story.shop, "/kubectl get configmaps")
    await audit.awaited(lists_configmaps, mark)
    return [event for event in audit.events(since) if "impersonatedUser" in event]


def lists_configmaps(event: Event) -> bool:
    return "impersonatedUser" in event and event["objectRef"]["resource"] == "configmaps"


async def patches(story: Whole, audit: AuditLog, since: int) -> list[Event]:
    return [event for event in await events(story, audit, since) if event["verb"] == "patch"]


async def told(person: Person, story: Whole, name: str) -> str:
    """Return what is said to whoever scales that, but for the name itself."""
    answer = await person.slash(story.shop, SCALE.format(name))
    assert answer.ephemeral
    return answer.plain().replace(name, "NAME")


@pytest.mark.parametrize("who", ["eve", "vic"], ids=["stranger", "viewer"])
async def test_t1_a_write_without_the_right_reveals_nothing_of_what_there_is(
    story: Whole, audit: AuditLog, who: str
) -> None:
    person: Person = getattr(story, who)
    since = audit.position()
    there, missing = await told(person, story, "web"), await told(person, story, "nope")
    assert there == missing
    assert there
    assert "not found" not in there
    assert await patches(story, audit, since) == []


async def test_t1_a_refusal_names_the_right_and_who_grants_it_to_the_person_alone(
    story: Whole,
) -> None:
    answer = await story.vic.slash(story.shop, SCALE.format("web"))
    assert answer.ephemeral
    assert (
        'you cannot patch resource "deployments/scale" in API group "apps" in the namespace "shop"'
    ) in answer.plain()
    assert "a RoleBinding in shop to the group quarterdeck:operators" in answer.plain()
    assert answer.buttons == ()


async def test_t1_a_stranger_never_reaches_the_cluster(story: Whole, audit: AuditLog) -> None:
    since = audit.position()
    for phrase in ("/kubectl get pods", SCALE.format("web"), "/deck help", "/kubectl version"):
        answer = await story.eve.slash(story.shop, phrase)
        assert answer.ephemeral
        assert story.eve.id in answer.plain()
    people = {
        event["impersonatedUser"]["extra"]["quarterdeck.dev/person"][0]
        for event in await events(story, audit, since)
    }
    assert people == {f"{story.slack.team}/{story.vic.id}"}


async def test_t1_what_may_not_be_read_is_refused_alike_whether_it_is_there_or_not(
    story: Whole,
) -> None:
    said = []
    for name in ("vault-root", "vault-nope"):
        answer = await story.vic.slash(story.ops, f"/kubectl get secret {name}")
        said.append(answer.plain().replace(name, "NAME"))
    assert said[0] == said[1]
    assert "forbidden" in said[0]


async def test_t21_two_presses_at_once_change_once(story: Whole, bed: Bed, audit: AuditLog) -> None:
    bed.kubectl.out("scale", "deployment/cart", "--replicas=2", "-n=shop")
    before = audit.position()
    proposal = await story.ada.slash(story.shop, "/kubectl scale deploy/cart --replicas=3")
    again = proposal.seen_by(story.ada)
    since = await tried(audit, before)
    await asyncio.gather(proposal.click("Confirm"), again.click("Confirm"))
    await proposal.until("deployment.apps/cart scaled")
    assert len(await patches(story, audit, since)) == 1
    bed.kubectl.out("scale", "deployment/cart", "--replicas=2", "-n=shop")


@pytest.fixture
def demoted(bed: Bed) -> Iterator[Any]:
    """Give a way to take the operators' rights in `shop` away; they come back afterwards."""
    kept = yaml.safe_load(bed.kubectl.out("get", "rolebinding/operators", "-n=shop", "-o=yaml"))
    kept["metadata"] = {"name": "operators", "namespace": "shop"}

    def settled(answer: str) -> None:
        # What decides about rights hears of a binding a little later than whoever changes it.
        asked = ("auth", "can-i", "patch", "deployments", "--subresource=scale", *OPERATOR)
        awaited(lambda: bed.kubectl(*asked).stdout.split() == [answer], f"the answer {answer}")

    def demote() -> None:
        bed.kubectl.out("delete", "rolebinding/operators", "-n=shop")
        settled("no")

    yield demote
    bed.kubectl.out("apply", "--validate=false", "-f=-", stdin=yaml.safe_dump(kept))
    settled("yes")


async def test_t22_a_button_whose_presser_has_lost_the_right_does_nothing(
    story: Whole, audit: AuditLog, demoted: Any
) -> None:
    before = audit.position()
    proposal = await story.ada.slash(story.shop, SCALE.format("web"))
    assert [button.label for button in proposal.buttons] == ["Confirm", "Cancel"]
    since = await tried(audit, before)
    demoted()
    answer = await proposal.click("Confirm")
    await answer.until('you cannot patch resource "deployments/scale"')
    assert await patches(story, audit, since) == []


def forged(message: SeenMessage, value: str) -> SeenMessage:
    """Put another value into the message's button, as whoever rewrites a payload does."""
    for block in message.blocks:
        for element in block.get("elements", ()):
            if element.get("action_id") == "confirm":
                element["value"] = value
    return message


def ticket(message: SeenMessage) -> str:
    [value] = [
        element["value"]
        for block in message.blocks
        for element in block.get("elements", ())
        if element.get("action_id") == "confirm"
    ]
    return str(value)


async def test_t27_a_made_up_ticket_confirms_nothing(story: Whole, audit: AuditLog) -> None:
    before = audit.position()
    proposal = await story.ada.slash(story.shop, SCALE.format("cart"))
    since = await tried(audit, before)
    answer = await forged(proposal, "A" * len(ticket(proposal))).click("Confirm")
    await answer.until(GONE)
    assert await patches(story, audit, since) == []


async def test_t27_somebody_elses_ticket_confirms_nothing(story: Whole, audit: AuditLog) -> None:
    before = audit.position()
    card = await story.ada.slash(story.shop, SCALE.format("cart"))
    since = await tried(audit, before)
    answer = await card.click("Confirm", by=story.vic)
    await answer.until(OTHERS)
    assert await patches(story, audit, since) == []


async def test_t27_a_ticket_that_was_carried_into_another_channel_confirms_nothing(
    story: Whole, audit: AuditLog
) -> None:
    before = audit.position()
    here = await story.ada.slash(story.shop, SCALE.format("cart"))
    before = await tried(audit, before)
    there = await story.ada.slash(story.ops, "/kubectl scale deploy/vault --replicas=2")
    since = await tried(audit, before)
    answer = await forged(there, ticket(here)).click("Confirm")
    await answer.until(COPY)
    assert await patches(story, audit, since) == []

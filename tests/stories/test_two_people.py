"""Two people with different rights in one channel: other menus, other answers, other entries."""

import asyncio
from collections.abc import Callable

import pytest

from bot.demo.slack.people import Person
from bot.demo.slack.seenview import SeenView
from tests.cluster.audit import PAUSE, AuditLog, Event
from tests.cluster.bed import Bed
from tests.stories.whole import Whole

pytestmark = [pytest.mark.boxed, pytest.mark.asyncio(loop_scope="module")]

SCALE = "/kubectl scale deploy/cart --replicas=3"
PATIENCE_SECONDS = 60


def of(person: Person, story: Whole, events: list[Event]) -> list[Event]:
    key = [f"{story.slack.team}/{person.id}"]
    return [
        event
        for event in events
        if event.get("impersonatedUser", {}).get("extra", {}).get("quarterdeck.dev/person") == key
    ]


def did(events: list[Event], resource: str, verb: str) -> list[Event]:
    return [
        event
        for event in events
        if event["verb"] == verb and event.get("objectRef", {}).get("resource") == resource
    ]


async def until(written: Callable[[], bool]) -> None:
    """Wait for what is still to be written: an event follows its response."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not written():
            await asyncio.sleep(PAUSE)


def verbs(form: SeenView) -> set[str]:
    """Return what the form's menu of commands offers."""
    [menu] = [one.element for one in form.fields if one.label == "What to do"]
    return {option["value"] for option in menu["options"]}


async def test_they_are_listed_other_commands(story: Whole, audit: AuditLog) -> None:
    since = audit.position()
    ada = (await story.ada.slash(story.shop, "/deck help")).plain()
    vic = (await story.vic.slash(story.shop, "/deck help")).plain()
    assert "  scale " in ada
    assert "  scale " not in vic
    assert "not for you here" in vic
    assert (
        "  scale " in (await story.vic.slash(story.shop, "/deck help --all | grep scale")).plain()
    )
    for person in (story.ada, story.vic):

        def asked(person: Person = person) -> list[Event]:
            events = of(person, story, audit.events(since))
            return did(events, "selfsubjectrulesreviews", "create")

        await until(lambda: bool(asked()))
        assert len(asked()) == 1


async def test_they_are_offered_other_commands_in_the_form(story: Whole) -> None:
    offered = {}
    for person in (story.ada, story.vic):
        form = await person.open(story.shop, "/kubectl")
        await form.until("The same, typed:")
        offered[person.id] = verbs(form)
        await form.close()
    assert offered[story.ada.id] - offered[story.vic.id] >= {"scale"}
    assert offered[story.vic.id] < offered[story.ada.id]


async def test_their_home_tabs_say_other_things(story: Whole) -> None:
    ada, vic = (await story.ada.open_home()).plain(), (await story.vic.open_home()).plain()
    assert "From the channels below: " in ada
    [there] = [line for line in vic.splitlines() if line.startswith("#shop  default: shop  (")]
    assert "scale" not in there
    [here] = [line for line in ada.splitlines() if line.startswith("#shop  default: shop  (")]
    assert "scale" in here


async def test_they_get_other_answers_and_the_audit_log_agrees(
    story: Whole, bed: Bed, audit: AuditLog
) -> None:
    bed.kubectl.out("scale", "deployment/cart", "--replicas=2", "-n", "shop")
    since = audit.position()
    refused = await story.vic.slash(story.shop, SCALE)
    assert refused.ephemeral
    assert 'cannot patch resource "deployments/scale"' in refused.plain()
    proposal = await story.ada.slash(story.shop, SCALE)
    await (await proposal.click("Confirm")).until("deployment.apps/cart scaled")

    def patches() -> list[Event]:
        return did(of(story.ada, story, audit.events(since)), "deployments", "patch")

    await until(lambda: len(patches()) >= 2)
    events = audit.events(since)
    vic, ada = of(story.vic, story, events), of(story.ada, story, events)
    assert did(vic, "deployments", "patch") == []
    tried, patch = did(ada, "deployments", "patch")
    assert "dryRun=All" in tried["requestURI"]
    assert "quarterdeck:operators" in patch["impersonatedUser"]["groups"]
    assert len(did(vic, "selfsubjectaccessreviews", "create")) == 1
    assert len(did(ada, "selfsubjectaccessreviews", "create")) == 2  # shown, and pressed
    assert all("quarterdeck:operators" not in e["impersonatedUser"]["groups"] for e in vic)
    bed.kubectl.out("scale", "deployment/cart", "--replicas=2", "-n", "shop")


async def test_each_is_told_who_they_are_and_nobody_else_is(story: Whole) -> None:
    for person, groups in (
        (story.ada, "groups quarterdeck:operators, quarterdeck:viewers"),
        (story.vic, "groups quarterdeck:viewers"),
    ):
        answer = await person.slash(story.shop, "/deck whoami")
        assert answer.ephemeral
        assert f"{person.id} in the workspace {story.slack.team}" in answer.plain()
        assert f"user quarterdeck:user, {groups}\n" in answer.plain()
        assert "bound to shop in default" in answer.plain()

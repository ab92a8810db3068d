"""What a task still needs: a form asks for it, and whoever sends it off runs it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.demo.slack.workspace import TransportKind
from tests.clock import IdleClock
from tests.kube.server import body
from tests.slack.shop import Shop, shop
from tests.slack.test_approvals import scale

SIZE = {
    "summary": "Set the size of an app",
    "parameters": {
        "app": {"type": "name", "allowed": ["web", "api"], "summary": "Which app?"},
        "replicas": {"type": "integer", "minimum": 1, "maximum": 9},
        "owner": {"default": "shop", "summary": "Whose is it?"},
    },
    "phrases": ["scale deploy/{app} --replicas={replicas}"],
}


@asynccontextmanager
async def story_of(transport: TransportKind, folder: Path) -> AsyncIterator[Shop]:
    def rules(_ids: Mapping[str, str]) -> Mapping[str, Any]:
        return {"tasks": {"size": SIZE}}

    # A second passes between two messages of a channel: skipped, where nothing else goes on.
    async with shop(transport, folder, rules, IdleClock()) as story:
        path = "/apis/apps/v1/namespaces/shop/deployments/web/scale"
        story.server.on(path, body(scale(3)))
        yield story


async def test_a_slash_command_opens_the_form_for_what_is_missing(
    transport: TransportKind, tmp_path: Path
) -> None:
    async with story_of(transport, tmp_path) as story:
        form = await story.ada.open(story.channel, "/deck run size")
        assert [one.label for one in form.fields] == ["Which app?", "replicas", "Whose is it?"]
        assert "Set the size of an app" in form.plain()
        empty = await form.advance({"Which app?": "web"})
        assert list(empty.errors) == ["replicas"]
        too_many = await form.advance({"Which app?": "web", "replicas": "12"})
        assert too_many.errors == {"replicas": "replicas must be at most 9, not '12'"}
        card = await form.submit({"Which app?": "web", "replicas": "5"})
        assert "run size app=web replicas=5 owner=shop" in card.plain()
        assert "replicas 3 → 5" in card.plain()


async def test_only_what_was_not_typed_is_asked_for(
    transport: TransportKind, tmp_path: Path
) -> None:
    async with story_of(transport, tmp_path) as story:
        form = await story.ada.open(story.channel, "/deck run size app=web -n shop")
        assert [one.label for one in form.fields] == ["replicas", "Whose is it?"]
        bad = await form.advance({"replicas": "5", "Whose is it?": "ada; rm"})
        assert bad.errors == {"Whose is it?": "owner must be a word, not 'ada; rm'"}
        card = await form.submit({"replicas": "5", "Whose is it?": "ada"})
        assert "run size replicas=5 owner=ada app=web -n shop" in card.plain()


async def test_a_mention_offers_the_form_and_whoever_sends_it_off_asks(
    transport: TransportKind, tmp_path: Path
) -> None:
    async with story_of(transport, tmp_path) as story:
        answer = await story.ada.mention(story.channel, "run size app=web")
        assert "the task size needs replicas: run size app=web|api" in answer.plain()
        await answer.click("Fill in…", by=story.bob)
        card = await story.bob.modal.submit({"replicas": "4"})
        assert "replicas 3 → 4" in card.plain()
        [case] = await story.engine.waiting.proposals.waiting()
        assert case.proposed.requester.id == story.bob.id


async def test_one_of_a_few_values_is_a_button(transport: TransportKind, tmp_path: Path) -> None:
    async with story_of(transport, tmp_path) as story:
        answer = await story.ada.slash(story.channel, "/deck run size replicas=5")
        assert "Which app?" in answer.plain()
        card = await answer.click("web")
        assert "replicas 3 → 5" in card.plain()


async def test_who_may_not_run_it_gets_no_form(transport: TransportKind, tmp_path: Path) -> None:
    async with story_of(transport, tmp_path) as story:
        told = await story.mallory.slash(story.channel, "/deck run size")
        assert told.ephemeral
        assert "Which app?" not in told.plain()
        other = await story.ada.slash(story.channel, "/deck run nothing")
        assert "there is no task 'nothing' for you here" in other.plain()


async def test_a_form_that_comes_too_late_becomes_a_button(
    transport: TransportKind, tmp_path: Path
) -> None:
    async with story_of(transport, tmp_path) as story:
        story.slack.fail_next("views.open", error="expired_trigger_id")
        answer = await story.ada.slash(story.channel, "/deck run size")
        assert "Fill in…" in [button.label for button in answer.buttons]

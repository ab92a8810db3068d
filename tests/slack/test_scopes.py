"""The app asks for the scopes of what the bot calls, and without one lacks only its feature."""

import ast
from functools import cache
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

import bot.slack
from bot.demo.slack.methods import METHODS
from bot.demo.slack.workspace import TransportKind
from bot.slack.manifest import SCOPES
from tests.slack.rig import granted, rig
from tests.slack.scripted import PODS, plays

# What their handlers decide by the kind of the conversation (Slack's reference of each method).
BY_KIND = {
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.history": {"im:history"},
    "conversations.replies": {"im:history"},
}
ASKED_FOR = {scope.name for scope in SCOPES}


@cache
def called() -> list[str]:
    """Return the methods of the Web API that stand in the bot's code."""
    names = {
        node.attr
        for path in Path(bot.slack.__path__[0]).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and "_" in node.attr
        and hasattr(AsyncWebClient, node.attr)
        and "client" in ast.unparse(node.value)
    }
    return sorted(name.replace("_", ".") for name in names)


def test_there_is_something_to_look_at() -> None:
    assert {"chat.postMessage", "conversations.history", "views.open"} <= set(called())


def test_the_scope_of_each_is_asked_for() -> None:
    # The app's own token has a scope of its own, connections:write.
    rules = {method: METHODS[method] for method in called() if METHODS[method].tokens != ("app",)}
    needed = {name: BY_KIND.get(name, set()) | {*rule.scopes[:1]} for name, rule in rules.items()}
    assert {name: scopes for name, scopes in needed.items() if not scopes <= ASKED_FOR} == {}


@pytest.mark.parametrize("scope", sorted(scope.name for scope in SCOPES if not scope.needed))
async def test_without_it_commands_are_answered_all_the_same(
    transport: TransportKind, scope: str
) -> None:
    lacking = [method for method, rule in METHODS.items() if scope in rule.scopes]
    lacking += [method for method, scopes in BY_KIND.items() if scope in scopes]
    foreseen = [(method, "missing_scope") for method in lacking]
    manifest = granted(without=scope)
    async with rig(transport, plays(PODS), manifest=manifest, foreseen=foreseen) as story:
        answer = await story.ada.slash(story.shop, "/kubectl get pods")
        assert not answer.ephemeral
        assert "web-1" in answer.plain()

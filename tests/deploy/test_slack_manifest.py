"""Slack accepts the app's manifests, and they ask for no more than the bot uses."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
import yaml
from pydantic import ValidationError

from bot.commands import Registry
from bot.core.command import Family
from bot.slack.manifest import SCOPES, app_manifest, as_yaml, create_link
from tests.deploy.manifests import DEPLOY, documents, the
from tests.deploy.slack_app import SlackApp

SOCKET = DEPLOY / "slack-manifest.yaml"
HTTP = DEPLOY / "components/http/slack-manifest.yaml"
EVENTS = "https://quarterdeck.example.com/slack/events"
# What Slack's reference asks for each event and each call that the bot makes.
OF_CHANNELS = {"channels:read", "groups:read"}
SCOPES_OF_EVENTS: dict[str, set[str]] = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "channel_archive": {"channels:read"},
    "channel_left": {"channels:read"},
    "channel_rename": {"channels:read"},
    "channel_shared": OF_CHANNELS,
    "channel_unarchive": {"channels:read"},
    "channel_unshared": OF_CHANNELS,
    "group_archive": {"groups:read"},
    "group_left": {"groups:read"},
    "group_rename": {"groups:read"},
    "group_unarchive": {"groups:read"},
    "member_joined_channel": OF_CHANNELS,
    "member_left_channel": OF_CHANNELS,
    "message.im": {"im:history"},
    "subteam_members_changed": {"usergroups:read"},
    "subteam_self_removed": {"usergroups:read"},
    "subteam_updated": {"usergroups:read"},
    "user_change": {"users:read"},
}
SCOPES_OF_CALLS = {
    "slash commands": "commands",
    "chat.postMessage": "chat:write",
    "conversations.info of a public channel": "channels:read",
    "conversations.info of a private channel": "groups:read",
    "files.completeUploadExternal": "files:write",
    "the address of a file": "files:read",
    "usergroups.list": "usergroups:read",
    "users.info": "users:read",
    "the e-mail address in users.info": "users:read.email",
}


def content(path: Any) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    return found


def app(path: Any) -> SlackApp:
    return SlackApp.model_validate(content(path))


@pytest.fixture(params=[SOCKET, HTTP], ids=["socket", "http"])
def either(request: pytest.FixtureRequest) -> SlackApp:
    return app(request.param)


def test_the_commands_are_those_that_work(either: SlackApp) -> None:
    commands = [one.command for one in either.features.slash_commands]
    assert commands == ["/kubectl", "/prom", "/deck"]


def test_the_scopes_are_those_that_are_used_and_no_other(either: SlackApp) -> None:
    events = either.settings.event_subscriptions.bot_events
    heard = {scope for event in events for scope in SCOPES_OF_EVENTS[event]}
    assert either.oauth_config.scopes.bot == sorted(heard | set(SCOPES_OF_CALLS.values()))


def test_the_home_tab_is_shown_and_heard_of(either: SlackApp) -> None:
    assert either.features.app_home.home_tab_enabled
    assert "app_home_opened" in either.settings.event_subscriptions.bot_events


@pytest.mark.parametrize(("path", "url"), [(SOCKET, ""), (HTTP, EVENTS)], ids=["socket", "http"])
def test_the_files_are_what_the_commands_of_today_make_of_them(path: Path, url: str) -> None:
    """Write them with `quarterdeck manifest > deploy/slack-manifest.yaml`, and with `--url`."""
    names = {Family.KUBECTL: "/kubectl", Family.PROM: "/prom", Family.DECK: "/deck"}
    assert path.read_text() == as_yaml(app_manifest(Registry().all(), names, url))


def test_each_scope_has_its_reason_beside_it() -> None:
    lines = SOCKET.read_text().splitlines()
    for scope in SCOPES:
        [line] = [line for line in lines if line.strip().startswith(f"- {scope.name} ")]
        assert line.endswith(f"# {scope.reason}")


def test_the_link_creates_this_very_app() -> None:
    document = content(SOCKET)
    parts = urlsplit(create_link(document))
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "api.slack.com", "/apps")
    query = parse_qs(parts.query)
    assert query["new_app"] == ["1"]
    assert orjson.loads(query["manifest_json"][0]) == document


def test_direct_messages_and_presses_arrive(either: SlackApp) -> None:
    home = either.features.app_home
    assert home.messages_tab_enabled
    assert not home.messages_tab_read_only_enabled
    assert either.settings.interactivity.is_enabled


def test_what_people_type_is_not_rewritten_by_slack(either: SlackApp) -> None:
    assert not any(command.should_escape for command in either.features.slash_commands)


def test_on_socket_mode_slack_calls_no_address() -> None:
    found = app(SOCKET)
    assert found.settings.socket_mode_enabled
    assert set(found.addresses()) == {None}


def test_on_http_slack_calls_the_path_that_the_ingress_opens() -> None:
    found = app(HTTP)
    assert not found.settings.socket_mode_enabled
    [rule] = the(documents(HTTP.parent / "ingress.yaml"), "Ingress")["spec"]["rules"]
    [path] = rule["http"]["paths"]
    assert set(found.addresses()) == {f"https://{rule['host']}{path['path']}"} == {EVENTS}


def without_the_way(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return a manifest without what says how Slack and the bot meet."""
    manifest["settings"].pop("socket_mode_enabled")
    manifest["settings"]["event_subscriptions"].pop("request_url", None)
    for name in ("request_url", "message_menu_options_url"):
        manifest["settings"]["interactivity"].pop(name, None)
    for command in manifest["features"]["slash_commands"]:
        command.pop("url", None)
    return manifest


def test_both_forms_are_the_same_app() -> None:
    assert without_the_way(content(SOCKET)) == without_the_way(content(HTTP))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("name: Quarterdeck", f"name: {'Q' * 36}", id="long-name"),
        pytest.param("command: /deck", "command: deck", id="no-slash"),
        pytest.param("command: /deck", f"command: /{'d' * 32}", id="long-command"),
        pytest.param("description: Ask", f"description: {'A' * 2000}", id="long-description"),
        pytest.param("usage_hint: help", f"usage_hint: {'h' * 1001}", id="long-hint"),
        pytest.param("    bot:", "    user: [admin]\n    bot:", id="user-scope"),
        pytest.param("#1d2b45", "blue", id="colour"),
    ],
)
def test_what_slack_refuses_would_be_noticed(old: str, new: str) -> None:
    text = SOCKET.read_text()
    assert old in text
    with pytest.raises(ValidationError):
        SlackApp.model_validate(yaml.safe_load(text.replace(old, new)))

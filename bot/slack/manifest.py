"""The Slack app as its manifest: commands, scopes, events; made from the commands that there are.

Pure. Slack grants scopes only when the app is installed, so the manifest asks at once for those
of every feature that is on by default; without one of them only its own feature is missing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson
import yaml

from bot.core.command import Command, Family

_CREATE = "https://api.slack.com/apps"


@dataclass(frozen=True, slots=True)
class Scope:
    """One right of the app in the workspace, and what is missing without it."""

    name: str
    reason: str
    without: str
    needed: bool = False
    """Whether the bot is of no use without it."""


SCOPES = (
    Scope("app_mentions:read", "@quarterdeck in channels and threads", "no mention is heard"),
    Scope(
        "channels:read",
        "changes are refused in channels shared with others",
        "no change is made from public channels",
    ),
    Scope("chat:write", "answers", "nothing can be answered", needed=True),
    Scope("commands", "/kubectl, /prom, /deck", "no slash command is heard", needed=True),
    Scope("files:read", "manifests attached to a mention", "attached files are not read"),
    Scope(
        "files:write",
        "answers too long for a message, and pictures",
        "long answers are shown in part, and charts in words",
    ),
    Scope(
        "groups:read",
        "the same for private channels",
        "no change is made from private channels",
    ),
    Scope("im:history", "direct messages to the bot", "no direct message is heard"),
    Scope(
        "usergroups:read",
        "people whom the policy names by their user groups",
        "the policy's usergroups match nobody",
    ),
    Scope(
        "users:read",
        "guests, bots and people of other workspaces are refused",
        "nobody can be told from a guest, so nobody is served",
        needed=True,
    ),
    Scope(
        "users:read.email",
        "people whom the policy names by the domain of their e-mail address",
        "the policy's domains match nobody",
    ),
)
# Without one of these, only the policy's rules of that sort match nobody.
BINDINGS = frozenset({"usergroups:read", "users:read.email"})
# What ends a remembered answer about a person, a user group or a channel.
NEWS = (
    "channel_archive",
    "channel_left",
    "channel_rename",
    "channel_shared",
    "channel_unarchive",
    "channel_unshared",
    "group_archive",
    "group_left",
    "group_rename",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "subteam_members_changed",
    "subteam_self_removed",
    "subteam_updated",
    "user_change",
)
EVENTS = ("app_home_opened", "app_mention", "message.im", *NEWS)

_DESCRIPTIONS: Mapping[Family, str] = {
    Family.KUBECTL: "Run a kubectl command; alone it opens a form",
    Family.PROM: "Ask Prometheus: an expression, a graph, alerts",
    Family.DECK: "Ask Quarterdeck about itself",
}
_DISPLAY = {
    "name": "Quarterdeck",
    "description": "Run Kubernetes from Slack, as yourself.",
    "background_color": "#1d2b45",
    "long_description": (
        "Type kubectl's commands in a channel, a thread or a direct message, and get kubectl's "
        "answers. Every command runs with the rights that you have in the cluster, never with "
        "the bot's own; changes are shown before they are made, and wait for your confirmation."
    ),
}
_HEADER = {
    "socket": (
        "# The Slack app, for https://api.slack.com/apps → Create New App → From a manifest.\n"
        "# Written by `quarterdeck manifest`. No user scopes, and no channels:history: the bot\n"
        "# reads what is addressed to it and nothing else.\n"
    ),
    "http": (
        "# deploy/slack-manifest.yaml for the HTTP form: Socket Mode off, and the address that\n"
        "# Slack calls. Written by `quarterdeck manifest --url`.\n"
    ),
}


def app_manifest(
    commands: Sequence[Command[Any]], names: Mapping[Family, str], url: str = ""
) -> dict[str, Any]:
    """Return the manifest; without `url` it is for Socket Mode.

    `names` are the slash commands, such as `/kubectl`.
    """
    address = {"url": url} if url else {}
    request = {"request_url": url} if url else {}
    slash = [
        {
            "command": names[family],
            **address,
            "description": _DESCRIPTIONS[family],
            "usage_hint": _hint(commands, family),
            "should_escape": False,
        }
        for family in Family
        if any(command.family is family for command in commands)
    ]
    return {
        "_metadata": {"major_version": 1},
        "display_information": dict(_DISPLAY),
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "quarterdeck", "always_online": False},
            "slash_commands": slash,
        },
        "oauth_config": {"scopes": {"bot": [scope.name for scope in SCOPES]}},
        "settings": {
            "event_subscriptions": {**request, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **request, **_options_address(url)},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def as_yaml(manifest: dict[str, Any]) -> str:
    """Return the manifest as YAML, with the reason of each scope beside it."""
    text = yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=96)
    width = max(len(scope.name) for scope in SCOPES)
    for scope in SCOPES:
        line = re.compile(rf"^(\s+- ){re.escape(scope.name)}$", re.MULTILINE)
        text = line.sub(rf"\g<1>{scope.name:<{width}}  # {scope.reason}", text)
    socket = manifest["settings"]["socket_mode_enabled"]
    return _HEADER["socket" if socket else "http"] + text


def create_link(manifest: dict[str, Any]) -> str:
    """Return the address at which Slack creates the app from this manifest."""
    query = urlencode({"new_app": 1, "manifest_json": orjson.dumps(manifest).decode()})
    return f"{_CREATE}?{query}"


def _hint(commands: Sequence[Command[Any]], family: Family) -> str:
    # The command with the most examples is the one that is typed in the most ways.
    best = max((c for c in commands if c.family is family), key=lambda c: len(c.examples))
    # What follows the slash command: of `/prom`, the phrases begin with the word itself.
    return best.examples[0].removeprefix(f"{family} ")


def _options_address(url: str) -> dict[str, str]:
    return {"message_menu_options_url": url} if url else {}

"""The app as its manifest declares it: commands, scopes, events, interactivity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.demo.slack.shapes import Json

_OF_CHANNELS = ("channels:read", "groups:read")
EVENT_SCOPES: Mapping[str, tuple[str, ...]] = {
    "app_mention": ("app_mentions:read",),
    "message.im": ("im:history",),
    "app_home_opened": (),
    "channel_archive": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_shared": _OF_CHANNELS,
    "channel_unshared": _OF_CHANNELS,
    "group_archive": ("groups:read",),
    "group_rename": ("groups:read",),
    "member_joined_channel": _OF_CHANNELS,
    "member_left_channel": _OF_CHANNELS,
    "subteam_members_changed": ("usergroups:read",),
    "user_change": ("users:read",),
}
"""The scopes of which Slack wants one before it delivers an event; none where it wants none."""


def default_manifest() -> Json:
    """Return the manifest of a bot with the house's three commands and its least scopes."""
    commands = ("/kubectl", "/prom", "/deck")
    return {
        "display_information": {"name": "Quarterdeck"},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "bot_user": {"display_name": "quarterdeck"},
            "slash_commands": [{"command": name, "description": name} for name in commands],
        },
        "oauth_config": {
            "scopes": {
                "bot": [
                    "app_mentions:read",
                    "channels:read",
                    "chat:write",
                    "commands",
                    "files:read",
                    "files:write",
                    "groups:read",
                    "im:history",
                    "reactions:write",
                    "usergroups:read",
                    "users:read",
                ]
            }
        },
        "settings": {
            "event_subscriptions": {"bot_events": ["app_home_opened", "app_mention", "message.im"]},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
    }


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An entry of the menu of all apps (`global`) or of one message (`message`)."""

    kind: str
    callback_id: str


@dataclass(frozen=True, slots=True)
class App:
    """An installed app and what it was granted."""

    name: str
    bot_name: str
    commands: frozenset[str]
    shortcuts: Mapping[str, Shortcut]
    """By the name that people see."""
    scopes: frozenset[str]
    events: frozenset[str]
    interactive: bool
    home_tab: bool
    messages_tab: bool
    app_scopes: frozenset[str] = field(default=frozenset({"connections:write"}))
    """What the app-level token may do."""

    def serves(self, command: str) -> bool:
        """Tell whether people can type this slash command: declared, and its scope granted."""
        return command in self.commands and "commands" in self.scopes

    def hears(self, event: str) -> bool:
        """Tell whether Slack delivers this event: subscribed, and its scope granted."""
        scopes = EVENT_SCOPES[event]
        return event in self.events and (not scopes or not self.scopes.isdisjoint(scopes))


def read_manifest(manifest: Json) -> App:
    """Return the app that a manifest describes; absent parts are granted nothing."""
    name = _inside(manifest, "display_information", "name") or "app"
    commands = _inside(manifest, "features", "slash_commands") or []
    shortcuts = _inside(manifest, "features", "shortcuts") or []
    return App(
        name=name,
        bot_name=_inside(manifest, "features", "bot_user", "display_name") or name.lower(),
        commands=frozenset(command["command"] for command in commands),
        shortcuts={one["name"]: Shortcut(one["type"], one["callback_id"]) for one in shortcuts},
        scopes=frozenset(_inside(manifest, "oauth_config", "scopes", "bot") or []),
        events=frozenset(_inside(manifest, "settings", "event_subscriptions", "bot_events") or []),
        interactive=bool(_inside(manifest, "settings", "interactivity", "is_enabled")),
        home_tab=bool(_inside(manifest, "features", "app_home", "home_tab_enabled")),
        messages_tab=_tells(manifest),
    )


def _tells(manifest: Json) -> bool:
    """Tell whether people may write to the bot in private."""
    tabs = _inside(manifest, "features", "app_home") or {}
    shown = bool(tabs.get("messages_tab_enabled"))
    return shown and not tabs.get("messages_tab_read_only_enabled", False)


def _inside(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value

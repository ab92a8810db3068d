"""The app as its manifest declares it: commands, scopes, events, interactivity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.demo.slack.blocks import Json

EVENT_SCOPES: Mapping[str, str] = {
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
}
"""The scope without which Slack does not deliver an event."""


def default_manifest() -> Json:
    """Return the manifest of a bot with the house's three commands and its least scopes."""
    commands = ("/kubectl", "/prom", "/deck")
    return {
        "display_information": {"name": "Quarterdeck"},
        "features": {
            "bot_user": {"display_name": "quarterdeck"},
            "slash_commands": [{"command": name, "description": name} for name in commands],
        },
        "oauth_config": {
            "scopes": {
                "bot": [
                    "app_mentions:read",
                    "chat:write",
                    "commands",
                    "files:write",
                    "im:history",
                    "reactions:write",
                    "usergroups:read",
                    "users:read",
                ]
            }
        },
        "settings": {
            "event_subscriptions": {"bot_events": ["app_mention", "message.im"]},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
    }


@dataclass(frozen=True, slots=True)
class App:
    """An installed app and what it was granted."""

    name: str
    bot_name: str
    commands: frozenset[str]
    scopes: frozenset[str]
    events: frozenset[str]
    interactive: bool
    app_scopes: frozenset[str] = field(default=frozenset({"connections:write"}))
    """What the app-level token may do."""

    def hears(self, event: str) -> bool:
        """Tell whether Slack delivers this event: subscribed, and its scope granted."""
        return event in self.events and EVENT_SCOPES[event] in self.scopes


def read_manifest(manifest: Json) -> App:
    """Return the app that a manifest describes; absent parts are granted nothing."""
    name = _inside(manifest, "display_information", "name") or "app"
    commands = _inside(manifest, "features", "slash_commands") or []
    return App(
        name=name,
        bot_name=_inside(manifest, "features", "bot_user", "display_name") or name.lower(),
        commands=frozenset(command["command"] for command in commands),
        scopes=frozenset(_inside(manifest, "oauth_config", "scopes", "bot") or []),
        events=frozenset(_inside(manifest, "settings", "event_subscriptions", "bot_events") or []),
        interactive=bool(_inside(manifest, "settings", "interactivity", "is_enabled")),
    )


def _inside(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value

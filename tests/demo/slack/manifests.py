"""The default app with other scopes or settings."""

from typing import Any

from bot.demo.slack.manifest import default_manifest


def with_scopes(*more: str, without: str = "") -> dict[str, Any]:
    manifest = default_manifest()
    scopes = manifest["oauth_config"]["scopes"]["bot"]
    manifest["oauth_config"]["scopes"]["bot"] = [s for s in [*scopes, *more] if s != without]
    return manifest


def without_interactivity() -> dict[str, Any]:
    manifest = default_manifest()
    manifest["settings"]["interactivity"]["is_enabled"] = False
    return manifest


def without_events() -> dict[str, Any]:
    manifest = default_manifest()
    manifest["settings"]["event_subscriptions"]["bot_events"] = []
    return manifest


def without_home() -> dict[str, Any]:
    manifest = default_manifest()
    manifest["features"]["app_home"] = {"messages_tab_read_only_enabled": True}
    return manifest


def with_shortcuts(*kinds: str) -> dict[str, Any]:
    """Return a manifest with one shortcut of each kind, called as its kind is."""
    manifest = default_manifest()
    manifest["features"]["shortcuts"] = [
        {"name": kind, "type": kind, "callback_id": kind, "description": kind} for kind in kinds
    ]
    return manifest

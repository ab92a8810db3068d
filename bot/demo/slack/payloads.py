"""The JSON that Slack sends: messages, commands, presses and events. Pure, read from the state."""

from typing import Any

from bot.demo.slack.platform import DOMAIN, Platform
from bot.demo.slack.screens import View
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import SLACKBOT, Channel, Message, User

_CHANNEL_NAMES = {"im": "directmessage", "private": "privategroup", "mpim": "privategroup"}
"""What a slash command says instead of the names of places that are not public."""


def message_object(platform: Platform, message: Message) -> Json:
    """Return a message as the Web API and interactions carry it; absent parts are left out."""
    names = platform.names
    by_bot = message.author == names.bot_user
    optional: dict[str, Any] = {
        "bot_id": names.bot if by_bot else None,
        "app_id": names.app if by_bot else None,
        "blocks": list(message.blocks),
        "attachments": list(message.attachments),
        "thread_ts": message.thread_ts,
        "metadata": message.metadata,
        "files": [file_object(platform, file) for file in message.files],
        "reactions": reactions(platform, message),
        "edited": {"user": message.author, "ts": message.edited} if message.edited else None,
    }
    return {
        "type": "message",
        "user": message.author,
        "team": names.team,
        "ts": message.ts,
        "text": message.text,
        **{key: value for key, value in optional.items() if value},
    }


def reactions(platform: Platform, message: Message) -> list[Json]:
    """Return the emoji below a message."""
    below = platform.state.reactions.get((message.channel, message.ts), {})
    return [
        {"name": name, "users": list(people), "count": len(people)}
        for name, people in below.items()
    ]


def file_object(platform: Platform, identifier: str) -> Json:
    """Return a file as `files.info` shows it."""
    file = platform.state.files[identifier]
    shares: dict[str, dict[str, list[Json]]] = {}
    for channel, ts in file.shares:
        reach = "public" if platform.state.channels[channel].kind == "public" else "private"
        shares.setdefault(reach, {}).setdefault(channel, []).append({"ts": ts})
    url = platform.private_url(file)
    return {
        "id": file.id,
        "created": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "filetype": file.snippet_type or file.name.rpartition(".")[2],
        "mode": "snippet" if file.snippet_type else "hosted",
        "user": file.owner,
        "size": file.length,
        "alt_txt": file.alt_text,
        "url_private": url,
        "url_private_download": url,
        "permalink": f"{platform.base_url}/files/{file.owner}/{file.id}/{file.name}",
        "shares": shares,
        "channels": sorted(shares.get("public", {})),
    }


def command_payload(
    platform: Platform, user: User, channel: Channel, words: tuple[str, str], answer_to: Json
) -> Json:
    """Return a slash command; `words` are the command and its text, all values are strings.

    `answer_to` holds its `response_url` and `trigger_id`.
    """
    command, text = words
    return {
        "token": platform.names.verification_token,
        "team_id": platform.names.team,
        "team_domain": DOMAIN,
        "channel_id": channel.id,
        "channel_name": _CHANNEL_NAMES.get(channel.kind, channel.name),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": platform.names.app,
        "is_enterprise_install": "false",
        **answer_to,
    }


def interaction(platform: Platform, kind: str, user: User) -> Json:
    """Return what every interaction carries; `kind` is its `type`."""
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team},
        "api_app_id": platform.names.app,
        "token": platform.names.verification_token,
        "team": {"id": platform.names.team, "domain": DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def in_message(platform: Platform, message: Message) -> Json:
    """Return where in a message an interaction took place; an ephemeral one is not sent along."""
    ephemeral = bool(message.only_for)
    thread = {"thread_ts": message.thread_ts} if message.thread_ts else {}
    shown = {} if ephemeral else {"message": message_object(platform, message)}
    return {
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": ephemeral,
            **thread,
        },
        "channel": channel_reference(platform, message.channel),
        **shown,
    }


def in_view(platform: Platform, view: View) -> Json:
    """Return where in a view an interaction took place."""
    return {
        "container": {"type": "view", "view_id": view.id},
        "view": view_object(platform, view),
    }


def channel_reference(platform: Platform, identifier: str) -> Json:
    """Return a channel as interactions name it."""
    channel = platform.state.channels[identifier]
    return {"id": channel.id, "name": _CHANNEL_NAMES.get(channel.kind, channel.name)}


def view_object(platform: Platform, view: View) -> Json:
    """Return a view as the Web API and interactions carry it."""
    body = view.body
    return {
        "id": view.id,
        "team_id": platform.names.team,
        "type": view.kind,
        "title": body.get("title"),
        "close": body.get("close"),
        "submit": body.get("submit"),
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "external_id": body.get("external_id", ""),
        "state": {"values": view.values},
        "hash": view.hash,
        "clear_on_close": body.get("clear_on_close", False),
        "notify_on_close": body.get("notify_on_close", False),
        "root_view_id": view.root,
        "previous_view_id": view.previous or None,
        "app_id": platform.names.app,
        "app_installed_team_id": platform.names.team,
        "bot_id": platform.names.bot,
    }


def notice(channel: str, person: str, text: str, origin: str) -> Message:
    """Return Slack's own word to one person."""
    return Message(channel, SLACKBOT, text, only_for=person, origin=origin)

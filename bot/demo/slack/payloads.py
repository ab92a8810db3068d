"""The JSON that Slack sends: messages, commands, presses and events. Pure, read from the state."""

from typing import Any

from bot.demo.slack import mrkdwn
from bot.demo.slack.blocks import Json
from bot.demo.slack.platform import DOMAIN, Platform
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


def press_payload(
    platform: Platform, user: User, message: Message, action: Json, answer_to: Json
) -> Json:
    """Return the press of a button (`block_actions`); an ephemeral message is not sent along."""
    channel = platform.state.channels[message.channel]
    ephemeral = bool(message.only_for)
    thread = {"thread_ts": message.thread_ts} if message.thread_ts else {}
    shown = {} if ephemeral else {"message": message_object(platform, message)}
    return {
        "type": "block_actions",
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team},
        "api_app_id": platform.names.app,
        "token": platform.names.verification_token,
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": ephemeral,
            **thread,
        },
        "team": {"id": platform.names.team, "domain": DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {
            "id": channel.id,
            "name": _CHANNEL_NAMES.get(channel.kind, channel.name),
        },
        **shown,
        "state": {"values": {}},
        "actions": [action],
        **answer_to,
    }


def event_payload(platform: Platform, kind: str, message: Message) -> Json:
    """Return the outer event of a person's message; `kind` is `app_mention` or `message.im`."""
    names, channel = platform.names, platform.state.channels[message.channel]
    seconds = int(platform.clock.now().timestamp())
    return {
        "token": names.verification_token,
        "team_id": names.team,
        "api_app_id": names.app,
        "event": _event(platform, kind, message),
        "type": "event_callback",
        "event_id": platform.ids.named("Ev"),
        "event_time": seconds,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": names.team,
                "user_id": names.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": channel.shared,
        "event_context": platform.ids.secret(),
    }


def _event(platform: Platform, kind: str, message: Message) -> Json:
    user = platform.state.users[message.author]
    where = {"thread_ts": message.thread_ts} if message.thread_ts else {}
    direct = {"channel_type": "im"} if kind == "message.im" else {}
    return {
        "type": kind.partition(".")[0],
        "user": user.id,
        "text": message.text,
        "ts": message.ts,
        "team": user.team,
        "blocks": list(message.blocks),
        "channel": message.channel,
        "event_ts": message.ts,
        **where,
        **direct,
    }


def typed_blocks(platform: Platform, text: str, *, mentions_bot: bool) -> tuple[Json, ...]:
    """Return the rich text that Slack's composer makes of what a person typed."""
    mention = [{"type": "user", "user_id": platform.names.bot_user}] if mentions_bot else []
    words = [{"type": "text", "text": f" {text}" if mentions_bot else text}] if text else []
    section = {"type": "rich_text_section", "elements": [*mention, *words]}
    return ({"type": "rich_text", "block_id": platform.ids.secret(5), "elements": [section]},)


def typed_text(platform: Platform, text: str, *, mentions_bot: bool) -> str:
    """Return the `text` of a message that a person typed, changed as Slack changes it."""
    mention = f"<@{platform.names.bot_user}> " if mentions_bot else ""
    return mention + mrkdwn.typed(text)


def notice(channel: str, person: str, text: str, origin: str) -> Message:
    """Return Slack's own word to one person."""
    return Message(channel, SLACKBOT, text, only_for=person, origin=origin)

"""The JSON of the Events API, and what Slack makes of what a person types. Read from the state."""

from typing import Any

from bot.demo.slack import mrkdwn
from bot.demo.slack.payloads import file_object, view_object
from bot.demo.slack.platform import Platform
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import Message, User


def event_payload(platform: Platform, event: Json, *, shared: bool = False) -> Json:
    """Return an event in its envelope; `shared`: from a Slack Connect channel."""
    names = platform.names
    seconds = int(platform.clock.now().timestamp())
    return {
        "token": names.verification_token,
        "team_id": names.team,
        "api_app_id": names.app,
        "event": event,
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
        "is_ext_shared_channel": shared,
        "event_context": platform.ids.secret(),
    }


def message_event(platform: Platform, kind: str, message: Message) -> Json:
    """Return the event of a person's message; `kind` is `app_mention` or `message.im`."""
    user = platform.state.users[message.author]
    direct = kind == "message.im"
    files = [shared_file(platform, message, file) for file in message.files]
    optional: dict[str, Any] = {
        "subtype": "file_share" if files and direct else None,
        "thread_ts": message.thread_ts,
        "channel_type": "im" if direct else None,
        "files": files,
        "upload": bool(files) and not direct,
        **_foreign(platform, user),
    }
    return {
        "type": kind.partition(".")[0],
        "user": user.id,
        "text": message.text,
        "ts": message.ts,
        "team": user.team,
        "blocks": list(message.blocks),
        "channel": message.channel,
        "event_ts": message.ts,
        **{key: value for key, value in optional.items() if value},
    }


def home_event(platform: Platform, user: User) -> Json:
    """Return the event of a person who opens the Home tab."""
    view = platform.state.screens.home(user.id)
    shown = {} if view is None else {"view": view_object(platform, view)}
    return {
        "type": "app_home_opened",
        "user": user.id,
        "channel": platform.state.direct(platform.names.bot_user, user.id).id,
        "tab": "home",
        "event_ts": platform.state.stamps.fresh(),
        **shown,
    }


def shared_file(platform: Platform, message: Message, identifier: str) -> Json:
    """Return a file in an event: of a Slack Connect channel only that it is there."""
    if platform.state.channels[message.channel].shared:
        return {"id": identifier, "mode": "file_access", "file_access": "check_file_info"}
    return file_object(platform, identifier)


def _foreign(platform: Platform, user: User) -> Json:
    if user.team == platform.names.team:
        return {}
    return {"user_team": user.team, "source_team": user.team}


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

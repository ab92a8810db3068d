"""What Slack sends, read into one value; nothing else of a payload travels on.

Pure. `None` means: not for us (an edit, a bot's message, a button of another app) or unreadable.
"""

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias, get_args

from bot.core.command import Family
from bot.core.request import Place, Surface
from bot.slack.address import Origin, Press
from bot.slack.blocks import BODY, HEADING

Payload: TypeAlias = dict[str, Any]
"""JSON of Slack; a foreign edge."""

_USER = re.compile(r"[UW][A-Z0-9]{1,30}")
# What our buttons carry is short; whatever else a value holds was not made here.
_VALUE = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class Incoming:
    """Something that a person typed or pressed."""

    kind: str
    key: str
    """The same for each delivery of the same act, and for no other act."""
    teams: frozenset[str]
    """Every workspace that the payload names: where it happened, and where the person is from."""
    user: str
    name: str
    place: Place
    text: str = ""
    response_url: str = field(default="", repr=False)
    value: str = ""
    """What the pressed button carries: a proposal's ticket, or the id of a running request."""
    origin: Origin | None = None
    """The proposal that was pressed; None for what was typed, and for the press of Cancel."""


def command(payload: Payload, family: Family) -> Incoming | None:
    """Return what was typed after a slash command, with the family's word before it."""
    text = f"{family} {_string(payload, 'text')}".rstrip()
    return _checked(
        Incoming(
            kind="command",
            key=_string(payload, "trigger_id"),
            teams=_teams(payload, ("team_id",)),
            user=_string(payload, "user_id"),
            name=_string(payload, "user_name"),
            place=Place(Surface.SLASH, _string(payload, "channel_id")),
            text=text,
            response_url=_string(payload, "response_url"),
        )
    )


def message(payload: Payload, bot_user: str) -> Incoming | None:
    """Return a mention of the bot, or a direct message to it."""
    event = payload.get("event")
    if not isinstance(event, dict) or not _typed_by_a_person(event):
        return None
    direct = event.get("type") == "message"
    if direct and event.get("channel_type") != "im":
        return None
    surface = Surface.DIRECT if direct else Surface.MENTION
    return _checked(
        Incoming(
            kind="event",
            key=_string(payload, "event_id"),
            teams=_teams(
                payload,
                ("team_id",),
                ("event", "team"),
                ("event", "user_team"),
                ("event", "source_team"),
            ),
            user=_string(event, "user"),
            name="",
            place=Place(surface, _string(event, "channel"), _string(event, "thread_ts")),
            text=_unmentioned(_string(event, "text"), bot_user),
        )
    )


def press(payload: Payload) -> Incoming | None:
    """Return the press of one of our buttons."""
    actions = payload.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    if not isinstance(action, dict) or not _VALUE.fullmatch(_string(action, "value")):
        return None
    channel = _string(payload, "container", "channel_id")
    # A direct message's id starts with D: its answers need no whisper.
    surface = Surface.DIRECT if channel.startswith("D") else Surface.MENTION
    found = Incoming(
        kind="press",
        key=_string(payload, "trigger_id"),
        teams=_teams(payload, ("team", "id"), ("user", "team_id")),
        user=_string(payload, "user", "id"),
        name=_string(payload, "user", "username"),
        place=Place(surface, channel, _string(payload, "container", "thread_ts")),
        response_url=_string(payload, "response_url"),
        value=_string(action, "value"),
        origin=_origin(payload, _string(action, "action_id")),
    )
    return _checked(found)


def _origin(payload: Payload, action_id: str) -> Origin | None:
    pressed = next((known for known in get_args(Press) if known == action_id), None)
    if pressed is None:
        return None
    shown = _at(payload, "message", "blocks")
    blocks = (
        [block for block in shown if isinstance(block, dict)] if isinstance(shown, list) else []
    )
    return Origin(
        ts=_string(payload, "container", "message_ts"),
        ephemeral=_at(payload, "container", "is_ephemeral") is True,
        press=pressed,
        kept=tuple(block for block in blocks if block.get("block_id") in (HEADING, BODY)),
    )


def _typed_by_a_person(event: Payload) -> bool:
    # Subtypes are edits, joins, bots; a message that was edited into a mention is not typed anew.
    return not any(event.get(mark) for mark in ("bot_id", "subtype", "edited", "hidden"))


def _unmentioned(text: str, bot_user: str) -> str:
    return re.sub(rf"^\s*<@{re.escape(bot_user)}(\|[^>]*)?>[:,]?\s*", "", text, count=1)


def _checked(found: Incoming) -> Incoming | None:
    readable = _USER.fullmatch(found.user) and found.key and found.place.channel and found.teams
    return found if readable else None


def _teams(payload: Payload, *paths: tuple[str, ...]) -> frozenset[str]:
    return frozenset(filter(None, (_string(payload, *path) for path in paths)))


def _string(payload: Payload, *path: str) -> str:
    found = _at(payload, *path)
    return found if isinstance(found, str) else ""


def _at(payload: object, *path: str) -> object:
    for key in path:
        payload = payload.get(key) if isinstance(payload, dict) else None
    return payload

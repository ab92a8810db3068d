"""What Slack sends, read into one value; nothing else of a payload travels on.

Pure. `None` means: not for us (an edit, a bot's message, a button of another app) or unreadable.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, get_args

from bot.core.command import Family
from bot.core.request import Place, Reach, Surface
from bot.slack.address import Origin, Press

Payload: TypeAlias = dict[str, Any]
"""JSON of Slack; a foreign edge."""

_USER = re.compile(r"[UW][A-Z0-9]{1,30}")
# What our buttons carry is short; whatever else a value holds was not made here.
_VALUE = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class Pressed:
    """An element of a message or a form that somebody used."""

    action: str
    """Its action id."""
    block: str
    value: str
    """What a button carries, or the value of the chosen option."""
    ts: str = ""
    """The message that it stands in; empty in a form."""
    ephemeral: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """Something that a person typed, pressed, filled in or opened."""

    kind: str
    key: str
    """The same for each delivery of the same act, and for no other act."""
    app: str
    """The app that Slack means."""
    teams: frozenset[str]
    """Every workspace that the payload names: where it happened, and where the person is from."""
    user: str
    name: str
    place: Place
    """Its channel is empty for a form and for the Home tab."""
    text: str = ""
    response_url: str = field(default="", repr=False)
    trigger: str = ""
    """Opens one form, within three seconds."""
    value: str = ""
    """What the pressed button carries: a proposal's ticket, or the id of a running request."""
    origin: Origin | None = None
    """The proposal that was pressed; None for what was typed, and for the press of Cancel."""
    reason: str = field(default="", repr=False)
    """What was filled in for the press: why, or what had to be typed."""
    pressed: Pressed | None = None
    ts: str = ""
    """The message that was typed; empty for everything else."""
    view: Payload = field(default_factory=dict, repr=False)
    """The form as Slack sends it, with what was filled in; it may hold a secret."""
    files: tuple[Payload, ...] = ()
    """What was attached to a message, as `files.info` describes it."""


def command(payload: Payload, family: Family) -> Incoming | None:
    """Return what was typed after a slash command, with the family's word before it."""
    text = f"{family} {_string(payload, 'text')}".rstrip()
    return _placed(
        Incoming(
            kind="command",
            key=_string(payload, "trigger_id"),
            app=_string(payload, "api_app_id"),
            teams=_teams(payload, ("team_id",)),
            user=_string(payload, "user_id"),
            name=_string(payload, "user_name"),
            place=Place(Surface.SLASH, _string(payload, "channel_id")),
            text=text,
            response_url=_string(payload, "response_url"),
            trigger=_string(payload, "trigger_id"),
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
    shared = payload.get("is_ext_shared_channel") is True
    reach = Reach.SHARED if shared else Reach.HOME
    place = Place(surface, _string(event, "channel"), _string(event, "thread_ts"), reach)
    text = _unmentioned(_string(event, "text"), bot_user)
    found = replace(_event(payload, event), place=place, text=text)
    return _placed(replace(found, files=_objects(event.get("files"))))


def home(payload: Payload) -> Incoming | None:
    """Return that a person opened the app's Home tab."""
    event = payload.get("event")
    if not isinstance(event, dict) or event.get("tab") != "home":
        return None
    return _checked(replace(_event(payload, event), kind="home"))


def press(payload: Payload) -> Incoming | None:
    """Return the press of a proposal's button, or of the one that cancels a running command."""
    found = action(payload)
    if found is None or found.pressed is None or not found.place.channel:
        return None
    value = found.pressed.value
    if not _VALUE.fullmatch(value):
        return None
    return replace(found, value=value, origin=_origin(found.pressed))


def action(payload: Payload) -> Incoming | None:
    """Return the use of any button or menu, in a message or in a form."""
    actions = payload.get("actions")
    first = actions[0] if isinstance(actions, list) and actions else None
    if not isinstance(first, dict):
        return None
    value = _string(first, "value") or _string(first, "selected_option", "value")
    pressed = Pressed(
        action=_string(first, "action_id"),
        block=_string(first, "block_id"),
        value=value,
        ts=_string(payload, "container", "message_ts"),
        ephemeral=_at(payload, "container", "is_ephemeral") is True,
    )
    return _checked(replace(_interaction(payload, "press"), pressed=pressed))


def submission(payload: Payload) -> Incoming | None:
    """Return a form that was sent off."""
    return _checked(_interaction(payload, "submission"))


def suggestion(payload: Payload) -> Incoming | None:
    """Return what was typed so far into a menu that asks for its options; it has no key."""
    pressed = Pressed(_string(payload, "action_id"), _string(payload, "block_id"), "")
    found = _interaction(payload, "suggestion")
    asked = replace(found, key="-", pressed=pressed, text=_string(payload, "value"))
    return _checked(asked)


def _interaction(payload: Payload, kind: str) -> Incoming:
    channel = _string(payload, "container", "channel_id")
    # A direct message's id starts with D: its answers need no whisper.
    surface = Surface.DIRECT if channel.startswith("D") else Surface.MENTION
    view = payload.get("view")
    return Incoming(
        kind=kind,
        key=_string(payload, "trigger_id"),
        app=_string(payload, "api_app_id"),
        teams=_teams(payload, ("team", "id"), ("user", "team_id")),
        user=_string(payload, "user", "id"),
        name=_string(payload, "user", "username"),
        place=Place(surface, channel, _string(payload, "container", "thread_ts")),
        response_url=_string(payload, "response_url"),
        trigger=_string(payload, "trigger_id"),
        view=view if isinstance(view, dict) else {},
    )


def _event(payload: Payload, event: Payload) -> Incoming:
    paths = (("team_id",), ("event", "team"), ("event", "user_team"), ("event", "source_team"))
    return Incoming(
        kind="event",
        key=_string(payload, "event_id"),
        app=_string(payload, "api_app_id"),
        teams=_teams(payload, *paths),
        user=_string(event, "user"),
        name="",
        ts=_string(event, "ts"),
        place=Place(Surface.DIRECT),
    )


def _origin(pressed: Pressed) -> Origin | None:
    press = next((known for known in get_args(Press) if known == pressed.action), None)
    if press is None:
        return None
    return Origin(pressed.ts, pressed.ephemeral, press)


def _typed_by_a_person(event: Payload) -> bool:
    # Subtypes are edits, joins, bots; a message that was edited into a mention is not typed anew.
    if event.get("subtype") not in (None, "file_share"):
        return False
    return not any(event.get(mark) for mark in ("bot_id", "edited", "hidden"))


def _unmentioned(text: str, bot_user: str) -> str:
    return re.sub(rf"^\s*<@{re.escape(bot_user)}(\|[^>]*)?>[:,]?\s*", "", text, count=1)


def _placed(found: Incoming) -> Incoming | None:
    return _checked(found) if found.place.channel else None


def _checked(found: Incoming) -> Incoming | None:
    return found if _USER.fullmatch(found.user) and found.key and found.teams else None


def _teams(payload: Payload, *paths: tuple[str, ...]) -> frozenset[str]:
    return frozenset(filter(None, (_string(payload, *path) for path in paths)))


def _objects(found: object) -> tuple[Payload, ...]:
    return tuple(one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()


def _string(payload: Payload, *path: str) -> str:
    found = _at(payload, *path)
    return found if isinstance(found, str) else ""


def _at(payload: object, *path: str) -> object:
    for key in path:
        payload = payload.get(key) if isinstance(payload, dict) else None
    return payload

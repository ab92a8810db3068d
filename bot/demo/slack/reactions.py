"""Emoji below a message: `reactions.add`, `reactions.remove`, `reactions.get`."""

import re

from bot.demo.slack.call import ApiCall
from bot.demo.slack.payloads import message_object
from bot.demo.slack.refusal import CallRefusedError
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import Message

_NAME = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")
_MOST = 50
"""Different emoji below one message (`too_many_emoji`)."""


def add(call: ApiCall) -> Json:
    """Answer `reactions.add`."""
    name, message, bot = _asked(call)
    state = call.platform.state
    present = state.reactions.get((message.channel, message.ts), {})
    if bot in present.get(name, ()):
        raise CallRefusedError("already_reacted")
    if name not in present and len(present) >= _MOST:
        raise CallRefusedError("too_many_emoji")
    state.react(message, name, (*present.get(name, ()), bot))
    return {}


def remove(call: ApiCall) -> Json:
    """Answer `reactions.remove`."""
    name, message, bot = _asked(call)
    state = call.platform.state
    people = state.reactions.get((message.channel, message.ts), {}).get(name, ())
    if bot not in people:
        raise CallRefusedError("no_reaction")
    state.react(message, name, tuple(one for one in people if one != bot))
    return {}


def get(call: ApiCall) -> Json:
    """Answer `reactions.get`."""
    message = _message(call)
    shown = message_object(call.platform, message)
    return {"type": "message", "channel": message.channel, "message": shown}


def _asked(call: ApiCall) -> tuple[str, Message, str]:
    name = call.arguments.required("name")
    if not _NAME.fullmatch(name):
        raise CallRefusedError("invalid_name")
    return name, _message(call), call.platform.names.bot_user


def _message(call: ApiCall) -> Message:
    channel = call.channel()
    if call.platform.names.bot_user not in channel.members:
        raise CallRefusedError("not_in_channel")
    if channel.archived:
        raise CallRefusedError("is_archived")
    return call.lasting(channel, call.arguments.required("timestamp"))

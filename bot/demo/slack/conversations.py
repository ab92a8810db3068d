"""The `conversations.*` methods: what a channel is, who is in it, opening a direct message."""

from collections.abc import Mapping

from bot.demo.slack.call import ApiCall
from bot.demo.slack.paging import page
from bot.demo.slack.refusal import CallRefusedError, invalid_arguments
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import Channel, ChannelKind

_READ: Mapping[ChannelKind, str] = {
    "public": "channels:read",
    "private": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}
_TYPES: Mapping[str, ChannelKind] = {
    "public_channel": "public",
    "private_channel": "private",
    "im": "im",
    "mpim": "mpim",
}


def info(call: ApiCall) -> Json:
    """Answer `conversations.info`; which scope it needs depends on the kind of the channel."""
    call.need(*_READ.values())
    channel = call.channel()
    call.need(_READ[channel.kind])
    shown = channel_object(channel, call.platform.names.bot_user)
    if call.arguments.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


def list_channels(call: ApiCall) -> Json:
    """Answer `conversations.list`: private places only where the bot is in them."""
    wanted = call.arguments.listed("types") or ["public_channel"]
    kinds = [_TYPES[kind] for kind in wanted if kind in _TYPES]
    if len(kinds) != len(wanted):
        raise CallRefusedError("invalid_types")
    for kind in kinds:
        call.need(_READ[kind])
    bot, hide = call.platform.names.bot_user, call.arguments.flag("exclude_archived")
    found = [
        channel_object(channel, bot)
        for channel in call.platform.state.channels.values()
        if channel.kind in kinds
        and (channel.kind == "public" or bot in channel.members)
        and not (hide and channel.archived)
    ]
    shown, more = page(found, call.arguments, 100)
    return {"channels": list(shown), **more}


def members(call: ApiCall) -> Json:
    """Answer `conversations.members`."""
    call.need(*_READ.values())
    channel = call.channel()
    call.need(_READ[channel.kind])
    shown, more = page(channel.members, call.arguments, 100)
    return {"members": list(shown), **more}


def open_direct(call: ApiCall) -> Json:
    """Answer `conversations.open` for one person (`im`) or several (`mpim`)."""
    people = call.arguments.listed("users")
    if not people:
        raise invalid_arguments("missing required field: users")
    call.need("im:write" if len(people) == 1 else "mpim:write")
    unknown = [person for person in people if person not in call.platform.state.users]
    if unknown:
        raise CallRefusedError("user_not_found")
    bot = call.platform.names.bot_user
    channel = call.platform.state.direct(bot, *people)
    whole = call.arguments.flag("return_im")
    return {"channel": channel_object(channel, bot) if whole else {"id": channel.id}}


def channel_object(channel: Channel, bot: str) -> Json:
    """Return a channel as the Web API shows it to the bot."""
    shown: Json = {
        "id": channel.id,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "public",
        "is_member": bot in channel.members,
        "is_archived": channel.archived,
        "is_ext_shared": channel.shared,
    }
    if channel.kind == "im":
        other = [member for member in channel.members if member != bot]
        return {**shown, "user": other[0]}
    return {**shown, "name": channel.name, "name_normalized": channel.name}

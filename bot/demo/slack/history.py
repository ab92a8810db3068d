"""What was said in a channel: `conversations.history` and `conversations.replies`."""

from collections.abc import Mapping, Sequence

from bot.demo.slack.call import ApiCall
from bot.demo.slack.paging import page
from bot.demo.slack.payloads import message_object
from bot.demo.slack.refusal import CallRefusedError
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import Channel, ChannelKind, Message

_SCOPES: Mapping[ChannelKind, str] = {
    "public": "channels:history",
    "private": "groups:history",
    "im": "im:history",
    "mpim": "mpim:history",
}
_USUAL_PAGE = 100


def history(call: ApiCall) -> Json:
    """Answer `conversations.history`: newest first, without replies in threads."""
    channel = _readable(call)
    found = [m for m in _lasting(call, channel) if m.thread_ts in ("", m.ts) and _within(call, m)]
    shown, more = page(list(reversed(found)), call.arguments, _USUAL_PAGE)
    return _messages(call, shown, more)


def replies(call: ApiCall) -> Json:
    """Answer `conversations.replies`: a thread from its root on, oldest first."""
    channel = _readable(call)
    root = call.platform.state.message(channel.id, call.arguments.required("ts"))
    if root is None or root.only_for:
        raise CallRefusedError("thread_not_found")
    thread = root.thread_ts or root.ts
    found = [m for m in _lasting(call, channel) if thread in (m.ts, m.thread_ts)]
    shown, more = page([m for m in found if _within(call, m)], call.arguments, _USUAL_PAGE)
    return _messages(call, shown, more)


def _readable(call: ApiCall) -> Channel:
    call.need(*_SCOPES.values())
    channel = call.channel()
    call.need(_SCOPES[channel.kind])
    if call.platform.names.bot_user not in channel.members:
        raise CallRefusedError("not_in_channel")
    return channel


def _lasting(call: ApiCall, channel: Channel) -> list[Message]:
    """Return the messages that are stored: ephemeral ones never are."""
    return [m for m in call.platform.state.standing(channel.id) if not m.only_for]


def _within(call: ApiCall, message: Message) -> bool:
    oldest, latest = call.arguments.text("oldest"), call.arguments.text("latest")
    ends = (oldest, latest) if call.arguments.flag("inclusive") else ()
    if message.ts in ends:
        return True
    return (not oldest or message.ts > oldest) and (not latest or message.ts < latest)


def _messages(call: ApiCall, messages: Sequence[Message], more: Json) -> Json:
    shown = [_shown(call, message) for message in messages]
    return {"messages": shown, "has_more": bool(more["response_metadata"]["next_cursor"]), **more}


def _shown(call: ApiCall, message: Message) -> Json:
    whole = message_object(call.platform, message)
    if not call.arguments.flag("include_all_metadata"):
        whole.pop("metadata", None)
    state = call.platform.state
    answers = [
        m
        for m in state.standing(message.channel)
        if m.thread_ts == message.ts != m.ts and not m.only_for
    ]
    if not answers:
        return whole
    people = list(dict.fromkeys(answer.author for answer in answers))
    return {
        **whole,
        "thread_ts": message.ts,
        "reply_count": len(answers),
        "reply_users": people,
        "latest_reply": answers[-1].ts,
    }

"""Messages that are written bit by bit: `chat.startStream`, `appendStream`, `stopStream`.

A stream dies five minutes after it began, whatever happens in it (seen, not documented).
"""

from bot.demo.slack import limits
from bot.demo.slack.call import ApiCall
from bot.demo.slack.payloads import message_object
from bot.demo.slack.refusal import CallRefusedError, invalid_arguments
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import Message


def start(call: ApiCall) -> Json:
    """Answer `chat.startStream`: a reply in a thread, in a channel for one named person."""
    channel = call.place()
    call.arguments.required("thread_ts")
    thread = call.thread(channel)
    if channel.kind != "im":
        for name in ("recipient_team_id", "recipient_user_id"):
            if not call.arguments.text(name):
                raise CallRefusedError(f"missing_{name}")
    message = call.platform.state.post(
        Message(
            channel=channel.id,
            author=call.platform.names.bot_user,
            text=_text(call),
            thread_ts=thread,
        )
    )
    call.platform.streams[channel.id, message.ts] = call.platform.clock.monotonic()
    return {"channel": channel.id, "ts": message.ts}


def append(call: ApiCall) -> Json:
    """Answer `chat.appendStream`."""
    message = _streaming(call)
    added = _text(call)
    if not added:
        raise invalid_arguments("missing required field: markdown_text")
    call.platform.state.rewrite(message, text=message.text + added)
    return {"channel": message.channel, "ts": message.ts}


def stop(call: ApiCall) -> Json:
    """Answer `chat.stopStream`; blocks come below the text, which they leave as it is."""
    message = _streaming(call)
    given = call.arguments.has("blocks")
    blocks = (call.platform.composer.compose(call.arguments).blocks or ()) if given else ()
    del call.platform.streams[message.channel, message.ts]
    whole = call.platform.state.rewrite(message, text=message.text + _text(call), blocks=blocks)
    shown = message_object(call.platform, whole)
    return {"channel": whole.channel, "ts": whole.ts, "message": shown}


def _streaming(call: ApiCall) -> Message:
    channel = call.channel()
    message = call.lasting(channel, call.arguments.required("ts"))
    if message.author != call.platform.names.bot_user:
        raise CallRefusedError("message_not_owned_by_app")
    born = call.platform.streams.get((channel.id, message.ts))
    if born is None or call.platform.clock.monotonic() - born >= limits.STREAM_SECONDS:
        raise CallRefusedError("message_not_in_streaming_state")
    return message


def _text(call: ApiCall) -> str:
    text = call.arguments.text("markdown_text")
    if len(text) > limits.MARKDOWN_TEXT:
        raise CallRefusedError("msg_too_long")
    return text

"""The `chat.*` methods: posting, editing, deleting, and a message's address."""

from dataclasses import replace

from bot.demo.slack import limits
from bot.demo.slack.call import ApiCall
from bot.demo.slack.content import Content
from bot.demo.slack.payloads import message_object
from bot.demo.slack.refusal import CallRefusedError
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import Channel, Message


def post_message(call: ApiCall) -> Json:
    """Answer `chat.postMessage`."""
    channel = call.place()
    content = call.platform.composer.compose(call.arguments)
    message = call.platform.state.post(
        replace(_drafted(call, channel, content), metadata=content.metadata)
    )
    warning = _truncated() if content.truncated else {}
    shown = message_object(call.platform, message)
    return {"channel": channel.id, "ts": message.ts, "message": shown, **warning}


def post_ephemeral(call: ApiCall) -> Json:
    """Answer `chat.postEphemeral`: one person in the channel sees it, nobody can edit it."""
    channel = call.place()
    person = call.arguments.required("user")
    if person not in channel.members:
        raise CallRefusedError("user_not_in_channel")
    content = call.platform.composer.compose(call.arguments)
    message = call.platform.state.post(replace(_drafted(call, channel, content), only_for=person))
    return {"message_ts": message.ts}


def update(call: ApiCall) -> Json:
    """Answer `chat.update`: a text without blocks takes the blocks away, as the page says."""
    channel, message = _own(call, "cant_update_message")
    if len(call.arguments.text("text")) > limits.UPDATE_TEXT:
        raise CallRefusedError("msg_too_long")
    content = call.platform.composer.compose(call.arguments)
    keeps_blocks = content.blocks is None and not call.arguments.text("text")
    kept = message.attachments if content.attachments is None else content.attachments
    edited = call.platform.state.rewrite(
        message,
        text=content.text,
        blocks=message.blocks if keeps_blocks else content.blocks or (),
        attachments=kept,
        metadata=content.metadata or message.metadata,
        edited=call.platform.state.stamps.fresh(),
    )
    shown = message_object(call.platform, edited)
    return {"channel": channel.id, "ts": edited.ts, "text": edited.text, "message": shown}


def delete(call: ApiCall) -> Json:
    """Answer `chat.delete`."""
    channel, message = _own(call, "cant_delete_message")
    call.platform.state.rewrite(message, deleted=True)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(call: ApiCall) -> Json:
    """Answer `chat.getPermalink`."""
    channel = call.channel()
    message = call.lasting(channel, call.arguments.required("message_ts"))
    thread = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.thread_ts else ""
    address = call.platform.permalink(channel.id, message.ts)
    return {"channel": channel.id, "permalink": address + thread}


def _drafted(call: ApiCall, channel: Channel, content: Content) -> Message:
    return Message(
        channel=channel.id,
        author=call.platform.names.bot_user,
        text=content.text,
        blocks=content.blocks or (),
        attachments=content.attachments or (),
        thread_ts=call.thread(channel),
    )


def _own(call: ApiCall, refusal: str) -> tuple[Channel, Message]:
    channel = call.channel()
    message = call.lasting(channel, call.arguments.required("ts"))
    if message.author != call.platform.names.bot_user:
        raise CallRefusedError(refusal)
    return channel, message


def _truncated() -> Json:
    warning = "message_truncated"
    return {"warning": warning, "response_metadata": {"warnings": [warning]}}

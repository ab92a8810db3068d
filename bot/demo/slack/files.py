"""Files in three steps: an address to send bytes to, the bytes, and where to show the file."""

from dataclasses import replace
from typing import Any

from bot.demo.slack.arguments import Arguments
from bot.demo.slack.call import ApiCall
from bot.demo.slack.payloads import file_object
from bot.demo.slack.platform import Platform
from bot.demo.slack.refusal import CallRefusedError
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import Channel, File, Message


def get_upload_url(call: ApiCall) -> Json:
    """Answer `files.getUploadURLExternal`."""
    platform, arguments = call.platform, call.arguments
    file = File(
        id=platform.ids.named("F"),
        name=arguments.required("filename"),
        length=arguments.number("length"),
        created=int(platform.clock.now().timestamp()),
        owner=platform.names.bot_user,
        snippet_type=arguments.text("snippet_type"),
        alt_text=arguments.text("alt_txt"),
    )
    secret = platform.ids.secret()
    platform.state.files[file.id] = file
    platform.uploads[secret] = file.id
    return {"upload_url": f"{platform.base_url}/upload/v1/{secret}", "file_id": file.id}


def take_bytes(platform: Platform, secret: str, content: bytes) -> str:
    """Keep uploaded bytes, and return the line that Slack answers with.

    Raises:
        CallRefusedError: HTTP 404 for an address that was not given out or is used up, HTTP 400
            for another length than was announced.
    """
    file = platform.state.files.get(platform.uploads.get(secret, ""))
    if file is None:
        raise CallRefusedError("file_not_found", status=404)
    if len(content) != file.length:
        raise CallRefusedError("length_mismatch", status=400)
    del platform.uploads[secret]
    platform.state.files[file.id] = replace(file, content=content)
    return f"OK - {len(content)}"


def bring(platform: Platform, person: str, name: str, content: bytes) -> File:
    """Return a new file of a person's own, whole and not yet shared."""
    file = File(
        id=platform.ids.named("F"),
        name=name,
        length=len(content),
        created=int(platform.clock.now().timestamp()),
        owner=person,
        content=content,
        complete=True,
    )
    platform.state.files[file.id] = file
    return file


def complete_upload(call: ApiCall) -> Json:
    """Answer `files.completeUploadExternal`: the file is shared a moment after the answer.

    Sharing is asynchronous in Slack too, and the answer does not name the message.
    """
    titles = _titles(call)
    channels = _channels(call)
    thread = call.thread(channels[0]) if channels else ""
    messages = _messages(call, channels, tuple(titles), thread)
    for identifier, title in titles.items():
        file = call.platform.state.files[identifier]
        call.platform.state.files[identifier] = replace(
            file, title=title or file.name, complete=True
        )
    shown = [file_object(call.platform, identifier) for identifier in titles]
    for message in messages:
        call.platform.errands.start(_share(call.platform, message))
    return {"files": shown}


def info(call: ApiCall) -> Json:
    """Answer `files.info`."""
    file = call.platform.state.files.get(call.arguments.required("file"))
    if file is None or not file.complete:
        raise CallRefusedError("file_not_found")
    return {"file": file_object(call.platform, file.id), "comments": [], "content_highlight": ""}


def _titles(call: ApiCall) -> dict[str, str]:
    given: Any = call.arguments.structure("files", "invalid_arguments")
    if not isinstance(given, list) or not given:
        raise CallRefusedError("invalid_arguments")
    titles = {str(one.get("id")): str(one.get("title", "")) for one in given}
    for identifier in titles:
        file = call.platform.state.files.get(identifier)
        if file is None or file.content is None or file.complete:
            raise CallRefusedError("file_not_found")
    return titles


def _channels(call: ApiCall) -> list[Channel]:
    """Return where to share; only ids are taken here, unlike in `chat.postMessage`."""
    references = call.arguments.listed("channels") or call.arguments.listed("channel_id")
    state = call.platform.state
    if any(one not in state.channels and one not in state.users for one in references):
        raise CallRefusedError("channel_not_found")
    named = [replace(call, arguments=Arguments({"channel": one})) for one in references]
    return [one.place() for one in named]


def _messages(
    call: ApiCall, channels: list[Channel], files: tuple[str, ...], thread: str
) -> list[Message]:
    comment, blocks = call.arguments.text("initial_comment"), _blocks(call)
    return [
        Message(
            channel=channel.id,
            author=call.platform.names.bot_user,
            text=comment,
            blocks=() if comment else blocks,
            files=files,
            thread_ts=thread,
        )
        for channel in channels
    ]


def _blocks(call: ApiCall) -> tuple[Json, ...]:
    if not call.arguments.has("blocks"):
        return ()
    blocks = call.platform.composer.compose(call.arguments).blocks or ()
    # Seen in September 2026 (python-slack-sdk#1756); no page says so.
    if any(block["type"] == "markdown" for block in blocks):
        raise CallRefusedError("internal_error")
    return blocks


async def _share(platform: Platform, message: Message) -> None:
    posted = platform.state.post(message)
    for identifier in message.files:
        file = platform.state.files[identifier]
        place = (posted.channel, posted.ts)
        platform.state.files[identifier] = replace(file, shares=(*file.shares, place))

"""The Web API as one table: for each method its tokens, scopes, rate tier and handler.

A further method is one row and one function. `per_minute` is Slack's tier for the method in one
workspace (java-slack-sdk, MethodsRateLimits); posting is counted for each channel.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from bot.demo.slack import (
    chat,
    conversations,
    directory,
    files,
    history,
    reactions,
    streams,
    validation,
    views,
)
from bot.demo.slack.call import ApiCall, TokenKind
from bot.demo.slack.shapes import Json

Handler = Callable[[ApiCall], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the Web API."""

    handler: Handler
    per_minute: int
    scopes: tuple[str, ...] = ()
    """One of them is needed; empty where none is, or where the handler decides."""
    tokens: tuple[TokenKind, ...] = ("bot",)
    """Whose token it takes; `none` where it needs no token."""
    counted_by: str = ""
    """The argument that has a rate limit of its own, if one has."""


def open_connection(call: ApiCall) -> Json:
    """Answer `apps.connections.open` with an address that works once."""
    ticket = call.platform.ids.secret()
    call.platform.tickets.add(ticket)
    query = urlencode({"ticket": ticket, "app_id": call.platform.names.app})
    base = call.platform.base_url.replace("http", "ws", 1)
    return {"url": f"{base}/link/?{query}"}


METHODS: Mapping[str, Method] = {
    # Tier 1 on paper, but the burst of a start with several connections is tolerated.
    "apps.connections.open": Method(
        open_connection, 10, scopes=("connections:write",), tokens=("app",)
    ),
    "auth.test": Method(directory.auth_test, 600, tokens=("bot", "app")),
    "blocks.validate": Method(validation.validate, 100, tokens=("bot", "app", "none")),
    "bots.info": Method(directory.bots_info, 50, scopes=("users:read",)),
    "chat.appendStream": Method(streams.append, 100, scopes=("chat:write",)),
    "chat.delete": Method(chat.delete, 50, scopes=("chat:write",)),
    "chat.getPermalink": Method(chat.get_permalink, 600),
    "chat.postEphemeral": Method(chat.post_ephemeral, 100, scopes=("chat:write",)),
    "chat.postMessage": Method(chat.post_message, 60, scopes=("chat:write",), counted_by="channel"),
    "chat.startStream": Method(streams.start, 20, scopes=("chat:write",)),
    "chat.stopStream": Method(streams.stop, 20, scopes=("chat:write",)),
    "chat.update": Method(chat.update, 50, scopes=("chat:write",)),
    "conversations.history": Method(history.history, 50),
    "conversations.info": Method(conversations.info, 50),
    "conversations.list": Method(conversations.list_channels, 20),
    "conversations.members": Method(conversations.members, 100),
    "conversations.open": Method(conversations.open_direct, 50),
    "conversations.replies": Method(history.replies, 50),
    "files.completeUploadExternal": Method(files.complete_upload, 100, scopes=("files:write",)),
    "files.getUploadURLExternal": Method(files.get_upload_url, 100, scopes=("files:write",)),
    "files.info": Method(files.info, 100, scopes=("files:read",)),
    "reactions.add": Method(reactions.add, 50, scopes=("reactions:write",)),
    "reactions.get": Method(reactions.get, 50, scopes=("reactions:read",)),
    "reactions.remove": Method(reactions.remove, 20, scopes=("reactions:write",)),
    "usergroups.list": Method(directory.usergroups_list, 20, scopes=("usergroups:read",)),
    "usergroups.users.list": Method(
        directory.usergroups_users_list, 20, scopes=("usergroups:read",)
    ),
    "users.info": Method(directory.users_info, 100, scopes=("users:read",)),
    "users.list": Method(directory.users_list, 20, scopes=("users:read",)),
    "users.lookupByEmail": Method(directory.users_lookup, 50, scopes=("users:read.email",)),
    "views.open": Method(views.open_modal, 100),
    "views.publish": Method(views.publish, 100),
    "views.push": Method(views.push, 100),
    "views.update": Method(views.update, 100),
}

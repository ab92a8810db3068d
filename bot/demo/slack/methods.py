"""The Web API as one table: for each method its tokens, scopes, rate tier and handler.

A further method is one row and one function. `per_minute` is Slack's tier for the method in one
workspace (java-slack-sdk, MethodsRateLimits); posting is counted for each channel.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from bot.demo.slack import chat, conversations, directory, files
from bot.demo.slack.blocks import Json
from bot.demo.slack.call import ApiCall, TokenKind

Handler = Callable[[ApiCall], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the Web API."""

    handler: Handler
    per_minute: int
    scopes: tuple[str, ...] = ()
    """One of them is needed; empty where none is, or where the handler decides."""
    tokens: tuple[TokenKind, ...] = ("bot",)
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
    "chat.delete": Method(chat.delete, 50, scopes=("chat:write",)),
    "chat.getPermalink": Method(chat.get_permalink, 600),
    "chat.postEphemeral": Method(chat.post_ephemeral, 100, scopes=("chat:write",)),
    "chat.postMessage": Method(chat.post_message, 60, scopes=("chat:write",), counted_by="channel"),
    "chat.update": Method(chat.update, 50, scopes=("chat:write",)),
    "conversations.info": Method(conversations.info, 50),
    "conversations.open": Method(conversations.open_direct, 50),
    "files.completeUploadExternal": Method(files.complete_upload, 100, scopes=("files:write",)),
    "files.getUploadURLExternal": Method(files.get_upload_url, 100, scopes=("files:write",)),
    "files.info": Method(files.info, 100, scopes=("files:read",)),
    "usergroups.list": Method(directory.usergroups_list, 20, scopes=("usergroups:read",)),
    "usergroups.users.list": Method(
        directory.usergroups_users_list, 20, scopes=("usergroups:read",)
    ),
    "users.info": Method(directory.users_info, 100, scopes=("users:read",)),
}

"""The bot's side of HTTP: methods, uploads, downloads and response URLs.

Every request is logged, whatever becomes of it.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime
from http import HTTPStatus
from urllib.parse import urlencode

import orjson
from aiohttp import web

from bot.demo.slack.arguments import Arguments, read_arguments, read_json
from bot.demo.slack.call import ApiCall, TokenKind
from bot.demo.slack.chaos import Fault, cut
from bot.demo.slack.files import take_bytes
from bot.demo.slack.hooks import Hooks
from bot.demo.slack.methods import METHODS, Method
from bot.demo.slack.platform import Platform
from bot.demo.slack.refusal import CallRefusedError
from bot.demo.slack.shapes import Json


@dataclass(frozen=True, slots=True)
class WebApi:
    """Handlers of the addresses that a bot calls."""

    platform: Platform
    hooks: Hooks

    async def method(self, request: web.Request) -> web.Response:
        """Serve `/api/METHOD`."""
        name = request.match_info["method"]
        arguments = Arguments({})
        headers: dict[str, str] = {}
        try:
            arguments = await read_arguments(request)
            bearer, arguments = self._authenticate(request, arguments, METHODS.get(name))
            headers = self._scope_headers(bearer, METHODS.get(name))
            fault = await self._meet(name)
            body = self._answer(name, ApiCall(self.platform, arguments, bearer))
        except CallRefusedError as refusal:
            self.platform.wire.refused(name, arguments.values, refusal)
            return _json(refusal.body(), refusal.status, {**headers, **refusal.headers})
        self._called(request, name, arguments, fault)
        return _json({"ok": True, **body}, 200, headers)

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes of a file, raw or as the one part of a form."""
        content = await _uploaded(request)
        secret = request.match_info["secret"]
        return await self._plainly(
            request,
            "upload",
            Arguments({"length": len(content)}),
            lambda: take_bytes(self.platform, secret, content),
        )

    async def hook(self, request: web.Request) -> web.Response:
        """Serve a response URL."""
        body = await request.read()

        def answer() -> str:
            self.hooks.answer(request.match_info["secret"], Arguments(read_json(body)))
            return "ok"

        given = Arguments({"body": body.decode()})
        return await self._plainly(request, "response_url", given, answer)

    async def download(self, request: web.Request) -> web.Response:
        """Serve the bytes of a file to who may read files; others are led to a sign-in page."""
        arguments = Arguments({"file": request.match_info["file"]})
        try:
            await self._meet("download")
            bearer, _ = self._authenticate(request, Arguments({}))
            ApiCall(self.platform, arguments, bearer).need("files:read")
        except CallRefusedError as refusal:
            refusal.status = HTTPStatus.FOUND
            self.platform.wire.refused("download", arguments.values, refusal)
            raise web.HTTPFound(f"/signin?{urlencode({'redir': request.path})}") from None
        file = self.platform.find_file(f"{self.platform.base_url}{request.path}")
        if file is None or file.content is None:
            absent = CallRefusedError("file_not_found", status=HTTPStatus.NOT_FOUND)
            self.platform.wire.refused("download", arguments.values, absent)
            return web.Response(status=404)
        self.platform.wire.called("download", arguments.values)
        return web.Response(body=file.content)

    async def sign_in(self, _request: web.Request) -> web.Response:
        """Serve the page that Slack shows, with status 200, to whoever it does not know."""
        return web.Response(text="<!DOCTYPE html><title>Sign in</title>", content_type="text/html")

    def _answer(self, name: str, call: ApiCall) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise CallRefusedError("unknown_method", req_method=name)
        if call.bearer not in method.tokens:
            raise CallRefusedError("not_allowed_token_type")
        call.need(*method.scopes)
        if self.platform.options.enforce_rates:
            key = f"{name} {call.arguments.text(method.counted_by)}"
            self.platform.rates.count(key, method.per_minute)
        return method.handler(call)

    def _authenticate(
        self, request: web.Request, arguments: Arguments, method: Method | None = None
    ) -> tuple[TokenKind, Arguments]:
        """Return whose token it is, and the arguments without it."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token if scheme == "Bearer" else arguments.text("token")
        rest = {name: value for name, value in arguments.values.items() if name != "token"}
        if token:
            return self._bearer(token.strip()), Arguments(rest)
        if method is not None and "none" in method.tokens:
            return "none", Arguments(rest)
        raise CallRefusedError("not_authed")

    def _bearer(self, token: str) -> TokenKind:
        names = self.platform.names
        if hmac.compare_digest(token.encode(), names.bot_token.encode()):
            return "bot"
        if hmac.compare_digest(token.encode(), names.app_token.encode()):
            return "app"
        raise CallRefusedError("invalid_auth")

    def _scope_headers(self, bearer: TokenKind, method: Method | None) -> dict[str, str]:
        granted = ApiCall(self.platform, Arguments({}), bearer).granted
        needed = {"x-accepted-oauth-scopes": ",".join(method.scopes)} if method else {}
        now = format_datetime(self.platform.clock.now(), usegmt=True)
        return {"x-oauth-scopes": ",".join(sorted(granted)), "Date": now, **needed}

    async def _meet(self, name: str) -> Fault:
        """Meet the fault that waits for a call, and return it for what comes after the call.

        Raises:
            CallRefusedError: the fault is one.
        """
        fault = self.platform.chaos.of_call(name)
        if fault.seconds:
            await self.platform.clock.sleep(fault.seconds)
        if fault.refusal is not None:
            raise fault.refusal
        return fault

    def _called(self, request: web.Request, name: str, arguments: Arguments, fault: Fault) -> None:
        """Log a call that was served; its answer may be lost all the same."""
        self.platform.wire.called(name, arguments.values)
        if fault.resets and request.transport is not None:
            cut(request.transport)

    async def _plainly(
        self, request: web.Request, name: str, arguments: Arguments, answer: Callable[[], str]
    ) -> web.Response:
        """Answer as those addresses do that are no methods: a line of text, or an HTTP error."""
        try:
            fault = await self._meet(name)
            line = answer()
        except CallRefusedError as refusal:
            self.platform.wire.refused(name, arguments.values, refusal)
            return _json(refusal.body(), refusal.status, refusal.headers)
        self._called(request, name, arguments, fault)
        return web.Response(text=line)


async def _uploaded(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    for part in (await request.post()).values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""


def _json(body: Json, status: int, headers: dict[str, str]) -> web.Response:
    return web.Response(
        body=orjson.dumps(body), status=status, headers=headers, content_type="application/json"
    )

"""The bot's side of HTTP: methods, uploads, downloads and response URLs.

Every request is logged, whatever becomes of it.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass

import orjson
from aiohttp import web

from bot.demo.slack.arguments import Arguments, read_arguments, read_json
from bot.demo.slack.blocks import Json
from bot.demo.slack.call import ApiCall, TokenKind
from bot.demo.slack.files import take_bytes
from bot.demo.slack.hooks import Hooks
from bot.demo.slack.methods import METHODS, Method
from bot.demo.slack.platform import Platform
from bot.demo.slack.refusal import CallRefusedError


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
            bearer, arguments = self._authenticate(request, arguments)
            headers = self._scope_headers(bearer, METHODS.get(name))
            body = self._answer(name, ApiCall(self.platform, arguments, bearer))
        except CallRefusedError as refusal:
            self.platform.wire.called(name, arguments.values, refusal.status, refusal.code)
            return _json(refusal.body(), refusal.status, {**headers, **refusal.headers})
        self.platform.wire.called(name, arguments.values)
        return _json({"ok": True, **body}, 200, headers)

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes of a file, raw or as the one part of a form."""
        content = await _uploaded(request)
        return self._plainly(
            "upload",
            Arguments({"length": len(content)}),
            lambda: take_bytes(self.platform, request.match_info["secret"], content),
        )

    async def hook(self, request: web.Request) -> web.Response:
        """Serve a response URL."""
        body = await request.read()

        def answer() -> str:
            self.hooks.answer(request.match_info["secret"], Arguments(read_json(body)))
            return "ok"

        return self._plainly("response_url", Arguments({"body": body.decode()}), answer)

    async def download(self, request: web.Request) -> web.Response:
        """Serve the bytes of a file to who may read files."""
        try:
            bearer, arguments = self._authenticate(request, Arguments({}))
            ApiCall(self.platform, arguments, bearer).need("files:read")
        except CallRefusedError as refusal:
            return web.Response(status=403, text=refusal.code)
        file = self.platform.find_file(f"{self.platform.base_url}{request.path}")
        if file is None or file.content is None:
            return web.Response(status=404)
        return web.Response(body=file.content)

    def _answer(self, name: str, call: ApiCall) -> Json:
        self.platform.chaos.strike(name)
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
        self, request: web.Request, arguments: Arguments
    ) -> tuple[TokenKind, Arguments]:
        """Return whose token it is, and the arguments without it."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token if scheme == "Bearer" else arguments.text("token")
        if not token:
            raise CallRefusedError("not_authed")
        rest = {name: value for name, value in arguments.values.items() if name != "token"}
        return self._bearer(token.strip()), Arguments(rest)

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
        return {"x-oauth-scopes": ",".join(sorted(granted)), **needed}

    def _plainly(self, name: str, arguments: Arguments, answer: Callable[[], str]) -> web.Response:
        """Answer as those addresses do that are no methods: a line of text, or an HTTP error."""
        try:
            self.platform.chaos.strike(name)
            line = answer()
        except CallRefusedError as refusal:
            self.platform.wire.called(name, arguments.values, refusal.status, refusal.code)
            return _json(refusal.body(), refusal.status, refusal.headers)
        self.platform.wire.called(name, arguments.values)
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

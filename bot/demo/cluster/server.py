"""The wire: HTTPS on 127.0.0.1, from a request to an answer.

Who asks, and whether they may, comes first; then the verb, and last the form of the answer. Every
failure is a `Status`. OpenAPI, attach, port-forward and proxies are out of scope.
"""

import asyncio
import ssl
from contextlib import aclosing
from dataclasses import dataclass

import orjson
from aiohttp import web

from bot.demo.cluster import discovery, routes
from bot.demo.cluster.audit import Audit, Event
from bot.demo.cluster.exec import execute
from bot.demo.cluster.identity import Identities
from bot.demo.cluster.logs import Logs
from bot.demo.cluster.rbac import Attributes, Caller, decide, forbidden
from bot.demo.cluster.refusals import ApiRefusalError, JsonObject
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.verbs import VERBS, Asked
from bot.demo.cluster.watching import Watch

LOOPBACK = "127.0.0.1"
# What is being answered when the server stops has so many seconds to end.
_SHUTDOWN = 0.1
VERSION = {"major": "1", "minor": "37", "gitVersion": "v1.37.2", "platform": "linux/amd64"}
_HEALTH = ("healthz", "livez", "readyz")
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class _Turn:
    """One request on its way to an answer."""

    request: web.BaseRequest
    attributes: Attributes
    event: Event


class Server:
    """The API server of one cluster."""

    def __init__(
        self, registry: Registry, identities: Identities, audit: Audit, logs: Logs
    ) -> None:
        self._registry = registry
        self._identities = identities
        self._audit = audit
        self._logs = logs
        self._runner: web.ServerRunner | None = None
        self.port = 0
        """The port that was served on last: it is served on again."""

    @property
    def address(self) -> str:
        """Return `https://127.0.0.1:PORT`."""
        return f"https://{LOOPBACK}:{self.port}"

    async def start(self, tls: ssl.SSLContext, port: int = 0) -> str:
        """Serve from now on, on a free port or on that of the last time; return the address."""
        # What hangs is cancelled when its client goes.
        server = web.Server(self._handle, access_log=None, handler_cancellation=True)
        self._runner = web.ServerRunner(server, shutdown_timeout=_SHUTDOWN)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, port or self.port, ssl_context=tls).start()
        self.port = self._runner.addresses[0][1]
        return self.address

    async def stop(self) -> None:
        """Serve no more; watches and other streams end at once."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path, headers = request.rel_url.raw_path, request.headers
        attributes = routes.read(request.method, path, request.query)
        try:
            caller = self._identities.caller(headers)
        except ApiRefusalError as refusal:
            return _refused(refusal)
        agent, source = headers.get("User-Agent", ""), request.remote or ""
        event = self._audit.begin(caller, attributes, request.raw_path, agent, source)
        code, status = 500, None
        try:
            response = await self._answer(_Turn(request, attributes, event), caller)
            code = response.status
        except ApiRefusalError as refusal:
            code, status = refusal.code, refusal.status()
            response = _refused(refusal, event.id)
        except (asyncio.CancelledError, ConnectionError):
            code = 200  # it was being answered when the client went
            raise
        finally:
            event.complete(code, status)
        return response

    async def _answer(self, turn: _Turn, caller: Caller) -> web.StreamResponse:
        caller = self._admitted(turn, caller)
        if not turn.attributes.resource:
            return self._path(turn)
        kind = routes.kind_of(turn.attributes, self._registry.kinds)
        if kind is None:
            return _no_page()
        request, attributes, event = turn.request, turn.attributes, turn.event
        if attributes.subresource == "log":
            where = attributes.namespace, attributes.name
            return await self._logs.respond(request, *where, event.started)
        if attributes.subresource == "exec":
            return await execute(request, self._registry, caller, attributes, event.started)
        event.body = await request.read()
        of = self._registry, self._identities
        asked = Asked(request, attributes, kind, caller, *of, event.body)
        if attributes.verb == "watch":
            return await self._watch(asked, event)
        code, body = VERBS[attributes.verb](asked)
        return _json(body, code, event.id)

    def _admitted(self, turn: _Turn, caller: Caller) -> Caller:
        """Return who acts, once it is known that they may. Raises ApiRefusalError: 400, 403."""
        event, attributes = turn.event, turn.attributes
        acted = self._identities.impersonation(caller, turn.request.headers, attributes)
        if acted is not None:
            event.impersonated, event.constraint = acted.caller, acted.constraint
            caller = acted.caller
        event.decision = decision = decide(caller, attributes, self._registry)
        if not decision.allowed:
            raise forbidden(caller, attributes, decision.reason)
        return caller

    def _path(self, turn: _Turn) -> web.StreamResponse:
        """Answer what is nothing about objects."""
        path = turn.request.rel_url.raw_path.strip("/")
        if path.startswith("openapi"):
            raise ApiRefusalError(404, "NotFound", "OpenAPI is out of scope of a simulated cluster")
        if path.partition("/")[0] not in ("version", "api", "apis", *_HEALTH):
            return _no_page()
        if turn.request.method not in ("GET", "HEAD"):
            raise routes.not_allowed()
        if path == "version":
            return _json(VERSION, 200, turn.event.id)
        if path.startswith(_HEALTH):
            return web.Response(text="ok")
        if path not in ("api", "apis"):
            listed = discovery.resources(self._registry.kinds, path.partition("/")[2])
            return _json(listed, 200, turn.event.id) if listed else _no_page()
        if "as=APIGroupDiscoveryList" not in turn.request.headers.get("Accept", ""):
            message = f"only aggregated discovery is in scope: {discovery.AGGREGATED}"
            raise ApiRefusalError(406, "NotAcceptable", message)
        body = discovery.groups(self._registry.kinds, core=path == "api")
        return _json(body, 200, turn.event.id, discovery.AGGREGATED)

    async def _watch(self, asked: Asked, event: Event) -> web.StreamResponse:
        watch = Watch(asked.kind, asked.attributes.namespace, asked.query, asked.attributes.name)
        watch.check()
        shown, clock, first = asked.form, self._registry.clock, True
        response = web.StreamResponse(headers={"Content-Type": _JSON, "Audit-Id": event.id})
        await response.prepare(asked.request)
        event.started(200)
        async with aclosing(watch.events(self._registry.store, clock)) as events:
            async for each in events:
                item = each.object
                if each.type != "ERROR":
                    item, first = shown.event(item, clock.now(), first=first), False
                line = orjson.dumps({"type": each.type, "object": item})
                await response.write(line + b"\n")
        return response


def _json(body: JsonObject, code: int, audit_id: str, content_type: str = _JSON) -> web.Response:
    headers = {"Content-Type": content_type, "Audit-Id": audit_id}
    return web.Response(body=orjson.dumps(body), status=code, headers=headers)


def _refused(refusal: ApiRefusalError, audit_id: str = "") -> web.Response:
    response = _json(refusal.status(), refusal.code, audit_id)
    if refusal.code == 429:
        response.headers["Retry-After"] = str((refusal.details or {}).get("retryAfterSeconds", 0))
    return response


def _no_page() -> web.Response:
    return web.Response(text="404 page not found\n", status=404)

"""The wire: HTTPS on 127.0.0.1, from a request to an answer.

Who asks, and whether they may, comes first; then the verb, and last the form of the answer. Every
failure is a `Status`. OpenAPI, attach, port-forward and proxies are out of scope.
"""

import asyncio
import ssl
from contextlib import aclosing
from pathlib import Path

import orjson
from aiohttp import web

from bot.demo.cluster import kinds, wire
from bot.demo.cluster.access import Identities, decide, forbidden
from bot.demo.cluster.audit import Event
from bot.demo.cluster.containers import execute, log
from bot.demo.cluster.lists import Watch
from bot.demo.cluster.refusals import ApiRefusalError, refusal
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.values import Json
from bot.demo.cluster.verbs import Asked, answer

LOOPBACK = "127.0.0.1"
VERSION = {"major": "1", "minor": "37", "gitVersion": "v1.37.2", "platform": "linux/amd64"}


class Server:
    """The API server of one cluster."""

    def __init__(
        self, registry: Registry, identities: Identities, audit_log: Path, logs: Path
    ) -> None:
        self._registry, self._identities = registry, identities
        self._audit_log, self._logs = audit_log, logs
        self._runner: web.ServerRunner | None = None
        # The port that was served on last is served on again.
        self._port = 0

    @property
    def address(self) -> str:
        """Return `https://127.0.0.1:PORT`."""
        return f"https://{LOOPBACK}:{self._port}"

    async def start(self, tls: ssl.SSLContext) -> str:
        """Serve from now on, on a free port or on that of the last time; return the address."""
        # What hangs is cancelled when its client goes.
        server = web.Server(self._handle, access_log=None, handler_cancellation=True)
        # What is being answered when the server stops has so many seconds to end.
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, self._port, ssl_context=tls).start()
        self._port = self._runner.addresses[0][1]
        return self.address

    async def stop(self) -> None:
        """Serve no more; watches and other streams end at once."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        asked = wire.read(request.method, request.rel_url.raw_path, request.query)
        try:
            caller = self._identities.caller(request.headers)
        except ApiRefusalError as refused:
            return _json(refused.status(), refused.code)
        told = request.raw_path, request.headers.get("User-Agent", ""), request.remote or ""
        event = Event(self._audit_log, self._registry.clock, caller, asked, *told)
        code, status = 500, None
        try:
            response = await self._answer(request, event)
            code = response.status
        except ApiRefusalError as refused:
            code, status = refused.code, refused.status()
            response = _json(status, code)
        except (asyncio.CancelledError, ConnectionError):
            code = 200  # it was being answered when the client went
            raise
        finally:
            event.complete(code, status)
        if not response.prepared:
            response.headers["Audit-Id"] = event.id
        return response

    async def _answer(self, request: web.BaseRequest, event: Event) -> web.StreamResponse:
        caller, attributes = event.caller, event.asked
        if acted := self._identities.impersonation(caller, request.headers, attributes):
            caller, event.constraint = acted
            event.impersonated = caller
        event.decision = decide(caller, attributes, self._registry)
        if not event.decision.allowed:
            raise forbidden(caller, attributes, event.decision.reason)
        if not attributes.resource:
            return self._path(request)
        if (kind := wire.kind_of(attributes, self._registry.kinds)) is None:
            return _no_page()
        event.body = await request.read()
        asked = Asked(request, attributes, kind, caller, self._registry, self._identities, event)
        if attributes.subresource == "log":
            return await log(asked, self._logs)
        if attributes.subresource == "exec":
            return await execute(asked)
        if attributes.verb == "watch":
            return await self._watch(asked)
        code, body = answer(asked)
        return _json(body, code)

    def _path(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer what is nothing about objects."""
        path, served = request.rel_url.raw_path.strip("/"), self._registry.kinds.values()
        if path.startswith("openapi"):
            raise refusal("openapi")
        if path in ("healthz", "livez", "readyz"):
            return web.Response(text="ok")
        if path in ("version", "api/v1"):
            return _json(VERSION if path == "version" else kinds.resources_of_core(served))
        if path not in ("api", "apis"):
            return _no_page()
        if "as=APIGroupDiscoveryList" not in request.headers.get("Accept", ""):
            raise refusal("unwritten", known=kinds.AGGREGATED)
        return _json(kinds.groups(served, core=path == "api"), content_type=kinds.AGGREGATED)

    async def _watch(self, asked: Asked) -> web.StreamResponse:
        watch = Watch(asked.kind, asked.attributes.namespace, asked.request.query)
        response = await asked.stream(wire.JSON)
        columns: Json = {}
        async with aclosing(watch.events(self._registry.store, self._registry.clock)) as events:
            async for type_, item in events:
                told = _told(asked, type_, item)
                if told["kind"] == "Table":
                    # Only the first one tells its columns.
                    told, columns = told | columns, {"columnDefinitions": None}
                await response.write(orjson.dumps({"type": type_, "object": told}) + b"\n")
        return response


def _told(asked: Asked, type_: str, item: Json) -> Json:
    if type_ != "BOOKMARK":
        return item if type_ == "ERROR" else asked.shown(item)
    # It is a version and no object: there is nothing to put into the cells of a Table.
    table = asked.table([], item["metadata"])
    row = {"cells": [""] * len(table["columnDefinitions"]), "object": None} if table else {}
    return table | {"rows": [row]} if table else item


def _json(body: Json, code: int = 200, content_type: str = wire.JSON) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=code, content_type=content_type)


def _no_page() -> web.Response:
    return web.Response(text="404 page not found\n", status=404)

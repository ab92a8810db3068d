"""Runs a case on a cluster and returns what it answered, normalised."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias, assert_never

import aiohttp
import yarl
from jsonpointer import resolve_pointer
from multidict import CIMultiDict

from tests.conformance.cluster.case import (
    Case,
    Exec,
    Follow,
    Headers,
    Request,
    Step,
    Until,
)
from tests.conformance.cluster.connection import Connection
from tests.conformance.cluster.normal import kept, normal

Answer: TypeAlias = dict[str, Any]
Names: TypeAlias = dict[str, str]

PAUSE = 0.02
"""Seconds between two looks at what is waited for."""
SECONDS = 60
"""The longest that a single request may take."""
SETTLES = 5
"""Seconds in which a state that was waited for comes to be the recorded one: what a controller
writes in two requests can be read between them."""
CLOSE_STDIN = b"\xff\x00"
"""Channel 0 ends (v5.channel.k8s.io)."""


class CaseError(AssertionError):
    """A case cannot be run to its end."""


async def run(case: Case, connection: Connection, expected: Sequence[Answer] = ()) -> list[Answer]:
    """Return the answer of each step, in a namespace that exists for this case alone.

    What is waited for may take a moment to become what `expected`, the recording, says of it.

    Raises:
        CaseError: what a step waits for does not come.
    """
    names = {"ns": f"case-{secrets.token_hex(4)}"}
    runner = _Runner(connection, names, expected)
    async with _namespace(runner, case.after):
        return [answer for step in case.steps for answer in await runner.take(step)]


@asynccontextmanager
async def _namespace(runner: "_Runner", after: Iterable[str]) -> AsyncIterator[None]:
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "{ns}"}}
    made = await runner.send(Request("POST", "/api/v1/namespaces", body))
    if made[0] != 201:
        raise CaseError(f"no namespace for the case: {made}")
    try:
        # Pods are refused before their ServiceAccount is there.
        await runner.until(Until("/api/v1/namespaces/{ns}/serviceaccounts/default", _exists))
        await runner.until(Until("/api/v1/namespaces/{ns}/configmaps/kube-root-ca.crt", _exists))
        yield
    finally:
        for path in (*after, "/api/v1/namespaces/{ns}"):
            await runner.send(Request("DELETE", path))


def _exists(code: int, _body: Any) -> bool:
    return code == 200


class _Runner:
    """One case's connection, and the names that stand for something in it."""

    def __init__(self, connection: Connection, names: Names, expected: Sequence[Answer]) -> None:
        self._connection = connection
        self._names = names
        self._expected = [answer for answer in expected if answer["step"].startswith("until ")]

    async def take(self, step: Step) -> list[Answer]:
        match step:
            case Request():
                code, body, warnings = await self.send(step)
                return [self._answer(step, code, body, warnings)]
            case Until():
                return [await self._settled(step)]
            case Follow():
                return await self._follow(step)
            case Exec():
                return [await self._exec(step)]
            case _:
                assert_never(step)

    async def send(self, step: Request) -> tuple[int, Any, list[str]]:
        """Return the answer's code, its body (parsed, where it is JSON), and its warnings."""
        body = step.body if isinstance(step.body, str) else json.dumps(self._filled(step.body))
        headers = self._headers(step.headers, Accept=step.accept)
        if step.body is not None:
            headers["Content-Type"] = step.content_type
        async with self._session(step.headers).request(
            step.method,
            self._url(step.path),
            data=None if step.body is None else body.encode(),
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=SECONDS),
            allow_redirects=False,
        ) as answer:
            text = (await answer.read()).decode()
            return answer.status, _parsed(text), answer.headers.getall("Warning", [])

    async def until(self, step: Until) -> tuple[int, Any]:
        """Return the first answer that passes the check.

        Raises:
            CaseError: it does not come in time.
        """
        last: Any = None
        try:
            async with asyncio.timeout(step.seconds):
                while True:
                    last = code, body, _ = await self.send(
                        Request("GET", step.path, accept=step.accept, headers=step.headers)
                    )
                    if step.check(code, body):
                        return code, body
                    await asyncio.sleep(PAUSE)
        except TimeoutError:
            text = json.dumps(last, indent=1)
            raise CaseError(f"{step}: not within {step.seconds} s; last:\n{text}") from None

    async def _settled(self, step: Until) -> Answer:
        answer = self._answer(step, *await self.until(step))
        wanted = next((one for one in self._expected if one["step"] == str(step)), answer)
        if wanted is not answer:
            self._expected.remove(wanted)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLES):
                while answer != wanted:
                    await asyncio.sleep(PAUSE)
                    answer = self._answer(step, *await self.until(step))
        return answer

    async def _follow(self, step: Follow) -> list[Answer]:
        async with self._session(step.headers).get(
            self._url(step.path),
            headers=self._headers(step.headers, Accept=step.accept),
            timeout=aiohttp.ClientTimeout(total=SECONDS),
        ) as stream:
            answers = [one for each in step.meanwhile for one in await self.take(each)]
            lines = [line async for line in _lines(stream, step.lines)]
        events = [self._event(step, _parsed(line)) for line in lines]
        return [{"step": str(step), "code": stream.status, "lines": events}, *answers]

    def _event(self, step: Follow, event: Any) -> Any:
        shown = normal(event, self._names)
        return kept(shown, step.keep) if isinstance(event, dict) else shown

    async def _exec(self, step: Exec) -> Answer:
        try:
            async with self._session(step.headers).ws_connect(
                self._url(step.path),
                headers=self._headers(step.headers),
                protocols=(step.protocol,),
                timeout=aiohttp.ClientWSTimeout(ws_receive=SECONDS),
            ) as socket:
                if step.stdin is not None:
                    await socket.send_bytes(b"\x00" + step.stdin.encode())
                    await socket.send_bytes(CLOSE_STDIN)
                channels = await _channels(socket)
                told = {"protocol": socket.protocol, "channels": channels}
                return {"step": str(step), "code": 101, **normal(told, self._names)}
        except aiohttp.WSServerHandshakeError as error:
            return {"step": str(step), "code": error.status}

    def _answer(
        self, step: Request | Until, code: int, body: Any, warnings: Iterable[str] = ()
    ) -> Answer:
        for name, pointer in step.save.items():
            self._names[name] = str(resolve_pointer(body, pointer))
        # Names are replaced as they were when the answer came, and after what it saved.
        managed = isinstance(step, Request) and step.managed
        shown = kept(normal(body, self._names, managed=managed), step.keep)
        answer = {"step": str(step), "code": code, "body": shown}
        return answer | ({"warnings": normal(list(warnings), self._names)} if warnings else {})

    def _headers(self, headers: Headers, **more: str) -> CIMultiDict[str]:
        found = CIMultiDict({**self._connection.credentials, **more})
        for name, value in headers.items():
            found.popall(name, None)
            for each in (value,) if isinstance(value, str) else value:
                found.add(name, self._filled(each))
        return found

    def _session(self, headers: Headers) -> aiohttp.ClientSession:
        own = "Authorization" in headers
        return self._connection.nobody if own else self._connection.session

    def _url(self, path: str) -> yarl.URL:
        return yarl.URL(self._connection.server + self._filled(path), encoded=True)

    def _filled(self, value: Any) -> Any:
        match value:
            case str():
                for name, word in self._names.items():
                    value = value.replace(f"{{{name}}}", word)
                return value
            case Mapping():
                return {self._filled(key): self._filled(each) for key, each in value.items()}
            case list() | tuple():
                return [self._filled(each) for each in value]
            case _:
                return value


async def _lines(stream: aiohttp.ClientResponse, count: int | None) -> AsyncIterator[str]:
    read = 0
    while (count is None or read < count) and (line := await stream.content.readline()):
        read += 1
        yield line.decode().rstrip("\n")


async def _channels(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    """Return what came on each channel until the server closed the connection."""
    names = {1: "stdout", 2: "stderr", 3: "error"}
    held: dict[str, bytes] = {}
    async for message in socket:
        if message.type is aiohttp.WSMsgType.BINARY and message.data[1:]:
            name = names.get(message.data[0], str(message.data[0]))
            held[name] = held.get(name, b"") + message.data[1:]
    return {name: _parsed(data.decode()) for name, data in sorted(held.items())}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text

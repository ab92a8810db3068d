"""What goes over the wire, what does not, and what is said when nothing comes back."""

import asyncio
import re
import socket
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.core.errors import (
    ConflictError,
    ForbiddenError,
    KubernetesError,
    QuarterdeckError,
    UnreachableError,
)
from bot.kube.transport import Head, Transport
from tests.clock import ManualClock
from tests.kube.rig import PODS_PATH, call, closing, source, transport_to, upgrade
from tests.kube.server import (
    ApiServer,
    Play,
    api_server,
    body,
    hang,
    hang_up,
    pieces,
    redirect,
    reset,
    status,
    upgraded,
    warned,
)

BUSY = status(429, "TooManyRequests", "try again later")
BROKEN = body(b"<html>bad</html>", {"Content-Type": "text/html"}, 502)


async def failure(transport: Transport, **asked: Any) -> QuarterdeckError:
    with pytest.raises(QuarterdeckError) as caught:
        await transport.request(call(**asked))
    return caught.value


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "POST"])
@pytest.mark.parametrize(
    "play",
    [
        pytest.param(status(500, "InternalError", "broken"), id="500"),
        pytest.param(BUSY, id="429"),
        pytest.param(status(503, "ServiceUnavailable", "later"), id="503"),
        pytest.param(status(401, "Unauthorized", "who are you"), id="401"),
        pytest.param(reset, id="reset"),
        pytest.param(hang_up, id="hung-up"),
    ],
)
async def test_nothing_is_sent_twice(
    server: ApiServer, transport: Transport, method: str, play: Play
) -> None:
    # The second request goes over the connection of the first, where clients like to retry.
    server.on(PODS_PATH, body({}), play, body({}))
    await transport.request(call(method=method))
    await failure(transport, method=method)
    first, second = server.asked
    assert first.peer == second.peer


async def test_no_redirect_is_followed(server: ApiServer, transport: Transport) -> None:
    async with api_server() as elsewhere:
        elsewhere.on(PODS_PATH, body({}))
        server.on(PODS_PATH, redirect(elsewhere.url + PODS_PATH))
        error = await failure(transport)
        assert elsewhere.asked == []
    assert isinstance(error, UnreachableError)
    assert error.text.endswith("answered with a redirect")


async def test_a_websocket_follows_no_redirect_either(
    server: ApiServer, transport: Transport
) -> None:
    async with api_server() as elsewhere:
        elsewhere.on(PODS_PATH, upgraded)
        server.on(PODS_PATH, redirect(elsewhere.url + PODS_PATH))
        with pytest.raises(UnreachableError, match="answered with a redirect"):
            await upgrade(transport, call())
        assert elsewhere.asked == []


async def test_a_refused_upgrade_is_told_in_the_servers_words(
    server: ApiServer, transport: Transport
) -> None:
    server.on(PODS_PATH, status(403, "Forbidden", 'pods "web" is forbidden'))
    with pytest.raises(ForbiddenError) as caught:
        await upgrade(transport, call())
    assert caught.value.text == 'Error from server (Forbidden): pods "web" is forbidden'


async def test_an_answer_that_is_no_upgrade_is_an_error(
    server: ApiServer, transport: Transport
) -> None:
    server.on(PODS_PATH, body({}))
    with pytest.raises(UnreachableError, match="Unable to connect to the server"):
        await upgrade(transport, call())


async def test_a_deadline_ends_a_request_in_one_sentence(
    server: ApiServer, transport: Transport
) -> None:
    server.on(PODS_PATH, hang)
    error = await failure(transport, seconds=0.05)
    host = server.url.removeprefix("http://")
    assert error.text.startswith(f"Unable to connect to the server: {host} did not answer within")
    assert "\n" not in error.text


async def test_a_deadline_ends_an_upgrade(server: ApiServer, transport: Transport) -> None:
    server.on(PODS_PATH, hang)
    with pytest.raises(UnreachableError, match="did not answer"):
        await upgrade(transport, call(seconds=0.05))


async def test_a_deadline_ends_a_stream_that_has_begun(
    server: ApiServer, transport: Transport
) -> None:
    server.on(PODS_PATH, pieces(b"one\n", then=asyncio.Event()))
    chunks = transport.stream(call(seconds=0.2))
    assert await anext(chunks) == b"one\n"
    with pytest.raises(UnreachableError, match="did not answer"):
        await anext(chunks)


@pytest.mark.parametrize("seconds", [0.0, -1.0], ids=["now", "past"])
async def test_after_the_deadline_nothing_is_sent(
    server: ApiServer, transport: Transport, seconds: float
) -> None:
    error = await failure(transport, seconds=seconds)
    assert "did not answer" in error.text
    assert server.asked == []


async def test_a_stream_that_is_left_closes_its_connection(
    server: ApiServer, transport: Transport
) -> None:
    gone = asyncio.Event()

    async def endless(request: web.BaseRequest) -> web.StreamResponse:
        try:
            return await pieces(b"one\n", then=asyncio.Event())(request)
        finally:
            gone.set()

    server.on(PODS_PATH, endless)
    async with aclosing(transport.stream(call())) as chunks:
        assert await anext(chunks) == b"one\n"
    await gone.wait()


def unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


async def test_a_refused_connection_is_told_as_kubectl_tells_it(
    tmp_path: Path, clock: ManualClock
) -> None:
    address = f"127.0.0.1:{unused_port()}"
    async with closing(Transport(source(tmp_path, f"http://{address}", clock), clock)) as transport:
        error = await failure(transport)
    assert error.text == (
        f"The connection to the server {address} was refused"
        " - did you specify the right host or port?"
    )


async def test_an_unknown_host_is_told_as_kubectl_tells_it(
    tmp_path: Path, clock: ManualClock
) -> None:
    chosen = source(tmp_path, "https://nowhere.invalid:6443", clock)
    async with closing(Transport(chosen, clock)) as transport:
        error = await failure(transport)
    assert error.text == (
        "Unable to connect to the server: dial tcp: lookup nowhere.invalid: no such host"
    )


@pytest.mark.parametrize(
    ("play", "text"),
    [
        pytest.param(hang_up, "EOF", id="closed"),
        pytest.param(reset, "read tcp [0-9.:]+: connection reset by peer", id="reset"),
    ],
)
async def test_a_lost_connection_is_told_in_one_sentence(
    server: ApiServer, transport: Transport, play: Play, text: str
) -> None:
    server.on(PODS_PATH, play)
    error = await failure(transport)
    assert re.fullmatch(f"Unable to connect to the server: {text}", error.text)


@pytest.mark.parametrize(
    ("play", "kind", "text"),
    [
        pytest.param(
            status(403, "Forbidden", "pods is forbidden"),
            ForbiddenError,
            "Error from server (Forbidden): pods is forbidden",
            id="forbidden",
        ),
        pytest.param(
            status(409, "Conflict", "changed"),
            ConflictError,
            "Error from server (Conflict): changed",
            id="conflict",
        ),
        pytest.param(
            BROKEN,
            KubernetesError,
            'Error from server (InternalError): an error on the server ("<html>bad</html>")'
            " has prevented the request from succeeding (get pods)",
            id="not-a-status",
        ),
    ],
)
async def test_a_refusal_is_told_in_kubectls_words(
    server: ApiServer, transport: Transport, play: Play, kind: type[KubernetesError], text: str
) -> None:
    server.on(PODS_PATH, play)
    error = await failure(transport, subject="pods")
    assert type(error) is kind
    assert error.text == text


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ('299 - "v1 Foo is deprecated"', "v1 Foo is deprecated"),
        (r'299 - "say \"hi\""', 'say "hi"'),
        (r'299 - "a\\b \\\"c"', r"a\b \"c"),
        ('299 kube-apiserver "with an agent" "Tue, 24 Nov 2026 12:00:00 GMT"', "with an agent"),
        ("not as the RFC says", "not as the RFC says"),
    ],
    ids=["plain", "quotes", "backslashes", "agent-and-date", "malformed"],
)
async def test_a_warning_is_heard_without_its_quotes(
    server: ApiServer, transport: Transport, header: str, text: str
) -> None:
    heard: list[Head] = []
    server.on(PODS_PATH, warned({}, header))
    await transport.request(call(), heard.append)
    assert [(head.warnings, head.audit_id) for head in heard] == [((text,), "")]


async def test_warnings_and_the_audit_id_are_heard_of_refusals_and_streams_too(
    server: ApiServer, transport: Transport
) -> None:
    heard: list[Head] = []
    said = {"Warning": '299 - "careful"', "Audit-Id": "a-1"}
    server.on(PODS_PATH, body(b"", said, 403), body(b"x", said))
    with pytest.raises(ForbiddenError):
        await transport.request(call(), heard.append)
    assert [chunk async for chunk in transport.stream(call(), heard.append)] == [b"x"]
    assert [(head.warnings, head.audit_id) for head in heard] == [(("careful",), "a-1")] * 2


async def test_the_query_arrives_as_it_was_meant(server: ApiServer, transport: Transport) -> None:
    server.on(PODS_PATH, body({}))
    selector = "tier in (a,b),app!=x+y&z=%20"
    await transport.request(call(parameters={"labelSelector": selector}))
    [asked] = server.asked
    assert asked.target.partition("?")[2] == (
        "labelSelector=tier+in+(a,b),app!%3Dx%2By%26z%3D%2520"
    )


async def test_a_server_behind_a_path_keeps_its_path(
    server: ApiServer, tmp_path: Path, clock: ManualClock
) -> None:
    server.on("/k8s/clusters/c-1" + PODS_PATH, body({}))
    chosen = source(tmp_path, server.url + "/k8s/clusters/c-1/", clock)
    async with closing(Transport(chosen, clock)) as transport:
        await transport.request(call())
    assert [asked.path for asked in server.asked] == ["/k8s/clusters/c-1" + PODS_PATH]


async def test_what_changes_things_says_what_it_is(server: ApiServer, transport: Transport) -> None:
    server.on(PODS_PATH, body({}))
    await transport.request(
        call(method="PATCH", body=b"[]", content_type="application/json-patch+json")
    )
    [asked] = server.asked
    assert (asked.method, asked.body) == ("PATCH", b"[]")
    assert asked.all("Content-Type") == ["application/json-patch+json"]


async def test_the_server_is_known_once_it_was_asked(
    server: ApiServer, tmp_path: Path, clock: ManualClock
) -> None:
    async with transport_to(server, tmp_path, clock) as transport:
        assert transport.server == ""
        await transport.request(call("/version", identity=None))
        assert transport.server == server.url

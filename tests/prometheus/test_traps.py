"""What may come instead of an answer, each as a server on the wire gives it."""

import asyncio
import gzip
import socket
import ssl
from typing import Any

import pytest
import trustme

from bot.core.errors import (
    BadQueryError,
    BusyError,
    PrometheusError,
    QuarterdeckError,
    TooLargeError,
    UnreachableError,
)
from bot.core.metrics import Histogram, Shape
from bot.prometheus.threads import Threads
from tests.clock import ManualClock
from tests.every import every
from tests.prometheus.peer import (
    ASKING,
    UP,
    Answer,
    Request,
    always,
    client_of,
    document,
    each,
    serving,
    success,
    vector,
)


def refusal(kind: str, error: str, status: int) -> bytes:
    return document({"status": "error", "errorType": kind, "error": error}, status=status)


LOGIN = document("<html>Please log in</html>", kind="text/html; charset=utf-8")
TRAPS: dict[str, tuple[bytes, type[QuarterdeckError], str]] = {
    "html": (LOGIN, PrometheusError, "something else than JSON"),
    "html that says it is json": (document("<html>"), PrometheusError, "something else than JSON"),
    "half of it": (document('{"status": "succ'), PrometheusError, "something else than JSON"),
    "deep": (document('{"data":' + "[" * 9000 + "]" * 9000 + "}"), PrometheusError, "than JSON"),
    "other json": (document({"hello": 1}), PrometheusError, "not as its API does"),
    "a list": (document([1, 2]), PrometheusError, "not as its API does"),
    "empty": (document(""), PrometheusError, "not as its API does"),
    "values that are none": (
        vector({"metric": {}, "value": [1, "much"]}),
        PrometheusError,
        "not as its API does",
    ),
    "an error in a 200": (
        refusal("execution", "something is wrong", 200),
        BadQueryError,
        "error: something is wrong",
    ),
    "bad data": (
        refusal("bad_data", 'invalid parameter "query": 1:4: parse error: no', 400),
        BadQueryError,
        "error: 1:4: parse error: no",
    ),
    "resolution": (
        refusal("bad_data", "exceeded maximum resolution of 11,000 points", 400),
        BadQueryError,
        "maximum resolution",
    ),
    "execution": (refusal("execution", "many-to-many", 422), BadQueryError, "many-to-many"),
    "samples": (
        refusal("execution", "query processing would load too many samples into memory", 422),
        TooLargeError,
        "too many samples",
    ),
    "its timeout": (
        refusal("timeout", "query timed out in expression evaluation", 503),
        PrometheusError,
        "timed out",
    ),
    "internal": (refusal("internal", "disk is full", 500), PrometheusError, "disk is full"),
    "500 in html": (document("<h1>", status=500, kind="text/html"), PrometheusError, "HTTP 500"),
    "401": (document("no", status=401, kind="text/plain"), PrometheusError, "let the bot in"),
    "403": (refusal("forbidden", "no", 403), PrometheusError, "let the bot in (HTTP 403)"),
    "404": (
        document("404 page not found", status=404, kind="text/plain"),
        PrometheusError,
        "no such page: /api/v1/query",
    ),
    "429": (
        document("slow down", status=429, kind="text/plain", more="Retry-After: 7\r\n"),
        BusyError,
        "too much to do",
    ),
}


@every(("answer", "error", "text"), TRAPS.values(), ids=TRAPS.keys())
async def test_an_answer_that_is_none_is_one_sentence(
    answer: bytes, error: type[QuarterdeckError], text: str
) -> None:
    async with serving(always(answer)) as server, client_of(server.url) as client:
        with pytest.raises(error) as raised:
            await client.instant(ASKING, "up", None)
    assert text in raised.value.text
    assert raised.value.text.startswith("error: ")
    assert len(server.requests) == 1


async def test_a_redirect_is_followed_nowhere_and_its_endless_body_is_not_read() -> None:
    async def redirect(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/login\r\n\r\n")
        while True:
            writer.write(b"x" * 2**16)
            await writer.drain()

    async with serving(redirect) as server, client_of(server.url) as client:
        with pytest.raises(PrometheusError, match=r"redirects to elsewhere\.example"):
            await client.instant(ASKING, "up", None)
        await server.gone.wait()


@pytest.mark.parametrize(
    "first",
    [
        document("Service Unavailable", status=503, kind="text/plain"),
        document({"status": "error", "errorType": "unavailable", "error": "wait"}, status=503),
        document("Bad Gateway", status=502, kind="text/html"),
    ],
    ids=["503", "not ready", "502"],
)
async def test_a_server_that_is_not_there_for_a_moment_is_asked_once_more(first: bytes) -> None:
    async with serving(each(first, vector(UP))) as server, client_of(server.url) as client:
        answer = await client.instant(ASKING, "up", None)
    assert len(answer.series) == 1
    assert len(server.requests) == 2


async def test_a_second_503_is_told() -> None:
    gone = document("Service Unavailable", status=503, kind="text/plain")
    async with serving(always(gone)) as server, client_of(server.url) as client:
        with pytest.raises(UnreachableError, match="cannot answer now") as raised:
            await client.instant(ASKING, "up", None)
    assert len(server.requests) == 2
    assert raised.value.next_step == "Try again in a minute."


async def never(_request: Request, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def dripping(_request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
    writer.write(b"Content-Length: 999\r\n\r\n{")
    await writer.drain()
    await asyncio.Event().wait()


async def slow_headers(_request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ye")
    await writer.drain()
    await asyncio.Event().wait()


@pytest.mark.parametrize("answer", [never, dripping, slow_headers], ids=lambda one: one.__name__)
async def test_the_deadline_ends_the_request_and_its_thread(answer: Answer) -> None:
    threads = Threads()
    clock = ManualClock()
    async with (
        serving(answer) as server,
        client_of(server.url, clock=clock, threads=threads) as client,
    ):
        task = asyncio.create_task(client.instant(ASKING, "up", None))
        await server.arrived.wait()
        await clock.advance(ASKING.seconds)
        with pytest.raises(UnreachableError, match="has not answered within 5 s"):
            await task
        await asyncio.wait_for(server.gone.wait(), 5)
        await _idle(threads)


@pytest.mark.parametrize("answer", [never, dripping], ids=lambda one: one.__name__)
async def test_cancelling_closes_the_connection_and_ends_the_thread(answer: Answer) -> None:
    threads = Threads()
    async with serving(answer) as server, client_of(server.url, threads=threads) as client:
        task = asyncio.create_task(client.instant(ASKING, "up", None))
        await server.arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.gone.wait(), 5)
        await _idle(threads)


async def _idle(threads: Threads) -> None:
    """Wait until no thread works any more; they end their work by themselves, soon."""
    async with asyncio.timeout(5):
        while threads.busy:
            await asyncio.to_thread(lambda: None)


async def endless(_request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        writer.write(b'{"metric":{},"value":[1,"1"]},' * 2000)
        await writer.drain()


async def bomb(_request: Request, writer: asyncio.StreamWriter) -> None:
    packed = gzip.compress(b" " * 50 * 2**20, 1)  # 50 MiB in 50 KB
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
        b"Content-Length: %d\r\n\r\n" % len(packed)
    )
    writer.write(packed)
    await writer.drain()


@pytest.mark.parametrize("answer", [endless, bomb], ids=lambda one: one.__name__)
async def test_no_more_is_read_than_is_allowed(answer: Answer) -> None:
    async with serving(answer) as server, client_of(server.url) as client:
        with pytest.raises(TooLargeError, match="more than 1 MiB") as raised:
            await client.instant(ASKING, "up", None)
        await asyncio.wait_for(server.gone.wait(), 5)
    assert "topk(" in raised.value.next_step
    assert "sum by" in raised.value.next_step


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (vector(*[UP] * 101), "more than 100 series"),
        (
            success(
                {
                    "resultType": "matrix",
                    "result": [{"metric": {}, "values": [[n, "1"] for n in range(501)]}] * 2,
                }
            ),
            "more than 1,000 points",
        ),
    ],
    ids=["series", "points"],
)
async def test_more_series_or_points_than_allowed_are_too_much(answer: bytes, text: str) -> None:
    async with serving(always(answer)) as server, client_of(server.url) as client:
        with pytest.raises(TooLargeError, match=text):
            await client.instant(ASKING, "up", None)
    assert server.requests[0].form["limit"] == ["101"]


async def test_a_connection_that_the_server_closed_meanwhile_is_replaced() -> None:
    async def once(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(vector(UP))
        await writer.drain()
        writer.close()

    async with serving(once) as server, client_of(server.url) as client:
        for _ in range(3):
            await client.instant(ASKING, "up", None)
    assert server.connections == 3


async def test_a_connection_that_breaks_while_the_question_is_sent_is_replaced() -> None:
    async def break_(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.close()

    answers = each(vector(UP), break_, vector(UP))
    async with serving(answers) as server, client_of(server.url) as client:
        for _ in range(2):
            await client.instant(ASKING, "up", None)
    assert len(server.requests) == 3


async def test_a_body_that_breaks_off_is_asked_for_again() -> None:
    async def half(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(vector(UP)[:-20])
        await writer.drain()
        writer.close()

    async with serving(each(half, vector(UP))) as server, client_of(server.url) as client:
        assert (await client.instant(ASKING, "up", None)).shape is Shape.VECTOR
    assert len(server.requests) == 2


async def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    async with client_of(url) as client:
        with pytest.raises(UnreachableError) as raised:
            await client.instant(ASKING, "up", None)
    assert raised.value.text == "error: Prometheus cannot be reached: Connection refused"
    assert "quarterdeck doctor" in raised.value.next_step


async def test_an_unknown_name_is_told_without_the_objects_of_the_library() -> None:
    async with client_of("http://prometheus.invalid:9090") as client:
        with pytest.raises(UnreachableError) as raised:
            await client.instant(ASKING, "up", None)
    assert raised.value.text.startswith("error: Prometheus cannot be reached: ")
    assert "object at 0x" not in raised.value.text


def contexts() -> tuple[trustme.CA, ssl.SSLContext]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return authority, context


async def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    answer = always(vector(UP))
    async with serving(answer, contexts()[1]) as server, client_of(server.url) as client:
        with pytest.raises(UnreachableError, match="no trusted connection") as raised:
            await client.instant(ASKING, "up", None)
    assert server.requests == []
    assert "QUARTERDECK_PROMETHEUS__CA_FILE" in raised.value.next_step


async def test_a_certificate_of_the_set_authority_is_trusted(tmp_path: Any) -> None:
    authority, context = contexts()
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    answer = always(vector(UP))
    async with serving(answer, context) as server, client_of(server.url, ca_file=file) as client:
        assert (await client.instant(ASKING, "up", None)).series


async def test_cancelling_ends_a_tls_connection_too(tmp_path: Any) -> None:
    threads = Threads()
    authority, context = contexts()
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    async with (
        serving(dripping, context) as server,
        client_of(server.url, ca_file=file, threads=threads) as client,
    ):
        task = asyncio.create_task(client.instant(ASKING, "up", None))
        await server.arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.gone.wait(), 5)
        await _idle(threads)


async def test_plain_text_where_tls_is_due() -> None:
    async def answered(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answered, "127.0.0.1", 0) as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with client_of(url) as client:
            with pytest.raises(UnreachableError, match="no trusted connection"):
                await client.instant(ASKING, "up", None)


async def test_numbers_that_are_none_and_endless_ones_are_values() -> None:
    values = ["NaN", "+Inf", "-Inf", "1e-9"]
    series = [{"metric": {"n": text}, "value": [1, text]} for text in values]
    async with serving(always(vector(*series))) as server, client_of(server.url) as client:
        answer = await client.instant(ASKING, "up", None)
    found = [one.points[0][1] for one in answer.series]
    assert found[0] != found[0]
    assert found[1:] == [float("inf"), float("-inf"), 1e-9]


async def test_native_histograms_are_values() -> None:
    histogram = {
        "count": "3",
        "sum": "1.5",
        "buckets": [[0, "0.1", "0.2", "2"], [1, "-1", "0", "1"]],
    }
    found = success(
        {
            "resultType": "matrix",
            "result": [
                {"metric": {}, "values": [[20, "1"]], "histograms": [[10, histogram]]},
            ],
        }
    )
    async with serving(always(found)) as server, client_of(server.url) as client:
        answer = await client.instant(ASKING, "h[1m]", None)
    [(at, first), (later, second)] = answer.series[0].points
    assert (at, later, second) == (10, 20, 1.0)
    assert isinstance(first, Histogram)
    assert (first.count, first.sum, first.buckets[0].right) == (3, 1.5, 0.2)


async def test_what_is_gone_is_left_alone_until_it_is_back() -> None:
    clock = ManualClock()
    gone = document("", status=503, kind="text/plain")
    answers = each(*[gone] * 10, vector(UP))
    async with serving(answers) as server, client_of(server.url, clock=clock) as client:
        for _ in range(5):
            task = asyncio.create_task(client.instant(ASKING, "up", None))
            await clock.someone_sleeps(0.2)
            await clock.advance(0.2)
            with pytest.raises(UnreachableError):
                await task
        with pytest.raises(UnreachableError, match="5 times in a row") as raised:
            await client.instant(ASKING, "up", None)
        assert raised.value.next_step == "Try again in 5 s: then the bot asks it again."
        assert len(server.requests) == 10
        await clock.advance(5)
        assert (await client.instant(ASKING, "up", None)).series

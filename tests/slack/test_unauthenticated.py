"""T5: what nobody has signed leaves no trace: a constant answer, and not a word in any log."""

import asyncio
import logging
import time

import pytest

from bot.slack.http import INTERACTIVE_BYTES
from bot.slack.surface import PATH
from tests.slack.rig import Rig, rig
from tests.slack.scripted import PODS, plays

MARK = b"sent-by-nobody"
# Stands for the moment of sending: a request of five minutes ago is refused for its age.
STAMP = b"{now}"
HEAD = b"POST " + PATH.encode() + b" HTTP/1.1\r\nHost: bot\r\nConnection: close\r\n"


def request(*headers: bytes, body: bytes = MARK, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    lines = b"".join(header + b"\r\n" for header in headers)
    return HEAD + lines + b"Content-Length: %d\r\n\r\n" % size + body


SIGNED_BY_NOBODY = (
    b"X-Slack-Request-Timestamp: " + STAMP,
    b"X-Slack-Signature: v0=" + b"0" * 64,
)


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        pytest.param(request(), {401}, id="unsigned"),
        pytest.param(request(*SIGNED_BY_NOBODY), {401}, id="signed-by-nobody"),
        pytest.param(request(b"X-Slack-Signature: " + MARK), {401}, id="half-signed"),
        pytest.param(request(b"X-" + MARK + b": 1"), {401}, id="odd-header"),
        pytest.param(request(body=b"\xff\xfe" + MARK), {401}, id="no-text"),
        pytest.param(request(*SIGNED_BY_NOBODY, length=10**12), {401, 413}, id="endless"),
        pytest.param(
            request(*SIGNED_BY_NOBODY, body=b"payload=" + b"x" * INTERACTIVE_BYTES),
            {413},
            id="too-large",
        ),
        pytest.param(b"GET / " + MARK + b"\r\n\r\n", {400}, id="no-http"),
        pytest.param(MARK * 4000 + b"\r\n\r\n", {400}, id="endless-line"),
        pytest.param(request(MARK + b"\x00: 1"), {400}, id="broken-header"),
        pytest.param(request(b"Transfer-Encoding: " + MARK), {400}, id="broken-encoding"),
    ],
)
async def test_t5_it_is_refused_and_nothing_of_it_is_written_down(
    sent: bytes,
    statuses: set[int],
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.INFO)
    async with rig("http", plays(PODS)) as story:
        capsys.readouterr()
        caplog.clear()
        answer = await told(story, sent)
        written = capsys.readouterr()
        assert int(answer.split(b" ", 2)[1]) in statuses
        # What is no HTTP at all is answered by the parser, to the sender alone.
        assert MARK not in answer or statuses == {400}
        assert (written.out, written.err, caplog.text) == ("", "", "")
        assert story.service.served == []


async def test_who_hangs_up_in_the_middle_is_not_written_down_either(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    async with rig("http", plays(PODS)) as story:
        capsys.readouterr()
        caplog.clear()
        _, writer = await asyncio.open_connection("127.0.0.1", story.web.port)
        writer.write(stamped(request(*SIGNED_BY_NOBODY, length=1000)))
        await writer.drain()
        writer.transport.abort()
        assert "web-1" in (await story.ada.slash(story.shop, "/kubectl get pods")).plain()
        written = capsys.readouterr()
        assert MARK.decode() not in written.out + written.err + caplog.text
        assert [record for record in caplog.records if record.name.startswith("aiohttp")] == []


def stamped(sent: bytes) -> bytes:
    return sent.replace(STAMP, b"%d" % time.time())


async def told(story: Rig, sent: bytes) -> bytes:
    """Send raw bytes and return all that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", story.web.port)
    try:
        writer.write(stamped(sent))
        await writer.drain()
        async with asyncio.timeout(20):
            return await reader.read()
    except ConnectionResetError:
        return b"HTTP/1.1 413 reset"
    finally:
        writer.close()

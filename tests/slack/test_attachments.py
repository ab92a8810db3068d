"""Files are fetched from Slack alone, and only as much of them as is of use."""

from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.core.errors import QuarterdeckError, RefusedError, SlackError, UnreachableError
from bot.slack.attachments import FILE_BYTES, Fetcher, SharedFile, check, shared
from bot.slack.client import open_session
from bot.slack.options import Options

FILE = SharedFile("web.yaml", "yaml", 10, "https://files.slack.com/files-pri/T1-F1/web.yaml")


def options(base_url: str) -> Options:
    return Options(bot_token=SecretStr("xoxb-1"), app_token=SecretStr("xapp-1"), base_url=base_url)


async def fetched(file: SharedFile, *, status: int = 200, size: int = 5, kind: str = "") -> bytes:
    """Fetch a file from a server that stands for Slack's, and return its bytes."""
    seen: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request.headers["Authorization"])
        return web.Response(status=status, body=b"x" * size, content_type=kind or "text/plain")

    app = web.Application()
    app.router.add_get("/file", answer)
    async with TestServer(app) as server, open_session() as session:
        fetcher = Fetcher(options(f"{server.make_url('/')}api/"), session)
        at = replace(file, url=file.url or str(server.make_url("/file")))
        [attachment] = await fetcher.fetch([at])
        assert seen == ["Bearer xoxb-1"]
        return attachment.content


async def test_the_bytes_come_whole_with_the_bots_token() -> None:
    assert await fetched(replace(FILE, url="")) == b"xxxxx"


@pytest.mark.parametrize(
    "url",
    [
        "https://files.slack.com.evil.example/web.yaml",
        "http://files.slack.com/web.yaml",
        "https://evil.example/files.slack.com",
        "https://files.slack.com@evil.example/",
        "file:///etc/passwd",
    ],
)
async def test_the_token_goes_to_no_other_address(url: str) -> None:
    with pytest.raises(RefusedError, match="not kept by Slack"):
        await fetched(replace(FILE, url=url))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param({"status": 302}, SlackError, id="redirect"),
        pytest.param({"status": 403}, SlackError, id="forbidden"),
        pytest.param({"kind": "text/html"}, SlackError, id="sign-in-page"),
        pytest.param({"size": FILE_BYTES + 1}, RefusedError, id="more-than-it-said"),
    ],
)
async def test_what_is_not_the_file_is_not_taken_for_it(
    answer: dict[str, int], error: type[QuarterdeckError]
) -> None:
    with pytest.raises(error):
        await fetched(replace(FILE, url=""), **answer)  # type: ignore[arg-type]


async def test_a_server_that_is_away_is_said() -> None:
    async with open_session() as session:
        fetcher = Fetcher(options("http://127.0.0.1:1/api/"), session)
        with pytest.raises(UnreachableError, match=r"web\.yaml"):
            await fetcher.fetch([replace(FILE, url="http://127.0.0.1:1/web.yaml")])


@pytest.mark.parametrize(
    "files",
    [
        pytest.param([FILE] * 6, id="count"),
        pytest.param([replace(FILE, size=FILE_BYTES + 1)], id="size"),
        pytest.param([replace(FILE, name="web.exe", kind="binary")], id="type"),
    ],
)
def test_what_is_of_no_use_is_not_fetched(files: list[SharedFile]) -> None:
    with pytest.raises(RefusedError):
        check(files)


def test_a_file_that_does_not_say_its_size_is_too_large() -> None:
    [file] = shared([{"id": "F1", "name": "a.yaml"}])
    assert file.size > FILE_BYTES
    assert shared("nothing") == ()


def test_where_a_file_is_kept_is_not_shown() -> None:
    assert "files.slack.com" not in repr(FILE)

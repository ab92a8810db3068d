"""How the bot shows who it is, and what it keeps to itself."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.core.errors import ConfigurationError
from tests.prometheus.peer import ASKING, UP, always, client_of, document, serving, success, vector


async def sent(answer: bytes = b"", **source: Any) -> dict[str, str]:
    """Return the headers of a question."""
    async with (
        serving(always(answer or vector(UP))) as server,
        client_of(server.url, **source) as client,
    ):
        await client.instant(ASKING, "up", None)
    return dict(server.requests[0].headers)


async def test_a_question_carries_no_more_than_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = await sent()
    assert headers.keys() == {
        *("host", "user-agent", "accept", "accept-encoding", "content-length", "content-type")
    }
    assert headers["user-agent"].startswith("quarterdeck/")


async def test_a_tenant_and_a_password_are_sent() -> None:
    headers = await sent(tenant="shop", username="bot", password=SecretStr("secret"))
    assert headers["x-scope-orgid"] == "shop"
    assert headers["authorization"] == "Basic Ym90OnNlY3JldA=="


async def test_a_token_is_read_anew_for_each_question(tmp_path: Path) -> None:
    file = tmp_path / "token"
    async with (
        serving(always(vector(UP))) as server,
        client_of(server.url, bearer_file=file) as client,
    ):
        for token in ("first\n", "second\n"):
            file.write_text(token)
            await client.instant(ASKING, "up", None)
    found = [one.headers["authorization"] for one in server.requests]
    assert found == ["Bearer first", "Bearer second"]
    assert server.connections == 1


@pytest.mark.parametrize("content", [None, "", "two\nlines"])
async def test_a_token_that_is_none_is_not_sent(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_text(content)
    async with (
        serving(always(vector(UP))) as server,
        client_of(server.url, bearer_file=file) as client,
    ):
        with pytest.raises(ConfigurationError, match="the credential"):
            await client.instant(ASKING, "up", None)
    assert server.requests == []


async def test_the_environment_brings_no_proxy_and_no_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    for name, value in {
        "NETRC": str(tmp_path / "netrc"),
        "HTTP_PROXY": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
        "REQUESTS_CA_BUNDLE": str(tmp_path / "none"),
    }.items():
        monkeypatch.setenv(name, value)
    assert "authorization" not in await sent()


async def test_cookies_are_not_kept() -> None:
    answer = document(
        {"status": "success", "data": {"resultType": "vector", "result": []}},
        more="Set-Cookie: session=1; Path=/\r\n",
    )
    async with serving(always(answer)) as server, client_of(server.url) as client:
        for _ in range(2):
            await client.instant(ASKING, "up", None)
    assert all("cookie" not in one.headers for one in server.requests)


async def test_a_path_in_front_is_kept() -> None:
    async with (
        serving(always(success({"version": "3.13.0"}))) as server,
        client_of(f"{server.url}/prometheus/") as client,
    ):
        assert await client.version(ASKING) == "3.13.0"
    assert server.requests[0].target == "/prometheus/api/v1/status/buildinfo"


async def test_an_expression_of_any_length_fits() -> None:
    expression = "up" + " + up" * 20_000
    async with serving(always(vector(UP))) as server, client_of(server.url) as client:
        await client.instant(ASKING, expression, None)
    assert server.requests[0].form["query"] == [expression]
    assert server.requests[0].target == "/api/v1/query"


@pytest.mark.parametrize("name", ["ca_file", "cert_file"])
async def test_certificates_that_are_not_there_are_named(tmp_path: Path, name: str) -> None:
    file = tmp_path / "none.pem"
    source: dict[str, Any] = {name: file}
    async with client_of("https://127.0.0.1:9", **source) as client:
        with pytest.raises(ConfigurationError, match=str(file)) as raised:
            await client.instant(ASKING, "up", None)
    assert name.upper() in raised.value.next_step

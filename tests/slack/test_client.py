"""The way to Slack takes nothing from the environment and writes no secret into a log."""

import logging
from pathlib import Path

import pytest

from bot.core.errors import ConfigurationError
from bot.slack.client import open_session, quiet_logger, web_client
from bot.slack.options import Options

TOKEN = "xoxb-1-secret"


def options(**changes: object) -> Options:
    return Options.model_validate({"bot_token": TOKEN, "app_token": "xapp-1", **changes})


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    async with open_session() as session:
        assert web_client(options(), session).proxy is None


async def test_the_proxy_of_the_settings_is_used() -> None:
    async with open_session() as session:
        made = web_client(options(proxy="http://u:pw@proxy.test:3128"), session)
        assert made.proxy == "http://u:pw@proxy.test:3128"


async def test_the_client_retries_nothing_by_itself() -> None:
    async with open_session() as session:
        assert web_client(options(), session).retry_handlers == []


async def test_a_ca_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "ca.pem"
    broken.write_text("no certificate")
    async with open_session() as session:
        with pytest.raises(ConfigurationError) as raised:
            web_client(options(ca_file=broken), session)
    assert str(broken) in raised.value.text


@pytest.mark.parametrize(
    "line",
    [
        f"token {TOKEN} was refused",
        "wss://wss.test/link/?ticket=secret-1&app_id=A1",
        "token xapp-1-secret",
        "proxy http://user:secret@proxy.test",
    ],
)
def test_secrets_are_blacked_out_of_log_lines(line: str, caplog: pytest.LogCaptureFixture) -> None:
    quiet_logger().error("it failed: %s", line)
    assert "***" in caplog.text
    assert "secret" not in caplog.text


def test_what_the_sdk_says_below_warnings_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    quiet_logger().info("whole payload")
    assert caplog.text == ""

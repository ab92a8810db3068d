"""What can be set, from where, and what is said when it is wrong."""

import os
from pathlib import Path

import pytest

from bot.core.errors import ConfigurationError
from bot.settings import Settings, read_settings
from bot.wiring import _with_proxy

SECRET = "xoxb-1-very-secret"
GOOD = {
    "POLICY": "/etc/quarterdeck/policy.yaml",
    "SLACK__BOT_TOKEN": SECRET,
    "SLACK__APP_TOKEN": "xapp-1-very-secret",
}


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith("QUARTERDECK_"):
            monkeypatch.delenv(name)


def given(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in {**GOOD, **values}.items():
        monkeypatch.setenv(f"QUARTERDECK_{name}", value)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, KUBERNETES__CONTEXT="prod", WEB__PORT="9090", SLACK__CONNECTIONS="3")
    settings = read_settings()
    assert settings.policy == Path("/etc/quarterdeck/policy.yaml")
    assert settings.slack.bot_token.get_secret_value() == SECRET
    assert settings.kubernetes.context == "prod"
    assert (settings.web.port, settings.slack.connections) == (9090, 3)
    assert settings.drain_seconds == 40


def secrets_in(folder: Path, **files: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, value in files.items():
        (folder / name.replace("_", "-")).write_text(value)


def test_secrets_are_read_from_files_without_their_line_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "secrets"
    secrets_in(folder, slack_bot_token="xoxb-mounted\n", slack_app_token="xapp-mounted")
    # As Kubernetes mounts them: the files are links into a folder that two dots begin.
    (folder / "..data").mkdir()
    monkeypatch.setenv("QUARTERDECK_POLICY", "/p")
    monkeypatch.setenv("QUARTERDECK_SECRETS", str(folder))
    settings = read_settings()
    assert settings.slack.bot_token.get_secret_value() == "xoxb-mounted"
    assert settings.slack.app_token.get_secret_value() == "xapp-mounted"


def test_the_environment_beats_a_file_and_fills_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secrets_in(tmp_path / "s", slack_bot_token="xoxb-mounted", slack_signing_secret="mounted")
    given(monkeypatch, SECRETS=str(tmp_path / "s"))
    settings = read_settings()
    assert settings.slack.bot_token.get_secret_value() == SECRET
    assert settings.slack.signing_secret.get_secret_value() == "mounted"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"WEB__PORT": "70000"}, "QUARTERDECK_WEB__PORT: "),
        ({"SLACK__MODE": "pigeon"}, "QUARTERDECK_SLACK__MODE: "),
        ({"SLACK__BOT_TOKN": SECRET}, "QUARTERDECK_SLACK__BOT_TOKN: "),
        ({"SLACK__APP_TOKEN": ""}, "QUARTERDECK_SLACK: .*mode socket needs app_token"),
        ({"SLACK__KUBECTL_COMMAND": SECRET}, "QUARTERDECK_SLACK__KUBECTL_COMMAND: "),
        ({"SLACK": SECRET}, "QUARTERDECK_SLACK: this is no JSON"),
        ({"SLACK": f'{{"connections": ["{SECRET}"]}}'}, "QUARTERDECK_SLACK__CONNECTIONS: "),
        ({"POLICI": "/p"}, "QUARTERDECK_POLICI is no setting of this bot"),
        ({"SLAK__BOT_TOKEN": SECRET}, "QUARTERDECK_SLAK__BOT_TOKEN is no setting of this bot"),
        ({"DRAIN_SECONDS": "-1"}, "QUARTERDECK_DRAIN_SECONDS: "),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_wrong_is_named_and_no_secret_is_shown(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], text: str
) -> None:
    given(monkeypatch, **values)
    with pytest.raises(ConfigurationError, match=f"^error: {text}") as caught:
        read_settings()
    shown = caught.value.text + caught.value.next_step
    assert "secret" not in shown
    assert "\n" not in shown


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch)
    monkeypatch.delenv("QUARTERDECK_POLICY")
    with pytest.raises(ConfigurationError, match=r"error: QUARTERDECK_POLICY: Field required"):
        read_settings()


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ({"slack_bot_token": " \n"}, "the secret .*slack-bot-token is empty"),
        ({"slack_bot_tokn": SECRET}, "QUARTERDECK_SLACK__BOT_TOKN: "),
        ({"other": SECRET}, "QUARTERDECK_OTHER"),
    ],
    ids=["empty", "unknown", "unknown-room"],
)
def test_a_wrong_file_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, files: dict[str, str], text: str
) -> None:
    secrets_in(tmp_path / "s", **files)
    given(monkeypatch, SECRETS=str(tmp_path / "s"))
    with pytest.raises(ConfigurationError, match=text) as caught:
        read_settings()
    assert SECRET not in caught.value.text


def test_a_missing_folder_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given(monkeypatch, SECRETS=str(tmp_path / "none"))
    with pytest.raises(ConfigurationError, match="QUARTERDECK_SECRETS: there is no folder"):
        read_settings()


@pytest.mark.parametrize("name", ["TEST_PEERS", "TEST_KUBECONFIG", "CACHE"])
def test_what_tests_and_builds_read_is_no_mistake(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    given(monkeypatch, **{name: "x"})
    read_settings()


@pytest.mark.parametrize(
    ("own", "environments", "used"),
    [
        ("", "", ""),
        ("", "http://proxy:3128", "http://proxy:3128"),
        ("http://own:3128", "http://proxy:3128", "http://own:3128"),
    ],
    ids=["none", "environment", "setting-first"],
)
def test_slack_is_reached_through_the_proxy_that_is_set(
    monkeypatch: pytest.MonkeyPatch, own: str, environments: str, used: str
) -> None:
    given(monkeypatch, SLACK__PROXY=own)
    for name in ("https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", environments)
    slack = _with_proxy(read_settings()).slack
    assert slack.proxy.get_secret_value() == used
    assert slack.bot_token.get_secret_value() == SECRET


def test_settings_show_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, SLACK__PROXY="http://ada:password@proxy:3128")
    settings: Settings = read_settings()
    for shown in (repr(settings), str(settings), str(settings.model_dump())):
        assert "very-secret" not in shown
        assert "password" not in shown

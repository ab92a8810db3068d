"""What can be set, from where, and what is said when it is wrong."""

import json
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.errors import ConfigurationError
from bot.core.setting import Setting, catalogue
from bot.environment import PREFIX
from bot.settings import Settings, read_audit_settings, read_settings
from bot.wiring import _with_proxy
from tests.every import every
from tests.settings_page import DOCUMENT, description, page

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


def put(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in {**GOOD, **values}.items():
        monkeypatch.setenv(f"QUARTERDECK_{name}", value)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, KUBERNETES__CONTEXT="prod", WEB__PORT="9090", SLACK__CONNECTIONS="3")
    found = read_settings()
    assert found.policy == Path("/etc/quarterdeck/policy.yaml")
    assert found.slack.bot_token.get_secret_value() == SECRET
    assert found.kubernetes.context == "prod"
    assert (found.web.port, found.slack.connections) == (9090, 3)
    assert found.drain_seconds == 40


def secrets_in(folder: Path, **files: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, value in files.items():
        file = folder / name.replace("_", "-")
        file.touch(mode=0o600)
        file.write_text(value)


def test_secrets_are_read_from_files_without_their_line_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "secrets"
    secrets_in(folder, slack_bot_token="xoxb-mounted\n", slack_app_token="xapp-mounted")
    # As Kubernetes mounts them: the files are links into a folder that two dots begin.
    (folder / "..data").mkdir()
    monkeypatch.setenv("QUARTERDECK_POLICY", "/p")
    monkeypatch.setenv("QUARTERDECK_SECRETS", str(folder))
    found = read_settings()
    assert found.slack.bot_token.get_secret_value() == "xoxb-mounted"
    assert found.slack.app_token.get_secret_value() == "xapp-mounted"


def test_a_secret_may_have_several_lines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secrets_in(tmp_path / "s", slack_signing_secret="new\nold\n")
    put(monkeypatch, SECRETS=str(tmp_path / "s"))
    assert read_settings().slack.signing_secret.get_secret_value() == "new\nold"


def test_the_environment_beats_a_file_and_fills_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secrets_in(tmp_path / "s", slack_bot_token="xoxb-mounted", slack_signing_secret="mounted")
    put(monkeypatch, SECRETS=str(tmp_path / "s"))
    found = read_settings()
    assert found.slack.bot_token.get_secret_value() == SECRET
    assert found.slack.signing_secret.get_secret_value() == "mounted"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"WEB__PORT": "70000"}, "QUARTERDECK_WEB__PORT: "),
        ({"SLACK__MODE": "pigeon"}, "QUARTERDECK_SLACK__MODE: "),
        ({"SLACK__APP_TOKEN": ""}, "QUARTERDECK_SLACK: .*mode socket needs app_token"),
        ({"SLACK__KUBECTL_COMMAND": SECRET}, "QUARTERDECK_SLACK__KUBECTL_COMMAND: "),
        ({"SLACK": SECRET}, "QUARTERDECK_SLACK: this is no JSON"),
        ({"SLACK": f'{{"connections": ["{SECRET}"]}}'}, "QUARTERDECK_SLACK__CONNECTIONS: "),
        ({"SLACK": f'{{"{SECRET}": 1}}'}, "QUARTERDECK_SLACK holds a name that is no setting"),
        ({"STORE": f'"{SECRET}"'}, "QUARTERDECK_STORE: "),
        ({"SECRETS": f"/{SECRET}"}, "QUARTERDECK_SECRETS: there is no such folder"),
        ({"DRAIN_SECONDS": "-1"}, "QUARTERDECK_DRAIN_SECONDS: "),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_wrong_is_named_and_no_secret_is_shown(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], text: str
) -> None:
    put(monkeypatch, **values)
    with pytest.raises(ConfigurationError, match=f"^error: {text}") as caught:
        read_settings()
    shown = caught.value.text + caught.value.next_step
    assert "secret" not in shown
    assert "\n" not in shown


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("POLICI", "Did you mean QUARTERDECK_POLICY?"),
        ("SLACK__BOT_TOKN", "Did you mean QUARTERDECK_SLACK__BOT_TOKEN?"),
        ("SLACK_BOT_TOKEN", "Did you mean QUARTERDECK_SLACK__BOT_TOKEN?"),
        ("SLAK__BOT_TOKEN", "Did you mean QUARTERDECK_SLACK__BOT_TOKEN?"),
        ("BOT_TOKEN", "Did you mean QUARTERDECK_SLACK__BOT_TOKEN?"),
        ("SLACK__BOT_TOKEN__X", "See the settings in docs/settings.md."),
        ("PIGEON", "See the settings in docs/settings.md."),
        ("PORT_80_TCP_ADDR", "Kubernetes adds it for a Service: set enableServiceLinks: false in"),
        ("SERVICE_HOST", "Kubernetes adds it for a Service: set enableServiceLinks: false in"),
    ],
)
@pytest.mark.parametrize("case", [str.upper, str.lower], ids=["upper", "lower"])
def test_an_unknown_name_is_refused_with_the_one_that_is_near(
    monkeypatch: pytest.MonkeyPatch, case: Callable[[str], str], name: str, step: str
) -> None:
    put(monkeypatch)
    written = case(f"QUARTERDECK_{name}")
    monkeypatch.setenv(written, SECRET)
    with pytest.raises(ConfigurationError) as caught:
        read_settings()
    assert caught.value.text == f"error: {written} is no setting of this bot"
    assert caught.value.next_step.startswith(step)


@pytest.mark.parametrize(
    ("missing", "step"),
    [
        ("POLICY", "See the settings in docs/settings.md."),
        ("SLACK__BOT_TOKEN", "Set it, or put it into the file slack-bot-token of the folder"),
    ],
)
def test_a_missing_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, missing: str, step: str
) -> None:
    put(monkeypatch)
    monkeypatch.delenv(f"QUARTERDECK_{missing}")
    with pytest.raises(ConfigurationError, match=f"QUARTERDECK_{missing} is not set$") as caught:
        read_settings()
    assert caught.value.next_step.startswith(step)


def test_of_a_bot_that_knows_nothing_the_first_missing_setting_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QUARTERDECK_POLICY", "/p")
    with pytest.raises(ConfigurationError, match=r"QUARTERDECK_SLACK__BOT_TOKEN is not set$"):
        read_settings()


@pytest.mark.parametrize(
    ("files", "text", "step"),
    [
        ({"slack_bot_token": " \n"}, "slack-bot-token is empty", ""),
        ({"slack_bot_token": f"{SECRET}\0"}, "slack-bot-token is no text", ""),
        ({"slack_bot_tokn": SECRET}, "slack-bot-tokn is no setting", "Did you mean slack-bot-tok"),
        ({"slack_mode": "http"}, "slack-mode is no setting of this bot", "See the settings in"),
        ({"other": SECRET}, "other is no setting of this bot", "See the settings in"),
    ],
    ids=["empty", "control-character", "unknown", "no-secret", "unknown-room"],
)
def test_a_wrong_file_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, files: dict[str, str], text: str, step: str
) -> None:
    secrets_in(tmp_path / "s", **files)
    put(monkeypatch, SECRETS=str(tmp_path / "s"))
    with pytest.raises(ConfigurationError, match=f"^error: the secret .*{text}") as caught:
        read_settings()
    assert caught.value.next_step.startswith(step)
    assert SECRET not in caught.value.text


@pytest.mark.parametrize("mode", [0o644, 0o602])
def test_a_secret_that_everybody_can_open_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: int
) -> None:
    """T3: whoever else is on the machine would have the bot's tokens."""
    secrets_in(tmp_path / "s", slack_bot_token=SECRET)
    file = tmp_path / "s" / "slack-bot-token"
    file.chmod(mode)
    put(monkeypatch, SECRETS=str(tmp_path / "s"))
    with pytest.raises(ConfigurationError, match="is open to everybody on this m") as caught:
        read_settings()
    assert caught.value.next_step.startswith(f"Type: chmod o= {file}")
    file.chmod(0o440)
    read_settings()


def test_a_file_that_is_no_file_or_no_text_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "slack-bot-token"
    put(monkeypatch, SECRETS=str(tmp_path))
    file.mkdir(mode=0o700)
    with pytest.raises(ConfigurationError, match=r"slack-bot-token: Is a directory$"):
        read_settings()
    file.rmdir()
    file.touch(mode=0o600)
    file.write_bytes(b"xoxb-\xff")
    with pytest.raises(ConfigurationError, match=r"slack-bot-token is no text$"):
        read_settings()


def test_a_missing_folder_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    put(monkeypatch, SECRETS=str(tmp_path / "none"))
    with pytest.raises(ConfigurationError, match="QUARTERDECK_SECRETS: there is no such folder"):
        read_settings()


@pytest.mark.parametrize("name", ["TEST_PEERS", "TEST_KUBECONFIG", "CACHE"])
def test_what_tests_and_builds_read_is_no_mistake(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    put(monkeypatch, **{name: "x"})
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
    put(monkeypatch, SLACK__PROXY=own)
    for name in ("https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", environments)
    slack = _with_proxy(read_settings()).slack
    assert slack.proxy.get_secret_value() == used
    assert slack.bot_token.get_secret_value() == SECRET


def test_an_auditor_needs_the_store_and_the_key_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secrets_in(tmp_path / "s", slack_bot_token=SECRET, audit_key="mounted")
    monkeypatch.setenv("QUARTERDECK_SECRETS", str(tmp_path / "s"))
    monkeypatch.setenv("QUARTERDECK_SLACK__MODE", "pigeon")
    found = read_audit_settings()
    assert found.audit.key.get_secret_value() == "mounted"
    assert found.audit.days == 400


def test_an_auditors_mistake_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_AUDIT__KEI", SECRET)
    with pytest.raises(ConfigurationError, match=r"^error: QUARTERDECK_AUDIT__KEI ") as caught:
        read_audit_settings()
    assert SECRET not in caught.value.text


def test_settings_show_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    put(
        monkeypatch,
        SLACK__PROXY="http://ada:s3same@proxy:3128",
        AUDIT__KEY="a-very-secret-key-of-32-characters",
    )
    found = read_settings()
    for shown in (repr(found), str(found), str(found.model_dump())):
        assert "very-secret" not in shown
        assert "s3same" not in shown


# Printable, for an environment takes no NUL, and long enough never to be a word of a sentence.
tokens = st.text("0123456789abcdefXYZ-:/@#{}[]\"' é", min_size=12, max_size=40).map(
    lambda text: f"hush{text.strip()}hush"
)
places = st.sampled_from(
    [one.name for one in catalogue(Settings)]
    + ["SLACK", "KUBERNETES", "STORE", "WEB", "SLACK__BOT_TOKN", "SLAK", "WEB__PORT__X"]
)
shapes = st.sampled_from(
    [
        "{}".format,
        json.dumps,
        lambda text: json.dumps({text: text}),
        lambda text: json.dumps({"bot_token": text, "mode": text}),
        lambda text: json.dumps([text]),
        lambda text: f'{{"app_token": "{text}',
    ]
)


@given(place=places, shape=shapes, secret=tokens)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_secret_in_any_setting_is_shown_by_nothing(
    place: str, shape: Callable[[str], str], secret: str
) -> None:
    """T3, T18: neither a sentence nor a traceback holds it."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        put(monkeypatch, **{place: shape(secret)})
        try:
            shown = repr(read_settings().slack) + repr(read_settings().store)
        except ConfigurationError as error:
            shown = error.text + error.next_step + repr(error) + everything(error)
    # Names and paths that are no secrets are shown as they were set.
    if not place.startswith(("SLACK__BASE_URL", "SLACK__CA_FILE")):
        assert secret not in shown


def everything(error: BaseException | None) -> str:
    """Return what a log may write of an error and of what it came from, with its values."""
    if error is None:
        return ""
    lines = traceback.TracebackException.from_exception(error).format()
    links = everything(error.__cause__) + everything(error.__context__)
    return "".join(lines) + repr(error) + repr(error.args) + repr(vars(error)) + links


@given(place=places, secret=tokens)
@settings(max_examples=100, deadline=None)
def test_a_secret_in_a_mounted_file_is_shown_by_nothing(place: str, secret: str) -> None:
    name = place.lower().replace("_", "-").replace("--", "-")
    with pytest.MonkeyPatch.context() as monkeypatch, TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.touch(mode=0o600)
        file.write_text(f"{secret}\n{secret}" if len(secret) % 2 else secret)
        put(monkeypatch, SECRETS=folder)
        monkeypatch.delenv("QUARTERDECK_SLACK__APP_TOKEN")
        try:
            shown = repr(read_settings())
        except ConfigurationError as error:
            shown = error.text + error.next_step + everything(error)
    assert secret not in shown


def test_the_page_of_the_settings_is_what_the_options_say() -> None:
    assert DOCUMENT.read_text("utf-8") == page(), "python -m tests.settings_page"


@every("one", list(catalogue(Settings)), ids=lambda one: one.name)
def test_each_setting_says_what_it_is_for(one: Setting) -> None:
    assert description(one).endswith(".")
    assert f"`{PREFIX}{one.name}`" in DOCUMENT.read_text("utf-8")

"""The process's own verbs, as a script calls them."""

import asyncio
import functools
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from bot import __version__
from tests.kube.server import ApiServer, api_server, body
from tests.several import Call, called
from tests.verbs import typed

ROOT = Path(__file__).parents[1]


def quarterdeck(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_it_says_what_it_can_do(flag: str) -> None:
    done = quarterdeck(flag)
    assert (done.returncode, done.stderr) == (0, "")
    for verb in ("serve", "run", "shell", "demo", "healthcheck", "manifest", "doctor"):
        assert verb in done.stdout


def test_it_says_its_version() -> None:
    assert quarterdeck("--version").stdout == f"quarterdeck, version {__version__}\n"


def with_tokens(folder: Path, **changes: str) -> dict[str, str]:
    """Return an environment for verbs that end at once, with tokens that must not be seen."""
    (folder / "policy.yaml").write_text("version: 1\n")
    good = {"POLICY": str(folder / "policy.yaml"), "SLACK__BASE_URL": "http://127.0.0.1:1/api/"}
    tokens = {"SLACK__BOT_TOKEN": "xoxb-hush", "SLACK__APP_TOKEN": "xapp-hush"}
    settings = {**good, **tokens, **changes}
    return {f"QUARTERDECK_{key}": text for key, text in settings.items()}


async def test_no_secret_is_written_whatever_is_wrong_and_a_wrong_setting_is_one_sentence(
    tmp_path: Path,
) -> None:
    """T3, T18: a leak would stand in the log for good; of the address of a store neither."""
    much = with_tokens(tmp_path, STORE__URL="postgres+x://ada:xoxb-hush@db")
    one = with_tokens(tmp_path, SLACK__BOT_TOKN="xoxb-hush")
    # What the process would say beside them is looked at, too: it has to be nothing.
    seen = await called(Call(["doctor"], much), Call(["serve"], one))
    doctor, serve = seen.ended
    assert doctor.code == 1
    assert doctor.out + doctor.err
    assert "hush" not in doctor.out + doctor.err
    assert (serve.code, serve.out) == (1, "")
    assert serve.err.splitlines() == [
        "error: QUARTERDECK_SLACK__BOT_TOKN is no setting of this bot",
        "Did you mean QUARTERDECK_SLACK__BOT_TOKEN?",
    ]


def test_the_manifest_goes_to_a_file_and_the_link_to_the_person() -> None:
    done = typed("manifest", "--kubectl", "/k")
    assert done.exit_code == 0
    commands = yaml.safe_load(done.stdout)["features"]["slash_commands"]
    assert [one["command"] for one in commands] == ["/k", "/prom", "/deck"]
    assert done.stderr.startswith("Create the app: https://api.slack.com/apps?new_app=1&")


def test_an_unknown_verb_is_a_usage_error() -> None:
    done = quarterdeck("frobnicate")
    assert done.returncode == 2
    assert "No such command" in done.stderr


@pytest_asyncio.fixture
async def server() -> AsyncIterator[ApiServer]:
    async with api_server() as running:
        yield running


@pytest.mark.parametrize(
    ("code", "ended", "out"), [(200, 0, "ok\n"), (503, 1, "")], ids=["well", "not-well"]
)
async def test_the_health_of_a_running_bot_is_the_exit_code(
    server: ApiServer, code: int, ended: int, out: str
) -> None:
    server.on("/livez", body(b"ok", code=code))
    # In a thread: this loop answers the check.
    call = functools.partial(quarterdeck, HTTP_PROXY="http://127.0.0.1:1")
    done = await asyncio.to_thread(call, "healthcheck", "--url", f"{server.url}/livez")
    assert (done.returncode, done.stdout) == (ended, out)


def test_a_bot_that_does_not_run_is_not_well() -> None:
    done = quarterdeck("healthcheck", "--url", "http://127.0.0.1:1/livez")
    assert done.returncode == 1
    assert done.stderr.startswith("not well: ")

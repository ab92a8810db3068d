"""A kubeconfig's exec plugin: what it grants, and every way in which it may fail."""

import asyncio
import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import ConfigurationError
from bot.kube.credentials import Kubeconfig, Source
from bot.kube.transport import Transport
from tests.clock import ManualClock
from tests.kube.files import kubeconfig, program
from tests.kube.rig import PODS_PATH, call, closing
from tests.kube.server import ApiServer, body, status

V1 = "client.authentication.k8s.io/v1"
# Prints a credential that names how often it was run.
COUNTING = """
import json, os, pathlib
runs = pathlib.Path(__file__).with_name("runs")
count = len(runs.read_text()) + 1 if runs.exists() else 1
runs.write_text("x" * count)
status = {{"token": f"token-{{count}}", **{more}}}
print(json.dumps({{"apiVersion": "{version}", "kind": "ExecCredential", "status": status}}))
"""


def plugin(
    folder: Path,
    clock: ManualClock,
    text: str,
    server: str = "http://127.0.0.1:1",
    seconds: float = 30,
    **spec: Any,
) -> Source:
    path = program(folder / "plugin", text)
    user = {"exec": {"apiVersion": V1, "command": str(path), **spec}}
    file = kubeconfig(folder / "config", server, user=user)
    environment = {"PATH": os.defpath, "GREETING": "hello"}
    opened = Kubeconfig(str(file), clock, environment, plugin_seconds=seconds)
    return opened.source("test")


def counting(version: str = V1, **more: str) -> str:
    return COUNTING.format(version=version, more=json.dumps(more))


def printing(value: object) -> str:
    return f"print({json.dumps(value)!r})"


async def test_a_granted_token_is_used(tmp_path: Path, clock: ManualClock) -> None:
    found = await plugin(tmp_path, clock, counting()).load()
    assert found.authorization == "Bearer token-1"
    assert found.fresh_until is None


@pytest.mark.parametrize(
    "text",
    ["2026-01-01T13:00:00Z", "2026-01-01T14:00:00+01:00", "2026-01-01T13:00:00.000000001Z"],
    ids=["utc", "zone", "nanoseconds"],
)
async def test_what_is_granted_ends_when_the_plugin_says(
    tmp_path: Path, clock: ManualClock, text: str
) -> None:
    found = await plugin(tmp_path, clock, counting(expirationTimestamp=text)).load()
    assert found.fresh_until == clock.now() + timedelta(hours=1)
    assert isinstance(found.fresh_until, datetime)


async def test_a_plugin_is_told_what_is_asked_and_gets_its_own_environment(
    tmp_path: Path, clock: ManualClock
) -> None:
    text = f"""
import json, os, sys
info = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
said = [os.environ["GREETING"], os.environ["REGION"], *sys.argv[1:], info["kind"]]
assert info["apiVersion"] == "{V1}" and info["spec"] == {{"interactive": False}}
print(json.dumps({{"apiVersion": "{V1}", "status": {{"token": "-".join(said)}}}}))
"""
    env = [{"name": "REGION", "value": "north"}]
    chosen = plugin(tmp_path, clock, text, args=["get-token", 7], env=env)
    assert (await chosen.load()).authorization == "Bearer hello-north-get-token-7-ExecCredential"


async def test_a_chatty_plugin_does_not_hang(tmp_path: Path, clock: ManualClock) -> None:
    chatty = "import sys\nsys.stderr.write('x' * 2**20)\n" + counting()
    assert (await plugin(tmp_path, clock, chatty).load()).authorization == "Bearer token-1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "import sys; sys.exit('log in first: aws sso login')",
            "exec: executable .*plugin failed with exit code 1: log in first: aws sso login$",
            id="failure",
        ),
        pytest.param("print('hello')", "did not print an ExecCredential", id="no-json"),
        pytest.param(printing([]), "did not print an ExecCredential", id="no-object"),
        pytest.param(
            printing({"apiVersion": V1}), "did not print an ExecCredential", id="no-status"
        ),
        pytest.param(
            printing({"apiVersion": V1, "status": {}}),
            "granted neither a token nor a certificate",
            id="nothing-granted",
        ),
        pytest.param(
            printing({"apiVersion": V1, "status": {"clientCertificateData": "pem"}}),
            "granted neither a token nor a certificate",
            id="no-key",
        ),
        pytest.param(
            counting("client.authentication.k8s.io/v1beta1"),
            f"did not answer in {V1}",
            id="version",
        ),
        pytest.param(
            counting(expirationTimestamp="tomorrow"), "did not print an ExecCredential", id="date"
        ),
        pytest.param(
            counting(expirationTimestamp="2026-01-01T13:00:00"),
            "did not print an ExecCredential",
            id="date-without-zone",
        ),
    ],
)
async def test_a_plugin_that_fails_is_told_in_one_line(
    tmp_path: Path, clock: ManualClock, text: str, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"^error: getting credentials: .*{message}"):
        await plugin(tmp_path, clock, text).load()


async def test_a_plugin_that_is_not_there_is_told_with_its_hint(
    tmp_path: Path, clock: ManualClock
) -> None:
    chosen = plugin(tmp_path, clock, "", command="no-such-plugin", installHint="brew install it")
    with pytest.raises(ConfigurationError, match="exec: no-such-plugin: No such file") as caught:
        await chosen.load()
    assert caught.value.next_step == "brew install it"


@pytest.mark.parametrize("script", ["sleep 600", "sleep 600 & wait"], ids=["alone", "with-a-child"])
async def test_a_plugin_that_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path, clock: ManualClock, script: str
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reading, True)
    arguments = ["-c", f"exec 3>{pipe}; echo x >&3; {script}"]
    hanging = plugin(tmp_path, clock, "", seconds=0.5, command="/bin/sh", args=arguments)
    with pytest.raises(ConfigurationError, match=r"/bin/sh took over 0\.5 seconds"):
        await hanging.load()
    # The pipe ends when the last process that holds it does.
    with os.fdopen(reading, "rb") as ended:
        assert await asyncio.to_thread(ended.read) == b"x\n"


def tokens(server: ApiServer) -> list[str]:
    return [asked.headers["Authorization"] for asked in server.asked]


async def test_it_runs_again_when_what_it_granted_has_expired(
    server: ApiServer, tmp_path: Path, clock: ManualClock
) -> None:
    server.on(PODS_PATH, body({}))
    text = counting(expirationTimestamp=(clock.now() + timedelta(minutes=15)).isoformat())
    async with closing(Transport(plugin(tmp_path, clock, text, server.url), clock)) as transport:
        for seconds in (0, 14 * 60, 50):
            await clock.advance(seconds)
            await transport.request(call())
    assert tokens(server) == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


async def test_it_runs_again_after_the_server_refused_what_it_granted(
    server: ApiServer, tmp_path: Path, clock: ManualClock
) -> None:
    server.on(PODS_PATH, status(401, "Unauthorized", "expired"), body({}))
    async with closing(
        Transport(plugin(tmp_path, clock, counting(), server.url), clock)
    ) as transport:
        await asyncio.gather(transport.request(call()), return_exceptions=True)
        await transport.request(call())
    assert tokens(server) == ["Bearer token-1", "Bearer token-2"]


async def test_requests_that_begin_together_run_it_once(
    server: ApiServer, tmp_path: Path, clock: ManualClock
) -> None:
    server.on(PODS_PATH, body({}))
    async with closing(
        Transport(plugin(tmp_path, clock, counting(), server.url), clock)
    ) as transport:
        await asyncio.gather(*(transport.request(call()) for _ in range(5)))
    assert tokens(server) == ["Bearer token-1"] * 5


async def test_the_callers_deadline_covers_the_plugin_too(
    server: ApiServer, tmp_path: Path, clock: ManualClock
) -> None:
    hanging = plugin(tmp_path, clock, "import time\ntime.sleep(600)", server.url)
    async with closing(Transport(hanging, clock)) as transport:
        caught = await asyncio.gather(transport.request(call(seconds=0.2)), return_exceptions=True)
    assert "what gives the credentials did not answer" in str(caught[0])
    assert server.asked == []

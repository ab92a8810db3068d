"""The process as Kubernetes runs it: configured from outside, probed, and ended with SIGTERM."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import yaml

from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import Workspace
from tests.slack.opened import workspace
from tests.store.migrated import migrated

ROOT = Path(__file__).parents[2]
NOWHERE = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "nowhere",
    "clusters": [{"name": "nowhere", "cluster": {"server": "https://127.0.0.1:1"}}],
    "contexts": [{"name": "nowhere", "context": {"cluster": "nowhere"}}],
}


@dataclass(frozen=True, slots=True)
class Running:
    """A bot in a process of its own, and somebody who types."""

    process: Process
    port: int
    ada: Person
    shop: Channel

    async def stopped(self) -> tuple[int, list[dict[str, object]]]:
        """Send SIGTERM; return the exit code and the log."""
        self.process.send_signal(signal.SIGTERM)
        _, err = await asyncio.wait_for(self.process.communicate(), 60)
        lines = [json.loads(line) for line in err.decode().splitlines()]
        return self.process.returncode or 0, lines


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configured(
    folder: Path, slack: Workspace, ada: Person, shop: Channel, port: int
) -> dict[str, str]:
    secrets = folder / "secrets"
    secrets.mkdir()
    (secrets / "slack-bot-token").write_text(slack.bot_token)
    (secrets / "slack-app-token").write_text(f"{slack.app_token}\n")
    policy = {
        "version": 1,
        "channels": {shop.id: {"namespaces": ["shop"]}},
        "people": [{"slack": ada.id, "groups": ["quarterdeck:viewers"]}],
    }
    (folder / "policy.yaml").write_text(yaml.safe_dump(policy))
    (folder / "kubeconfig").write_text(yaml.safe_dump(NOWHERE))
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "QUARTERDECK_SECRETS": str(secrets),
        "QUARTERDECK_POLICY": str(folder / "policy.yaml"),
        "QUARTERDECK_SLACK__BASE_URL": slack.base_url,
        "QUARTERDECK_KUBERNETES__KUBECONFIG": str(folder / "kubeconfig"),
        "QUARTERDECK_STORE__URL": migrated(folder),
        "QUARTERDECK_WEB__PORT": str(port),
    }


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Running]:
    async with workspace() as slack:
        ada = slack.user("ada")
        shop = slack.channel("shop", members=[ada, slack.bot])
        port = free_port()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "serve"),
            cwd=ROOT,
            env=configured(folder, slack, ada, shop, port),
            stderr=PIPE,
        )
        try:
            await slack.connected(2)
            yield Running(process, port, ada, shop)
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()


async def status(port: int, path: str) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as answer,
    ):
        return answer.status


async def test_it_is_probed_answers_and_ends_well_on_sigterm(tmp_path: Path) -> None:
    async with served(tmp_path) as running:
        answer = await running.ada.slash(running.shop, "/deck help")
        assert "rollout status" in answer.plain()
        assert await status(running.port, "/livez") == 200
        assert await status(running.port, "/readyz") == 200

        code, log = await running.stopped()
    assert code == 0
    [line] = [entry for entry in log if entry["event"] == "served"]
    assert line["surface"] == "slash"
    assert line["request"]


async def test_its_first_start_is_called_ready_once_slack_reaches_it(tmp_path: Path) -> None:
    async with workspace() as slack:
        for _ in range(2):
            slack.slow_next("apps.connections.open", 1.0)
        ada = slack.user("ada")
        shop = slack.channel("shop", members=[ada, slack.bot])
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "serve"),
            cwd=ROOT,
            env=configured(tmp_path, slack, ada, shop, free_port())
            | {"QUARTERDECK_STORE__URL": f"sqlite:///{tmp_path / 'first.db'}"},
            stderr=PIPE,
        )
        assert process.stderr is not None
        try:
            while b'"ready"' not in (line := await process.stderr.readline()):
                assert line, "the bot ended before it was ready"
            assert slack.connections >= 1
        finally:
            process.kill()
            await process.communicate()


async def test_an_unreachable_cluster_is_said_in_kubectls_words(tmp_path: Path) -> None:
    async with served(tmp_path) as running:
        answer = await running.ada.slash(running.shop, "/kubectl get pods")
        assert "The connection to the server 127.0.0.1:1 was refused" in answer.plain()
        assert (await running.stopped())[0] == 0


async def test_it_can_be_stopped_while_slack_is_away(tmp_path: Path) -> None:
    async with workspace() as slack:
        ada = slack.user("ada")
        shop = slack.channel("shop", members=[ada, slack.bot])
        settings = configured(tmp_path, slack, ada, shop, free_port())
    settings["QUARTERDECK_SLACK__BASE_URL"] = f"http://127.0.0.1:{free_port()}/api/"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "serve"), cwd=ROOT, env=settings, stderr=PIPE
    )
    assert process.stderr is not None
    assert b"slack_not_reached" in await asyncio.wait_for(process.stderr.readline(), 30)
    process.send_signal(signal.SIGTERM)
    await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0


async def test_no_token_stands_in_the_log(tmp_path: Path) -> None:
    async with served(tmp_path) as running:
        await running.ada.slash(running.shop, "/deck help")
        _, log = await running.stopped()
    assert [secret for secret in ("xoxb-", "xapp-") if secret in json.dumps(log)] == []

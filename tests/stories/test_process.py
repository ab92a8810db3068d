"""The process as Kubernetes runs it: configured from outside, probed, and ended with SIGTERM."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import yaml

from bot.audit.chain import read_keys
from bot.auditor import verified
from bot.core.errors import ConfigurationError
from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import TransportKind, Workspace
from bot.settings import read_settings
from bot.store.audit import AuditStore
from bot.store.engine import Options, open_store
from bot.wiring import running
from tests.ports import free_port
from tests.slack.opened import workspace
from tests.slack.process import ready, settings, started, stopped
from tests.store.migrated import migrated
from tests.stories.small import AUDIT_KEY

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOWHERE = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "nowhere",
    "clusters": [{"name": "nowhere", "cluster": {"server": "https://127.0.0.1:1"}}],
    "contexts": [{"name": "nowhere", "context": {"cluster": "nowhere"}}],
}


@dataclass(frozen=True, slots=True)
class Life:
    """A bot in a process of its own, from its start to its end, and what was seen of it."""

    help: str
    """What `/deck help scale` was answered."""
    pods: str
    """What `/kubectl get pods` was answered while the cluster was out of reach."""
    probes: list[int]
    code: int
    log: list[dict[str, object]]
    copies: list[dict[str, Any]]
    """What it wrote to standard output."""
    folder: Path
    connections: int
    """How many Slack had with it when it said that it is ready."""


def configured(
    folder: Path, slack: Workspace, ada: Person, shop: Channel, port: int
) -> dict[str, str]:
    """Return the environment of a bot whose secrets are files."""
    secrets = folder / "secrets"
    secrets.mkdir()
    for name, value in (
        ("slack-bot-token", slack.bot_token),
        ("slack-app-token", f"{slack.app_token}\n"),
        ("slack-signing-secret", slack.signing_secret),
        ("audit-key", f"{AUDIT_KEY}\n"),
    ):
        (secrets / name).touch(mode=0o600)
        (secrets / name).write_text(value)
    policy = {
        "version": 1,
        "channels": {shop.id: {"namespaces": ["shop"]}},
        "people": [{"slack": ada.id, "groups": ["quarterdeck:viewers"]}],
    }
    (folder / "policy.yaml").write_text(yaml.safe_dump(policy))
    (folder / "kubeconfig").write_text(yaml.safe_dump(NOWHERE))
    return settings(folder, slack, port) | {"QUARTERDECK_SECRETS": str(secrets)}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def life(tmp_path_factory: pytest.TempPathFactory, transport: TransportKind) -> Life:
    async with workspace(transport) as slack:
        ada = slack.user("ada")
        shop, port = slack.channel("shop", members=[ada, slack.bot]), free_port()
        folder = tmp_path_factory.mktemp("bot")
        environment = configured(folder, slack, ada, shop, port)
        (folder / "store.db").unlink()  # it is the first start
        for _ in range(2):
            slack.slow_next("apps.connections.open", 1.0)
        process = await started(environment)
        try:
            began = [json.loads(line) for line in await ready(process)]
            connections = slack.connections
            told = await ada.slash(shop, "/deck help scale")
            pods = await ada.slash(shop, "/kubectl get pods")
            probes = [await status(port, path) for path in ("/livez", "/readyz")]
            copies, log = await stopped(process)
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()
        code = process.returncode or 0
        told_, pods_ = told.plain(), pods.plain()
        return Life(told_, pods_, probes, code, began + log, copies, folder, connections)


async def status(port: int, path: str) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as answer,
    ):
        return answer.status


async def test_it_answers(life: Life) -> None:
    assert "--replicas" in life.help


async def test_each_request_is_recorded_and_copied_to_standard_output(life: Life) -> None:
    records = [copy["record"] for copy in life.copies]
    assert [record["event"] for record in records] == ["started", "served", "served", "stopped"]
    assert [record.get("canonical") for record in records[1:3]] == ["help scale", "get pods"]
    assert all(record["where"]["surface"] == "slash" for record in records[1:3])


async def test_what_is_in_the_store_is_what_was_copied(life: Life) -> None:
    options = Options.model_validate({"url": migrated(life.folder)})
    async with open_store(options) as store:
        shelf = AuditStore(store)
        stored = [(link.digest.hex(), link.seq) async for link in shelf.all(None, None)]
        found = await verified(shelf, read_keys(AUDIT_KEY), {})
    assert sorted(stored) == sorted((one["hash"], one["record"]["seq"]) for one in life.copies)
    assert (found.findings, found.open) == ([], 0)


async def test_without_a_key_for_the_record_it_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with workspace() as slack:
        ada = slack.user("ada")
        shop = slack.channel("shop", members=[ada, slack.bot])
        for name, value in configured(tmp_path, slack, ada, shop, free_port()).items():
            monkeypatch.setenv(name, value)
        (tmp_path / "secrets" / "audit-key").unlink()
        with pytest.raises(ConfigurationError) as raised:
            async with running(read_settings()):
                pass
    assert "there is no key for the audit record" in raised.value.text
    assert "openssl rand -base64 32" in raised.value.next_step


async def test_an_unreachable_cluster_is_said_in_kubectls_words(life: Life) -> None:
    assert "The connection to the server 127.0.0.1:1 was refused" in life.pods


async def test_it_is_probed_and_ends_well_on_sigterm(life: Life) -> None:
    assert (life.probes, life.code) == ([200, 200], 0)


@pytest.mark.parametrize("secret", ["xoxb-", "xapp-"])
async def test_no_token_stands_in_the_log(life: Life, secret: str) -> None:
    assert life.log
    assert secret not in json.dumps(life.log)


@pytest.mark.parametrize("transport", ["socket"], indirect=True, scope="module")
async def test_its_first_start_is_called_ready_once_slack_reaches_it(life: Life) -> None:
    assert life.connections >= 1


async def test_it_can_be_stopped_while_slack_is_away(tmp_path: Path) -> None:
    called = asyncio.Event()

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.set()
        writer.close()

    async with workspace() as slack, await asyncio.start_server(hang_up, "127.0.0.1") as away:
        ada = slack.user("ada")
        shop = slack.channel("shop", members=[ada, slack.bot])
        environment = configured(tmp_path, slack, ada, shop, free_port())
        host, port = away.sockets[0].getsockname()
        process = await started(
            environment | {"QUARTERDECK_SLACK__BASE_URL": f"http://{host}:{port}/api/"}
        )
        await called.wait()
        await stopped(process)
    assert process.returncode == 0

"""`quarterdeck doctor` says how each thing is, and what to do about what is not well."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.core.health import State
from bot.doctor import examine
from bot.slack.checkup import read_scopes
from bot.slack.manifest import SCOPES
from tests.kube.files import kubeconfig
from tests.kube.server import ApiServer, api_server, body, status
from tests.slack.opened import MANIFEST, workspace
from tests.store.migrated import migrated

DEFAULT = "/api/v1/namespaces/default"
POLICY: dict[str, Any] = {
    "version": 1,
    "channels": {"CSHOP": {"namespaces": ["shop"]}},
    "people": [{"slack": "UADA", "groups": ["quarterdeck:viewers"]}],
}

Examine = Callable[[], Any]


@asynccontextmanager
async def surroundings(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    policy: dict[str, Any] | None = None,
    manifest: dict[str, Any] | None = None,
    **changes: Any,
) -> AsyncIterator[tuple[ApiServer, list[str]]]:
    """Give an API server, a workspace and the settings that name them; lines come into a list."""
    (folder / "policy.yaml").write_text(yaml.safe_dump(policy or POLICY))
    async with api_server() as server, workspace(manifest=manifest or MANIFEST) as slack:
        slack.expect_refusal("auth.test", "invalid_auth")
        server.on(DEFAULT, body({"metadata": {"name": "default"}}))
        settings = {
            "POLICY": str(folder / "policy.yaml"),
            "KUBERNETES__KUBECONFIG": str(kubeconfig(folder / "config", server.url, name="main")),
            "STORE__URL": migrated(folder),
            "SLACK__BOT_TOKEN": slack.bot_token,
            "SLACK__APP_TOKEN": slack.app_token,
            "SLACK__BASE_URL": slack.base_url,
            **changes,
        }
        for name, value in settings.items():
            monkeypatch.setenv(f"QUARTERDECK_{name}", value)
        yield server, []


def marks(lines: list[str]) -> Iterator[str]:
    return (line[0] for line in lines)


async def test_where_all_is_well_every_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with surroundings(tmp_path, monkeypatch) as (_, lines):
        assert await examine(lines.append) == 0
    assert set(marks(lines)) == {"✓"}
    text = "\n".join(lines)
    assert "names 1 people and 1 channels" in text
    assert "The store opens and can be written." in text
    assert "Cluster main answers: Kubernetes v1.37.2." in text
    assert "Cluster main lets the bot act for people (quarterdeck:viewers)." in text
    assert f"Slack grants all {len(SCOPES)} scopes." in text


async def test_a_missing_scope_takes_its_own_feature_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = {
        **MANIFEST,
        "oauth_config": {"scopes": {"bot": ["chat:write", "commands", "users:read"]}},
    }
    async with surroundings(tmp_path, monkeypatch, manifest=manifest) as (_, lines):
        assert await examine(lines.append) == 0
    missing = [line for line in lines if line.startswith("!")]
    assert len(missing) == len(SCOPES) - 3
    assert any("channels:read: no change is made from public channels" in m for m in missing)
    assert any("groups:read: no change is made from private channels" in m for m in missing)
    assert any("files:write: long answers are shown in part" in line for line in missing)
    assert all("→" in line for line in missing)


def test_without_a_scope_that_is_needed_the_bot_is_broken() -> None:
    [finding] = read_scopes({scope.name for scope in SCOPES} - {"chat:write"})
    assert finding.state is State.BROKEN
    assert "quarterdeck manifest" in finding.next_step


async def test_a_cluster_that_does_not_let_the_bot_impersonate_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with surroundings(tmp_path, monkeypatch) as (server, lines):
        said = (
            'users "quarterdeck:user" is forbidden: User "bot" cannot impersonate resource "users"'
        )
        server.on(DEFAULT, status(403, "Forbidden", said))
        assert await examine(lines.append) == 1
    [broken] = [line for line in lines if line.startswith("✗")]
    assert "cannot impersonate" in broken
    assert "deploy/rbac.yaml" in broken


async def test_what_a_person_may_not_read_is_not_the_bots_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with surroundings(tmp_path, monkeypatch) as (server, lines):
        server.on(DEFAULT, status(403, "Forbidden", 'namespaces "default" is forbidden'))
        assert await examine(lines.append) == 0
    assert set(marks(lines)) == {"✓"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"SLACK__BOT_TOKEN": "xoxb-wrong"}, "QUARTERDECK_SLACK__BOT_TOKEN", id="bot"),
        pytest.param({"SLACK__APP_TOKEN": "xapp-wrong"}, "QUARTERDECK_SLACK__APP_TOKEN", id="app"),
        pytest.param({"SLACK__BASE_URL": "http://127.0.0.1:1/api/"}, "cannot be reached", id="net"),
        pytest.param({"POLICY": "/nowhere/policy.yaml"}, "policy /nowhere", id="policy"),
        pytest.param({"STORE__URL": "sqlite:////nowhere/store.db"}, "store", id="store"),
    ],
)
async def test_what_is_broken_is_named_with_the_next_thing_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], words: str
) -> None:
    async with surroundings(tmp_path, monkeypatch, **changes) as (_, lines):
        assert await examine(lines.append) == 1
    broken = [line for line in lines if line.startswith("✗")]
    assert any(words in line for line in broken)
    assert all("\n  → " in line for line in broken)


async def test_a_policy_that_lets_nobody_in_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = {"version": 1}
    async with surroundings(tmp_path, monkeypatch, policy=empty) as (_, lines):
        assert await examine(lines.append) == 0
    assert "Nobody is answered." in lines[0]

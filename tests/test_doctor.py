"""`quarterdeck doctor` says how each thing is, and what to do about what is not well."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.core.clock import Clock
from bot.core.health import State, compare_clocks
from bot.demo.slack.workspace import Workspace
from bot.doctor import check_version, examine
from bot.policy.model import Policy
from bot.rbac.manifest import classic
from bot.rbac.needs import identities
from bot.slack.checkup import read_scopes
from bot.slack.manifest import SCOPES
from tests.clock import ManualClock
from tests.kube.files import kubeconfig
from tests.kube.server import ApiServer, api_server, body, status
from tests.rbac.accounts import BASIC, CLASSIC, CONSTRAINED, Account, answers_for
from tests.slack.opened import MANIFEST, workspace
from tests.store.migrated import migrated

DEFAULT = "/api/v1/namespaces/default"
POLICY: dict[str, Any] = {
    "version": 1,
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
    channels: Callable[[Workspace], dict[str, Any]] | None = None,
    clock: Clock | None = None,
    **changes: Any,
) -> AsyncIterator[tuple[ApiServer, list[str]]]:
    """Give an API server, a workspace and the settings that name them; lines come into a list."""
    async with (
        api_server() as server,
        workspace(manifest=manifest or MANIFEST, clock=clock) as slack,
    ):
        slack.expect_refusal("auth.test", "invalid_auth")
        slack.expect_refusal("conversations.info", "channel_not_found")
        slack.expect_refusal("conversations.info", "missing_scope")
        if channels:
            policy = {**POLICY, "channels": channels(slack)}
        else:
            shop = slack.channel("shop", members=[slack.bot])
            policy = policy or {**POLICY, "channels": {shop.id: {"namespaces": ["shop"]}}}
        (folder / "policy.yaml").write_text(yaml.safe_dump(policy))
        server.on(DEFAULT, body({"metadata": {"name": "default"}}))
        answers_for(Account(), server)
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
    assert "names 1 person, 1 channel." in text
    assert "The store opens and can be written." in text
    assert "Cluster main answers: Kubernetes v1.37.2." in text
    assert "Cluster main: The bot impersonates in the classic form: 3 users and 4 groups." in text
    assert "Cluster main: The bot itself may do nothing there but that" in text
    assert "Cluster main lets the bot act for people (quarterdeck:viewers)." in text
    assert f"Slack grants all {len(SCOPES)} scopes, and no other." in text
    assert "The clock agrees with Slack." in text
    assert "The clock agrees with the cluster main." in text
    assert "The bot is in the one channel of the policy." in text


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


async def test_rights_beyond_those_of_the_manifest_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]}
    async with surroundings(tmp_path, monkeypatch) as (server, lines):
        answers_for(Account([*CLASSIC, *CONSTRAINED, secrets, *BASIC]), server)
        assert await examine(lines.append) == 0
    both, more = [line for line in lines if line.startswith("!")]
    assert "holds the classic form of impersonation beside the constrained one" in both
    assert "may do more there than it should: list secrets" in more
    assert all("\n  → " in line for line in (both, more))


async def test_without_the_right_to_impersonate_one_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with surroundings(tmp_path, monkeypatch) as (server, lines):
        answers_for(Account(BASIC), server)
        assert await examine(lines.append) == 1
    [broken] = [line for line in lines if line.startswith("✗")]
    assert "may not impersonate that user" in broken
    assert "quarterdeck rbac render" in broken


async def test_in_users_mode_the_bot_acts_as_the_first_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = {"slack": "UADA", "user": "ada@example.com", "groups": ["quarterdeck:viewers"]}
    policy = POLICY | {"clusters": {"default": {"mode": "users"}}, "people": [ada]}
    role = classic(identities(Policy.model_validate(policy)))
    async with surroundings(tmp_path, monkeypatch, policy=policy) as (server, lines):
        answers_for(Account([*role["rules"], *BASIC]), server)
        assert await examine(lines.append) == 0
        [asked] = server.to(DEFAULT)
    assert asked.all("Impersonate-User") == ["ada@example.com"]
    assert "Cluster main lets the bot act for people (quarterdeck:viewers)." in "\n".join(lines)


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


async def test_a_policy_that_knows_people_by_their_mail_domain_lets_somebody_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = {"version": 1, "domains": {"example.com": {"groups": ["quarterdeck:viewers"]}}}
    async with surroundings(tmp_path, monkeypatch, policy=policy) as (_, lines):
        await examine(lines.append)
    assert "names 1 mail domain." in lines[0]
    assert "Nobody is answered." not in lines[0]


async def test_a_policy_that_lets_nobody_in_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = {"version": 1}
    async with surroundings(tmp_path, monkeypatch, policy=empty) as (_, lines):
        assert await examine(lines.append) == 0
    assert "Nobody is answered." in lines[0]


def placed(
    *members: str, archived: bool = False, shared: bool = False
) -> Callable[[Workspace], dict[str, Any]]:
    """Return what makes the policy's one channel, with the bot in it or not."""

    def build(slack: Workspace) -> dict[str, Any]:
        inside = [slack.bot] if "bot" in members else []
        shop = slack.channel("shop", members=inside, archived=archived, shared=shared)
        return {shop.id: {"namespaces": ["shop"]}}

    return build


@pytest.mark.parametrize(
    ("channels", "told", "fix"),
    [
        pytest.param(placed(), "not in the channel #shop", "`/invite`", id="absent"),
        pytest.param(placed("bot", archived=True), "is archived", "unarchive it", id="archived"),
        pytest.param(placed("bot", shared=True), "another organisation", "end the", id="shared"),
        pytest.param(
            lambda _: {"C0GONE": {"namespaces": ["shop"]}},
            "shows the bot no channel C0GONE",
            "Correct its id",
            id="unknown",
        ),
    ],
)
async def test_a_channel_that_is_not_as_the_policy_wants_it_is_named_with_its_fix(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    channels: Callable[[Workspace], dict[str, Any]],
    told: str,
    fix: str,
) -> None:
    async with surroundings(tmp_path, monkeypatch, channels=channels) as (_, lines):
        assert await examine(lines.append) == 0
    [lacking] = [line for line in lines if line.startswith("!")]
    assert told in lacking
    assert fix in lacking.partition("\n  → ")[2]


async def test_a_channel_that_only_hears_the_admins_is_looked_at_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = {**POLICY, "admin_channel": "C0ADMIN"}
    async with surroundings(tmp_path, monkeypatch, policy=policy) as (_, lines):
        assert await examine(lines.append) == 0
    assert any("shows the bot no channel C0ADMIN" in line for line in lines)


async def test_a_scope_that_nobody_asked_for_is_drift_from_the_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scopes = [*(scope.name for scope in SCOPES), "channels:history"]
    manifest = {**MANIFEST, "oauth_config": {"scopes": {"bot": scopes}}}
    async with surroundings(tmp_path, monkeypatch, manifest=manifest) as (_, lines):
        assert await examine(lines.append) == 0
    [drift] = [line for line in lines if line.startswith("!")]
    assert "channels:history, which the manifest does not ask for" in drift
    assert "→ Take it away" in drift


async def test_a_clock_that_differs_from_slacks_and_the_clusters_is_said_for_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hour = timedelta(hours=1)
    slow = ManualClock(datetime.now(UTC) - hour)
    async with surroundings(tmp_path, monkeypatch, clock=slow) as (server, lines):
        late = format_datetime(datetime.now(UTC) + hour, usegmt=True)
        server.on("/version", body({"gitVersion": "v1.37.2"}, {"Date": late}))
        assert await examine(lines.append) == 1
    broken = [line for line in lines if line.startswith("✗")]
    assert any("s ahead of Slack" in line for line in broken)
    assert any("s behind the cluster main" in line for line in broken)
    assert all("NTP" in line for line in broken)


@pytest.mark.parametrize(
    ("seconds", "state"),
    [
        (0, State.GOOD),
        (29, State.GOOD),
        (-31, State.LACKING),
        (299, State.LACKING),
        (301, State.BROKEN),
        (-86_400, State.BROKEN),
    ],
)
def test_a_clock_is_judged_by_what_its_error_breaks(seconds: int, state: State) -> None:
    now = datetime(2026, 11, 28, 12, tzinfo=UTC)
    date = format_datetime(now - timedelta(seconds=seconds), usegmt=True)
    [finding] = compare_clocks("Slack", date, now)
    assert finding.state is state
    assert bool(finding.next_step) is (state is not State.GOOD)


def test_a_peer_that_tells_no_time_is_not_compared() -> None:
    assert compare_clocks("Slack", "", datetime.now(UTC)) == []
    assert compare_clocks("Slack", "yesterday", datetime.now(UTC)) == []


@pytest.mark.parametrize(
    ("version", "state", "words"),
    [
        ("v1.26.9", State.BROKEN, "Upgrade it to 1.27"),
        ("v1.27.0", State.GOOD, ""),
        ("v1.37.2+k3s1", State.GOOD, ""),
        ("v1.38.0", State.GOOD, ""),
        ("v1.39.1", State.LACKING, "newer version of the bot"),
        ("v2.0.0", State.LACKING, "newer version of the bot"),
    ],
)
def test_a_clusters_version_is_held_against_the_supported_ones(
    version: str, state: State, words: str
) -> None:
    finding = check_version("main", version)
    assert finding.state is state
    assert words in finding.next_step

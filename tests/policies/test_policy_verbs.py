"""`quarterdeck policy check|explain|test|schema`: what somebody reads who writes a policy."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from bot.core.clock import SystemClock
from bot.core.errors import ConfigurationError, UsageError
from bot.core.proposal import Hold, Party
from bot.policies.checking import check
from bot.policies.comparing import compare
from bot.policies.explaining import Question, explain
from bot.store.engine import Options as StoreOptions
from bot.store.engine import open_store
from bot.store.holds import Holds
from tests.cluster.bed import Bed
from tests.every import every
from tests.kube.files import kubeconfig
from tests.policy.test_reading import CORPUS, EXPECTED
from tests.store.migrated import migrated
from tests.verbs import typed

POLICY: dict[str, Any] = {
    "version": 1,
    "channels": {"C0SHOP": {"namespaces": ["shop", "prod"], "ceiling": "change"}},
    "people": [
        {"slack": "U0ADA", "name": "ada", "groups": ["quarterdeck:operators"]},
        {"slack": "U0VIC", "groups": ["quarterdeck:viewers"], "user": "Vic@example.com"},
    ],
    "gates": [{"namespaces": ["prod"], "gate": "approve"}],
    "protected": {"names": ["db"]},
    "approvers": [
        {"namespaces": ["prod"], "people": ["U0CLEO"], "groups": ["quarterdeck:leads"]},
    ],
    "on_call": [{"namespaces": ["prod"], "people": ["U0DAN"]}],
}


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    file = tmp_path / "policy.yaml"
    file.write_text(yaml.safe_dump(POLICY))
    return file


def expecting(policy: Path, *expectations: dict[str, str]) -> None:
    (policy.parent / "policy.test.yaml").write_text(yaml.safe_dump(list(expectations)))


def test_a_good_policy_is_summed_up(policy: Path) -> None:
    lines: list[str] = []
    assert check(policy, lines.append) == 0
    assert lines == [f"✓ {policy}: 2 people, 1 channel, 1 entry of approvers"]


@every("name", EXPECTED)
def test_each_fault_is_written_with_its_line_and_fits_a_phone(name: str) -> None:
    lines: list[str] = []
    assert check(CORPUS / f"{name}.yaml", lines.append) == 1
    assert lines[0] == f"✗ line {EXPECTED[name]['line']}: {EXPECTED[name]['says']}"
    assert all(len(line) < 280 and line.isprintable() for line in lines)


def test_all_faults_are_written_at_once(policy: Path) -> None:
    policy.write_text("version: 1\nchanels: {}\npeople:\n- {slack: ada, groups: [x]}\n")
    lines: list[str] = []
    assert check(policy, lines.append) == 1
    assert lines == [
        "✗ line 2: chanels is no field here; did you mean channels?",
        "  → channels: {C0123456789: {cluster: default, namespaces: [shop]}}",
        "✗ line 4: people[0].slack must be a Slack user id, such as U0123456789",
        "  → people: [{slack: U0123456789, groups: [quarterdeck:viewers]}]",
    ]


ADA = {"person": "ada", "channel": "C0SHOP"}


@pytest.mark.parametrize(
    ("said", "expect"),
    [
        ({"does": "scale deploy/web --replicas=3 -n shop"}, "confirm"),
        ({"does": "kubectl scale deployment web --replicas=3"}, "confirm"),
        ({"does": "scale deploy/web --replicas=3 -n prod"}, "approve"),
        ({"does": "scale deploy/db --replicas=3"}, "approve"),
        ({"does": "scale deploy web db --replicas=3"}, "approve"),
        ({"does": "scale deploy/web --replicas=3 -n ops"}, "refused"),
        ({"does": "scale clusterrole/web --replicas=3"}, "refused"),
        ({"does": "get pods -n prod"}, "allowed"),
        ({"does": "edit deploy/web"}, "refused"),
        ({"verb": "patch", "resource": "deployments", "name": "web"}, "confirm"),
        ({"verb": "patch", "resource": "deployments", "name": "db"}, "approve"),
        ({"verb": "create", "resource": "pods/exec"}, "refused"),
        ({"verb": "delete", "resource": "pods"}, "refused"),
        ({"verb": "get", "resource": "secrets", "namespace": "ops"}, "allowed"),
        ({"verb": "patch", "resource": "rolebindings"}, "refused"),
        ({"verb": "patch", "resource": "nodes"}, "refused"),
        ({"person": "U0EVE", "does": "get pods"}, "refused"),
        ({"person": "vic@example.com", "does": "get pods"}, "allowed"),
        ({"person": "eve@example.com", "does": "get pods"}, "refused"),
    ],
)
def test_a_policy_is_held_to_what_is_expected_of_it(
    policy: Path, said: dict[str, str], expect: str
) -> None:
    lines: list[str] = []
    expecting(policy, {**ADA, **said, "expect": expect})
    assert compare(policy, lines.append) == 0, lines
    assert lines == ["✓ 1 of 1 as expected"]


def test_what_is_not_as_expected_is_written_with_its_line_and_reason(policy: Path) -> None:
    lines: list[str] = []
    fine = {**ADA, "does": "get pods", "expect": "allowed"}
    expecting(policy, fine, {**ADA, "does": "scale deploy/db --replicas=0", "expect": "confirm"})
    assert compare(policy, lines.append) == 1
    assert lines[0].startswith("✗ line ")
    assert lines[0].endswith(": ada, scale deploy/db --replicas=0")
    assert "expected confirm, got approve. The policy wants somebody else's approval" in lines[1]
    assert lines[2] == "✗ 1 of 2 as expected"


@pytest.mark.parametrize(
    ("approver", "does", "says"),
    [
        ("U0CLEO", "scale deploy/web --replicas=3 -n prod", ""),
        ("vic@example.com", "scale deploy/db --replicas=3", ""),
        ("ada", "scale deploy/web --replicas=3 -n prod", "ada may not approve it: U0CLEO, "),
    ],
    ids=["named", "anyone", "not-named"],
)
def test_who_may_approve_can_be_expected_too(
    policy: Path, approver: str, does: str, says: str
) -> None:
    lines: list[str] = []
    expecting(policy, {**ADA, "does": does, "expect": "approve", "approver": approver})
    assert compare(policy, lines.append) == int(bool(says))
    assert not says or f"expected approve, got refused. {says}" in lines[1]


def test_a_policy_of_which_nothing_is_expected_has_proved_nothing(policy: Path) -> None:
    lines: list[str] = []
    expecting(policy)
    assert compare(policy, lines.append) == 1
    assert lines == ["✗ 0 of 0 as expected"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the file is empty"),
        ("{}", "the document must be a list"),
        ("- {person: ada, does: get pods}", "line 1: [0].expect is missing"),
        ("- {person: ada, expect: allowed}", "must say what is asked: does, or verb and resource"),
        ("- {person: ada, does: x, expects: allowed}", "[0].expects is no field here; did you"),
        ("- {person: ada, does: get pods, expect: maybe}", "[0].expect must be 'allowed', "),
        ("- {person: ada, channel: '#shop', does: x, expect: refused}", "a Slack channel id"),
    ],
)
def test_expectations_that_cannot_be_read_are_named_by_their_line(
    policy: Path, text: str, says: str
) -> None:
    (policy.parent / "policy.test.yaml").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        compare(policy, print)
    assert "policy.test.yaml: line 1: " in caught.value.text
    assert says in caught.value.text


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"does": "scael deploy/web"}, "line 1: .*scael"),
        ({"person": "adah", "does": "get pods"}, "the policy calls nobody adah"),
    ],
)
def test_an_expectation_that_means_nothing_is_no_refusal(
    policy: Path, said: dict[str, str], says: str
) -> None:
    expecting(policy, {**ADA, **said, "expect": "refused"})
    with pytest.raises(UsageError, match=says):
        compare(policy, print)


async def explained(file: Path, *asked: str, **more: str) -> tuple[int, str]:
    lines: list[str] = []
    code = await explain(file, Question(*asked, **more), lines.append)
    return code, "\n".join(lines)


@pytest.mark.boxed
@pytest.mark.parametrize(
    ("asked", "said", "code"),
    [
        (("ada", "get", "pods"), ("allowed", "yes"), 0),
        (("ada", "patch", "deploy/scale"), ("confirm", "yes"), 0),
        (("ada", "patch", "deployments"), ("confirm", "no"), 1),
        (("U0VIC", "patch", "deployments/scale"), ("confirm", "no"), 1),
        (("vic@example.com", "list", "po"), ("allowed", "yes"), 0),
        (("ada", "get", "secrets"), ("allowed", "no"), 1),
        (("ada", "delete", "pods"), ("refused", "yes"), 1),
    ],
)
async def test_both_decisions_are_explained(
    bed: Bed,
    policy: Path,
    monkeypatch: pytest.MonkeyPatch,
    asked: tuple[str, ...],
    said: tuple[str, str],
    code: int,
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(bed.bot_kubeconfig))
    done, text = await explained(policy, *asked, namespace="shop")
    assert f"Policy: {said[0]}. " in text
    assert f": {said[1]}, as quarterdeck:user in quarterdeck:" in text
    assert done == code


async def test_a_cluster_that_cannot_be_asked_is_said_so(
    policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(policy.parent / "none"))
    code, said = await explained(policy, "ada", "patch", "deployments", namespace="prod")
    assert "ada: patch deployments.apps in prod, from C0SHOP" in said
    assert (
        "Policy: approve. The policy wants somebody else's approval for this in prod:"
        " U0CLEO, quarterdeck:leads. Who may break the glass: U0DAN." in said
    )
    assert "Cluster: not asked. error: no kubeconfig" in said
    assert "by people are not known: QUARTERDECK_STORE__URL names no store of the bot here." in said
    assert code == 0


@pytest.fixture
async def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody have frozen `shop` and locked objects, in a store that the settings name."""
    config = kubeconfig(tmp_path / "config", "http://127.0.0.1:1", name="main")
    monkeypatch.setenv("KUBECONFIG", str(config))
    monkeypatch.setenv("QUARTERDECK_STORE__URL", migrated(tmp_path))
    clock, ada = SystemClock(), Party("T1/U0ADA", "U0ADA", "ada")
    until = clock.now() + timedelta(hours=2)
    async with open_store(StoreOptions(url=SecretStr(migrated(tmp_path)))) as store:
        holds = Holds(store, clock)
        await holds.put(Hold("", "main", "shop", until=until, by=ada, reason="moving"))
        await holds.put(Hold("", "*", "prod", "deployments.apps", "db", by=ada, reason="slow"))
        await holds.put(Hold("", "other", "prod", by=ada, reason="another cluster"))


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("asked", "namespace", "code", "said"),
    [
        (("ada", "patch", "deploy"), "shop", 1, ["shop is frozen by ada until .* UTC: moving\\."]),
        (("ada", "patch", "deploy/scale"), "prod", 0, ["deployments.apps/db is locked by ada"]),
        (("ada", "patch", "services"), "prod", 0, []),
        (("ada", "get", "deploy"), "shop", 0, []),
    ],
)
async def test_what_people_froze_and_locked_is_explained(
    policy: Path, asked: tuple[str, ...], namespace: str, code: int, said: list[str]
) -> None:
    done, text = await explained(policy, *asked, namespace=namespace)
    found = [line for line in text.splitlines() if line.startswith("Now: ")]
    assert len(found) == len(said)
    for line, pattern in zip(found, said, strict=True):
        assert re.search(pattern, line)
    assert done == code


@pytest.mark.usefixtures("held")
async def test_without_a_kubeconfig_nobody_knows_which_cluster_is_frozen(
    policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(policy.parent / "none"))
    done, text = await explained(policy, "ada", "patch", "deploy", namespace="shop")
    assert "not known: no kubeconfig says which cluster is the default one." in text
    assert done == 0


async def test_what_the_policy_freezes_now_is_explained(
    policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(policy.parent / "none"))
    monkeypatch.setenv("QUARTERDECK_STORE__URL", f"sqlite:///{policy.parent / 'none.db'}")
    always = {"namespaces": ["prod"], "reason": "winter"}
    policy.write_text(yaml.safe_dump({**POLICY, "freezes": [always]}))
    done, text = await explained(policy, "ada", "patch", "deployments", namespace="prod")
    assert (
        "Now: Namespace prod is frozen by the policy: winter. Who may break the glass: U0DAN."
    ) in text
    assert f"by people are not known: there is no {policy.parent / 'none.db'}." in text
    assert done == 1
    assert not (policy.parent / "none.db").exists()
    done, text = await explained(policy, "ada", "patch", "deployments", namespace="shop")
    assert "frozen by" not in text
    assert done == 0


async def test_whoever_is_not_in_the_policy_is_nobody_to_the_cluster(
    policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(policy.parent / "none"))
    code, said = await explained(policy, "U0EVE", "get", "pods")
    assert "Policy: refused. " in said
    assert "U0EVE" in said
    assert "Cluster: not asked, since the policy lets nobody of that name in there." in said
    assert code == 1


def test_the_verbs_are_there_and_their_exit_codes_are_a_scripts(policy: Path) -> None:
    good = typed("policy", "check", QUARTERDECK_POLICY=str(policy))
    assert (good.exit_code, good.stderr) == (0, "")
    bad = typed("policy", "check", str(CORPUS / "version-2.yaml"))
    assert (bad.exit_code, bad.stdout) == (1, "✗ line 1: version must be 1\n  → version: 1\n")
    lacking = typed("policy", "test", str(policy))
    assert lacking.exit_code == 1
    assert "policy.test.yaml: there is no such file" in lacking.stderr
    asked = typed("policy", "explain", "ada", "get", "pods", "--policy", str(policy))
    assert asked.stdout.startswith("ada: get pods, from a place that is bound to nothing\n")
    assert '"$schema"' in typed("policy", "schema").stdout


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("scael deploy/web --replicas=1", "unknown command"),
        ("get pods", "changes nothing"),
        ("scale deploy/{app} --replicas=1", "names {app}, which is not among the parameters"),
    ],
)
def test_a_task_that_cannot_be_typed_is_named(tmp_path: Path, phrase: str, said: str) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(f"version: 1\ntasks:\n  size: {{phrases: ['{phrase}']}}\n")
    answer = typed("policy", "check", str(file))
    assert answer.exit_code == 1
    assert said in answer.output

"""`quarterdeck rbac render` and `quarterdeck rbac check`, as a person types them."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result

from tests.cluster.bed import Bed
from tests.deploy.manifests import DEPLOY, documents
from tests.verbs import typed

RBAC = str(DEPLOY / "rbac.yaml")
POLICY: dict[str, Any] = {
    "version": 1,
    "clusters": {"default": {"mode": "groups"}, "east": {"mode": "users"}},
    "people": [
        {
            "slack": "U1A",
            "name": "ada",
            "user": "ada@example.com",
            "groups": ["quarterdeck:operators", "team:shop"],
        }
    ],
    "domains": {"example.com": {"groups": ["quarterdeck:viewers"]}},
}


def rbac(*words: str | Path, **environment: str) -> Result:
    return typed("rbac", *map(str, words), **environment)


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    file = tmp_path / "policy.yaml"
    file.write_text(yaml.safe_dump(POLICY))
    return file


def names(printed: str, resource: str) -> list[str]:
    [role] = yaml.safe_load_all(printed)
    [rule] = [rule for rule in role["rules"] if rule.get("resources") == [resource]]
    found: list[str] = rule["resourceNames"]
    return found


def test_without_a_policy_the_shipped_role_is_printed() -> None:
    [shipped] = [
        one
        for one in documents(Path(RBAC))
        if (one["kind"], one["metadata"]["name"]) == ("ClusterRole", "quarterdeck:impersonator")
    ]
    assert list(yaml.safe_load_all(rbac("render").stdout)) == [shipped]


def test_the_groups_of_the_policy_are_listed(policy: Path) -> None:
    done = rbac("render", "--policy", policy)
    assert (done.exit_code, done.stderr) == (0, "")
    assert names(done.stdout, "groups")[-1] == "team:shop"
    assert "ada@example.com" not in done.stdout


def test_in_users_mode_the_users_are_listed_and_who_cannot_be_is_said(policy: Path) -> None:
    done = rbac("render", "--cluster", "east", QUARTERDECK_POLICY=str(policy))
    assert names(done.stdout, "users")[0] == "ada@example.com"
    assert "people who are bound by example.com alone are not listed" in done.stdout


def test_a_type_of_ones_own_is_added_to_the_constrained_form() -> None:
    plain, more = (
        rbac("render", "--constrained"),
        rbac("render", "--constrained", "--also", "widgets.example.org"),
    )
    assert "widgets" not in plain.stdout
    [role] = yaml.safe_load_all(more.stdout)
    [rule] = [rule for rule in role["rules"] if rule.get("apiGroups") == ["example.org"]]
    assert rule["resources"] == ["widgets"]
    assert rule["verbs"] == [
        f"impersonate-on:user-info:{verb}" for verb in ("get", "list", "watch")
    ]


def test_what_is_printed_is_what_is_checked(policy: Path, tmp_path: Path) -> None:
    done = rbac("check", "--policy", policy, "--manifest", RBAC)
    assert done.exit_code == 1
    assert done.stdout == "missing: the bot may not impersonate groups team:shop\n"
    role = tmp_path / "impersonator.yaml"
    role.write_text(rbac("render", "--policy", policy, "--constrained").stdout)
    again = rbac("check", "--policy", policy, "--manifest", RBAC, "--manifest", role)
    assert again.exit_code == 0
    assert again.stdout == "The bot has what it needs and nothing else (constrained form).\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["check"], "say what to compare with: --manifest FILE", id="nothing"),
        pytest.param(
            ["check", "--manifest", RBAC, "--context", "x"], "say what to compare", id="both"
        ),
        pytest.param(
            ["check", "--manifest", "/nowhere.yaml"],
            "error: manifest /nowhere.yaml: No such file",
            id="no-file",
        ),
        pytest.param(
            ["render", "--policy", "/nowhere.yaml"], "policy /nowhere.yaml", id="no-policy"
        ),
        pytest.param(
            ["render", "--constrained", "--also", "pods/exec"],
            "error: 'pods/exec' is not a type",
            id="no-type",
        ),
        pytest.param(["check", "--context", "x"], "does not exist", id="no-context"),
    ],
)
def test_bad_input_gets_a_sentence_and_no_traceback(words: list[str], said: str) -> None:
    done = rbac(*words)
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) <= 2


@pytest.mark.parametrize("bad", ["{", "\tx"], ids=["open", "tab"])
def test_a_manifest_that_is_not_yaml_is_named(tmp_path: Path, bad: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(bad)
    done = rbac("check", "--manifest", file)
    assert done.exit_code == 1
    assert f"error: manifest {file}: it is not YAML" in done.stderr


@pytest.mark.boxed
def test_a_clusters_own_roles_are_checked(bed: Bed, policy: Path) -> None:
    kubeconfig = {"KUBECONFIG": str(bed.kubeconfig)}
    done = rbac("check", "--context", "default", **kubeconfig)
    assert done.stdout == "The bot has what it needs and nothing else (classic form).\n"
    lacks = rbac("check", "--context", "default", "--policy", policy, **kubeconfig)
    assert lacks.exit_code == 1
    assert lacks.stdout == "missing: the bot may not impersonate groups team:shop\n"


@pytest.mark.boxed
def test_a_clusters_bindings_are_listed_before_the_role(bed: Bed, policy: Path) -> None:
    done = rbac("render", "--policy", policy, "--from-cluster", KUBECONFIG=str(bed.kubeconfig))
    heading = "# ada, mode groups, as the policy says: quarterdeck:user with quarterdeck:operators,"
    of_shop = "#   RoleBinding shop/operators → ClusterRole quarterdeck:operator (as Group"
    assert heading in done.stdout
    assert of_shop in done.stdout
    assert "# ada, mode users: ada@example.com" in done.stdout
    assert names(done.stdout, "groups")[-1] == "team:shop"

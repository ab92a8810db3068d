"""What is deployed and what the bot reads are the same words."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.access import Asked
from bot.core.command import Effect
from bot.core.request import Impersonated, Person, Place, Request, Surface
from bot.policy.decide import decide
from bot.policy.model import Policy
from bot.policy.reading import read_policy
from bot.settings import Settings, read_settings
from bot.slack.options import Options
from bot.store.address import file_of, parse
from tests.deploy.manifests import (
    DEPLOY,
    Document,
    container_of,
    documents,
    environment,
    kustomize,
    mounted_files,
    pod_of,
    the,
)
from tests.deploy.rbac_evaluator import Rbac, Target
from tests.deploy.test_rbac import BOT, EXTRAS

RBAC = Rbac(documents(DEPLOY / "rbac.yaml"))


def shown_policy(folder: Path) -> Policy:
    """Return the policy that the shipped file shows in its comments."""
    text = (DEPLOY / "policy.yaml").read_text()
    example = re.findall(r"^# ((?:channels|people| ).*)$", text, re.MULTILINE)
    file = folder / "policy.yaml"
    file.write_text("\n".join(["version: 1", *example]))
    return read_policy(file)


def test_the_policy_file_as_shipped_admits_nobody() -> None:
    policy = read_policy(DEPLOY / "policy.yaml")
    assert (policy.channels, policy.people) == ({}, ())
    assert policy.clusters["default"].mode == "groups"


def test_the_policy_file_shows_channels_by_their_ids(tmp_path: Path) -> None:
    assert shown_policy(tmp_path).channels["C0123456789"].namespaces == ("shop",)


def test_whom_the_policy_sends_the_bot_may_become(tmp_path: Path) -> None:
    policy = shown_policy(tmp_path)
    request = Request(
        id="r-1",
        person=Person(f"T1/{policy.people[0].slack}"),
        place=Place(Surface.SLASH, "C0123456789"),
        text="get pods",
        received=datetime(2026, 1, 1, tzinfo=UTC),
    )
    identity = decide(policy, request, Asked(Effect.READ)).actor.identity
    assert isinstance(identity, Impersonated)
    assert {key for key, _ in identity.extras} == EXTRAS
    target = Target(identity.user, identity.groups, extras=identity.extras)
    assert RBAC.may_become(BOT, target)


def test_slack_sends_the_commands_that_the_bot_listens_to() -> None:
    [app] = documents(DEPLOY / "slack-manifest.yaml")
    fields = Options.model_fields
    names = [fields[name].default for name in ("kubectl_command", "prom_command", "deck_command")]
    assert [command["command"] for command in app["features"]["slash_commands"]] == names


def mounted(folder: Path, deployment: Document) -> Path:
    """Write the files that a pod finds in /etc/quarterdeck, with the values of the example."""
    [example] = documents(DEPLOY / "secret.example.yaml")
    for path, (kind, _, key) in mounted_files(deployment, "configuration").items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        text = (DEPLOY / key).read_text() if kind == "configMap" else example["stringData"][key]
        file.write_text(text)
        file.chmod(pod_of(deployment)["volumes"][0]["projected"].get("defaultMode", 0o440))
    return folder


def settings_in_the_pod(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *components: str
) -> tuple[Document, Settings]:
    """Return a form's Deployment, and the settings that its pod reads."""
    deployment = the(kustomize(*components), "Deployment")
    folder = mounted(tmp_path / "etc", deployment)
    for name, value in environment(deployment).items():
        monkeypatch.setenv(name, value.replace("/etc/quarterdeck", str(folder)))
    return deployment, read_settings()


@pytest.mark.parametrize(
    ("components", "mode"),
    [pytest.param((), "socket", id="socket"), pytest.param(("http",), "http", id="http")],
)
def test_the_bot_reads_its_settings_in_the_pod(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, components: tuple[str, ...], mode: str
) -> None:
    deployment, settings = settings_in_the_pod(tmp_path, monkeypatch, *components)
    assert settings.slack.mode == mode
    assert settings.slack.bot_token.get_secret_value() == "xoxb-replace-me"
    assert read_policy(settings.policy).people == ()
    [port] = container_of(deployment)["ports"]
    assert (settings.web.host, settings.web.port) == ("0.0.0.0", port["containerPort"])


def test_the_pod_waits_for_what_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deployment, settings = settings_in_the_pod(tmp_path, monkeypatch)
    before = container_of(deployment)["lifecycle"]["preStop"]["sleep"]["seconds"]
    grace = pod_of(deployment)["terminationGracePeriodSeconds"]
    # Ten seconds for Slack, the store and the streams to be closed.
    assert before + settings.drain_seconds + 10 <= grace


def test_the_database_lies_on_the_disk() -> None:
    deployment = the(kustomize(), "Deployment")
    [mount] = [one for one in container_of(deployment)["volumeMounts"] if one["name"] == "data"]
    file = file_of(parse(environment(deployment)["QUARTERDECK_STORE__URL"]))
    assert file is not None
    assert str(file.parent) == mount["mountPath"]

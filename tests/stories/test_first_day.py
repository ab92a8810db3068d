"""A newcomer's first day: init, image, apply, and the bot answers; on the real control plane.

What runs is the Deployment as the API server has stored it: its command, arguments, environment and
volumes, with the ServiceAccount's token and nothing else. Nobody here is a kubelet: see
docs/first-day.md for what that leaves open.
"""

import asyncio
import json
import os
import subprocess
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import Workspace
from tests.cluster.audit import AuditLog, Event
from tests.cluster.bed import Bed
from tests.deploy.builders import DIGEST, IMAGE, Machine
from tests.deploy.pod import materialised
from tests.ports import free_port
from tests.slack.opened import workspace
from tests.slack.process import ready, stopped

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROOT = Path(__file__).parents[2]
ACCOUNT = "system:serviceaccount:quarterdeck:quarterdeck"


@dataclass(frozen=True, slots=True)
class Day:
    """Who is there once the bot runs."""

    slack: Workspace
    ada: Person
    """Whom `quarterdeck init` was told as the admin."""
    eve: Person
    """Of whom nobody has heard."""
    shop: Channel
    said: str
    """What init printed."""
    refused: str
    """What kubectl said before there was an image."""
    secrets: dict[str, str]
    """What init wrote into the folder secrets."""
    environment: dict[str, str]
    """What the bot's container was started with."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def day(bed: Bed, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Day]:
    folder = tmp_path_factory.mktemp("newcomer")
    async with workspace() as slack:
        ada, eve = slack.user("ada"), slack.user("eve")
        shop = slack.channel("shop", members=[ada, eve, slack.bot])
        overlay = folder / "ours"
        said = await asyncio.to_thread(init, slack, overlay, ada, shop)
        refused = bed.kubectl("apply", "-k", str(overlay))
        await asyncio.to_thread(image, folder / "machine", overlay)
        try:
            bed.kubectl.out("apply", "-k", str(overlay))
            async with deployed(bed, folder / "pod", slack) as environment:
                secrets = secrets_in(overlay)
                yield Day(slack, ada, eve, shop, said, refused.stderr, secrets, environment)
        finally:
            withdraw(bed)


def init(slack: Workspace, overlay: Path, ada: Person, shop: Channel) -> str:
    """Run `quarterdeck init` as a script does, and return what it said."""
    command = ["init", "--directory", str(overlay), "--admin", ada.id, "--channel", shop.id]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "QUARTERDECK_SLACK__BOT_TOKEN": slack.bot_token,
        "QUARTERDECK_SLACK__APP_TOKEN": slack.app_token,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bot", *command, "--namespace", "shop"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout + done.stderr


def image(folder: Path, overlay: Path) -> None:
    """Run `make image`, with a stand-in for docker."""
    folder.mkdir()
    done = Machine(folder, "docker").image(IMAGE, str(overlay))
    assert done.returncode == 0, done.stderr


def secrets_in(overlay: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in (overlay / "secrets").iterdir()}


@asynccontextmanager
async def deployed(bed: Bed, folder: Path, slack: Workspace) -> AsyncIterator[dict[str, str]]:
    """Run the Deployment's container on this machine until the block ends; give its environment."""
    folder.mkdir()
    pod = materialised(bed.kubectl, folder)
    server = urlsplit(bed.server)
    account = pod.on_this_machine("/var/run/secrets/kubernetes.io/serviceaccount")
    environment = {
        **pod.environment,
        # The image's: its Python, and the installed package.
        "PATH": str(Path(sys.executable).parent),
        "PYTHONPATH": str(ROOT),
        # The kubelet's.
        "KUBERNETES_SERVICE_HOST": str(server.hostname),
        "KUBERNETES_SERVICE_PORT": str(server.port),
        "HOME": "/",
        # This machine's: its Slack, its paths, and a port that is free on it.
        "QUARTERDECK_SLACK__BASE_URL": slack.base_url,
        "QUARTERDECK_KUBERNETES__SERVICE_ACCOUNT": account,
        "QUARTERDECK_WEB__PORT": str(free_port()),
    }
    process = await asyncio.create_subprocess_exec(
        *pod.argv, cwd="/", env=environment, stdout=PIPE, stderr=PIPE
    )
    try:
        await ready(process)
        yield environment
        log = await stopped(process)
        assert process.returncode == 0, log
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


def withdraw(bed: Bed) -> None:
    """Take back what is not a part of the bed."""
    kinds = "deployments,services,persistentvolumeclaims,networkpolicies,secrets,configmaps"
    label = "--selector=app.kubernetes.io/name=quarterdeck"
    bed.kubectl.out("delete", kinds, "--namespace=quarterdeck", label, "--wait=false")
    bed.kubectl.out("delete", "rolebindings", "--namespace=shop", label)


async def test_nothing_is_applied_before_there_is_an_image(day: Day) -> None:
    assert "run-make-image-first" in day.refused


async def test_the_admin_asks_and_gets_the_answer(day: Day) -> None:
    answer = await day.ada.slash(day.shop, "/kubectl get pods")
    assert "web-" in answer.plain()
    assert not answer.ephemeral


async def test_the_cluster_was_asked_as_the_identity_of_the_policy(
    day: Day, audit: AuditLog
) -> None:
    since = audit.position()
    await day.ada.slash(day.shop, "/kubectl get pods")
    event = await audit.awaited(about_pods, since)
    assert event["user"]["username"] == ACCOUNT
    as_whom = event["impersonatedUser"]
    assert as_whom["username"] == "quarterdeck:user"
    assert "quarterdeck:admins" in as_whom["groups"]
    assert as_whom["extra"]["quarterdeck.dev/person"] == [f"{day.slack.team}/{day.ada.id}"]
    assert event["responseStatus"]["code"] == 200


async def test_t1_a_stranger_is_told_who_they_are_and_the_cluster_is_not_asked(
    day: Day, audit: AuditLog
) -> None:
    since = audit.position()
    told = await day.eve.slash(day.shop, "/kubectl get pods")
    assert told.ephemeral
    assert day.eve.id in told.plain()
    assert "web-" not in told.plain()
    # What is asked later stands behind in the log.
    await day.ada.slash(day.shop, "/kubectl get pods")
    await audit.awaited(about_pods, since)
    people = {
        event["impersonatedUser"]["extra"]["quarterdeck.dev/person"][0]
        for event in audit.events(since)
        if event["user"]["username"] == ACCOUNT and "impersonatedUser" in event
    }
    assert people == {f"{day.slack.team}/{day.ada.id}"}


def about_pods(event: Event) -> bool:
    reference = event.get("objectRef", {})
    return (
        event["user"]["username"] == ACCOUNT
        and (event["verb"], reference.get("resource")) == ("list", "pods")
        and reference.get("namespace") == "shop"
    )


async def test_the_doctor_that_init_names_finds_the_bot_well(day: Day) -> None:
    """As `kubectl exec` would, in the container's environment."""
    assert "-- quarterdeck doctor" in day.said
    process = await asyncio.create_subprocess_exec(
        *("python", "-m", "bot", "doctor"), cwd="/", env=day.environment, stdout=PIPE, stderr=PIPE
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert "Cluster in-cluster lets the bot act for people (quarterdeck:admins)." in out.decode()


async def test_t16_the_token_that_ran_it_can_do_nothing_by_itself(day: Day, bed: Bed) -> None:
    assert day.said
    done = bed.kubectl("auth", "can-i", "list", "pods", "-n", "shop", f"--as={ACCOUNT}")
    assert done.stdout.strip() == "no"


async def test_t18_every_secret_is_in_the_secret_and_in_nothing_that_is_printed(
    day: Day, bed: Bed
) -> None:
    assert set(day.secrets) > {"slack-bot-token", "slack-app-token", "audit-key"}
    stored = json.loads(
        bed.kubectl.out(
            *("get", "secrets", "--namespace=quarterdeck", "-o=json"),
            "--selector=app.kubernetes.io/name=quarterdeck",
        )
    )
    assert [set(item["data"]) for item in stored["items"]] == [set(day.secrets)]
    assert not [name for name, value in day.secrets.items() if value in day.said]


async def test_the_image_that_is_deployed_is_the_one_that_was_pushed(day: Day, bed: Bed) -> None:
    assert day.said
    path = "-o=jsonpath={.spec.template.spec.containers[0].image}"
    image = bed.kubectl.out("get", "deployment/quarterdeck", "--namespace=quarterdeck", path)
    assert image == f"{IMAGE.rpartition(':')[0]}@{DIGEST}"

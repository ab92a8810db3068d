"""`quarterdeck demo`, as a newcomer starts it."""

import asyncio
import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.demo.cluster import scenes
from tests.cluster.boxes import KUBECTL
from tests.cluster.kubectl import Kubectl
from tests.several import Call, Ended, called

ROOT = Path(__file__).parents[2]
DEMO = (sys.executable, "-m", "bot", "demo")
SHORT = "get deployments -o name\nexit\n"


@pytest.fixture(scope="module")
def talks() -> Sequence[Ended]:
    """Return what came of three demos in one process: ada's, eve's and one of somebody else."""
    calls = (
        Call(["demo"], typed=SHORT),
        Call(["demo", "--as", "eve"], typed="get pods\n"),
        Call(["demo", "--as", "mallory"]),
    )
    return asyncio.run(called(*calls)).ended


@contextmanager
def headless(*options: str) -> Iterator[tuple["subprocess.Popen[str]", dict[str, str]]]:
    """Yield the process and the line that it says; end it with the block."""
    with subprocess.Popen(
        [*DEMO, "--headless", *options], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def test_it_says_who_you_can_be_and_reads_what_you_type(talks: Sequence[Ended]) -> None:
    ada, *_ = talks
    assert ada.code == 0, ada.err
    assert "ada  sre        you" in ada.out
    assert "bob  developer  --as bob" in ada.out
    assert "eve  outsider   --as eve" in ada.out
    assert "deployment.apps/checkout\n" in ada.out


def test_rbac_answers_whoever_you_are(talks: Sequence[Ended]) -> None:
    _, eve, _ = talks
    refused = 'forbidden: User "eve" cannot list resource "pods" in API group "" in the namespace'
    assert eve.err.count(f'{refused} "shop"') == 2
    assert eve.code == 1


def test_nobody_else_can_be_had(talks: Sequence[Ended]) -> None:
    *_, mallory = talks
    assert mallory.code == 2
    assert "'ada', 'bob', 'eve'" in mallory.err


def test_everybody_of_the_scene_can_be_had() -> None:
    assert [each.name for each in scenes.PEOPLE] == ["ada", "bob", "eve"]


@dataclass(frozen=True, slots=True)
class Lives:
    """Two demos beside each other, ada's and eve's, and what was seen of them."""

    deployments: str
    """What ada's kubectl printed of the shop."""
    pods: str
    """What eve's kubectl complained of."""
    up: list[Any]
    """What Prometheus found, asked which targets answer."""
    alerts: list[Any]
    codes: tuple[int, int]
    """How they ended, ada's on SIGTERM, eve's on SIGINT."""
    folders: tuple[Path, Path]


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Lives:
    home = tmp_path_factory.mktemp("home")
    with headless() as (first, told), headless("--as", "eve") as (second, told_too):
        one, two = (Path(each["kubeconfig"]) for each in (told, told_too))
        deployments = Kubectl(KUBECTL, one, home).out("get", "deployments", "-n=shop")
        pods = Kubectl(KUBECTL, two, home)("get", "pods", "-n=shop").stderr
        up = answered(f"{told['prometheus']}/api/v1/query?query=count(up)")["data"]["result"]
        alerts = answered(f"{told['alerts']}/api/v2/alerts")
        first.send_signal(signal.SIGTERM)
        second.send_signal(signal.SIGINT)
        codes = (first.wait(10), second.wait(10))
    return Lives(deployments, pods, up, alerts, codes, (one.parent, two.parent))


def answered(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def test_headless_it_serves_until_it_is_told_to_end_and_another_one_beside_it(lives: Lives) -> None:
    assert "web" in lives.deployments
    assert "forbidden" in lives.pods
    assert lives.codes == (0, 0)
    assert not any(folder.exists() for folder in lives.folders)


def test_headless_it_says_where_the_shop_is_measured(lives: Lives) -> None:
    assert lives.up
    assert lives.alerts == []


def test_it_names_two_things_to_ask_prometheus_for(talks: Sequence[Ended]) -> None:
    ada, *_ = talks
    assert '"prom sum by (job) (rate(http_requests_total[5m]))", and "prom alerts"' in ada.out

"""`quarterdeck demo`, as a newcomer starts it."""

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.demo.cluster import scenes
from tests.cluster.boxes import KUBECTL
from tests.cluster.kubectl import Kubectl

ROOT = Path(__file__).parents[2]
DEMO = (sys.executable, "-m", "bot", "demo")


def talked(typed: str, *options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*DEMO, *options],
        cwd=ROOT,
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


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


def test_it_says_who_you_can_be_and_reads_what_you_type() -> None:
    done = talked("get deployments -n shop -o name\nexit\n")
    assert done.returncode == 0, done.stderr
    assert "ada  sre        you" in done.stdout
    assert "bob  developer  --as bob" in done.stdout
    assert "eve  outsider   --as eve" in done.stdout
    assert "deployment.apps/checkout\n" in done.stdout


def test_rbac_answers_whoever_you_are() -> None:
    done = talked("get pods -n shop\n", "--as", "eve")
    assert done.stderr.count('forbidden: User "eve" cannot list resource "pods"') == 2
    assert done.returncode == 1


def test_nobody_else_can_be_had() -> None:
    done = talked("", "--as", "mallory")
    assert done.returncode == 2
    assert "'ada', 'bob', 'eve'" in done.stderr


def test_everybody_of_the_scene_can_be_had() -> None:
    assert [each.name for each in scenes.PEOPLE] == ["ada", "bob", "eve"]


def test_headless_it_serves_until_it_is_told_to_end_and_another_one_beside_it(
    tmp_path: Path,
) -> None:
    with headless() as (first, told), headless("--as", "eve") as (second, told_too):
        one, two = (Path(each["kubeconfig"]) for each in (told, told_too))
        assert "web" in Kubectl(KUBECTL, one, tmp_path).out("get", "deployments", "-n=shop")
        assert "forbidden" in Kubectl(KUBECTL, two, tmp_path)("get", "pods", "-n=shop").stderr
        first.send_signal(signal.SIGTERM)
        second.send_signal(signal.SIGINT)
        assert [first.wait(10), second.wait(10)] == [0, 0]
        assert not one.parent.exists()
        assert not two.parent.exists()


def test_headless_it_says_where_the_shop_is_measured() -> None:
    with headless() as (_, told):
        query = f"{told['prometheus']}/api/v1/query?query=count(up)"
        with urllib.request.urlopen(query, timeout=10) as answer:
            assert json.load(answer)["data"]["result"]
        with urllib.request.urlopen(f"{told['alerts']}/api/v2/alerts", timeout=10) as answer:
            assert json.load(answer) == []


def test_it_names_two_things_to_ask_prometheus_for() -> None:
    done = talked("exit\n")
    assert '"prom sum by (job) (rate(http_requests_total[5m]))", and "prom alerts"' in done.stdout

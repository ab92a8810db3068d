"""The real kubectl on the simulated cluster says and exits as it does on a real one.

The transcripts were recorded on the real one, where these tests run, too.
"""

import subprocess
from pathlib import Path

import pytest

from tests.cluster.bed import Bed
from tests.cluster.kubectl import QUICK
from tests.conformance.cluster.recordings import difference
from tests.demo.cluster.transcripts import names, played, typed, written

pytestmark = pytest.mark.boxed


@pytest.mark.parametrize("name", names())
def test_kubectl_says_and_exits_as_recorded(name: str, bed: Bed) -> None:
    expected = written(name)
    found = played(bed.kubectl, typed(expected))
    if difference(expected, found) and not bed.simulated:
        # Where a controller looks around every 25 s (it tells of each new node), it may do so in
        # the middle of the transcript; not twice in a row.
        found = played(bed.kubectl, typed(expected))
    assert not difference(expected, found), difference(expected, found)


def test_a_log_is_followed(bed: Bed, app_log: Path) -> None:
    with subprocess.Popen(
        [str(bed.kubectl.binary), "logs", "-f", "deploy/cart", "-c=app", "-n=shop", "--tail=1"],
        env=dict(bed.kubectl.environment()) | QUICK,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        with app_log.open("a") as file:
            file.write("2026-11-24T00:00:00.000000000Z stdout F what came later\n")
        second = process.stdout.readline()
        process.terminate()
    assert first
    assert second == "what came later\n"


def test_a_rollout_is_watched_while_it_goes_on(bed: Bed) -> None:
    bed.kubectl.out("scale", "deployment/cart", "--replicas=3", "-n=shop")
    said = bed.kubectl.out("rollout", "status", "deployment/cart", "-n=shop")
    bed.kubectl.out("scale", "deployment/cart", "--replicas=2", "-n=shop")
    *_, last = said.splitlines()
    assert last == 'deployment "cart" successfully rolled out'


def test_a_deletion_is_waited_for(bed: Bed, tmp_path: Path) -> None:
    manifest = tmp_path / "one.yaml"
    manifest.write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: held, finalizers: [example.org/held]}\n"
    )
    bed.kubectl.out("apply", "--validate=false", f"-f={manifest}", "-n=shop")
    held = bed.kubectl("delete", "configmap", "held", "-n=shop", "--timeout=1s")
    assert held.returncode == 1
    assert "timed out waiting for the condition" in held.stderr
    bed.kubectl.out("patch", "configmap/held", "-n=shop", "-p", '{"metadata":{"finalizers":null}}')
    assert bed.kubectl("get", "configmap", "held", "-n=shop").returncode == 1

"""Prometheus on prepared samples."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster.peers import ClusterError
from tests.cluster.processes import listeners, processes, still_there
from tests.metrics.asking import api, instant
from tests.metrics.fixtures import Sampled

pytestmark = pytest.mark.peers

CHECKOUT = Path(__file__).parents[2]
START = 1767268800
"""2026-01-01 12:00 UTC."""
SAMPLES = f"""
# TYPE asked counter
# HELP asked Questions.
asked_total{{pod="a"}} 0 {START}
asked_total{{pod="a"}} 60 {START + 60}
asked_total{{pod="a"}} 120 {START + 120}
# TYPE room gauge
room{{pod="a"}} NaN {START + 60}
# EOF
""".lstrip()


def test_the_samples_are_there_at_their_times(sampled_prometheus: Sampled) -> None:
    server = sampled_prometheus(SAMPLES).url
    [series] = instant(server, 'asked_total{pod="a"}', time=str(START + 61))
    assert series["value"] == [START + 61, "60"]
    [rate] = instant(server, "rate(asked_total[2m])", time=str(START + 120))
    assert rate["value"][1] == "1"
    [room] = instant(server, "room", time=str(START + 60))
    assert room["value"][1] == "NaN"
    assert instant(server, "asked_total") == []


def test_it_tells_which_prometheus_it_is(sampled_prometheus: Sampled) -> None:
    assert api(sampled_prometheus(SAMPLES).url, "status/buildinfo")["version"] == "3.13.0"


def test_the_same_samples_are_the_same_server(sampled_prometheus: Sampled) -> None:
    assert sampled_prometheus(SAMPLES) is sampled_prometheus(SAMPLES)


def test_what_is_no_openmetrics_is_refused_with_the_reason(sampled_prometheus: Sampled) -> None:
    with pytest.raises(ClusterError, match=r"promtool does not take the samples: .*EOF"):
        sampled_prometheus("asked_total 1 1\n")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_listens_on_loopback_alone(sampled_prometheus: Sampled) -> None:
    home = sampled_prometheus(SAMPLES).home
    [pid] = [pid for pid, name in processes(home).items() if name == "prometheus"]
    assert {address for address, _ in listeners(pid)} == {"127.0.0.1"}


OWNER = """
import os, sys
from tests.cluster.peers import METRICS, locate
from tests.metrics.sampled import sampled
with sampled(locate(os.environ, METRICS), "# EOF\\n") as server:
    print(server.home, flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.usefixtures("metrics_peers")
def test_it_ends_when_its_owner_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout is not None
        home = Path(owner.stdout.readline().decode().strip())
        assert "prometheus" in processes(home).values()
        owner.kill()
    assert still_there(home) == {}
    assert not home.exists()

"""A Prometheus that scrapes a cluster, and an Alertmanager that hears its alerts, for one run.

Both find what there is through the API server, with tokens of their own and the least of rights.
What they scrape is `exporter.py`, which sees the API server and nothing else.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.cluster.bed import Bed
from tests.cluster.peers import Located
from tests.metrics import configuration, sampled
from tests.metrics.asking import api, awaited, fetch
from tests.metrics.servers import Server, running, temporary_home
from tests.ports import LOOPBACK, free_ports

RIGHTS = Path(__file__).with_name("rights.yaml")
NAMESPACE = "monitoring"
FIRING = frozenset({"CrashLoop", "TargetDown"})
"""What is always wrong in the fixture's shop: a pod crashes, and a database answers no HTTP."""


@dataclass(frozen=True, slots=True)
class MetricsBed:
    """A cluster that is measured."""

    prometheus: str
    """As `http://127.0.0.1:31234`."""
    alertmanager: str
    exporter: str
    home: Path
    """A folder with their configurations, logs and samples; it is removed with them."""


@contextmanager
def measured(bed: Bed, located: Located) -> Iterator[MetricsBed]:
    """Measure the cluster until the block ends; all servers are ready when it begins.

    Raises:
        ClusterError: one of them does not start; the message holds the last words of each.
    """
    ports = free_ports(configuration.PORTS)
    with temporary_home() as home, _rights(bed, home):
        _write(bed, home, ports)
        with running(home, _servers(bed, located, home, ports)):
            at = {name: f"http://{LOOPBACK}:{port}" for name, port in ports.items()}
            yield MetricsBed(at["prometheus"], at["alertmanager"], at["exporter"], home)


def settle(metrics: MetricsBed) -> None:
    """Return when all targets have been scraped, and what is always wrong is known as firing.

    Raises:
        ClusterError: that has not come to pass in time.
    """
    awaited(lambda: _all_scraped(metrics), "a scrape of each target")
    awaited(lambda: _heard(metrics) >= FIRING, f"the alerts {', '.join(sorted(FIRING))}")


def _all_scraped(metrics: MetricsBed) -> bool:
    targets = api(metrics.prometheus, "targets", state="active")["activeTargets"]
    pools = {target["scrapePool"] for target in targets}
    return "pods" in pools and all(target["health"] != "unknown" for target in targets)


def _heard(metrics: MetricsBed) -> set[str]:
    alerts = fetch(f"{metrics.alertmanager}/api/v2/alerts", active="true")
    return {alert["labels"]["alertname"] for alert in alerts}


@contextmanager
def _rights(bed: Bed, home: Path) -> Iterator[None]:
    bed.kubectl.out("apply", f"-f={RIGHTS}")
    try:
        for name in ("prometheus", "exporter"):
            token = bed.kubectl.out("create", "token", name, f"-n={NAMESPACE}", "--duration=24h")
            file = home / f"{name}.token"
            file.touch(mode=0o600)
            file.write_text(token)
        yield
    finally:
        bed.kubectl.out("delete", f"-f={RIGHTS}", "--wait=false")


def _write(bed: Bed, home: Path, ports: dict[str, int]) -> None:
    shutil.copyfile(bed.ca_file, home / "ca.crt")
    documents = {
        "prometheus": configuration.prometheus(bed.server, home, ports),
        "rules": configuration.RULES,
        "alertmanager": configuration.ALERTMANAGER,
    }
    for name, document in documents.items():
        (home / f"{name}.yaml").write_text(yaml.safe_dump(document, sort_keys=False))


def _servers(bed: Bed, located: Located, home: Path, ports: dict[str, int]) -> list[Server]:
    seen = [bed.server, str(home / "ca.crt"), str(home / "exporter.token"), str(ports["exporter"])]
    exporter = [sys.executable, "-m", "tests.metrics.exporter", *seen]
    flags = {
        "config.file": home / "alertmanager.yaml",
        "storage.path": home / "silences",
        "web.listen-address": f"{LOOPBACK}:{ports['alertmanager']}",
        "cluster.listen-address": "",  # there is no second one
        "log.level": "warn",
    }
    alertmanager = [
        str(located.binaries["alertmanager"]),
        *(f"--{name}={value}" for name, value in flags.items()),
    ]
    return [
        Server("exporter", exporter, f"http://{LOOPBACK}:{ports['exporter']}/ready"),
        Server("alertmanager", alertmanager, f"http://{flags['web.listen-address']}/-/ready"),
        sampled.prometheus(located, home, ports["prometheus"]),
    ]

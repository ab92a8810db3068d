"""A Prometheus whose rules always fire and an Alertmanager that hears of it, without a cluster."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.peers import Located
from tests.metrics import sampled
from tests.metrics.asking import awaited, fetch, instant
from tests.metrics.servers import Server, running, temporary_home
from tests.ports import LOOPBACK, free_ports

PODS = 'label_replace(vector(0.25), "pod", "web-1", "", "")'
TWO_PODS = f'{PODS} or label_replace(vector(0.5), "pod", "web-2", "", "")'
AMBIGUOUS = f"{PODS} * on () ({TWO_PODS})"


@dataclass(frozen=True, slots=True)
class Alarmed:
    """Where both answer."""

    prometheus: str
    alertmanager: str

    def states(self) -> dict[str, list[str]]:
        """Return the state of each alert in Alertmanager, by name and namespace."""
        found: dict[str, list[str]] = {}
        for one in fetch(f"{self.alertmanager}/api/v2/alerts"):
            labels = one["labels"]
            key = f"{labels['alertname']}/{labels['namespace']}"
            found.setdefault(key, []).append(one["status"]["state"])
        return found


def _rule(alert: str, expr: str, namespace: str = "shop", **more: Any) -> dict[str, Any]:
    labels = {"namespace": namespace, "severity": more.pop("severity", "warning")}
    return {"alert": alert, "expr": expr, "labels": labels, **more}


RULES = {
    "groups": [
        {
            "name": "always",
            "rules": [
                _rule(
                    *("Loud", TWO_PODS),
                    severity="page",
                    annotations={"summary": "<!channel> {{ $labels.pod }}", "runbook_url": "x"},
                ),
                _rule("Loud", PODS, "ops"),
                _rule("Quiet", PODS, severity="info"),
                _rule("Later", PODS, **{"for": "1h"}),
                _rule("Broken", AMBIGUOUS),
            ],
        }
    ]
}


@contextmanager
def alarmed(located: Located) -> Iterator[Alarmed]:
    """Run both until the block ends; Alertmanager has heard of every alert when it begins.

    Raises:
        ClusterError: one of them does not start, or nothing is heard.
    """
    ports = free_ports(["prometheus", "alertmanager"])
    at = {name: f"{LOOPBACK}:{port}" for name, port in ports.items()}
    with temporary_home() as home:
        _write(home, at["alertmanager"])
        servers = [
            _alertmanager(located, home, at["alertmanager"]),
            _prometheus(located, home, ports["prometheus"]),
        ]
        with running(home, servers):
            peers = Alarmed(f"http://{at['prometheus']}", f"http://{at['alertmanager']}")
            awaited(lambda: _heard(peers) == 4, "four alerts in Alertmanager")
            awaited(lambda: len(instant(peers.prometheus, "ALERTS")) == 5, "the alerts as series")
            yield peers


def _heard(peers: Alarmed) -> int:
    return sum(map(len, peers.states().values()))


def _write(home: Path, alertmanager: str) -> None:
    often = {"evaluation_interval": "1s", "external_labels": {"cluster": "quarterdeck"}}
    documents: dict[str, Any] = {
        "prometheus": {
            "global": often,
            "rule_files": ["rules.yaml"],
            "alerting": {
                "alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}],
            },
        },
        "rules": RULES,
        "alertmanager": {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]},
    }
    for name, document in documents.items():
        (home / f"{name}.yaml").write_text(yaml.safe_dump(document))


def _prometheus(located: Located, home: Path, port: int) -> Server:
    server = sampled.prometheus(located, home, port)
    # What was told before Alertmanager was discovered is told again after a minute otherwise. What
    # is told holds for four times as long: a busy machine may well be silent for some seconds.
    return replace(server, command=[*server.command, "--rules.alert.resend-delay=5s"])


def _alertmanager(located: Located, home: Path, address: str) -> Server:
    flags = {
        "config.file": home / "alertmanager.yaml",
        "storage.path": home / "silences",
        "web.listen-address": address,
        "cluster.listen-address": "",  # there is no second one
        "log.level": "warn",
    }
    command = [
        str(located.binaries["alertmanager"]),
        *(f"--{name}={value}" for name, value in flags.items()),
    ]
    return Server("alertmanager", command, f"http://{address}/-/ready")

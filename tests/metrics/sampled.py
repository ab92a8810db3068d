"""A Prometheus that holds prepared samples and scrapes nothing, so that answers are known."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.peers import ClusterError, Located
from tests.metrics.servers import Server, running, temporary_home
from tests.ports import LOOPBACK, free_port

FOREVER = "100y"
"""Samples of any year are kept."""
IMPORT_SECONDS = 60
EXPERIMENTS = (
    "promql-binop-fill-modifiers",
    "promql-duration-expr",
    "promql-experimental-functions",
    "promql-extended-range-selectors",
)
"""All of PromQL that a server may have switched on; what is written without them is as ever."""


@dataclass(frozen=True, slots=True)
class MetricsServer:
    """A Prometheus, on its own."""

    url: str
    """As `http://127.0.0.1:31234`."""
    home: Path
    """A folder that is removed with the server."""


@contextmanager
def sampled(located: Located, samples: str) -> Iterator[MetricsServer]:
    """Run Prometheus on samples in OpenMetrics' text, each with its timestamp, `# EOF` at the end.

    Raises:
        ClusterError: they cannot be read, or Prometheus does not start.
    """
    port = free_port()
    with temporary_home() as home:
        _import(located, home, samples)
        (home / "prometheus.yaml").write_text("{}\n")
        with running(home, [prometheus(located, home, port)]):
            yield MetricsServer(f"http://{LOOPBACK}:{port}", home)


def prometheus(located: Located, home: Path, port: int) -> Server:
    """Return Prometheus, with the configuration and the samples that stand in its home."""
    flags = {
        "config.file": home / "prometheus.yaml",
        "storage.tsdb.path": home / "samples",
        "storage.tsdb.retention.time": FOREVER,
        "web.listen-address": f"{LOOPBACK}:{port}",
        "enable-feature": ",".join(EXPERIMENTS),
        "log.level": "warn",
        # Pods come and go in seconds here.
        "scrape.discovery-reload-interval": "1s",
    }
    command = [str(located.binaries["prometheus"])]
    return Server(
        "prometheus",
        [*command, *(f"--{name}={value}" for name, value in flags.items())],
        f"http://{LOOPBACK}:{port}/-/ready",
    )


def _import(located: Located, home: Path, samples: str) -> None:
    (home / "samples.txt").write_text(samples)
    done = subprocess.run(
        [
            str(located.binaries["promtool"]),
            *("tsdb", "create-blocks-from", "openmetrics", "--quiet"),
            *("samples.txt", "samples"),
        ],
        cwd=home,
        capture_output=True,
        text=True,
        timeout=IMPORT_SECONDS,
        check=False,
    )
    if done.returncode:
        raise ClusterError(f"promtool does not take the samples: {done.stderr.strip()}")

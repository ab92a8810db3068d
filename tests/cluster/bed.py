"""A real control plane for one run: started, furnished, and gone without a trace.

kwokctl makes certificates, kubeconfig and processes; `keeper.py` ends them with the run, however it
ends. Each bed has its own home and ports, on 127.0.0.1 only.
"""

import base64
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from tests.clock import IdleClock
from tests.cluster.audit import AuditLog
from tests.cluster.configuration import write
from tests.cluster.keeping import end, keep, last_words, ready
from tests.cluster.kubectl import Kubectl
from tests.cluster.layout import Layout
from tests.cluster.nodes import nodes
from tests.cluster.peers import ClusterError, Located
from tests.cluster.workloads import furnish

NAME = "quarterdeck"
"""Of the cluster, in kwokctl's folders and in the kubeconfig's context (`kwok-quarterdeck`)."""
START_SECONDS = 60
READY_SECONDS = 110
"""For the start and the settling together."""
BOT = ("quarterdeck", "quarterdeck")
"""Namespace and name of the ServiceAccount that the bot runs as (deploy/rbac.yaml)."""


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """The processes of one cluster, in the hands of their keeper."""

    layout: Layout
    keeper: "subprocess.Popen[bytes]"
    began: float
    """When it was started, on the monotonic clock."""

    def stop(self) -> None:
        """End every process and remove the home; a second call does nothing."""
        end(self.keeper)


@dataclass(frozen=True, slots=True)
class Monitors:
    """What measures a cluster: addresses, as `http://127.0.0.1:31234`."""

    prometheus: str
    alertmanager: str

    @property
    def settings(self) -> Mapping[str, str]:
        """Return what tells a terminal of them."""
        prefix = "QUARTERDECK_PROMETHEUS__"
        return {f"{prefix}URL": self.prometheus, f"{prefix}ALERTMANAGER": self.alertmanager}


@dataclass(frozen=True, slots=True)
class Bed:
    """A furnished cluster, and the ways into it."""

    kubectl: Kubectl
    """As the cluster's administrator."""
    bot_kubeconfig: Path
    """What the bot runs with: the token of its ServiceAccount and nothing else."""
    server: str
    """The API server's address, as `https://127.0.0.1:31234`."""
    ca_file: Path
    home: Path
    """A folder that is removed with the bed."""
    audit_log: Path | None
    """None where somebody else runs the API server and has not said where its log is."""
    logs: Path | None = None
    """Folder of the containers' logs, NAME.log; what is appended there is followed."""
    simulated: bool = False
    """Whether it is the simulated cluster of docs/simulated-cluster.md."""
    clock: IdleClock | None = None
    """What tells its time, where time is skipped; held but for what lets it pass."""
    observed: Callable[[], AbstractContextManager[Monitors]] | None = None
    """Measures the simulated cluster until the block ends."""
    objects: Callable[[], list[Any]] | None = None
    """Returns all that the simulated cluster holds."""

    @property
    def kubeconfig(self) -> Path:
        """Return the administrator's kubeconfig."""
        return self.kubectl.kubeconfig

    @property
    def audit(self) -> AuditLog:
        """Return the API server's audit log.

        Raises:
            ClusterError: this cluster's log is out of reach.
        """
        if self.audit_log is None:
            raise ClusterError("no audit log: name it in QUARTERDECK_TEST_AUDIT_LOG")
        return AuditLog(self.audit_log)


@contextmanager
def running(located: Located, home: Path | None = None) -> Iterator[Bed]:
    """Start a furnished cluster, and end it when the block ends."""
    plane = start(located, home or Path(tempfile.mkdtemp(prefix="quarterdeck-bed-")))
    try:
        yield furnished(plane, located)
    finally:
        plane.stop()


def start(located: Located, home: Path) -> ControlPlane:
    """Start a control plane in the given empty folder, which its end removes.

    Raises:
        ClusterError: it does not start; the message holds the last words of each part.
    """
    layout = Layout(home, NAME)
    write(layout, located, datetime.now(UTC))
    plane = ControlPlane(layout, _keeper(layout, located), time.monotonic())
    try:
        _await(plane)
    except BaseException:  # Ctrl-C too
        plane.stop()
        raise
    return plane


def _await(plane: ControlPlane) -> None:
    if not ready(plane.keeper):
        words = _last_words(plane.layout)
        raise ClusterError(f"the control plane did not start:\n{words}")


def _keeper(layout: Layout, located: Located) -> "subprocess.Popen[bytes]":
    create = [
        str(located.binaries["kwokctl"]),
        *("create", "cluster", "--name", layout.name),
        *("--config", str(layout.configuration), "--wait", "60s"),
    ]
    kubectl = Kubectl(located.binaries["kubectl"], layout.kubeconfig, layout.home)
    environment = dict(kubectl.environment()) | {"KWOK_WORKDIR": str(layout.home / "kwok")}
    del environment["KUBECONFIG"]  # kwokctl would add its context to it
    return keep(create, layout.home, environment, START_SECONDS)


def _last_words(layout: Layout) -> str:
    logs = [layout.home / "keeper.log", *sorted((layout.cluster / "logs").glob("*.log"))]
    return last_words(log for log in logs if log != layout.audit_log)


def furnished(plane: ControlPlane, located: Located) -> Bed:
    """Return the bed on a control plane of our own, with its fixture settled in it."""
    layout = plane.layout
    kubectl = Kubectl(located.binaries["kubectl"], layout.kubeconfig, layout.home)
    left = READY_SECONDS - (time.monotonic() - plane.began)
    furnish(kubectl, nodes(located.version), seconds=left)
    bed = attached(kubectl, layout.home)
    return replace(bed, audit_log=layout.audit_log, logs=layout.logs)


def borrowed(kubectl: Kubectl, home: Path, audit_log: Path | None) -> Bed:
    """Return the bed on somebody else's cluster: nodes are theirs, the fixture is ours.

    The fixture settles on KWOK's nodes only; it stays there afterwards.
    """
    furnish(kubectl, [])
    return replace(attached(kubectl, home), audit_log=audit_log)


def attached(kubectl: Kubectl, home: Path) -> Bed:
    """Return the ways into a furnished cluster; the bot's are written into `home`."""
    cluster = _cluster(kubectl)
    if "certificate-authority-data" not in cluster:
        raise ClusterError(f"{kubectl.kubeconfig} names no certificate authority")
    ca_file, bot = home / "ca.crt", home / "bot.yaml"
    ca_file.write_bytes(base64.b64decode(cluster["certificate-authority-data"]))
    bot.touch(mode=0o600)
    bot.write_text(yaml.safe_dump(kubeconfig(cluster, _token(kubectl))))
    return Bed(kubectl, bot, cluster["server"], ca_file, home, None)


def _cluster(kubectl: Kubectl) -> dict[str, Any]:
    shown = yaml.safe_load(kubectl.out("config", "view", "--raw", "--minify", "--flatten"))
    cluster: dict[str, Any] = shown["clusters"][0]["cluster"]
    return cluster


def _token(kubectl: Kubectl) -> str:
    namespace, name = BOT
    return kubectl.out(
        "create", "token", name, f"--namespace={namespace}", "--duration=24h"
    ).strip()


def kubeconfig(cluster: dict[str, Any], token: str) -> dict[str, Any]:
    """Return a kubeconfig that knows one cluster and one token."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": NAME, "cluster": cluster}],
        "users": [{"name": "bot", "user": {"token": token}}],
        "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": "bot"}}],
        "current-context": NAME,
    }

"""How simulated nodes and pods live: KWOK's stages, usage, logs and exec, as objects.

KWOK's own stages come from its module, beside its binaries; `stages.yaml` adds what goes wrong.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.layout import Layout

Document = dict[str, Any]

OWN_STAGES = Path(__file__).with_name("stages.yaml")
SHIPPED_STAGES = (
    "node/fast/node-initialize",
    "node/heartbeat-with-lease/node-heartbeat-with-lease",
    "pod/fast/pod-delete",
    "pod/fast/pod-complete",
)
SHIPPED_METRICS = ("resource/metrics-resource", "usage/usage-from-annotation")
LOG_LINES = 200
LOG_SPACING = timedelta(seconds=30)
"""Between two lines of a pod's log; the last is written when the bed starts."""


def behaviour(layout: Layout, shipped: Path) -> Iterator[Document]:
    """Yield KWOK's objects; `shipped` is the folder `kustomize` of its module."""
    yield from _documents(shipped / "stage" / f"{name}.yaml" for name in SHIPPED_STAGES)
    yield from map(patient, _documents([shipped / "stage/pod/fast/pod-ready.yaml"]))
    yield from _documents([OWN_STAGES])
    yield from _documents(shipped / "metrics" / f"{name}.yaml" for name in SHIPPED_METRICS)
    yield from container_logs(layout.logs)
    yield _kwok("ClusterExec", "all", {"execs": [{"local": {"workDir": str(layout.container)}}]})


def _documents(files: Iterable[Path]) -> Iterator[Document]:
    for file in files:
        yield from yaml.safe_load_all(file.read_text())


def patient(stage: Document) -> Document:
    """Return the stage that makes pods ready, leaving alone those that `stages.yaml` is about.

    It waits for 0.4 s, so that a rollout can be watched.
    """
    wrong = {
        "key": '.spec.containers.[] | select(.image | test(":(bad|crash)")) | .name',
        "operator": "DoesNotExist",
    }
    spec = stage["spec"]
    expressions = [*spec["selector"]["matchExpressions"], wrong]
    selector = spec["selector"] | {"matchExpressions": expressions}
    return stage | {"spec": spec | {"selector": selector, "delay": {"durationMilliseconds": 400}}}


def container_logs(folder: Path) -> Iterator[Document]:
    """Yield which file is whose log: by pod for db-0 and db-1, else by the container's name."""
    for pod in ("db-0", "db-1"):
        yield _kwok("Logs", pod, {"logs": [_log(folder, pod)]}, namespace="shop")
    named = [_log(folder, name) | {"containers": [name]} for name in ("web", "app", "sidecar")]
    crashed = _log(folder, "crashy") | {
        "containers": ["crashy"],
        "previousLogsFile": str(folder / "crashy-previous.log"),
    }
    yield _kwok("ClusterLogs", "all", {"logs": [*named, crashed, _log(folder, "other")]})


def _log(folder: Path, name: str) -> Document:
    return {"logsFile": str(folder / f"{name}.log"), "follow": True}


def _kwok(kind: str, name: str, spec: Document, namespace: str | None = None) -> Document:
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": kind,
        "metadata": metadata,
        "spec": spec,
    }


def write_logs(folder: Path, now: datetime) -> None:
    """Write what each container has said so far, in the format of a container runtime."""
    for name in ("web", "app", "sidecar", "db-0", "db-1", "other"):
        lines = [f"{name} line {number}" for number in range(1, LOG_LINES + 1)]
        (folder / f"{name}.log").write_text(container_log(lines, now))
    (folder / "crashy.log").write_text(container_log(["starting", "out of memory"], now))
    before = ["starting", "loading the catalogue", "fatal: out of memory"]
    (folder / "crashy-previous.log").write_text(container_log(before, now - timedelta(minutes=5)))


def container_log(lines: list[str], last: datetime) -> str:
    """Return the lines as a kubelet's log file holds them; every tenth went to standard error."""
    stamped = []
    for number, line in enumerate(lines, start=1):
        moment = last - LOG_SPACING * (len(lines) - number)
        stream = "stderr" if number % 10 == 0 else "stdout"
        stamped.append(f"{moment:%Y-%m-%dT%H:%M:%S}.{number:09d}Z {stream} F {line}\n")
    return "".join(stamped)

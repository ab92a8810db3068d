"""The benchmark's own cluster: filled with pods once, kept as etcd's files, and put back.

kwokctl's `snapshot` runs etcdctl and etcdutl, which are no peers of ours; etcd's own folder,
copied after etcd has ended, does as well.
"""

import asyncio
import hashlib
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from benchmarks.filling import NAMESPACES, Filler
from benchmarks.pods import pod
from tests.cluster.bed import NAME, Bed, ControlPlane, attached, furnished, start
from tests.cluster.build import say
from tests.cluster.kubectl import Kubectl
from tests.cluster.layout import Layout
from tests.cluster.peers import ClusterError, Located, cache_folder
from tests.cluster.workloads import FIXTURE

# What no row asks about, and what would take time away from those who are measured.
IDLE = ("metrics-server", "kwok-controller", "kube-controller-manager", "kube-scheduler")
END_SECONDS = 15


@contextmanager
def running(located: Located) -> Iterator[Bed]:
    """Run the filled cluster until the block ends; only etcd and the API server stay in it.

    Raises:
        ClusterError: it does not start, or it does not end in time to be kept.
    """
    kept = _kept(located)
    if not kept.exists():
        _make(located, kept)
    began = time.monotonic()
    with _started(located, kept) as plane:
        _end(plane.layout, IDLE)
        kubectl = Kubectl(located.binaries["kubectl"], plane.layout.kubeconfig, plane.layout.home)
        # The aggregator would wait for a server that has gone, and kubectl would complain.
        kubectl.out("delete", "apiservice", "v1beta1.metrics.k8s.io")
        bed = attached(kubectl, plane.layout.home)
        say(f"put back in {time.monotonic() - began:.1f} s")
        yield bed


def _kept(located: Located) -> Path:
    """Return where this very cluster is kept; other pods or another version are another one."""
    parts = [located.version, located.parts["etcd"].version]
    essence = orjson.dumps([*parts, NAMESPACES, pod(0, "big"), FIXTURE.read_text()])
    digest = hashlib.sha256(essence).hexdigest()[:12]
    return cache_folder(os.environ) / "bench" / f"{located.version}-{digest}"


def _make(located: Located, kept: Path) -> None:
    began = time.monotonic()
    say(f"making a cluster with {sum(NAMESPACES.values()):,} pods, once; this takes minutes ...")
    with _started(located) as plane:
        furnished(plane, located)
        asyncio.run(Filler(str(plane.layout.kubeconfig)).fill())
        _end(plane.layout, (*IDLE, "kube-apiserver", "etcd"))
        shutil.rmtree(kept.parent, ignore_errors=True)  # what older versions have left
        unfinished = kept.with_name(f"{kept.name}.part")
        shutil.copytree(_etcd(plane.layout), unfinished)
        unfinished.rename(kept)
    say(f"made in {time.monotonic() - began:.0f} s and kept in {kept}")


@contextmanager
def _started(located: Located, kept: Path | None = None) -> Iterator[ControlPlane]:
    home = Path(tempfile.mkdtemp(prefix="quarterdeck-bench-"))
    if kept is not None:
        shutil.copytree(kept, _etcd(Layout(home, NAME)))
    plane = start(located, home)
    try:
        yield plane
    finally:
        plane.stop()


def _etcd(layout: Layout) -> Path:
    return layout.cluster / "etcd"


def _end(layout: Layout, names: tuple[str, ...]) -> None:
    """End these processes of the cluster, one after the other, as gently as they like it."""
    for name in names:
        pid = int((layout.cluster / "pids" / f"{name}.pid").read_text())
        # The keeper reaps nothing before its own end, so the pid stays this process's.
        handle = os.pidfd_open(pid)
        try:
            signal.pidfd_send_signal(handle, signal.SIGTERM)
            if not select.select([handle], [], [], END_SECONDS)[0]:
                raise ClusterError(f"{name} has not ended within {END_SECONDS} s")
        finally:
            os.close(handle)

"""The real peers of the test bed: which they are, where their binaries stand, which are missing.

Versions stand in one place each, `modules/NAME/go.mod`, locked by the `go.sum` beside it. Binaries
are found in the cache folder (`QUARTERDECK_CACHE`, else `quarterdeck` in `XDG_CACHE_HOME`) and,
where the cache has none, in `KUBEBUILDER_ASSETS`. kubectl is the pinned one of the virtual
environment. `python -m tests.cluster.peers` builds what is missing; `KUBERNETES=v1.36.3` chooses
another version.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MODULES = Path(__file__).with_name("modules")


class ClusterError(Exception):
    """One sentence about why there is no test bed."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A program that is built from one published Go module."""

    name: str
    module: str
    binaries: tuple[str, ...]
    manifests: tuple[str, ...] = ()
    """Folders of the module that a running cluster needs; they are kept beside the binaries."""
    tags: tuple[str, ...] = ()
    """What the build leaves out or takes in (`go build -tags`)."""

    @property
    def go_mod(self) -> Path:
        """Return the committed file that locks this peer's version."""
        return MODULES / self.name / "go.mod"

    def locked(self) -> str:
        """Return the version that `go_mod` requires."""
        found = re.search(rf"{re.escape(self.module)} (v\S+)", self.go_mod.read_text())
        if found is None:
            raise ClusterError(f"{self.go_mod} does not require {self.module}")
        return found[1]


KUBERNETES = Peer(
    "kubernetes",
    "k8s.io/kubernetes",
    ("kube-apiserver", "kube-controller-manager", "kube-scheduler"),
)
CONTROL_PLANE = (
    KUBERNETES,
    Peer("etcd", "go.etcd.io/etcd/server/v3", ("etcd",)),
    Peer(
        "kwok",
        "sigs.k8s.io/kwok",
        ("kwok", "kwokctl"),
        ("kustomize/stage", "kustomize/metrics"),
    ),
    Peer("metrics-server", "sigs.k8s.io/metrics-server", ("metrics-server",), ("manifests/base",)),
)
METRICS = (
    Peer(
        "prometheus",
        "github.com/prometheus/prometheus",
        ("prometheus", "promtool"),
        # It finds what to scrape through Kubernetes; the ways of other clouds take long to build.
        tags=("remove_all_sd", "enable_kubernetes_sd"),
    ),
    Peer("alertmanager", "github.com/prometheus/alertmanager", ("alertmanager",)),
)
PEERS = (*CONTROL_PLANE, *METRICS)


@dataclass(frozen=True, slots=True)
class Part:
    """A peer at one version, in its own folder of the cache."""

    peer: Peer
    version: str
    folder: Path
    locked: bool
    """Whether the version is the committed one, so that go.sum holds its hashes."""

    def files(self) -> list[Path]:
        """Return what must be there for the part to be whole."""
        return [self.folder / name for name in (*self.peer.binaries, *self.peer.manifests)]


@dataclass(frozen=True, slots=True)
class Located:
    """Where the peers stand on this machine."""

    parts: Mapping[str, Part]
    binaries: Mapping[str, Path]
    absent: tuple[str, ...]
    """What is missing, by name: binaries and manifests."""

    def missing(self) -> list[Part]:
        """Return the parts that a build would bring."""
        return [
            part
            for part in self.parts.values()
            if any(name in self.absent for name in (*part.peer.binaries, *part.peer.manifests))
        ]

    @property
    def version(self) -> str:
        """Return the version of Kubernetes, where that was looked for, as `v1.37.2`."""
        return self.parts["kubernetes"].version


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder outside of the checkout that keeps what was built."""
    if chosen := environ.get("QUARTERDECK_CACHE"):
        return Path(chosen)
    home = environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "quarterdeck"


def locate(environ: Mapping[str, str], peers: Sequence[Peer] = PEERS) -> Located:
    """Return where each binary and manifest stands: the cache first, then KUBEBUILDER_ASSETS.

    What needs some of the peers looks for those alone, so that it runs without the others.
    """
    parts = {part.peer.name: part for part in _parts(environ, peers)}
    binaries = {"kubectl": Path(sys.executable).with_name("kubectl")}
    needed = dict(binaries)
    for part in parts.values():
        for file in part.files():
            needed[str(file.relative_to(part.folder))] = file
        binaries |= {name: _found(part, name, environ) for name in part.peer.binaries}
    absent = tuple(name for name, file in (needed | binaries).items() if not file.exists())
    return Located(parts, binaries, absent)


def _parts(environ: Mapping[str, str], peers: Sequence[Peer]) -> list[Part]:
    folder = cache_folder(environ) / "peers"
    chosen = {KUBERNETES.name: environ.get("KUBERNETES")}
    return [_part(peer, chosen.get(peer.name) or peer.locked(), folder) for peer in peers]


def _part(peer: Peer, version: str, folder: Path) -> Part:
    if not re.fullmatch(r"v\d+\.\d+\.\d+(-[\w.]+)?", version):
        raise ClusterError(f"{version!r} is not a version of {peer.name} such as {peer.locked()}")
    return Part(peer, version, folder / f"{peer.name}-{version}", version == peer.locked())


def _found(part: Part, name: str, environ: Mapping[str, str]) -> Path:
    cached = part.folder / name
    assets = environ.get("KUBEBUILDER_ASSETS")
    if assets and not cached.exists():
        return Path(assets) / name
    return cached


if __name__ == "__main__":
    from tests.cluster.build import main

    raise SystemExit(main())

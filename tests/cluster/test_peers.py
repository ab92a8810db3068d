"""Where the peers are found, and in which version."""

import re
from pathlib import Path

import pytest

from tests.cluster.peers import (
    CONTROL_PLANE,
    METRICS,
    PEERS,
    ClusterError,
    Peer,
    cache_folder,
    locate,
)

NAMES = {name for peer in PEERS for name in (*peer.binaries, *peer.manifests)}


def fill(folder: Path, names: set[str]) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def cached(cache: Path) -> dict[str, str]:
    environ = {"QUARTERDECK_CACHE": str(cache)}
    for part in locate(environ).parts.values():
        fill(part.folder, {*part.peer.binaries, *part.peer.manifests})
    return environ


def test_an_empty_cache_lacks_every_peer(tmp_path: Path) -> None:
    located = locate({"QUARTERDECK_CACHE": str(tmp_path)})
    assert set(located.absent) - {"kubectl"} == NAMES
    assert [part.peer for part in located.missing()] == list(PEERS)


def test_a_filled_cache_lacks_none(tmp_path: Path) -> None:
    located = locate(cached(tmp_path))
    assert located.missing() == []
    assert located.binaries["etcd"] == located.parts["etcd"].folder / "etcd"


def test_who_needs_a_cluster_alone_does_not_miss_what_measures_it(tmp_path: Path) -> None:
    environ = cached(tmp_path)
    for part in locate(environ, METRICS).parts.values():
        for file in part.files():
            file.unlink()
    assert locate(environ, CONTROL_PLANE).missing() == []
    assert [part.peer for part in locate(environ).missing()] == list(METRICS)


def test_another_version_of_kubernetes_has_a_folder_of_its_own(tmp_path: Path) -> None:
    located = locate(cached(tmp_path) | {"KUBERNETES": "v1.36.3"})
    assert [part.folder.name for part in located.missing()] == ["kubernetes-v1.36.3"]
    assert not located.parts["kubernetes"].locked


def test_assets_of_kubebuilder_fill_what_the_cache_lacks(tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    fill(assets, {"etcd", "kube-apiserver", "kubectl"})
    environ = {"QUARTERDECK_CACHE": str(tmp_path), "KUBEBUILDER_ASSETS": str(assets)}
    located = locate(environ)
    assert located.binaries["etcd"] == assets / "etcd"
    assert not {"etcd", "kube-apiserver"} & set(located.absent)
    assert {"kube-scheduler", "kwok"} <= set(located.absent)
    assert located.binaries["kubectl"] != assets / "kubectl"  # the oracle is the pinned one


def test_the_cache_beats_the_assets_of_kubebuilder(tmp_path: Path) -> None:
    assets = tmp_path / "assets"
    fill(assets, {"etcd"})
    located = locate(cached(tmp_path) | {"KUBEBUILDER_ASSETS": str(assets)})
    assert located.binaries["etcd"] == located.parts["etcd"].folder / "etcd"


@pytest.mark.parametrize("version", ["1.36.3", "v1.36", "v1.36.x", "../v1.36.3"])
def test_what_is_not_a_version_is_refused(version: str) -> None:
    with pytest.raises(ClusterError, match=re.escape(f"{version!r} is not a version")):
        locate({"KUBERNETES": version})


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        pytest.param({"QUARTERDECK_CACHE": "/c", "XDG_CACHE_HOME": "/x"}, "/c", id="own"),
        pytest.param({"XDG_CACHE_HOME": "/x"}, "/x/quarterdeck", id="xdg"),
        pytest.param({}, str(Path.home() / ".cache/quarterdeck"), id="home"),
    ],
)
def test_the_cache_is_outside_of_the_checkout(environ: dict[str, str], folder: str) -> None:
    assert cache_folder(environ) == Path(folder)


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_each_peer_is_locked_by_hash(peer: Peer) -> None:
    hashes = peer.go_mod.with_name("go.sum").read_text()
    assert f"{peer.module} {peer.locked()} h1:" in hashes

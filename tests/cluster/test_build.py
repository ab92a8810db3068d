"""Building the peers: once, whole or not at all."""

import fcntl
import threading
from pathlib import Path

import pytest

from tests.cluster.build import build, ldflags, published, released
from tests.cluster.peers import ClusterError, Located, locate

# Stands in for Go: `build ... -o FOLDER/ tool` makes what the module's tool lines name.
GO = """#!/bin/sh
echo "$@" >> "$(dirname "$0")/calls"
case $1 in
  build) [ -f "$(dirname "$0")/broken" ] && { echo 'undefined: x' >&2; exit 1; }
    while [ "$1" != -o ]; do shift; done; mkdir -p "$2"
    sed -nE 's#^(tool)?[[:space:]]+.*/(cmd/|server/)([a-z0-9-]+)$#\\3#p' go.mod |
      while read -r name; do touch "$2/$name"; done ;;
  list) dirname "$0" ;;
esac
"""


@pytest.fixture
def go(tmp_path: Path) -> Path:
    file = tmp_path / "go" / "go"
    for name in (
        "kustomize/stage",
        "kustomize/stage/testdata",
        "kustomize/metrics",
        "manifests/base",
    ):
        (file.parent / name).mkdir(parents=True, exist_ok=True)
        (file.parent / name / "one.yaml").touch(mode=0o400)
    file.write_text(GO)
    file.chmod(0o700)
    return file


def located(cache: Path) -> Located:
    return locate({"QUARTERDECK_CACHE": str(cache)})


def test_missing_peers_are_built_and_then_are_there(tmp_path: Path, go: Path) -> None:
    lines: list[str] = []
    build(located(tmp_path), tmp_path, str(go), lines.append)
    assert set(located(tmp_path).absent) <= {"kubectl"}
    assert lines[:2] == ["kubernetes v1.37.2: building ...", "kubernetes v1.37.2: built in 0 s"]
    again: list[str] = []
    build(located(tmp_path), tmp_path, None, again.append)
    assert again[0] == "kubernetes v1.37.2: is there"
    assert len(again) == 6


def test_only_what_the_lock_files_say_is_built(tmp_path: Path, go: Path) -> None:
    build(located(tmp_path), tmp_path, str(go), lambda _: None)
    calls = go.with_name("calls").read_text().splitlines()
    assert len(calls) == 12
    assert all("-mod=readonly" in call for call in calls)


def test_prometheus_is_built_with_the_discovery_of_kubernetes_alone(
    tmp_path: Path, go: Path
) -> None:
    build(located(tmp_path), tmp_path, str(go), lambda _: None)
    tagged = [call for call in go.with_name("calls").read_text().splitlines() if "-tags" in call]
    assert ["-tags remove_all_sd,enable_kubernetes_sd" in call for call in tagged] == [True]


def test_a_failed_build_leaves_nothing_behind(tmp_path: Path, go: Path) -> None:
    go.with_name("broken").touch()
    with pytest.raises(ClusterError, match="undefined: x"):
        build(located(tmp_path), tmp_path, str(go), lambda _: None)
    assert list((tmp_path / "peers").iterdir()) == []


def test_test_data_of_a_module_is_not_kept(tmp_path: Path, go: Path) -> None:
    build(located(tmp_path), tmp_path, str(go), lambda _: None)
    kept = located(tmp_path).parts["kwok"].folder / "kustomize"
    names = {str(file.relative_to(kept)) for file in kept.rglob("*.yaml")}
    assert names == {"stage/one.yaml", "metrics/one.yaml"}


def test_without_go_one_line_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=r"^kubernetes, etcd, .*, alertmanager: not built"):
        build(located(tmp_path), tmp_path, None, lambda _: None)


def test_a_second_run_waits_for_the_first_and_takes_what_it_built(tmp_path: Path, go: Path) -> None:
    before = located(tmp_path)
    lines: list[str] = []
    waits = threading.Event()

    def say(line: str) -> None:
        lines.append(line)
        waits.set()

    second = threading.Thread(target=build, args=(before, tmp_path, str(go), say))
    with (tmp_path / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second.start()
        assert waits.wait(10)
        for part in before.missing():
            for file in part.files():
                file.parent.mkdir(parents=True, exist_ok=True)
                file.touch()
    second.join(10)
    assert lines[0].startswith("another run is building")
    assert [line.partition(": ")[2] for line in lines[1:]] == ["is there, built by another run"] * 6


UPSTREAM = """// a comment before it
module k8s.io/kubernetes

go 1.26.0

godebug default=go1.26

require (
	k8s.io/api v0.0.0
	k8s.io/utils v0.0.0-20260626114624-be93311217bd
	k8s.io/kubelet v0.0.0 // indirect
	golang.org/x/net v0.57.0
)

replace (
	k8s.io/api => ./staging/src/k8s.io/api
	k8s.io/kubelet => ./staging/src/k8s.io/kubelet
)
"""
PUBLISHED = """// a comment before it
module quarterdeck.test/peers/kubernetes

go 1.26.0

godebug default=go1.26

require (
	k8s.io/api v0.36.3
	k8s.io/utils v0.0.0-20260626114624-be93311217bd
	k8s.io/kubelet v0.36.3 // indirect
	golang.org/x/net v0.57.0
)

replace (
	k8s.io/api => k8s.io/api v0.36.3
	k8s.io/kubelet => k8s.io/kubelet v0.36.3
)

require k8s.io/kubernetes v1.36.3

tool k8s.io/kubernetes/cmd/kube-apiserver
"""


def test_staging_modules_are_replaced_by_the_published_ones() -> None:
    tools = "tool k8s.io/kubernetes/cmd/kube-apiserver"
    assert published(UPSTREAM, "v1.36.3", tools) == PUBLISHED


def test_kubernetes_is_stamped_with_its_version(tmp_path: Path) -> None:
    parts = located(tmp_path).parts
    assert f"version.gitVersion={parts['kubernetes'].version}" in ldflags(parts["kubernetes"])
    assert ldflags(parts["etcd"]) == "-s -w"


def test_prometheus_and_alertmanager_are_stamped_with_the_versions_of_their_releases(
    tmp_path: Path,
) -> None:
    parts = located(tmp_path).parts
    assert ldflags(parts["prometheus"]).endswith("common/version.Version=3.13.0")
    assert ldflags(parts["alertmanager"]).endswith("common/version.Version=0.31.1")


@pytest.mark.parametrize(
    ("module", "release"), [("0.313.0", "3.13.0"), ("0.304.2", "3.4.2"), ("0.1000.1", "10.0.1")]
)
def test_the_module_of_prometheus_has_a_version_of_its_own(module: str, release: str) -> None:
    assert released(module) == release

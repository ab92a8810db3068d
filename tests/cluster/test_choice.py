"""Which cluster the tests get."""

from pathlib import Path

import pytest

from tests.cluster.choice import (
    Borrow,
    Build,
    Choice,
    Measure,
    Refuse,
    Skip,
    Start,
    choose,
    measure,
)

REQUIRED = {"QUARTERDECK_TEST_PEERS": "require"}
ABSENT = ("kube-apiserver", "etcd")
NONE = (
    "no real control plane (kube-apiserver, etcd missing): `make cluster` builds it, "
    "QUARTERDECK_TEST_KUBECONFIG names one that runs; it repeats what the simulated "
    "cluster has shown, and shows the rest"
)


@pytest.mark.parametrize(
    ("environ", "absent", "go", "expected"),
    [
        pytest.param({}, (), False, Start(), id="all-there"),
        pytest.param(REQUIRED, (), False, Start(), id="all-there-and-required"),
        pytest.param({}, ABSENT, False, Skip(NONE), id="missing"),
        pytest.param({}, ABSENT, True, Skip(NONE), id="nobody-asked-to-build"),
        pytest.param(REQUIRED, ABSENT, True, Build(), id="required-and-buildable"),
    ],
)
def test_binaries_beat_building_which_needs_to_be_asked_for(
    environ: dict[str, str], absent: tuple[str, ...], go: bool, expected: Choice
) -> None:
    assert choose(environ, absent, go=go) == expected


@pytest.mark.parametrize(
    ("absent", "go"),
    [
        pytest.param(("etcd",), False, id="without-go"),
        pytest.param(("kubectl",), True, id="kubectl-is-not-built"),
    ],
)
def test_a_required_peer_that_cannot_be_had_fails(absent: tuple[str, ...], go: bool) -> None:
    choice = choose(REQUIRED, absent, go=go)
    assert isinstance(choice, Refuse)
    assert absent[0] in choice.reason


def test_a_running_cluster_beats_binaries(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "config"
    kubeconfig.touch()
    environ = REQUIRED | {"QUARTERDECK_TEST_KUBECONFIG": str(kubeconfig)}
    assert choose(environ, (), go=True) == Borrow(kubeconfig, None)
    environ |= {"QUARTERDECK_TEST_AUDIT_LOG": "/var/log/audit.log"}
    assert choose(environ, (), go=True) == Borrow(kubeconfig, Path("/var/log/audit.log"))


@pytest.mark.parametrize(
    ("environ", "absent", "go", "expected"),
    [
        pytest.param({}, (), False, Start(), id="all-there"),
        pytest.param(
            {"QUARTERDECK_TEST_KUBECONFIG": "/nowhere/config"}, (), False, Start(), id="borrowed"
        ),
        pytest.param(
            {},
            ("prometheus", "promtool"),
            True,
            Skip("no Prometheus (prometheus, promtool missing): `make cluster` builds it"),
            id="missing",
        ),
        pytest.param(REQUIRED, ("alertmanager",), True, Build(), id="required-and-buildable"),
        pytest.param(
            REQUIRED,
            ("alertmanager",),
            False,
            Refuse("QUARTERDECK_TEST_PEERS=require, but alertmanager missing and not buildable"),
            id="required-without-go",
        ),
    ],
)
def test_what_measures_a_cluster_is_chosen_alike(
    environ: dict[str, str], absent: tuple[str, ...], go: bool, expected: Measure
) -> None:
    assert measure(environ, absent, go=go) == expected


@pytest.mark.parametrize(
    "environ",
    [
        pytest.param({"QUARTERDECK_TEST_KUBECONFIG": "/nowhere/config"}, id="no-such-kubeconfig"),
        pytest.param({"QUARTERDECK_TEST_PEERS": "requre"}, id="mistyped-mode"),
    ],
)
def test_a_wrong_setting_fails_rather_than_skips(environ: dict[str, str]) -> None:
    assert isinstance(choose(environ, (), go=True), Refuse)

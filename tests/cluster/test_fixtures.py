"""What a run of pytest says where there is no cluster."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = "def test_one(bed): assert False\ndef test_two(bed): assert False\ndef test_free(): pass\n"


def run(folder: Path, *arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    (folder / "test_it.py").write_text(TESTS)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = peers\n")
    kept = {name: value for name, value in os.environ.items() if name in {"TMPDIR", "LANG"}}
    empty = {
        "HOME": str(folder),
        "PATH": "/usr/bin:/bin",
        "QUARTERDECK_CACHE": str(folder / "cache"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        # Nothing else that is installed has a say in it, or takes time to come.
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    options = ["-p", "tests.cluster.fixtures", "-p", "no:cacheprovider", "-q", "-ra"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, *arguments, str(folder)],
        cwd=folder,
        env=kept | empty | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_tests_without_a_cluster_are_skipped_with_one_clear_line(tmp_path: Path) -> None:
    done = run(tmp_path)
    lines = [line for line in done.stdout.splitlines() if line.startswith("SKIPPED")]
    assert len(lines) == 1
    assert "[2]" in lines[0]
    assert "no real control plane (kube-apiserver" in lines[0]
    assert "1 passed, 2 skipped" in done.stdout
    assert done.returncode == 0


def test_a_required_cluster_that_cannot_be_had_is_a_failure(tmp_path: Path) -> None:
    done = run(tmp_path, QUARTERDECK_TEST_PEERS="require")
    assert done.returncode == 1
    assert "1 passed, 2 errors" in done.stdout
    assert "kube-apiserver" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_test_that_needs_the_cluster_is_a_peers_test_by_that(tmp_path: Path) -> None:
    done = run(tmp_path, "-m", "not peers", QUARTERDECK_TEST_PEERS="require")
    assert "1 passed, 2 deselected" in done.stdout


def test_a_required_cluster_that_does_not_build_ends_the_run(tmp_path: Path) -> None:
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text("#!/bin/sh\necho 'no space left on device' >&2; exit 1\n")
    go.chmod(0o700)
    path = f"{go.parent}:/usr/bin:/bin"
    done = run(tmp_path, QUARTERDECK_TEST_PEERS="require", PATH=path)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "no space left on device" in done.stderr
    assert "passed" not in done.stdout


@pytest.mark.parametrize(
    "environ",
    [
        pytest.param({"QUARTERDECK_TEST_PEERS": "requre"}, id="mistyped-mode"),
        pytest.param({"KUBERNETES": "1.36"}, id="not-a-version"),
        pytest.param({"QUARTERDECK_TEST_KUBECONFIG": "/nowhere"}, id="no-such-kubeconfig"),
    ],
)
def test_a_wrong_setting_is_a_failure(tmp_path: Path, environ: dict[str, str]) -> None:
    done = run(tmp_path, **environ)
    assert "1 passed, 2 errors" in done.stdout
    assert next(iter(environ.values())) in done.stdout

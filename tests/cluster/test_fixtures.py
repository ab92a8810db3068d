"""What a run of pytest says where there is no cluster."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

TESTS = "def test_one(bed): assert False\ndef test_two(bed): assert False\ndef test_free(): pass\n"


OPTIONS = (
    *("-p", "tests.cluster.fixtures", "-p", "no:cacheprovider"),
    *("-q", "-ra", "--capture=no", "--import-mode=importlib"),
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run of pytest ended, and what it said."""

    code: int
    said: str


def run(folder: Path, *arguments: str, **environ: str) -> Ended:
    """Run the tests in this process, where pytest is loaded: to load it takes most of a run."""
    with prepared(folder, environ) as options, io.StringIO() as said:
        with redirect_stdout(said), redirect_stderr(said):
            code = pytest.main([*options, *arguments])
        for file in folder.glob("test_*.py"):
            sys.modules.pop(file.stem, None)  # the next folder has others of these names
        return Ended(code, said.getvalue())


@contextmanager
def prepared(folder: Path, environ: Mapping[str, str]) -> Iterator[list[str]]:
    """Be in the folder, with the tests and nothing of this run's settings; yield the options."""
    (folder / "test_it.py").write_text(TESTS)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = peers\n")
    before = dict(os.environ)
    kept = {name: value for name, value in before.items() if name in {"TMPDIR", "LANG"}}
    changes = {
        **kept,
        "HOME": str(folder),
        "PATH": "/usr/bin:/bin",
        "QUARTERDECK_CACHE": str(folder / "cache"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        # Nothing else that is installed has a say in it, or takes time to come.
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        **environ,
    }
    with chdir(folder):
        os.environ.clear()
        os.environ.update(changes)
        try:
            yield [*OPTIONS, str(folder)]
        finally:
            os.environ.clear()
            os.environ.update(before)


def test_tests_without_a_cluster_are_skipped_with_one_clear_line(tmp_path: Path) -> None:
    """In a process of its own, as whoever has only Python runs them."""
    with prepared(tmp_path, {}) as options:
        command = [sys.executable, "-m", "pytest", *options]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    done = Ended(ended.returncode, ended.stdout)
    lines = [line for line in done.said.splitlines() if line.startswith("SKIPPED")]
    assert len(lines) == 1
    assert "[2]" in lines[0]
    assert "no real control plane (kube-apiserver" in lines[0]
    assert "1 passed, 2 skipped" in done.said
    assert done.code == 0


def test_a_required_cluster_that_cannot_be_had_is_a_failure(tmp_path: Path) -> None:
    done = run(tmp_path, QUARTERDECK_TEST_PEERS="require")
    assert done.code == 1
    assert "1 passed, 2 errors" in done.said
    assert "kube-apiserver" in done.said
    assert "Traceback" not in done.said


def test_a_test_that_needs_the_cluster_is_a_peers_test_by_that(tmp_path: Path) -> None:
    done = run(tmp_path, "-m", "not peers", QUARTERDECK_TEST_PEERS="require")
    assert "1 passed, 2 deselected" in done.said


@pytest.mark.parametrize(
    ("expression", "imported"),
    [
        ("not peers", False),
        ("not soak and not peers", False),
        ("not peers or soak", True),
        ("not (soak and not peers and x)", True),
        ("peers", True),
        ("", True),
    ],
)
def test_a_file_of_peers_alone_is_imported_only_where_one_of_its_tests_may_run(
    tmp_path: Path, expression: str, imported: bool
) -> None:
    marked = "import pytest\n\npytestmark = pytest.mark.peers\nraise RuntimeError('seen')\n"
    (tmp_path / "test_all.py").write_text(marked)
    done = run(tmp_path, "-m", expression, "--collect-only")
    assert ("RuntimeError: seen" in done.said) is imported


def test_a_required_cluster_that_does_not_build_ends_the_run(tmp_path: Path) -> None:
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text("#!/bin/sh\necho 'no space left on device' >&2; exit 1\n")
    go.chmod(0o700)
    path = f"{go.parent}:/usr/bin:/bin"
    done = run(tmp_path, QUARTERDECK_TEST_PEERS="require", PATH=path)
    assert done.code == pytest.ExitCode.USAGE_ERROR
    assert "no space left on device" in done.said
    assert "passed" not in done.said


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
    assert "1 passed, 2 errors" in done.said
    assert next(iter(environ.values())) in done.said

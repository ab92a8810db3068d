"""make says in one line what a machine lacks."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OLD = "#!/bin/sh\nexit 0\n"  # prints nothing, as a Python does that is too old for the question
NO_VENV = f'#!/bin/sh\ncase "$*" in *venv*) exit 1;; esac\nexec {sys.executable} "$@"\n'


@pytest.mark.parametrize(
    ("python", "sentence"),
    [
        pytest.param(OLD, "Python 3.11 or newer is needed", id="too-old"),
        pytest.param(NO_VENV, "has no venv module: install it", id="no-venv-module"),
    ],
)
def test_what_is_missing_is_said_in_one_line(tmp_path: Path, python: str, sentence: str) -> None:
    fake = tmp_path / "python3"
    fake.write_text(python)
    fake.chmod(0o755)
    venv = tmp_path / "venv"
    done = subprocess.run(
        ["make", f"VENV={venv}", f"PYTHONS={fake}", f"{venv}/bin/python"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode != 0
    [said] = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert sentence in said
    assert not venv.exists()

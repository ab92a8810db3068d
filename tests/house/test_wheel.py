"""The wheel, installed as a user installs it: an empty environment, the lock file, nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = Path(sys.executable).parent

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300)]


def run(*command: str | Path, folder: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        check=False,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an environment `venv` that holds the wheel and what it is locked to."""
    folder = tmp_path_factory.mktemp("wheel")
    run(TOOLS / "python", "-m", "hatchling", "build", "-t", "wheel", "-d", folder, folder=ROOT)
    [wheel] = folder.glob("quarterdeck-*.whl")
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", folder=folder)
    python = folder / "venv/bin/python"
    # pip, as the Makefile does: another installer may trust other certificates.
    install: list[str | Path] = [TOOLS / "python", "-m", "pip", "--python", python, "install", "-q"]
    lock = ROOT / "requirements.lock"
    run(*install, "--require-hashes", "--no-deps", "-r", lock, folder=folder)
    run(*install, "--no-deps", "--no-index", wheel, folder=folder)
    return folder


def test_it_says_what_it_can_do(installed: Path) -> None:
    help_text = run(installed / "venv/bin/quarterdeck", "--help", folder=installed)
    assert "shell" in help_text
    assert "serve" in help_text


def test_its_commands_are_there(installed: Path) -> None:
    quarterdeck = installed / "venv/bin/quarterdeck"
    (installed / "kubeconfig").write_text(
        "{apiVersion: v1, kind: Config, current-context: a, clusters: [{name: a, cluster:"
        " {server: 'https://127.0.0.1:1'}}], contexts: [{name: a, context: {cluster: a}}]}"
    )
    command: list[str | Path] = [quarterdeck, "run", "--", "help"]
    command = ["env", f"KUBECONFIG={installed / 'kubeconfig'}", *command]
    assert "rollout status" in run(*command, folder=installed)


def test_its_migrations_are_there(installed: Path) -> None:
    program = (
        "import asyncio\n"
        "from bot.core.clock import SystemClock\n"
        "from bot.store.engine import Options\n"
        "from bot.store.upgrade import migrate\n"
        "asyncio.run(migrate(Options(url='sqlite:///new.db'), clock=SystemClock()))\n"
    )
    run(installed / "venv/bin/python", "-c", program, folder=installed)
    assert (installed / "new.db").stat().st_size > 0


def test_its_demo_is_there(installed: Path) -> None:
    program = (
        "from bot.demo.cluster import scenes\n"
        "names = (*scenes.FOUNDATION, *scenes.SHOP, scenes.RELEASES)\n"
        "print(len(scenes.read(*names)))\n"
    )
    assert int(run(installed / "venv/bin/python", "-c", program, folder=installed)) > 50


def test_the_manifests_of_another_cluster_are_there(installed: Path) -> None:
    (installed / "prod").write_text(
        "{clusters: [{name: a, cluster: {server: 'https://127.0.0.1:1'}}],"
        " contexts: [{name: a, context: {cluster: a}}]}"
    )
    command: list[str | Path] = [installed / "venv/bin/quarterdeck", "cluster", "add", "a"]
    printed = run(*command, f"--kubeconfig={installed / 'prod'}", folder=installed)
    assert "quarterdeck:impersonator" in printed

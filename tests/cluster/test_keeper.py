"""The keeper: nothing that was started outlives the one who started it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster.processes import processes, still_there

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

KEEPER = Path(__file__).with_name("keeper.py")
# As kwokctl does: a daemon in a session of its own, whose parent ends.
DAEMON = "setsid sleep 1000 >/dev/null 2>&1 & echo started"
# An owner that starts a keeper as bed.py does, says so, and waits to be killed.
OWNER = """
import subprocess, sys
keeper = subprocess.Popen(
    sys.argv[1:], env={"HOME": sys.argv[4], "PATH": "/usr/bin:/bin"},
    stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
)
print(keeper.stdout.readline().decode().strip(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def command(home: Path, script: str, seconds: float = 20) -> list[str]:
    return [sys.executable, "-I", str(KEEPER), str(home), str(seconds), "/bin/sh", "-c", script]


def keep(home: Path, script: str, seconds: float = 20) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command(home, script, seconds),
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_daemon_runs_until_the_owner_closes_the_pipe(home: Path) -> None:
    with keep(home, DAEMON) as keeper:
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == "ready\n"
        assert len(processes(home)) == 2  # the keeper and the daemon
        keeper.communicate(timeout=20)
    assert keeper.returncode == 0
    assert processes(home) == {}
    assert not home.exists()


def test_a_daemon_ends_when_the_owner_is_killed(home: Path) -> None:
    owner = [sys.executable, "-c", OWNER, *command(home, DAEMON)]
    with subprocess.Popen(owner, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert len(processes(home)) == 2  # the keeper and the daemon
        process.kill()
    assert still_there(home) == {}


def test_a_start_that_the_owner_does_not_live_to_see_is_ended(home: Path) -> None:
    with keep(home, f"{DAEMON}; sleep 1000", seconds=1000) as keeper:
        keeper.communicate(timeout=20)
    assert processes(home) == {}


def test_the_words_of_a_command_that_fails_are_kept_until_the_owner_has_read_them(
    home: Path,
) -> None:
    with keep(home, "echo no room; exit 3") as keeper:
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == "failed\n"
        assert (home / "keeper.log").read_text() == "no room\n"
        keeper.communicate(timeout=20)
    assert not home.exists()


def test_a_command_that_takes_too_long_has_failed(home: Path) -> None:
    with keep(home, "sleep 1000", seconds=0.1) as keeper:
        out, _ = keeper.communicate(timeout=20)
    assert out == "failed\n"
    assert processes(home) == {}


def test_a_keeper_that_is_told_to_end_ends_all(home: Path) -> None:
    with keep(home, DAEMON) as keeper:
        assert keeper.stdout is not None
        keeper.stdout.readline()
        keeper.terminate()
        keeper.wait(20)
    assert processes(home) == {}

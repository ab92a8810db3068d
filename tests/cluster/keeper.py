"""The process that ends a cluster, however the one who started it has ended.

`keeper.py HOME SECONDS COMMAND...` runs COMMAND, which leaves daemons behind, says `ready` or
`failed` on standard output, and waits until its standard input is closed: by the owner, or by the
kernel when the owner is gone, even by SIGKILL. Then it kills all that COMMAND left and removes
HOME. It knows the standard library only, and is started as a file, isolated from the project.
"""

import contextlib
import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def main(arguments: Sequence[str]) -> int:
    """Keep what the command starts until standard input is closed."""
    home, seconds, command = Path(arguments[0]), float(arguments[1]), arguments[2:]
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    _adopt_orphans()
    try:
        with (home / "keeper.log").open("wb") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        _tell(_outcome(process, seconds))
        sys.stdin.buffer.read()
    finally:
        end_all(home)
        shutil.rmtree(home, ignore_errors=True)
    return 0


def _outcome(process: "subprocess.Popen[bytes]", seconds: float) -> str:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return "ready" if process.returncode == 0 else "failed"
        if select.select([sys.stdin], [], [], 0.02)[0]:  # closed: the owner has gone
            break
    return "failed"


def _tell(word: str) -> None:
    with contextlib.suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), f"{word}\n".encode())


def _adopt_orphans() -> None:
    # A daemon whose parent has ended becomes the keeper's child instead of init's, so that it can
    # be found and reaped; so does what `kubectl exec` has started in a pod's name.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_all(home: Path, seconds: float = 10) -> None:
    """Kill what still runs, and what appears while its parents end."""
    deadline = time.monotonic() + seconds
    while (living := _living(home)) and time.monotonic() < deadline:
        for pid in living:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        _reap()
        time.sleep(0.01)


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _living(home: Path) -> list[int]:
    return list(_children() if sys.platform == "linux" else _recorded(home))


def _children() -> Iterator[int]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            # The name in parentheses may hold anything; state and parent follow it (proc(5)).
            if int(stat.read_text().rpartition(")")[2].split()[1]) == os.getpid():
                yield int(stat.parent.name)


def _recorded(home: Path) -> Iterator[int]:
    for file in home.glob("**/pids/*.pid"):
        with contextlib.suppress(ProcessLookupError):
            pid = int(file.read_text())
            os.kill(pid, 0)
            yield pid


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

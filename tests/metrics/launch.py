"""Starts servers, leaves them running, and ends when every one of them answers.

`launch.py HOME` reads HOME/servers.json, a list of `{"name", "command", "ready"}`, the last an
address that answers 200 as soon as the server is ready. Each writes into HOME/NAME.log, and its
process id stands in HOME/pids/NAME.pid. It is started by keeper.py, which ends what is left, as a
file, isolated from the project: it knows the standard library only.
"""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

PAUSE = 0.02
"""Seconds between two looks at a server."""
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def main(home: Path) -> int:
    """Start all that the file names; return 1 as soon as one of them has ended."""
    (home / "pids").mkdir()
    servers = json.loads((home / "servers.json").read_text())
    waiting = [(server, _started(home, server)) for server in servers]
    while waiting:
        for server, process in list(waiting):
            if process.poll() is not None:
                print(f"{server['name']} has ended with code {process.returncode}")
                return 1
            if _answers(server["ready"]):
                waiting.remove((server, process))
        time.sleep(PAUSE)
    return 0


def _started(home: Path, server: dict[str, str]) -> "subprocess.Popen[bytes]":
    with (home / f"{server['name']}.log").open("wb") as log:
        process = subprocess.Popen(
            server["command"],
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    (home / "pids" / f"{server['name']}.pid").write_text(str(process.pid))
    return process


def _answers(url: str) -> bool:
    try:
        with DIRECT.open(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

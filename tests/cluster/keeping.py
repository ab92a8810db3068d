"""How an owner speaks with keeper.py, which ends what was started for him."""

import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

STOP_SECONDS = 30


def keep(
    command: Sequence[str], home: Path, environment: Mapping[str, str], seconds: float
) -> "subprocess.Popen[bytes]":
    """Start a keeper with a command that leaves servers behind, and has `seconds` for it.

    They all end, and `home` is removed, with `end` or with this process.
    """
    keeper = [sys.executable, "-I", str(Path(__file__).with_name("keeper.py"))]
    return subprocess.Popen(
        [*keeper, str(home), str(seconds), *command],
        cwd=home,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in the terminal reaches the owner, who closes the pipe
    )


def ready(keeper: "subprocess.Popen[bytes]") -> bool:
    """Wait until the keeper answers, as it does within its seconds; return whether it is well."""
    assert keeper.stdout is not None
    return keeper.stdout.readline() == b"ready\n"


def end(keeper: "subprocess.Popen[bytes]") -> None:
    """End all that the keeper keeps; a second call does nothing."""
    if keeper.stdin is not None:
        keeper.stdin.close()
    keeper.wait(STOP_SECONDS)
    if keeper.stdout is not None:
        keeper.stdout.close()


def last_words(logs: Iterable[Path]) -> str:
    """Return the last lines of the logs that are there, each with its log's name."""
    tails = [
        f"{log.name}: {line}"
        for log in logs
        if log.exists()
        for line in log.read_text(errors="replace").splitlines()[-3:]
    ]
    return "\n".join(tails)

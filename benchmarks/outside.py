"""A whole process for each answer: kubectl, the bot's terminal, and what watches itself."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.cost import Cost, WrongAnswerError

SECONDS = 120


@dataclass(frozen=True, slots=True)
class Outside:
    """One command line; what it prints is thrown away."""

    command: Sequence[str]
    environment: Mapping[str, str]

    async def ask(self) -> Cost:
        """Run it to its end; the event loop stands still meanwhile, since nobody else is there."""
        began = time.perf_counter()
        process = subprocess.Popen(
            self.command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise WrongAnswerError(f"{' '.join(self.command)}: exit code {process.returncode}")
        return Cost(wall, usage.ru_utime + usage.ru_stime)


def output(command: Sequence[str], environment: Mapping[str, str]) -> bytes:
    """Return what a process prints.

    Raises:
        WrongAnswerError: it fails; its own words are on standard error.
    """
    done = subprocess.run(
        command, env=dict(environment), stdout=subprocess.PIPE, timeout=SECONDS, check=False
    )
    if done.returncode:
        raise WrongAnswerError(f"{' '.join(command)}: exit code {done.returncode}")
    return done.stdout

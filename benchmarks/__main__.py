"""`make bench`: the bot beside raw requests and kubectl, on a real API server, in one run.

Prints a table of what was found and what may be. Ends with 1 only where something could not be
measured: a busy machine must not fail a build.
"""

import argparse
import asyncio
import os
import platform
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from benchmarks import changing, drawing, metrics, reading, rows, serving
from benchmarks.bed import running
from benchmarks.cost import WrongAnswerError
from benchmarks.figures import Figure, table
from benchmarks.stand import standing
from bot.core.errors import QuarterdeckError
from tests.cluster.bed import Bed
from tests.cluster.build import say
from tests.cluster.peers import CONTROL_PLANE, ClusterError, locate

# Less than ten minutes, with the cluster made first.
LIMIT_SECONDS = 570
_NOT_MEASURED = (
    ClusterError,
    WrongAnswerError,
    QuarterdeckError,
    OSError,  # TimeoutError too
    subprocess.SubprocessError,
)


def main() -> int:
    """Measure everything and return the exit code."""
    argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__).parse_args()
    signal.signal(signal.SIGALRM, _too_long)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.alarm(LIMIT_SECONDS)
    began = time.monotonic()
    try:
        figures = _measured()
    except _NOT_MEASURED as error:
        print(f"not measured: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    say(f"\n{table(figures)}\n\nmeasured in {time.monotonic() - began:.0f} s on {_machine()}")
    return 0


def _measured() -> list[Figure]:
    if sys.platform != "linux":
        raise ClusterError("memory and processes are read from /proc, so this needs Linux")
    located = locate(os.environ, CONTROL_PLANE)
    if located.absent:
        raise ClusterError(f"{', '.join(located.absent)} missing: `make cluster` builds it once")
    with running(located) as bed:
        return asyncio.run(_everything(bed))


async def _everything(bed: Bed) -> list[Figure]:
    async with standing(bed) as stand:
        return [
            *await rows.small_lists(stand),
            *await rows.big_lists(stand),
            *rows.alone(stand),
            *await rows.documents(stand),
            *await reading.described(stand),
            *reading.templates(stand),
            *await reading.logs(),
            *await changing.changes(stand),
            *await drawing.pictures(),
            *await metrics.typed(stand),
            *await rows.starts(stand),
            *await serving.idle(stand),
        ]


def _machine() -> str:
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    cores = f"{os.cpu_count()} × {model[1] if model else platform.machine()}"
    return f"{cores}, Python {platform.python_version()}, load {os.getloadavg()[1]:.1f}"


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"it took longer than {LIMIT_SECONDS} s")


if __name__ == "__main__":
    raise SystemExit(main())

"""Several calls of `quarterdeck`, one after the other, in one process: its start takes longer.

What each prints and how it ends is as if it had a process of its own. Some tests start one for
each call: for signals, for a terminal, and to show that a process ends as its call does.
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Call:
    """What is typed, what the environment is apart from the path, and what is typed then."""

    words: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Seen:
    """How the calls of one process ended."""

    ended: Sequence[Ended]
    loaded: Sequence[frozenset[str]]
    """The modules that were loaded after each."""


async def called(*calls: Call) -> Seen:
    """Start a process, let it make the calls, and return how each ended.

    The process itself must say nothing, and end well.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.several"),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    asked = json.dumps([asdict(call) for call in calls]).encode()
    out, err = await process.communicate(asked)
    assert (process.returncode, err) == (0, b"")
    ended, loaded = json.loads(out)
    return Seen([Ended(**each) for each in ended], list(map(frozenset, loaded)))


def _make(calls: Sequence[Call]) -> tuple[list[Ended], list[list[str]]]:
    ended, loaded = [], []
    for call in calls:
        ended.append(_ended(call))
        loaded.append(list(sys.modules))
    return ended, loaded


def _ended(call: Call) -> Ended:
    os.environ.clear()
    os.environ.update({"PATH": os.defpath, **call.environment})
    with (
        tempfile.TemporaryFile() as typed,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        typed.write(call.typed.encode())
        typed.seek(0)
        kept = [os.dup(stream) for stream in range(3)]
        for stream, file in enumerate((typed, out, err)):
            os.dup2(file.fileno(), stream)
        try:
            code = _code(call.words)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for stream, before in enumerate(kept):
                os.dup2(before, stream)
                os.close(before)
        return Ended(code, _read(out), _read(err))


def _code(words: Sequence[str]) -> int:
    from bot.cli import main  # noqa: PLC0415 - what it loads is a part of the first call

    code: object = None
    try:
        main(list(words))
    except SystemExit as end:
        code = end.code
    assert isinstance(code, int)
    return code


def _read(file: BinaryIO) -> str:
    file.seek(0)
    return file.read().decode()


if __name__ == "__main__":
    made = _make([Call(**each) for each in json.load(sys.stdin)])
    json.dump([[asdict(each) for each in made[0]], made[1]], sys.stdout)

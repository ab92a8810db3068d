"""Pictures drawn in a helper process, so that whoever serves requests is never held up.

The process is started by the first picture, draws one after the other, and ends when none has come
for a while. One that hangs or dies is replaced; it can be told nothing but a picture.
"""

import asyncio
import shutil
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from pathlib import Path

import structlog
from structlog.typing import WrappedLogger

from bot.core.clock import Clock, deadline
from bot.core.errors import BusyError
from bot.core.picture import Picture
from bot.render import frames

_LOG = structlog.stdlib.get_logger(__name__)
# The folder that holds the package: `-m` finds this very version from there.
_ROOT = Path(__file__).parents[2]
_HELPER = (sys.executable, "-m", "bot.render.charts")
# A picture takes half a second, and the start of the process one more.
PICTURE_SECONDS = 10.0
IDLE_SECONDS = 60.0
# Who comes after so many waits longer than a command may take.
WAITING = 8
_TOLD = 500


class Drawer:
    """What draws pictures; `core.picture.Drawing` says what it promises."""

    def __init__(
        self, clock: Clock, helper: Sequence[str] = _HELPER, log: WrappedLogger = _LOG
    ) -> None:
        self._clock = clock
        self._helper = tuple(helper)
        self._told = log
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._process: Process | None = None
        self._log: asyncio.Task[None] | None = None
        self._ending: asyncio.Future[None] | None = None
        self._idle: asyncio.Task[None] | None = None
        self._folder = ""
        self._closed = False

    @property
    def process(self) -> int | None:
        """Return the id of the helper process; None: there is none now."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def draw(self, picture: Picture) -> bytes:
        """Return the picture as a PNG.

        Raises:
            BusyError: too many pictures wait, or this one took too long or could not be drawn.
        """
        if self._waiting >= WAITING:
            raise _failed("too many pictures wait to be drawn", "Try again in a few seconds.")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._drawn(picture)
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """End the process; what is being drawn fails, and nothing is drawn any more."""
        self._closed = True
        await self._end()
        async with self._turn:
            await self._forget_idling()
        if self._folder:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def _drawn(self, picture: Picture) -> bytes:
        self._refuse_late()
        await self._forget_idling()
        fresh = self.process is None
        try:
            answer = await self._answer(picture)
            if answer is None and not fresh and not self._closed:
                # It died since the last picture, as under memory pressure: no fault of this one.
                answer = await self._answer(picture)
        except TimeoutError as error:
            sentence = f"the picture took over {PICTURE_SECONDS:g} seconds to draw"
            raise _failed(sentence, "Ask for a shorter time, or for fewer series.") from error
        finally:
            if not self._closed:
                self._idle = asyncio.create_task(self._end_when_idle())
        if answer is None or not answer.startswith(frames.DRAWN):
            said = (answer or b"\x00")[1:].decode(errors="replace")
            self._told.warning("picture_failed", reason=said or "the helper process ended")
            raise _failed("the picture could not be drawn", "Its numbers: prom query EXPR.")
        return answer[len(frames.DRAWN) :]

    async def _answer(self, picture: Picture) -> bytes | None:
        """Return the helper's answer; None: it ended, or said what is no answer.

        Raises:
            BusyError: nothing is drawn any more.
            TimeoutError: it took too long.
        """
        whole = False
        try:
            async with deadline(self._clock, PICTURE_SECONDS):
                process = await self._started()
                answer = await _exchanged(process, picture)
            whole = answer is not None
            return answer
        finally:
            if not whole:
                # Also when nobody waits any more: the next picture must not get this one's answer.
                await self._end()

    async def _started(self) -> Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        await self._end()
        self._refuse_late()
        if not self._folder:
            # Not in a thread: who is cancelled meanwhile would leave the folder behind.
            self._folder = tempfile.mkdtemp(prefix="quarterdeck-charts-")
        self._process = await asyncio.create_subprocess_exec(
            *self._helper,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            cwd=_ROOT,
            env=_environment(self._folder),
            process_group=0,
        )
        self._log = asyncio.create_task(_logged(self._process, self._told))
        # Whoever closed meanwhile has found no process to end.
        self._refuse_late()
        return self._process

    def _refuse_late(self) -> None:
        if self._closed:
            raise _failed("nothing is drawn any more: the bot stops", "Try again in a minute.")

    async def _end(self) -> None:
        """Return once the process is gone, even if somebody else ends it."""
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            self._ending = asyncio.ensure_future(_gone(process, self._log))
        if self._ending is not None:
            await asyncio.shield(self._ending)

    async def _end_when_idle(self) -> None:
        await self._clock.sleep(IDLE_SECONDS)
        await self._end()

    async def _forget_idling(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            await asyncio.gather(self._idle, return_exceptions=True)
            self._idle = None


def _environment(folder: str) -> dict[str, str]:
    """Return all that the helper knows: no setting and no secret of the bot's is among it."""
    return {
        "HOME": folder,
        "MPLCONFIGDIR": folder,  # what it keeps of the fonts; a home may be read-only
        "PATH": "",  # it runs no other program
        "LC_ALL": "C.UTF-8",
        # Threads would only make it larger.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


async def _gone(process: Process, log: asyncio.Task[None] | None) -> None:
    await process.wait()
    if log is not None:
        await asyncio.gather(log, return_exceptions=True)


async def _exchanged(process: Process, picture: Picture) -> bytes | None:
    sink, source = process.stdin, process.stdout
    assert sink is not None and source is not None  # noqa: S101, PT018 - they are pipes
    try:
        for frame in frames.packed(picture):
            sink.write(frame)
            await sink.drain()
            # A pipe that takes all at once lets nobody else run.
            await asyncio.sleep(0)
        length = frames.length_of(await source.readexactly(frames.LENGTH.size))
        return await source.readexactly(length)
    except (ConnectionError, asyncio.IncompleteReadError, ValueError):
        return None


async def _logged(process: Process, log: WrappedLogger) -> None:
    """Hand on what the process says on standard error, until it ends."""
    assert process.stderr is not None  # noqa: S101 - it is a pipe
    while said := await process.stderr.read(4_096):
        for line in said.decode(errors="replace").splitlines():
            log.warning("charts", said=line[:_TOLD])


def _failed(sentence: str, next_step: str) -> BusyError:
    return BusyError(f"error: {sentence}", next_step=next_step)

"""Types phrases to kubectl and to the bot, side by side and ahead of the tests that look at them.

The bot runs in this process, in a thread of its own, with one warm terminal for all phrases.
"""

import asyncio
import io
import shlex
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.terminal import Terminal, open_terminal
from tests.cluster.kubectl import QUICK, Kubectl
from tests.conformance.kubectl.case import Case
from tests.conformance.kubectl.comparing import Answer, Runs, mismatches
from tests.conformance.kubectl.differences import COMMON, same

CHECKOUT = Path(__file__).parents[3]
SIDE_BY_SIDE = 3
"""So many phrases at once: kubectl waits a little, and two processors are enough for the rest."""
TRIES = 3
"""An age may move twice within three runs on a busy machine; a real difference stays one."""
SECONDS = 45
"""The longest that one run may take."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one case: how kubectl answered its phrase, and the comparison."""

    kubectl: Answer
    """To the phrase itself, also where the comparison is with another one."""
    runs: Runs

    @property
    def mismatches(self) -> list[str]:
        """Return where our answer is neither of kubectl's two."""
        return mismatches(self.runs)


@dataclass(frozen=True, slots=True)
class Typist:
    """Three runs of each case, begun once and kept."""

    kubectl: Kubectl
    terminal: Terminal
    loop: asyncio.AbstractEventLoop
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SIDE_BY_SIDE))
    _begun: dict[Case, "Future[Heard]"] = field(default_factory=dict)

    def begin(self, case: Case) -> "Future[Heard]":
        """Begin the case, unless it has begun already; return what will have come of it."""
        if case not in self._begun:
            heard = asyncio.run_coroutine_threadsafe(self._heard(case), self.loop)
            self._begun[case] = heard
        return self._begun[case]

    async def _heard(self, case: Case) -> Heard:
        async with self.gate:
            phrase = await self._kubectl(case.phrase) if case.theirs else None
            common = COMMON.get(case.difference, same)
            for _ in range(1 if case.ours else TRIES):
                runs = (await self._runs(case)).through(common)
                if not mismatches(runs):
                    break
            return Heard(phrase or runs.before, runs)

    async def _runs(self, case: Case) -> Runs:
        typed = case.like or case.phrase
        before = await self._kubectl(typed)
        ours = await self._bot(case.phrase)
        # What is the first run's whole answer needs no second one to be compared with.
        after = before if before == ours or case.ours else await self._kubectl(typed)
        return Runs(before, ours, after)

    async def _kubectl(self, phrase: str) -> Answer:
        words = [str(self.kubectl.binary), *shlex.split(phrase)]
        return await run(words, dict(self.kubectl.environment()) | QUICK)

    async def _bot(self, phrase: str) -> Answer:
        out, err = io.StringIO(), io.StringIO()
        terminal = replace(self.terminal, out=out, err=err)
        async with asyncio.timeout(SECONDS):
            code = await terminal.run(phrase, yes=True)
        return Answer(code, out.getvalue(), err.getvalue())


async def run(words: Sequence[str], environment: Mapping[str, str]) -> Answer:
    """Run a program of its own to its end."""
    process = await asyncio.create_subprocess_exec(
        *words,
        cwd=CHECKOUT,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return Answer(process.returncode, out.decode(), err.decode())


@contextmanager
def typist(kubectl: Kubectl) -> Iterator[Typist]:
    """Yield a typist whose terminal is open on kubectl's own kubeconfig."""
    ready: Future[Typist] = Future()
    stop: Future[asyncio.Event] = Future()
    thread = threading.Thread(target=asyncio.run, args=(_type(kubectl, ready, stop),), daemon=True)
    thread.start()
    found = ready.result(SECONDS)
    try:
        yield found
    finally:
        found.loop.call_soon_threadsafe(stop.result().set)
        thread.join(SECONDS)


async def _type(kubectl: Kubectl, ready: "Future[Typist]", stop: "Future[asyncio.Event]") -> None:
    event = asyncio.Event()
    stop.set_result(event)
    async with open_terminal(str(kubectl.kubeconfig)) as terminal:
        ready.set_result(Typist(kubectl, terminal, asyncio.get_running_loop()))
        await event.wait()


def process(phrase: str) -> list[str]:
    """Return the words that start the bot as a program of its own."""
    return [sys.executable, "-m", "bot", "run", "--", *shlex.split(phrase)]

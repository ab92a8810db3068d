"""The terminal: the same handlers, kubectl's two streams, kubectl's exit code.

Here alone the person is the kubeconfig's own user, who acts without impersonation headers.
"""

import asyncio
import contextlib
import secrets
import shlex
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from bot.commands import Registry
from bot.core.access import Asked, Audience, Grant
from bot.core.clock import SystemClock
from bot.core.ports import Heading, Outcome
from bot.core.reply import Part, Problem, Proposal
from bot.core.request import Actor, KubeconfigUser, Person, Place, Request, Surface
from bot.engine.dispatch import Engine
from bot.engine.reading import Phrasebook
from bot.engine.tickets import MemoryTickets
from bot.environment import proxy_for, variables
from bot.kube.fleet import Fleet, Options
from bot.render.plain import PlainRenderer, preview

_PERSON = Person("terminal")
# kubectl sets itself no limit; this one only ends what hangs for a day.
_SECONDS = 24 * 3600


class _TerminalGate:
    """Admits everything as the kubeconfig's user: the cluster's RBAC is the only authority."""

    def admit(self, request: Request, asked: Asked) -> Grant:
        return Grant(
            Actor(request.person, KubeconfigUser()),
            asked.context or "default",
            asked.namespace,
            explicit_namespace=bool(asked.namespace),
            audience=Audience.PERSON,
        )


class _TerminalJournal:
    """Keeps nothing: a terminal has its own scrollback; a bug shows its traceback."""

    def served(self, request: Request, outcome: Outcome, audit_ids: Sequence[str]) -> None:
        return

    def bug(self, request: Request) -> None:
        traceback.print_exc()


@dataclass(slots=True)
class TerminalOutlet:
    """Writes parts to two streams as they come."""

    out: TextIO
    err: TextIO
    helpful: bool = False
    """Whether what to type next is shown; kubectl's own streams know no such line."""
    proposal: Proposal | None = None
    _renderer: PlainRenderer = field(default_factory=PlainRenderer)

    async def open(self, _heading: Heading) -> None:
        """Begin: a terminal shows no heading."""

    async def draw(self, part: Part) -> None:
        """Write what the part adds to each stream."""
        if isinstance(part, Proposal):
            self.proposal = part
            return
        out, err = self._renderer.feed(part)
        if self.helpful and isinstance(part, Problem) and part.error.next_step:
            err += f"{part.error.next_step}\n"
        self._write(out, err)

    async def close(self, _outcome: Outcome) -> None:
        """Write what still waited for wider rows."""
        self._write(self._renderer.finish(), "")

    def _write(self, out: str, err: str) -> None:
        if out:
            self.out.write(out)
            self.out.flush()
        if err:
            self.err.write(err)
            self.err.flush()


@dataclass(frozen=True, slots=True)
class Terminal:
    """One terminal's engine and streams."""

    engine: Engine
    fleet: Fleet
    out: TextIO
    err: TextIO
    ask: Callable[[str], str]
    """Shows a question and returns the line that answers it."""

    async def run(self, text: str, *, yes: bool, helpful: bool = False) -> int:
        """Run one phrase and return kubectl's exit code."""
        outlet = TerminalOutlet(self.out, self.err, helpful)
        outcome = await self.engine.serve(_request(text), outlet)
        if outlet.proposal is None:
            return outcome.exit_code
        return await self._confirm(outlet.proposal, yes=yes)

    async def ask_version(self) -> None:
        """Return if the default context's API server answers.

        Raises:
            QuarterdeckError: it does not, or there is no such context.
        """
        context = self.fleet.default_context
        await self.fleet.open(context, KubeconfigUser(), "demo", 10).version()

    async def _confirm(self, proposal: Proposal, *, yes: bool) -> int:
        if not yes:
            self.err.write(preview(proposal))
            self.err.flush()
            try:
                answer = await asyncio.to_thread(self.ask, "Do this? [y/N] ")
            except EOFError:
                answer = ""
            if answer.strip().lower() not in ("y", "yes"):
                self.err.write("Nothing was changed; --yes answers for a script.\n")
                return 1
        outlet = TerminalOutlet(self.out, self.err)
        outcome = await self.engine.confirm(proposal.ticket, _request(""), outlet)
        return outcome.exit_code


@contextlib.asynccontextmanager
async def open_terminal(kubeconfig: str) -> AsyncIterator[Terminal]:
    """Open a terminal on the clusters of a kubeconfig (paths as in KUBECONFIG)."""
    clock = SystemClock()
    fleet = Fleet(
        Options(kubeconfig=kubeconfig),
        clock,
        terminal=True,
        environment=variables(),
        proxy_for=proxy_for,
    )
    engine = Engine(
        Phrasebook(Registry()),
        _TerminalGate(),
        fleet,
        MemoryTickets(),
        clock,
        _TerminalJournal(),
        seconds=_SECONDS,
    )
    try:
        yield Terminal(engine, fleet, sys.stdout, sys.stderr, _ask)
    finally:
        await fleet.close()


async def run_words(words: Sequence[str], kubeconfig: str, *, yes: bool) -> int:
    """Run one command line and return its exit code."""
    async with open_terminal(kubeconfig) as terminal:
        return await terminal.run(shlex.join(words), yes=yes)


async def run_shell(kubeconfig: str, *, yes: bool) -> int:
    """Read phrases line by line until the input ends; return the last one's exit code."""
    code = 0
    interactive = sys.stdin.isatty()
    async with open_terminal(kubeconfig) as terminal:
        prompt = f"{terminal.fleet.default_context}> " if interactive else ""
        while True:
            try:
                line = await asyncio.to_thread(_ask, prompt)
            except EOFError:
                return code
            if line.strip() in ("exit", "quit"):
                return code
            if line.strip():
                code = await terminal.run(line, yes=yes, helpful=True)


def _ask(prompt: str) -> str:
    # The question goes to standard error: standard output is the answer's alone.
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")


def _request(text: str) -> Request:
    place = Place(Surface.TERMINAL)
    return Request(secrets.token_hex(4), _PERSON, place, text, SystemClock().now())

"""The terminal: the same handlers, kubectl's two streams, kubectl's exit code.

Here alone the person is the kubeconfig's own user, who acts without impersonation headers.
"""

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from bot.commands import Registry
from bot.core.access import Asked, Audience, Grant, Known, Lack, placed
from bot.core.audit import Entry, Wanted
from bot.core.clock import SystemClock
from bot.core.command import Effect
from bot.core.errors import CancelledByPersonError, QuarterdeckError, RefusedError, UsageError
from bot.core.ports import Heading, JsonObject, Outcome
from bot.core.proposal import Hold, Jury, Party, Weekly
from bot.core.reply import Chart, Part, Problem, Proposal, Verdict
from bot.core.request import (
    Actor,
    Attachment,
    Identity,
    KubeconfigUser,
    Person,
    Place,
    Request,
    Surface,
)
from bot.core.signals import Signal
from bot.core.task import Task
from bot.engine.admission import Admission, AsTheyCome, MemoryDefaults
from bot.engine.dispatch import Engine
from bot.engine.monitoring import Instruments
from bot.engine.reading import Phrasebook
from bot.engine.waiting import in_memory
from bot.environment import proxy_for, variables
from bot.grammar.raw import raw_line
from bot.kube.fleet import Fleet, Options
from bot.late import LateDrawing, LateSources
from bot.localfiles import ReadAll, read_local, read_named, write_local
from bot.policy.tiers import advise
from bot.render.inline import Inline, drawn, inline
from bot.render.plain import PlainRenderer, preview

if TYPE_CHECKING:
    from bot.policy.limits import Site
    from bot.policy.model import Policy

_PERSON = Person("terminal")
# kubectl sets itself no limit; this one only ends what hangs for a day.
_SECONDS = 24 * 3600


class _TerminalGate:
    """Admits everything as the kubeconfig's user: the cluster's RBAC is the only authority."""

    def usergroups(self, _request: Request) -> frozenset[str]:
        return frozenset()

    def admit(self, request: Request, asked: Asked) -> Grant:
        context, namespace, origin = placed(asked, None)
        if asked.resource and asked.effect > Effect.READ:
            _refuse_unapproved(asked)
        return Grant(
            Actor(request.person, KubeconfigUser()),
            context or "default",
            namespace,
            explicit_namespace=bool(asked.namespace),
            audience=Audience.PERSON,
            origin=origin,
        )

    def known(self, _request: Request, _asked: Asked, actor: Actor) -> Known:
        return Known(actor)

    def advise(self, identity: Identity, lack: Lack) -> str:
        return advise(identity, lack, "")

    def party(self, request: Request) -> Party:
        return Party(request.person.key, request.person.key)

    def sits(self, _request: Request, _asked: Asked, _jury: Jury) -> bool:
        return True

    def on_call(self, _request: Request, _asked: Asked) -> bool:
        return False  # nobody else would be told

    def tasks(self) -> tuple[Task, ...]:
        policy = _policy()
        if policy is None:
            return ()
        from bot.policy.tasks import tasks_of  # noqa: PLC0415 - see `_policy`

        return tasks_of(policy)

    def frozen(self, asked: Asked, now: datetime) -> Hold | None:
        policy = _policy()
        if policy is None or not policy.freezes:
            return None
        from bot.policy.freezes import frozen  # noqa: PLC0415 - see `_policy`

        return frozen(policy, asked.context, _site(asked), now)

    def calendar(self, now: datetime) -> tuple[Weekly, ...]:
        policy = _policy()
        if policy is None:
            return ()
        from bot.policy.freezes import calendar  # noqa: PLC0415 - see `_policy`

        return calendar(policy, now)

    def signals(self) -> tuple[Signal, ...]:
        policy = _policy()
        if policy is None:
            return ()
        from bot.policy.signals import signals_of  # noqa: PLC0415 - see `_policy`

        return signals_of(policy)

    def may_hold(self, _request: Request, _context: str, _namespace: str, _also: str = "") -> bool:
        return True


def _refuse_unapproved(asked: Asked) -> None:
    """Refuse what the policy wants others to approve, where this terminal is told of a policy.

    Raises:
        RefusedError: nobody can be asked from here.
        ConfigurationError: the policy cannot be read.
    """
    policy = _policy()
    if policy is None:
        return
    from bot.policy.limits import consent_of  # noqa: PLC0415 - see `_policy`

    if consent_of(policy, asked, _site(asked)).needed:
        channel = policy.approval_channel
        where = f"the channel {channel}" if channel else "a channel of that namespace"
        raise RefusedError(
            "error: the policy wants somebody else's approval for this, and a terminal asks nobody",
            next_step=f"Type it in Slack, in {where}.",
        )


def _site(asked: Asked) -> "Site":
    from bot.policy.limits import Site  # noqa: PLC0415 - see `_policy`

    names = {asked.context, asked.also, "default"} - {""}
    return Site(names, "" if asked.cluster_scoped else asked.namespace)


def _policy() -> "Policy | None":
    """Return the policy that this terminal is told of, if it is.

    Raises:
        ConfigurationError: it cannot be read.
    """
    path = variables().get("QUARTERDECK_POLICY")
    if not path:
        return None
    # A terminal that reads must start quickly, and the model of the policy takes its time.
    from bot.policy.reading import read_policy  # noqa: PLC0415

    return read_policy(Path(path))


class _NoLedger:
    """Keeps nothing: the kubeconfig's own user is recorded by the API server; a bug is shown."""

    async def write(self, entry: Entry) -> None:
        return

    def note(self, entry: Entry) -> None:
        return

    async def search(self, wanted: Wanted) -> Sequence[JsonObject]:
        return ()

    def bug(self, request: Request) -> None:
        traceback.print_exc()


@dataclass(slots=True)
class TerminalOutlet:
    """Writes parts to two streams as they come."""

    out: TextIO
    err: TextIO
    helpful: bool = False
    """Whether what to type next is shown; kubectl's own streams know no such line."""
    inline: Inline | None = None
    """How a picture is shown; None: it is not."""
    proposal: Proposal | None = None
    charts: list[Chart] = field(default_factory=list)
    """Those that somebody wants as files."""
    _steps: dict[str, None] = field(default_factory=dict)
    """What to type next, each once however many failures it is about."""
    _renderer: PlainRenderer = field(default_factory=PlainRenderer)

    async def open(self, _heading: Heading) -> None:
        """Begin: a terminal shows no heading."""

    async def draw(self, part: Part) -> None:
        """Write what the part adds to each stream."""
        if isinstance(part, Proposal):
            self.proposal = part
            return
        if isinstance(part, Problem) and isinstance(part.error, CancelledByPersonError):
            return  # whoever pressed Ctrl-C knows
        if isinstance(part, Chart):
            self._show(part)
            return
        out, err = self._renderer.feed(part)
        if self.helpful and isinstance(part, Verdict):
            out = f"{self._renderer.finish()}{part.text}\n"
        if self.helpful and isinstance(part, Problem) and part.error.next_step:
            self._steps[part.error.next_step] = None
        self._write(out, err)

    async def close(self, _outcome: Outcome) -> str:
        """Write what still waited for wider rows."""
        self._write(self._renderer.finish(), "".join(f"{step}\n" for step in self._steps))
        self._steps.clear()
        return ""

    async def fail(self, error: QuarterdeckError) -> int:
        """End with a failure of the terminal's own, and return its exit code."""
        await self.draw(Problem(error))
        await self.close(Outcome(error.exit_code, 0))
        return error.exit_code

    def _show(self, chart: Chart) -> None:
        if chart.file:
            self.charts.append(chart)
        if self.inline is not None:
            columns = shutil.get_terminal_size().columns
            self._write(self._renderer.finish() + drawn(chart.png, self.inline, columns), "")

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
    ask: Callable[[str], Awaitable[str]]
    """Shows a question and returns the line that answers it."""
    phrases: Phrasebook = field(default_factory=lambda: Phrasebook(Registry()))
    read_all: ReadAll = field(default_factory=lambda: Keyboard().read_all)
    inline: Inline | None = None
    """How it shows pictures; None: not at all."""

    async def run(self, text: str, *, yes: bool, helpful: bool = False) -> int:
        """Run one phrase and return kubectl's exit code."""
        outlet = TerminalOutlet(self.out, self.err, helpful, self.inline)
        request = _request(text, plain=not helpful)
        pictures = self.inline is not None
        try:
            request = replace(request, files=await self._files(request), pictures=pictures)
        except UsageError as error:
            return await outlet.fail(error)
        outcome = await self.engine.serve(request, outlet)
        try:
            for chart in outlet.charts:
                write_local(chart.file, chart.png)
                self.err.write(f"The picture is in {chart.file}.\n")
        except UsageError as error:
            return await outlet.fail(error)
        if outlet.proposal is None:
            return outcome.exit_code
        return await self._confirm(outlet.proposal, yes=yes, helpful=helpful)

    async def _files(self, request: Request) -> tuple[Attachment, ...]:
        """Return the files that are named: here alone they are those of the person's machine."""
        try:
            read = self.phrases.read(request)
        except QuarterdeckError:
            return ()  # what cannot be read is told by whoever serves it
        options = read.bound.options
        named, files = read_named(_paths(options)), getattr(options, "files", options)
        filenames = getattr(files, "filename", None)
        if not isinstance(filenames, tuple):
            return named
        recursive = bool(getattr(files, "recursive", False))
        try:
            return (*named, *await read_local(filenames, self.read_all, recursive=recursive))
        except UsageError as error:
            # kubectl's `diff` says by 1 that something differs, and fails with 2.
            error.exit_code = 2 if read.command.phrase == "diff" else 1
            raise

    async def ask_version(self) -> None:
        """Return if the default context's API server answers.

        Raises:
            QuarterdeckError: it does not, or there is no such context.
        """
        context = self.fleet.default_context
        await self.fleet.open(context, KubeconfigUser(), "demo", 10).version()

    async def _confirm(self, proposal: Proposal, *, yes: bool, helpful: bool) -> int:
        if not yes:
            self.err.write(preview(proposal))
            self.err.flush()
            try:
                answer = await self.ask("Do this? [y/N] ")
            except EOFError:
                answer = ""
            if answer.strip().lower() not in ("y", "yes"):
                self.err.write("Nothing was changed; --yes answers for a script.\n")
                return 1
        outlet, press = TerminalOutlet(self.out, self.err, helpful), _request("", plain=not helpful)
        outcome = await self.engine.confirm(proposal.ticket, press, outlet)
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
    phrases, keyboard, sources = Phrasebook(Registry()), Keyboard(), LateSources(fleet)
    drawing = LateDrawing(clock)
    engine = Engine(
        phrases,
        Admission(_TerminalGate(), fleet, MemoryDefaults(), AsTheyCome()),
        in_memory(clock),
        clock,
        _NoLedger(),
        seconds=_SECONDS,
        instruments=Instruments(sources, drawing),
    )
    try:
        yield Terminal(
            *(engine, fleet, sys.stdout, sys.stderr),
            *(keyboard.ask, phrases, keyboard.read_all),
            inline(variables()) if sys.stdout.isatty() else None,
        )
    finally:
        await drawing.close()
        await sources.close()
        await fleet.close()


async def run_words(words: Sequence[str], kubeconfig: str, *, yes: bool) -> int:
    """Run one command line and return its exit code."""
    async with open_terminal(kubeconfig) as terminal:
        return await terminal.run(raw_line(words, Registry()), yes=yes)


async def run_shell(kubeconfig: str, *, yes: bool) -> int:
    """Read phrases line by line until the input ends; return the last one's exit code."""
    code = 0
    interactive = sys.stdin.isatty()
    async with open_terminal(kubeconfig) as terminal:
        prompt = f"{terminal.fleet.default_context}> " if interactive else ""
        while True:
            try:
                line = await terminal.ask(prompt)
            except EOFError:
                return code
            if line.strip() in ("exit", "quit"):
                return code
            if line.strip():
                code = await _interruptible(terminal.run(line, yes=yes, helpful=True))


def _paths(options: Any) -> list[str]:
    """Return the paths of the flags that take the content of a file."""
    keyed = (*getattr(options, "from_file", ()), *getattr(options, "from_env_file", ()))
    whole = [getattr(options, name, "") for name in ("cert", "key", "patch_file")]
    return [*(word.rpartition("=")[2] for word in keyed), *whole]


async def _interruptible(command: Coroutine[Any, Any, int]) -> int:
    """Return the command's exit code; Ctrl-C ends the command and not the shell."""
    task, loop = asyncio.create_task(command), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, task.cancel)
    try:
        await asyncio.wait({task})
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        task.cancel()
    return 130 if task.cancelled() else task.result()


@dataclass(slots=True)
class Keyboard:
    """Standard input, read line by line without a thread that would outlive Ctrl-C."""

    descriptor: int = 0
    _held: bytes = b""

    async def ask(self, question: str) -> str:
        """Show a question and return the line that answers it.

        Raises:
            EOFError: nothing more comes.
        """
        # The question goes to standard error: standard output is the answer's alone.
        sys.stderr.write(question)
        sys.stderr.flush()
        while b"\n" not in self._held:
            await _readable(self.descriptor)
            data = os.read(self.descriptor, 2**16)
            if not data and not self._held:
                raise EOFError
            self._held += data or b"\n"  # the last line may lack its end
        line, _, self._held = self._held.partition(b"\n")
        return line.decode("utf-8", "replace")

    async def read_all(self, most: int) -> bytes:
        """Return what comes until the input ends, or so many bytes of it."""
        while len(self._held) < most:
            await _readable(self.descriptor)
            data = os.read(self.descriptor, 2**16)
            if not data:
                break
            self._held += data
        content, self._held = self._held[:most], b""
        return content


async def _readable(descriptor: int) -> None:
    ready, loop = asyncio.Event(), asyncio.get_running_loop()
    try:
        loop.add_reader(descriptor, ready.set)
    except PermissionError:
        return  # a file is always readable, and Linux takes none here
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)


def _request(text: str, *, plain: bool = True) -> Request:
    place, now = Place(Surface.TERMINAL), SystemClock().now()
    return Request(secrets.token_hex(4), _PERSON, place, text, now, plain=plain)

"""The one way through the bot: typed text in, parts out, and one catch around everything.

A phrase is bound once; that one object is admitted, run, previewed, recorded and executed.
"""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from bot.core.access import Asked, Gate, Grant
from bot.core.clock import Clock
from bot.core.errors import CancelledByPersonError, QuarterdeckError, RefusedError, UnreachableError
from bot.core.plan import Plan, dump_plan, load_plan
from bot.core.ports import (
    Clusters,
    Connection,
    Heading,
    Journal,
    Outcome,
    Outlet,
    Scope,
    Tickets,
)
from bot.core.reply import Aside, Part, Problem, Proposal, Reply, Text
from bot.core.request import Person, Request
from bot.engine.filtering import filtered, finishing
from bot.engine.reading import Read
from bot.engine.seals import seal_of


class Phrases(Protocol):
    """What turns typed text into a bound command."""

    def read(self, request: Request) -> Read:
        """Return the command that was typed, or raise `UsageError`."""
        ...


@dataclass(slots=True)
class _Run:
    """One request while it is served: what was drawn, and how it stands."""

    request: Request
    outlet: Outlet
    started: float
    exit_code: int = 0
    clusters: list[Connection] = field(default_factory=list)
    """What was asked on its behalf, for the journal."""
    opened: bool = False
    drawn: bool = False
    """Whether a part of the result stands there."""
    follows: bool = False
    unanswered: str = ""
    """What was sent to be changed while no answer says whether it was."""

    async def open(self, heading: Heading) -> None:
        if not self.opened:
            self.opened, self.follows = True, heading.follows
            await self.outlet.open(heading)

    def audit_ids(self) -> list[str]:
        return [audit_id for cluster in self.clusters for audit_id in cluster.audit_ids]

    async def draw(self, part: Part) -> None:
        if isinstance(part, Problem):
            self.exit_code = max(self.exit_code, part.error.exit_code)
        else:
            self.drawn = True
        await self.outlet.draw(part)


class Engine:
    """Serves requests; what `core.ports.Service` promises."""

    def __init__(  # noqa: PLR0913 - one collaborator each, all from `core`
        self,
        phrases: Phrases,
        gate: Gate,
        clusters: Clusters,
        tickets: Tickets,
        clock: Clock,
        journal: Journal,
        *,
        seconds: float | None = None,
    ) -> None:
        self._phrases = phrases
        self._gate = gate
        self._clusters = clusters
        self._tickets = tickets
        self._clock = clock
        self._journal = journal
        self._seconds = seconds
        """Overrides each command's own limit, as a terminal does."""
        self._running: dict[str, tuple[str, asyncio.Task[Any]]] = {}

    async def serve(self, request: Request, outlet: Outlet) -> Outcome:
        """Bind, admit and run what was typed; every failure is drawn."""

        async def work(run: _Run) -> None:
            read = self._phrases.read(request)
            grant, cluster = self._admit(request, read)
            run.clusters.append(cluster)
            await run.open(_heading(grant, read))
            await self._carry_out(run, read, grant, cluster)

        return await self._guarded(request, outlet, work)

    async def confirm(self, ticket: str, request: Request, outlet: Outlet) -> Outcome:
        """Carry out the proposal with the rights of the one who presses."""

        async def work(run: _Run) -> None:
            await self._execute(run, load_plan(await self._taken(ticket, request)))

        return await self._guarded(request, outlet, work)

    async def withdraw(self, ticket: str, request: Request, outlet: Outlet) -> Outcome:
        """Forget the proposal."""

        async def work(run: _Run) -> None:
            await self._taken(ticket, request)
            await run.draw(Aside("Cancelled; nothing was changed."))

        return await self._guarded(request, outlet, work)

    async def _taken(self, ticket: str, request: Request) -> bytes:
        kept = await self._tickets.take(ticket, _owner(request))
        if kept is None:
            raise RefusedError(
                "This confirmation is not waiting any more, or it is not yours.",
                next_step="Type the command again.",
            )
        return kept

    async def cancel(self, request_id: str, person: Person) -> bool:
        """Cancel that person's running request; return whether there was one."""
        owner, task = self._running.get(request_id, ("", None))
        if task is None or owner != person.key:
            return False
        return task.cancel(_BY_PERSON)

    def heading(self, request: Request) -> Heading:
        """Return what would stand above this request's answer now; nothing is served.

        Raises:
            QuarterdeckError: it cannot be read, or the policy refuses it.
        """
        read = self._phrases.read(request)
        return _heading(self._granted(request, read), read)

    def _granted(self, request: Request, read: Read) -> Grant:
        grant = self._gate.admit(request, self._named(read.asked))
        context = self._context(grant.context)
        namespace = grant.namespace or self._clusters.namespace(context)
        return replace(grant, context=context, namespace=namespace)

    def _admit(self, request: Request, read: Read) -> tuple[Grant, Connection]:
        grant = self._granted(request, read)
        context = grant.context
        seconds = self._seconds or read.command.seconds
        asked = read.bound.common.timeout()
        limit = asked.total_seconds() if asked else _REQUEST_SECONDS
        identity = grant.actor.identity
        return grant, self._clusters.open(context, identity, request.id, seconds, limit)

    def _named(self, asked: Asked) -> Asked:
        # The policy may know the default context by that word or by its kubeconfig's name.
        default = self._clusters.default_context
        if asked.context in ("default", default) and asked.context:
            return replace(asked, context="default", also=default)
        return asked

    def _context(self, named: str) -> str:
        return self._clusters.default_context if named == "default" else named

    async def _carry_out(self, run: _Run, read: Read, grant: Grant, cluster: Connection) -> None:
        now = self._clock.now()
        scope = Scope(
            cluster, grant.context, grant.namespace, grant.explicit_namespace, self._clock, now
        )
        async with asyncio.timeout(self._seconds or read.command.seconds):
            if read.command.plan is not None:
                try:
                    plan = await read.command.plan(scope, read.bound.options)
                finally:
                    await self._warn(run, cluster)
                await self._propose(run, replace(plan, phrase=read.bound.canonical))
            elif read.command.run is not None:
                reply = read.command.run(scope, read.bound.options)
                await self._draw(run, filtered(reply, read.bound.filters), cluster)

    async def _draw(self, run: _Run, reply: Reply, cluster: Connection) -> None:
        try:
            async with finishing(reply):
                async for part in reply:
                    await self._warn(run, cluster)
                    await run.draw(part)
        finally:
            await self._warn(run, cluster)

    async def _warn(self, run: _Run, cluster: Connection) -> None:
        for warning in cluster.warnings():
            await run.draw(Aside(f"Warning: {warning}"))

    async def _propose(self, run: _Run, plan: Plan) -> None:
        if not plan.steps:
            await run.draw(Text("".join(f"{line}\n" for line in plan.done)))
            return
        if all(step.dry_run for step in plan.steps):
            await self._execute(run, plan)
            return
        ticket = await self._tickets.put(_owner(run.request), dump_plan(plan))
        await run.draw(Proposal(plan, ticket))

    async def _execute(self, run: _Run, plan: Plan) -> None:
        for step, line in zip(plan.steps, plan.done, strict=True):
            target = step.target
            asked = Asked(step.effect, target.context, target.namespace)
            grant = self._gate.admit(run.request, self._named(asked))
            grant = replace(grant, context=target.context, namespace=target.namespace)
            await run.open(Heading(grant.context, grant.namespace, grant.audience, plan.phrase))
            cluster = self._clusters.open(
                grant.context, grant.actor.identity, run.request.id, self._seconds or 30
            )
            run.clusters.append(cluster)
            run.unanswered = target.qualified
            try:
                await cluster.send(step)
            finally:
                await self._warn(run, cluster)
            run.unanswered = ""
            await run.draw(Text(f"{line}\n"))

    async def _guarded(self, request: Request, outlet: Outlet, work: "_Work") -> Outcome:
        run = _Run(request, outlet, self._clock.monotonic())
        task = asyncio.current_task()
        if task is not None:
            self._running[request.id] = (request.person.key, task)
        try:
            await self._caught(run, work)
        finally:
            self._running.pop(request.id, None)
            outcome = Outcome(run.exit_code, self._clock.monotonic() - run.started)
            await outlet.close(outcome)
            self._journal.served(request, outcome, run.audit_ids())
        return outcome

    async def _caught(self, run: _Run, work: "_Work") -> None:
        try:
            await work(run)
        except QuarterdeckError as error:
            await run.draw(Problem(error))
        except TimeoutError:
            await run.draw(Problem(_too_long(run)))
        except asyncio.CancelledError as error:
            by_person = error.args == (_BY_PERSON,)
            await run.draw(Problem(_stopped(run, by_person=by_person)))
            if not by_person:
                raise
            _uncancel()
        except BrokenPipeError:
            raise  # whoever read the answer has gone: nobody is left to tell
        except Exception:  # noqa: BLE001 - the one outer catch: a bug must be answered too
            self._journal.bug(run.request)
            await run.draw(Problem(_bug(run.request.id)))


# What one request may take unless --request-timeout says otherwise.
_REQUEST_SECONDS = 30.0
_BY_PERSON = "cancelled by the person"


class _Work(Protocol):
    async def __call__(self, run: _Run) -> None: ...


def _uncancel() -> None:
    # The request is over, its task is not: it goes on to whatever its surface does next.
    task = asyncio.current_task()
    if task is not None:
        task.uncancel()


def _owner(request: Request) -> str:
    # A button that was carried into another channel confirms nothing there.
    return f"{request.person.key}@{request.place.channel}"


def _heading(grant: Grant, read: Read) -> Heading:
    namespace = "" if read.asked.all_namespaces else grant.namespace
    return Heading(
        grant.context,
        namespace,
        grant.audience,
        read.bound.canonical,
        seal=seal_of(grant, read.asked, read.bound.canonical),
        shareable=grant.may_share,
        follows=read.follows,
    )


def _stopped(run: _Run, *, by_person: bool) -> QuarterdeckError:
    said = "Stopped." if run.follows else "Cancelled."
    text = said if by_person else "Interrupted: the bot is restarting."
    if not run.unanswered:
        return CancelledByPersonError(text)
    return CancelledByPersonError(
        f"{text} {run.unanswered} may have been changed already.",
        next_step="Look at it before you type the command again.",
    )


def _too_long(run: _Run) -> UnreachableError:
    if run.follows:
        return UnreachableError(
            "This is as long as I follow; what comes later is not here.",
            next_step="Type the command again to go on.",
        )
    partial = "What stands here is only a part. " if run.drawn else ""
    return UnreachableError(
        "error: timed out waiting for the condition",
        next_step=f"{partial}Ask for less, with -n, -l or --tail.",
    )


def _bug(request_id: str) -> QuarterdeckError:
    return QuarterdeckError(
        f"error: something is wrong in the bot itself, not in what you typed ({request_id})",
        next_step=f"Nothing was repeated. Give the reference {request_id} to the bot's admins.",
    )

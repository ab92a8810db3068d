"""The one way through the bot: typed text in, parts out, and one catch around everything.

A phrase is bound once; that one object is admitted, run, previewed, recorded and executed.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from bot.core.access import Audience, Grant
from bot.core.audit import Happening
from bot.core.clock import Clock, deadline
from bot.core.command import Effect
from bot.core.errors import (
    CancelledByPersonError,
    ForbiddenError,
    NotFoundError,
    QuarterdeckError,
    RefusedError,
    UnreachableError,
)
from bot.core.plan import Plan, Step, dump_plan, load_plan
from bot.core.ports import (
    Connection,
    Heading,
    Ledger,
    Menu,
    Outcome,
    Outlet,
    Rates,
    Scope,
    Tickets,
)
from bot.core.proposal import Consent
from bot.core.reply import Aside, Part, Problem, Proposal, Reply, Text
from bot.core.request import Actor, Impersonated, Person, Request
from bot.engine.admission import Admission
from bot.engine.fanout import Told, listen, merged
from bot.engine.filtering import filtered, finishing
from bot.engine.gate import PlanGate
from bot.engine.guidance import Guide
from bot.engine.lookups import Lookups
from bot.engine.menus import Everything
from bot.engine.reading import Read
from bot.engine.recording import Account, result_of, visible
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
    account: Account
    exit_code: int = 0
    opened: bool = False
    drawn: bool = False
    """Whether a part of the result stands there."""
    follows: bool = False
    unanswered: str = ""
    """What was sent to be changed while no answer says whether it was."""

    def introduce(self, request: Request) -> None:
        """Go on with what is known of the person by now."""
        self.request = self.account.request = request

    async def open(self, heading: Heading) -> None:
        if not self.opened:
            self.opened, self.follows = True, heading.follows
            await self.outlet.open(heading)

    async def draw(self, part: Part) -> None:
        if isinstance(part, Problem):
            self.exit_code = max(self.exit_code, part.error.exit_code)
            self.account.error = part.error
        else:
            self.drawn = True
        await self.outlet.draw(part)


class Engine:
    """Serves requests; what `core.ports.Service` promises."""

    def __init__(  # noqa: PLR0913 - each is a collaborator of its own
        self,
        phrases: Phrases,
        admission: Admission,
        tickets: Tickets,
        clock: Clock,
        ledger: Ledger,
        *,
        seconds: float | None = None,
        lookups: Lookups | None = None,
        rates: Rates | None = None,
    ) -> None:
        self._phrases = phrases
        self._admission = admission
        self._gate = PlanGate(admission)
        self._tickets = tickets
        self._clock = clock
        self._ledger = ledger
        self._seconds = seconds
        """Overrides each command's own limit, as a terminal does."""
        self._lookups = lookups
        self._rates = rates
        self._running: dict[str, tuple[str, asyncio.Task[Any]]] = {}

    async def serve(self, request: Request, outlet: Outlet) -> Outcome:
        """Bind, admit and run what was typed; every failure is drawn."""

        async def work(run: _Run) -> None:
            read = self._phrases.read(request)
            run.account.canonical = read.bound.canonical
            run.introduce(await self._admission.introduced(request, read.asked.effect))
            grants = await self._granted(run.request, read)
            self._count(grants[0].actor, read.command.effect)
            if read.asked.all_contexts:
                await run.open(_heading(grants, read))
                await self._fan_out(run, read, grants)
                return
            [grant] = grants
            cluster = self._open(run, read, grant)
            await run.open(_heading(grants, read))
            await self._carry_out(run, read, grant, cluster)

        return await self._guarded(request, outlet, work)

    async def confirm(self, ticket: str, request: Request, outlet: Outlet) -> Outcome:
        """Carry out the proposal with the rights of the one who presses."""

        async def work(run: _Run) -> None:
            plan = await self._taken(run, ticket)
            run.introduce(await self._admission.introduced(request, plan.effect, pressed=True))
            await self._execute(run, plan, await self._admitted(run, plan))

        return await self._guarded(request, outlet, work)

    async def withdraw(self, ticket: str, request: Request, outlet: Outlet) -> Outcome:
        """Forget the proposal."""

        async def work(run: _Run) -> None:
            await self._taken(run, ticket)
            run.account.happening = Happening.WITHDRAWN
            await run.draw(Aside("Cancelled; nothing was changed."))

        return await self._guarded(request, outlet, work)

    async def _taken(self, run: _Run, ticket: str) -> Plan:
        run.account.ticket = ticket
        kept = await self._tickets.take(ticket, _owner(run.request))
        if kept is None:
            raise RefusedError(
                "This confirmation is not waiting any more, or it is not yours.",
                next_step="Type the command again.",
            )
        plan = load_plan(kept)
        run.account.plan, run.account.canonical = plan, plan.phrase
        return plan

    async def cancel(self, request_id: str, person: Person) -> bool:
        """Cancel that person's running request; return whether there was one."""
        owner, task = self._running.get(request_id, ("", None))
        if task is None or owner != person.key:
            return False
        return task.cancel(_BY_PERSON)

    async def heading(self, request: Request) -> Heading:
        """Return what would stand above this request's answer now; nothing is served.

        Raises:
            QuarterdeckError: it cannot be read, or the policy refuses it.
        """
        read = self._phrases.read(request)
        known = await self._admission.introduced(request, read.asked.effect)
        return _heading(await self._granted(known, read), read)

    async def shared(self, request: Request) -> None:
        """Record that the answer to this request is shown to its place.

        Raises:
            QuarterdeckError: it cannot be read, or the policy refuses it.
        """
        read = self._phrases.read(request)
        known = await self._admission.introduced(request, read.asked.effect)
        account = Account(self._ledger, self._clock, known, read.bound.canonical)
        for grant in await self._granted(known, read):
            account.note(Happening.SHARED, grant)

    async def _granted(self, request: Request, read: Read) -> tuple[Grant, ...]:
        if read.asked.all_contexts:
            return await self._admission.everywhere(request, read.asked)
        return (await self._admission.grant(request, read.asked),)

    def _count(self, actor: Actor, effect: Effect) -> None:
        """Count what was typed; the press that follows a proposal belongs to it."""
        identity = actor.identity
        if self._rates is not None and isinstance(identity, Impersonated):
            self._rates.check(actor.person.key, identity.groups, effect)

    def _open(self, run: _Run, read: Read, grant: Grant) -> Connection:
        asked = read.bound.common.timeout()
        limit = asked.total_seconds() if asked else _REQUEST_SECONDS
        cluster = self._admission.open(grant, run.request, self._limit(read), limit)
        run.account.opened.append((grant, cluster))
        return cluster

    def _limit(self, read: Read) -> float:
        return self._seconds or read.command.seconds

    def _scope(self, run: _Run, grant: Grant, cluster: Connection) -> Scope:
        return Scope(
            cluster,
            grant.context,
            grant.namespace,
            grant.explicit_namespace,
            self._clock,
            self._clock.now(),
            partial(self._admission.whereabouts, run.request, grant),
            partial(self._menu, run.request, grant),
            visible(self._ledger, grant),
            run.request.plain,
            run.request.files,
            run.request.link,
            run.account.canonical,
        )

    async def _menu(self, request: Request, grant: Grant) -> Menu:
        if self._lookups is None:
            return Everything()
        typed = grant.namespace if grant.explicit_namespace else ""
        return await self._lookups.menu(request, grant.context, typed, _MENU_SECONDS)

    async def _fan_out(self, run: _Run, read: Read, grants: Sequence[Grant]) -> None:
        """Read in each context, all at once, and draw the answers as one."""
        answers = [Told(grant.context) for grant in grants]
        async with asyncio.TaskGroup() as group:
            for grant, told in zip(grants, answers, strict=True):
                reply = self._read(run, read, grant)
                group.create_task(listen(told, reply, self._clock, self._limit(read)))
        async for part in filtered(_yielded(merged(answers)), read.bound.filters):
            await run.draw(part)

    async def _read(self, run: _Run, read: Read, grant: Grant) -> AsyncIterator[Part]:
        cluster = self._open(run, read, grant)
        if read.command.run is not None:
            reply = read.command.run(self._scope(run, grant, cluster), read.bound.options)
            reply = reply if run.request.plain else self._guide(grant, cluster).beside(reply)
            async with finishing(reply):
                async for part in reply:
                    for warning in cluster.warnings():
                        yield Aside(f"Warning: {warning}")
                    yield part

    async def _carry_out(self, run: _Run, read: Read, grant: Grant, cluster: Connection) -> None:
        scope = self._scope(run, grant, cluster)
        async with deadline(self._clock, self._limit(read)):
            if read.command.plan is not None:
                try:
                    plan = await read.command.plan(scope, read.bound.options)
                except (NotFoundError, ForbiddenError) as error:
                    if not scope.plain:
                        await self._explain(run, read, grant, error)
                    raise
                finally:
                    await self._warn(run, cluster)
                await self._propose(run, replace(plan, phrase=read.bound.canonical))
            elif read.command.run is not None:
                reply = read.command.run(scope, read.bound.options)
                reply = reply if scope.plain else self._guide(grant, cluster).beside(reply)
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
        run.account.plan = plan
        if not plan.steps:
            await run.draw(Text("".join(f"{line}\n" for line in plan.done)))
            return
        grants = await self._admitted(run, plan)
        if all(step.dry_run for step in plan.steps) or all(
            one.consent is Consent.NONE for one in grants
        ):
            await self._execute(run, plan, grants)
            return
        ticket = await self._tickets.put(_owner(run.request), dump_plan(plan))
        run.account.ticket, run.account.happening = ticket, Happening.PROPOSED
        await run.draw(Proposal(plan, ticket))

    async def _admitted(self, run: _Run, plan: Plan) -> tuple[Grant, ...]:
        return await self._gate.admit(run.request, plan, partial(self._reach, run))

    async def _execute(self, run: _Run, plan: Plan, grants: Sequence[Grant]) -> None:
        for step, line, grant in zip(plan.steps, plan.done, grants, strict=True):
            await run.open(Heading(grant.context, grant.namespace, grant.audience, plan.phrase))
            cluster = self._reach(run, grant)
            await run.account.intend(step, grant)
            await self._send(run, step, grant, cluster)
            await run.draw(Text(f"{line}\n"))

    async def _send(self, run: _Run, step: Step, grant: Grant, cluster: Connection) -> None:
        run.unanswered, began = step.target.qualified, self._clock.monotonic()
        failure: QuarterdeckError | None = UnreachableError("it is not known how this ended")
        try:
            await cluster.send(step)
            failure, run.unanswered = None, ""
        except QuarterdeckError as error:
            failure = error
            if isinstance(error, ForbiddenError) and not run.request.plain:
                await self._guide(grant, cluster).add(error)
            raise
        finally:
            seconds = self._clock.monotonic() - began
            result = result_of(failure, 0, seconds)
            if words := await run.account.came(step, grant, result):
                await run.draw(Aside(words))
            await self._warn(run, cluster)

    def _reach(self, run: _Run, grant: Grant) -> Connection:
        cluster = self._admission.open(grant, run.request, self._seconds or _REQUEST_SECONDS)
        run.account.opened.append((grant, cluster))
        return cluster

    def _guide(self, grant: Grant, cluster: Connection) -> Guide:
        return Guide(cluster, partial(self._admission.gate.advise, grant.actor.identity))

    async def _explain(
        self, run: _Run, read: Read, grant: Grant, error: NotFoundError | ForbiddenError
    ) -> None:
        """Let a failure to plan say what to do, but no more than the person may know."""
        if isinstance(error, NotFoundError) and error.sought is not None:
            reach = partial(self._reach, run)
            await self._gate.admit_unseen(run.request, grant, read.command, error.sought, reach)
        await self._guide(grant, self._reach(run, grant)).add(error)

    async def _guarded(self, request: Request, outlet: Outlet, work: "_Work") -> Outcome:
        account = Account(self._ledger, self._clock, request)
        run = _Run(request, outlet, self._clock.monotonic(), account)
        task = asyncio.current_task()
        if task is not None:
            self._running[request.id] = (request.person.key, task)
        try:
            await self._caught(run, work)
        finally:
            self._running.pop(request.id, None)
            outcome = Outcome(run.exit_code, self._clock.monotonic() - run.started)
            account.end(outcome, await outlet.close(outcome))
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
            self._ledger.bug(run.request)
            await run.draw(Problem(_bug(run.request.id)))


# What one request may take unless --request-timeout says otherwise.
_REQUEST_SECONDS = 30.0
# So long an answer waits for what it is allowed to list, and then lists everything.
_MENU_SECONDS = 3.0
_BY_PERSON = "cancelled by the person"
# So many contexts are named above an answer.
_NAMED = 3


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


async def _yielded(parts: Iterable[Part]) -> Reply:
    for part in parts:
        yield part


def _heading(grants: Sequence[Grant], read: Read) -> Heading:
    """Return what stands above the answer; of several contexts, the narrowest audience's."""
    namespaces = {"" if read.asked.all_namespaces else grant.namespace for grant in grants}
    audiences = {grant.audience for grant in grants}
    if read.command.personal:
        audiences.add(Audience.PERSON)
    return Heading(
        _contexts(grants),
        namespaces.pop() if len(namespaces) == 1 else "",
        Audience.CHANNEL if audiences == {Audience.CHANNEL} else Audience.PERSON,
        read.bound.canonical,
        seal="" if read.command.personal else seal_of(grants, read.asked, read.bound.canonical),
        shareable=any(grant.may_share for grant in grants)
        and all(grant.may_share or grant.audience is Audience.CHANNEL for grant in grants),
        follows=read.follows,
    )


def _contexts(grants: Sequence[Grant]) -> str:
    names = [grant.context for grant in grants]
    shown = ", ".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} and {len(names) - _NAMED} more"


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

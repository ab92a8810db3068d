"""The one way through the bot: typed text in, parts out, and one catch around everything.

A phrase is bound once; that one object is admitted, run, previewed, recorded and executed.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from bot.core.access import Audience, Grant, Rates
from bot.core.audit import Happening
from bot.core.clock import Clock, deadline
from bot.core.command import Effect
from bot.core.errors import (
    ForbiddenError,
    NotFoundError,
    RefusedError,
    UsageError,
)
from bot.core.plan import Plan
from bot.core.ports import (
    Connection,
    Heading,
    Ledger,
    Menu,
    Outcome,
    Outlet,
    Scope,
)
from bot.core.proposal import Message
from bot.core.reply import Aside, Part, Reply
from bot.core.request import Actor, Impersonated, Person, Request
from bot.core.task import RUN, Call, Task, UnansweredError, called
from bot.engine.admission import Admission
from bot.engine.executing import REQUEST_SECONDS, Executor
from bot.engine.fanout import Told, listen, merged
from bot.engine.filtering import filtered, finishing
from bot.engine.gate import PlanGate
from bot.engine.guidance import Guide
from bot.engine.holding import Overview
from bot.engine.lookups import Lookups
from bot.engine.menus import Everything
from bot.engine.monitoring import Instruments, Observer
from bot.engine.proposing import Presses
from bot.engine.reading import Read
from bot.engine.recording import Account, Deed, visible
from bot.engine.seals import seal_of
from bot.engine.serving import Run, Runs
from bot.engine.waiting import Waiting


class Phrases(Protocol):
    """What turns typed text into a bound command."""

    def read(self, request: Request) -> Read:
        """Return the command that was typed, or raise `UsageError`."""
        ...


class Engine:
    """Serves requests; what `core.ports.Service` promises."""

    def __init__(  # noqa: PLR0913 - each is a collaborator of its own
        self,
        phrases: Phrases,
        admission: Admission,
        waiting: Waiting,
        clock: Clock,
        ledger: Ledger,
        *,
        seconds: float | None = None,
        lookups: Lookups | None = None,
        rates: Rates | None = None,
        instruments: Instruments | None = None,
    ) -> None:
        self._phrases = phrases
        self._admission = admission
        self._gate = PlanGate(admission)
        self._waiting = waiting
        self._executor = Executor(admission, waiting, clock, seconds)
        self._presses = Presses(admission, self._gate, waiting, clock, self._executor)
        self._runs = Runs(clock, ledger)
        self._clock = clock
        self._ledger = ledger
        self._seconds = seconds
        """Overrides each command's own limit, as a terminal does."""
        self._lookups = lookups
        self._rates = rates
        self._instruments = instruments

    async def serve(self, request: Request, outlet: Outlet) -> Outcome:
        """Bind, admit and run what was typed; every failure is drawn."""
        return await self._runs.guarded(request, outlet, partial(self._serve, request=request))

    async def _serve(self, run: Run, request: Request) -> None:
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

    async def confirm(self, ticket: str, request: Request, outlet: Outlet) -> Outcome:
        """Confirm or approve the proposal; the last press that is needed carries it out."""
        work = partial(self._presses.press, ticket=ticket)
        return await self._runs.guarded(request, outlet, work)

    async def withdraw(self, ticket: str, request: Request, outlet: Outlet) -> Outcome:
        """End the proposal, as its requester."""
        work = partial(self._presses.withdraw, ticket=ticket)
        return await self._runs.guarded(request, outlet, work)

    async def deny(self, ticket: str, reason: str, request: Request, outlet: Outlet) -> Outcome:
        """Deny the proposal with a reason, as somebody who could approve it."""
        work = partial(self._presses.deny, ticket=ticket, reason=reason)
        return await self._runs.guarded(request, outlet, work)

    async def break_glass(
        self, ticket: str, reason: str, request: Request, outlet: Outlet
    ) -> Outcome:
        """Carry the proposal out without approval, as its requester who is on call there."""
        work = partial(self._presses.break_glass, ticket=ticket, reason=reason)
        return await self._runs.guarded(request, outlet, work)

    async def again(self, ticket: str, request: Request, outlet: Outlet) -> Outcome:
        """Plan once more what the proposal was typed as, as whoever presses."""

        async def work(run: Run) -> None:
            text = await self._presses.text_of(run, ticket)
            await self._serve(run, replace(request, text=text))

        return await self._runs.guarded(request, outlet, work)

    async def placed(self, ticket: str, message: Message) -> None:
        """Note where the card of the proposal stands."""
        await self._presses.placed(ticket, message)

    async def cancel(self, request_id: str, person: Person) -> bool:
        """Cancel a running request for one of its people; return whether there was one."""
        return self._runs.cancel(request_id, person)

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

    async def called(self, request: Request) -> Call | None:
        """Return the task that was typed, with its values; None: it is no task for the person."""
        try:
            read = self._phrases.read(request)
            if read.command.phrase != RUN:
                return None
            known = await self._admission.introduced(request, read.asked.effect)
            words, typed = read.bound.options.arguments, read.bound.canonical
            return called(words, await self._tasks(known), typed)
        except (RefusedError, UsageError):
            return None  # whoever serves it says why

    async def _granted(self, request: Request, read: Read) -> tuple[Grant, ...]:
        if read.asked.all_contexts:
            return await self._admission.everywhere(request, read.asked)
        return (await self._admission.grant(request, read.asked),)

    def _count(self, actor: Actor, effect: Effect) -> None:
        """Count what was typed; the press that follows a proposal belongs to it."""
        identity = actor.identity
        if self._rates is not None and isinstance(identity, Impersonated):
            self._rates.check(actor.person.key, identity.groups, effect)

    def _open(self, run: Run, read: Read, grant: Grant) -> Connection:
        asked = read.bound.common.timeout()
        limit = asked.total_seconds() if asked else REQUEST_SECONDS
        cluster = self._admission.open(grant, run.request, self._limit(read), limit)
        run.account.opened.append((grant, cluster))
        return cluster

    def _limit(self, read: Read) -> float:
        return self._seconds or read.command.seconds

    def _scope(self, run: Run, read: Read, grant: Grant, cluster: Connection) -> Scope:
        seconds = self._limit(read)
        deed = Deed(self._admission, run.request, grant, cluster, run.account)
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
            Overview(self._admission, self._waiting, run.request, run.account),
            partial(self._plan_of, run),
            partial(self._tasks, run.request),
            Observer(self._instruments, deed, seconds),
            run.request.plain,
            run.request.files,
            run.request.link,
            run.account.canonical,
            surface=run.request.place.surface,
            pictures=run.request.pictures,
        )

    async def _menu(self, request: Request, grant: Grant) -> Menu:
        if self._lookups is None:
            return Everything()
        typed = grant.namespace if grant.explicit_namespace else ""
        return await self._lookups.menu(request, grant.context, typed, _MENU_SECONDS)

    async def _fan_out(self, run: Run, read: Read, grants: Sequence[Grant]) -> None:
        """Read in each context, all at once, and draw the answers as one."""
        answers = [Told(grant.context) for grant in grants]
        async with asyncio.TaskGroup() as group:
            for grant, told in zip(grants, answers, strict=True):
                reply = self._read(run, read, grant)
                group.create_task(listen(told, reply, self._clock, self._limit(read)))
        async for part in filtered(_yielded(merged(answers)), read.bound.filters):
            await run.draw(part)

    async def _read(self, run: Run, read: Read, grant: Grant) -> AsyncIterator[Part]:
        cluster = self._open(run, read, grant)
        if read.command.run is not None:
            reply = read.command.run(self._scope(run, read, grant, cluster), read.bound.options)
            guide = self._executor.guide(grant, cluster, silent=run.request.plain)
            async with guide, finishing(reply):
                async for part in reply:
                    verdict = await guide.mind(part)
                    for warning in cluster.warnings():
                        yield Aside(f"Warning: {warning}")
                    yield part
                    if verdict:
                        yield verdict

    async def _carry_out(self, run: Run, read: Read, grant: Grant, cluster: Connection) -> None:
        scope = self._scope(run, read, grant, cluster)
        async with deadline(self._clock, self._limit(read)):
            if read.command.run is not None:
                reply = filtered(read.command.run(scope, read.bound.options), read.bound.filters)
                guide = self._executor.guide(grant, cluster, silent=scope.plain)
                await self._draw(run, reply, cluster, guide)
                return
            plan = await self._planned(run, read, scope, grant)
        # What is carried out at once has a time of its own.
        await self._presses.propose(run, plan, urgent=read.command.urgent)

    async def _planned(self, run: Run, read: Read, scope: Scope, grant: Grant) -> Plan:
        assert read.command.plan is not None  # noqa: S101 - a command has one of the two
        try:
            plan = await read.command.plan(scope, read.bound.options)
        except (NotFoundError, ForbiddenError) as error:
            if not scope.plain:
                await self._explain(run, read, grant, error)
            raise
        except UnansweredError as error:
            await run.draw(error.choices)
            raise
        finally:
            for warning in scope.cluster.warnings():
                await run.draw(Aside(f"Warning: {warning}"))
        return replace(plan, phrase=read.bound.canonical)

    async def _draw(self, run: Run, reply: Reply, cluster: Connection, guide: Guide) -> None:
        try:
            # A filter lets failures pass, and what it raises.
            async with guide, finishing(reply):
                async for part in reply:
                    verdict = await guide.mind(part)
                    await run.warn(cluster)
                    await run.draw(part)
                    if verdict:
                        await run.draw(verdict)
        finally:
            await run.warn(cluster)

    async def _plan_of(self, run: Run, text: str) -> Plan:
        """Return what another phrase would change, planned as the same person in the same place.

        Raises:
            UsageError: it is no change, or names another cluster.
        """
        request = replace(run.request, text=text)
        read = self._phrases.read(request)
        if read.command.plan is None or read.asked.all_contexts:
            raise UsageError(f"error: `{read.command.phrase}` is no change")
        grant = await self._admission.grant(request, read.asked)
        cluster = self._open(run, read, grant)
        scope = replace(self._scope(run, read, grant, cluster), text=read.bound.canonical)
        plan = await read.command.plan(scope, read.bound.options)
        return replace(plan, phrase=read.bound.canonical)

    async def _tasks(self, request: Request) -> Sequence[Task]:
        """Return the tasks whose phrases the policy lets the person type here."""
        allowed = []
        for task in self._admission.gate.tasks():
            try:
                for phrase in task.sample():
                    read = self._phrases.read(replace(request, text=phrase))
                    await self._admission.grant(request, read.asked)
            except (RefusedError, UsageError):
                continue
            allowed.append(task)
        return allowed

    async def _explain(
        self, run: Run, read: Read, grant: Grant, error: NotFoundError | ForbiddenError
    ) -> None:
        """Let a failure to plan say what to do, but no more than the person may know."""
        if isinstance(error, NotFoundError) and error.sought is not None:
            reach = partial(self._executor.reach, run)
            await self._gate.admit_unseen(run.request, grant, read.command, error.sought, reach)
        await self._executor.guide(grant, self._executor.reach(run, grant)).add(error)


# So long an answer waits for what it is allowed to list, and then lists everything.
_MENU_SECONDS = 3.0
# So many contexts are named above an answer.
_NAMED = 3


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

"""Carrying a plan out: step by step, each recorded before it is sent, and none of them twice.

It stops at the first refusal and says what was and what was not done. An answer that was lost is
looked for by reading, and no step is sent a second time.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from bot.core.access import Grant
from bot.core.clock import Clock
from bot.core.errors import (
    BusyError,
    ForbiddenError,
    KubernetesError,
    QuarterdeckError,
    StoreError,
    UnreachableError,
)
from bot.core.plan import Delete, Evict, Patch, Plan, Step
from bot.core.ports import Connection, Heading, JsonObject, Landed
from bot.core.reply import Aside, Progress, Text
from bot.core.units import go_duration
from bot.engine.admission import Admission
from bot.engine.guidance import Guide
from bot.engine.recording import must_be_recorded, result_of
from bot.engine.serving import Run, by_person, stopped, uncancel
from bot.engine.waiting import Waiting
from bot.kube.documents import prepared
from bot.kube.outputs import Documents, read_plain, written
from bot.kube.settling import settled

# What one request may take, and all that a plan does: the longest grace period and a slow budget.
REQUEST_SECONDS = 30.0
PLAN_SECONDS = 1800.0
# So long kubectl waits before it tries again to evict a pod that a budget keeps.
_BUDGET_SECONDS = 5.0
# So long whoever cancels waits for the answer to what was sent already.
_PATIENCE_SECONDS = 3.0
# So many steps that were not done are named.
_NAMED = 3


@dataclass(slots=True)
class Execution:
    """One plan while it is carried out."""

    run: Run
    plan: Plan
    grants: Sequence[Grant]
    ticket: str = ""
    """Under which it waited; empty: it did not."""
    lenient: bool = False
    """Whether it goes on while nothing can be recorded."""
    done: int = 0
    """How many steps were carried out, from the first on."""
    words: list[str] = field(default_factory=list)
    """What the steps said that were carried out, and at last why no more of them were."""
    objects: list[JsonObject] = field(default_factory=list)
    """What the API server answered to each."""

    @property
    def dry(self) -> bool:
        """Return whether nothing at all is changed."""
        return all(step.dry_run for step in self.plan.steps)


@dataclass(frozen=True, slots=True)
class Executor:
    """Carries plans out."""

    admission: Admission
    waiting: Waiting
    clock: Clock
    seconds: float | None = None
    """Overrides how long a plan may take, as a terminal does."""

    def reach(self, run: Run, grant: Grant) -> Connection:
        """Return the granted cluster as the granted identity, and let the record know of it."""
        cluster = self.admission.open(
            grant, run.request, self.seconds or PLAN_SECONDS, REQUEST_SECONDS
        )
        run.account.opened.append((grant, cluster))
        return cluster

    def guide(self, grant: Grant, cluster: Connection, *, silent: bool = False) -> Guide:
        """Return what says what to do about a refusal."""
        advise = partial(self.admission.gate.advise, grant.actor.identity)
        return Guide(cluster, advise, silent)

    async def execute(self, execution: Execution) -> None:
        """Carry out the steps in their order.

        Raises:
            QuarterdeckError: a step was refused; nothing after it was sent.
        """
        run, plan = execution.run, execution.plan
        first = execution.grants[0]
        await run.open(Heading(first.context, first.namespace, first.audience, plan.phrase))
        try:
            for steps in together(plan.steps):
                if run.halted:
                    raise stopped(run, by_person=True)
                await self._carry(execution, steps)
        except QuarterdeckError:
            await self._say_how_far(execution)
            raise
        await self._end(execution)

    async def _carry(self, execution: Execution, steps: range) -> None:
        if len(steps) == 1 and not isinstance(execution.plan.steps[steps[0]], Evict):
            await self._one(execution, steps[0])
        else:
            await self._evictions(execution, steps)
        execution.done = steps[-1] + 1
        await self._note(execution, sent=False)

    async def _one(self, execution: Execution, index: int) -> None:
        await self._begin(execution, index)
        await self._note(execution, sent=True)
        answer = await self._sent(execution, index)
        await self._settle(execution, index)
        await self._told(execution, index, answer)

    async def _settle(self, execution: Execution, index: int) -> None:
        """Wait for what was scaled, where the command asked for that."""
        step = execution.plan.steps[index]
        seconds = step.settle_seconds if isinstance(step, Patch) else None
        if seconds is None:
            return
        execution.done = index + 1
        cluster = self.reach(execution.run, execution.grants[index])
        if not await settled(cluster, self.clock, step.target, seconds):
            raise QuarterdeckError(
                f'error: timed out waiting for "{step.target.name}" to be synced',
                next_step="The number is set; `rollout status` says how far it has come.",
            )

    async def _begin(self, execution: Execution, index: int) -> None:
        await self._announced(execution, index)
        step, grant = execution.plan.steps[index], execution.grants[index]
        words = await execution.run.account.intend(step, grant, lenient=execution.lenient)
        if words:
            await execution.run.draw(Aside(words))

    async def _announced(self, execution: Execution, index: int) -> None:
        begin = execution.plan.begin
        if begin and begin[index]:
            await execution.run.draw(Text(f"{begin[index]}\n"))

    async def _told(self, execution: Execution, index: int, answer: JsonObject) -> None:
        words = execution.plan.done[index]
        if words:
            execution.words.append(words)
        answer = execution.plan.shown[index] if execution.plan.shown else answer
        output = read_plain(execution.plan.output)
        if output is None or not answer:
            if words:
                await execution.run.draw(Text(f"{words}\n"))
            return
        if output == Documents(yaml=True) and len(execution.objects) > 1:
            await execution.run.draw(Text("---\n", "yaml"))
        name = f"{execution.plan.steps[index].target.qualified}\n"
        await execution.run.draw(written(output, prepared(answer), name))

    async def _note(self, execution: Execution, *, sent: bool) -> None:
        if not execution.ticket or execution.dry:
            return
        kept = self.waiting.of(execution.ticket)
        try:
            await kept.progress(execution.ticket, execution.done, sent=sent)
        except StoreError:
            # What is sent already is not undone by that; nothing more is sent.
            if sent and not execution.lenient:
                raise

    async def _sent(self, execution: Execution, index: int) -> JsonObject:
        """Send a step and record its end."""
        run, step, grant = execution.run, execution.plan.steps[index], execution.grants[index]
        cluster = self.reach(run, grant)
        run.unanswered, began = step.target.qualified, self.clock.monotonic()
        failure: QuarterdeckError | None = UnreachableError("it is not known how this ended")
        try:
            answer = await self._answered(run, step, grant, cluster)
            failure, run.unanswered = None, ""
        except QuarterdeckError as error:
            failure = error
            if not _is_open(error):
                run.unanswered = ""
            if isinstance(error, ForbiddenError) and not run.request.plain:
                await self.guide(grant, cluster).add(error)
            raise
        finally:
            result = result_of(failure, 0, self.clock.monotonic() - began)
            if words := await run.account.came(step, grant, result):
                await run.draw(Aside(words))
            await run.warn(cluster)
        execution.objects.append(answer)
        return answer

    async def _answered(
        self, run: Run, step: Step, grant: Grant, cluster: Connection
    ) -> JsonObject:
        """Return the API server's answer; one that was lost is looked for."""
        try:
            return await _uninterrupted(run, cluster, step, self.clock)
        except QuarterdeckError as error:
            if not _is_open(error) or not must_be_recorded(step):
                raise
            return await self._found_out(run, step, grant, error)

    async def _found_out(
        self, run: Run, step: Step, grant: Grant, error: QuarterdeckError
    ) -> JsonObject:
        match await self._landed(run, step, grant):
            case Landed.YES:
                if not run.request.plain:
                    await run.draw(Aside("Its answer was lost; reading shows that it was done."))
                return {}
            case Landed.NO:
                run.unanswered = ""
                error.next_step = "Reading shows that nothing was changed: type it again."
                if isinstance(error, UnreachableError):
                    error.sent = False
                raise error
            case Landed.UNKNOWN:
                raise error

    async def _landed(self, run: Run, step: Step, grant: Grant) -> Landed:
        try:
            return await self.reach(run, grant).landed(step)
        except QuarterdeckError:
            return Landed.UNKNOWN  # who cannot be asked now has been told of the failure already

    async def _evictions(self, execution: Execution, steps: range) -> None:
        """Evict pods at the same time; what was refused is raised once all others have ended."""
        for index in steps:
            await self._begin(execution, index)
        await self._note(execution, sent=True)
        count = _Count(len(steps))
        works = (self._evicted(execution, index, count) for index in steps)
        ends = await asyncio.gather(*works, return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end

    async def _evicted(self, execution: Execution, index: int, count: "_Count") -> None:
        step = execution.plan.steps[index]
        assert isinstance(step, Evict)  # noqa: S101 - what `together` puts together
        end = self._end_of(step)
        try:
            await self._past_budgets(execution, index, count, end)
        except QuarterdeckError:
            count.refused = True
            raise
        if not step.dry_run:
            await self._wait(execution, index, max(end - self.clock.monotonic(), 0.1))
        await self._told(execution, index, {})
        count.done += 1
        if not execution.run.request.plain and count.total > 1:
            await execution.run.draw(Progress("evicted", "evicted", count.done, count.total))

    async def _past_budgets(
        self, execution: Execution, index: int, count: "_Count", end: float
    ) -> None:
        while True:
            try:
                await self._sent(execution, index)
            except BusyError as error:
                said = _evicting(execution.plan.steps[index])
                left = end - self.clock.monotonic()
                if count.refused or left <= 0:
                    raise
                plain = execution.run.request.plain
                words = f"{said} (will retry after 5s): {error.text}" if plain else error.text
                await execution.run.draw(Aside(words))
                await self.clock.sleep(min(_BUDGET_SECONDS, left))
                if left <= _BUDGET_SECONDS:
                    raise _timed_out(execution.plan.steps[index], said, error) from error
                await self._announced(execution, index)
            else:
                return

    def _end_of(self, step: Evict | Delete) -> float:
        return self.clock.monotonic() + (step.wait_seconds or self.seconds or PLAN_SECONDS)

    async def _end(self, execution: Execution) -> None:
        for index, step in enumerate(execution.plan.steps):
            if isinstance(step, Delete) and step.wait_seconds is not None and not step.dry_run:
                end = self._end_of(step)
                await self._wait(execution, index, end - self.clock.monotonic())
        for line in execution.plan.ending:
            execution.words.append(line)
            await execution.run.draw(Text(f"{line}\n"))

    async def _wait(self, execution: Execution, index: int, seconds: float) -> None:
        target = execution.plan.steps[index].target
        cluster = self.reach(execution.run, execution.grants[index])
        if not await cluster.gone(target, seconds):
            name = f"{target.resource}/{target.name}"
            raise UnreachableError(f"error: timed out waiting for the condition on {name}")

    async def _say_how_far(self, execution: Execution) -> None:
        steps, done = execution.plan.steps, execution.done
        if execution.run.request.plain or len(steps) == 1:
            return
        names = [step.target.qualified for step in steps[done:]]
        shown = ", ".join(names[:_NAMED])
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        await execution.run.draw(
            Aside(f"{done} of {len(steps)} steps were done; not done: {shown}{more}.")
        )


@dataclass(slots=True)
class _Count:
    """How far evictions have come that are made at the same time."""

    total: int
    done: int = 0
    refused: bool = False
    """Whether one was refused, so that the others are not tried again."""


async def _uninterrupted(run: Run, cluster: Connection, step: Step, clock: Clock) -> JsonObject:
    """Send a step; whoever cancels meanwhile waits a little for its answer, so that it is known.

    An answer that came then counts, and nothing after it is sent.
    """
    work = asyncio.ensure_future(cluster.send(step))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError as error:
        patience = asyncio.ensure_future(clock.sleep(_PATIENCE_SECONDS))
        if by_person(error):
            await asyncio.wait({work, patience}, return_when=asyncio.FIRST_COMPLETED)
        answered = work.done()
        for task in (work, patience):
            task.cancel()
        await asyncio.gather(work, patience, return_exceptions=True)
        if not answered or work.exception() is not None:
            raise
        run.halted = True
        uncancel()
        return work.result()


def _evicting(step: Step) -> str:
    return f'error when evicting pods/"{step.target.name}" -n "{step.target.namespace}"'


def _timed_out(step: Step, said: str, error: BusyError) -> BusyError:
    seconds = step.wait_seconds if isinstance(step, Evict) else None
    limit = f": {go_duration(timedelta(seconds=seconds))}" if seconds else ""
    return BusyError(f"{said}: global timeout reached{limit}", next_step=error.next_step)


def _is_open(error: QuarterdeckError) -> bool:
    """Tell whether the step may have been carried out in spite of the failure."""
    if isinstance(error, UnreachableError):
        return error.sent
    return isinstance(error, KubernetesError) and error.code >= 500


def together(steps: Sequence[Step]) -> Iterator[range]:
    """Yield the steps that are carried out at the same time: evictions that follow each other."""
    start = 0
    for index, step in enumerate(steps):
        last = index + 1 == len(steps)
        if last or not (isinstance(step, Evict) and isinstance(steps[index + 1], Evict)):
            yield range(start, index + 1)
            start = index + 1

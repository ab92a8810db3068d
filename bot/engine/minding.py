"""What happens to proposals while nobody presses: reminders, expiry, and what a dead replica left.

A replica that was killed left at most one step of which it is not known whether it was carried
out. Whoever takes the proposal over finds that out by reading as the one who asked, records it,
and sends nothing: what was not done is planned again by a person who looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.access import Grant
from bot.core.audit import Entry, Happening, Result, Where, Who
from bot.core.clock import Clock
from bot.core.errors import QuarterdeckError, RefusedError, StoreError
from bot.core.plan import Step
from bot.core.ports import Landed, Ledger
from bot.core.proposal import Case, Stage
from bot.core.request import Request
from bot.engine.admission import Admission
from bot.engine.executing import REQUEST_SECONDS, together
from bot.engine.gate import asked_of
from bot.engine.proposing import asker
from bot.engine.recording import Account, planned
from bot.engine.waiting import Waiting

# A replica that runs something says so every few seconds; after this long it is gone.
SILENT_SECONDS = 40.0


@dataclass(frozen=True, slots=True)
class Minder:
    """Looks after what waits; every replica has one, and each thing is done by one of them."""

    admission: Admission
    waiting: Waiting
    ledger: Ledger
    clock: Clock

    async def look(self) -> None:
        """Do all that is due now.

        Raises:
            StoreError: the store cannot be asked; nothing is lost by that.
        """
        await self.waiting.proposals.beat(self.waiting.running)
        for kept in (self.waiting.proposals, self.waiting.spare):
            for case in await kept.expired():
                self.ledger.note(entry_of(Happening.EXPIRED, case, self.clock))
                await self.waiting.board.show(case)
            for case in await kept.half_over():
                await self.waiting.board.remind(case)
        for case in await self.waiting.proposals.orphaned(SILENT_SECONDS):
            await self._take_over(case)

    async def _take_over(self, case: Case) -> None:
        steps = _in_flight(case)
        landed = [await self._landed(case, step) for step in steps]
        stage, words = _ending(case, steps, landed)
        await self.waiting.proposals.finish(case.ticket, stage, words)
        await self.waiting.board.show(replace(case, stage=stage, words=words, sent=False))

    async def _landed(self, case: Case, step: Step) -> Landed:
        """Tell whether the step was carried out, and record it as its end.

        Raises:
            StoreError: it cannot be recorded; it is asked again.
        """
        request = await asker(self.admission, case, self.clock)
        try:
            grant = self.admission.settled(request, asked_of(step))
        except RefusedError:
            # Who may do nothing any more cannot look either; the steps are known to the record.
            entry = entry_of(Happening.OUTCOME, case, self.clock)
            await self.ledger.write(replace(entry, result=_result(Landed.UNKNOWN)))
            return Landed.UNKNOWN
        return await self._seen(case, step, request, replace(grant, context=step.target.context))

    async def _seen(self, case: Case, step: Step, request: Request, grant: Grant) -> Landed:
        cluster = self.admission.open(grant, request, REQUEST_SECONDS)
        try:
            landed = await cluster.landed(step)
        except QuarterdeckError:
            landed = Landed.UNKNOWN  # whoever cannot be asked now knows nothing
        plan = case.proposed.plan
        account = Account(self.ledger, self.clock, request, plan.phrase, plan, case.ticket)
        account.opened.append((grant, cluster))
        account.details["recovered"] = landed.value
        if words := await account.came(step, grant, _result(landed)):
            raise StoreError(words)
        return landed


def _result(landed: Landed) -> Result:
    text = "" if landed is Landed.YES else f"interrupted; by reading, it was done: {landed.value}"
    return Result(int(landed is not Landed.YES), text=text)


def entry_of(happening: Happening, case: Case, clock: Clock) -> Entry:
    """Return a record about a proposal that nobody is pressing."""
    proposed = case.proposed
    told = planned(proposed.plan, proposed.plan.steps, case.ticket)
    aim = told.targets[0]
    where = Where(
        channel=proposed.place.channel,
        thread=proposed.place.thread,
        link=proposed.link,
        context=aim.context,
        namespace=aim.namespace,
    )
    return Entry(
        happening,
        clock.now(),
        proposed.request,
        Who(proposed.requester.key),
        where,
        proposed.text,
        proposed.plan.phrase,
        plan=told,
    )


def _in_flight(case: Case) -> Sequence[Step]:
    """Return the steps that were sent and of which nothing is known."""
    steps = case.proposed.plan.steps
    if not case.sent:
        return ()
    for span in together(steps):
        if case.step in span:
            return steps[span.start : span.stop]
    return ()


def _ending(case: Case, steps: Sequence[Step], landed: Sequence[Landed]) -> tuple[Stage, str]:
    plan = case.proposed.plan
    done = case.step + sum(one is Landed.YES for one in landed)
    lines = [plan.done[index] for index in range(case.step)]
    first = case.step
    lines += [plan.done[first + i] for i, one in enumerate(landed) if one is Landed.YES]
    said = "\n".join(filter(None, lines))
    if done == len(plan.steps):
        return Stage.DONE, "\n".join([said, *plan.ending])
    unknown = [
        step.target.qualified
        for step, one in zip(steps, landed, strict=True)
        if one is Landed.UNKNOWN
    ]
    tail = f"The bot was restarted: {done} of {len(plan.steps)} steps were done"
    if unknown:
        words = f"{tail}, and {', '.join(unknown)} may have been changed. Look before you go on."
        return Stage.UNKNOWN, "\n".join(filter(None, [said, words]))
    words = f"{tail}; nothing else was changed. Plan it again to go on."
    return Stage.FAILED, "\n".join(filter(None, [said, words]))

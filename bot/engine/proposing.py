"""What becomes of a plan: it waits for presses, one of them carries it out, and its end is told.

A proposal runs as whoever typed it. Every press is judged by what is known at that moment: of the
one who presses, of the one who asked, and of the objects.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.core.access import Asked, Grant
from bot.core.audit import Happening
from bot.core.clock import Clock
from bot.core.errors import (
    QuarterdeckError,
    RefusedError,
    StoreError,
    SupersededError,
)
from bot.core.plan import Plan
from bot.core.proposal import (
    Answer,
    Case,
    Consent,
    Hold,
    Jury,
    Message,
    Pressed,
    Proposed,
    Stage,
    Vote,
)
from bot.core.reply import Aside, Proposal, Text
from bot.core.request import Person, Request, Standing
from bot.engine.admission import Admission
from bot.engine.executing import Execution, Executor
from bot.engine.gate import PlanGate, asked_of
from bot.engine.looking import follow, outlook
from bot.engine.serving import Run, by_person
from bot.engine.waiting import Waiting
from bot.kube.outputs import said_of_nothing

_ORDER = tuple(Consent)
_AGAIN = "Type the command again."


@dataclass(frozen=True, slots=True)
class Presses:
    """Keeps proposals, judges presses, and carries out what was pressed."""

    admission: Admission
    gate: PlanGate
    waiting: Waiting
    clock: Clock
    executor: Executor

    async def propose(self, run: Run, plan: Plan, *, urgent: bool) -> None:
        """Show what would be done, and keep it until it is pressed; or do it, if nobody has to.

        Raises:
            RefusedError: the policy, the cluster or a freeze does not let it happen.
            StoreError: it cannot be kept.
        """
        run.account.plan = plan
        for words in plan.asides:
            await run.draw(Aside(words))
        if not plan.steps:
            await run.draw(Text(said_of_nothing(plan)))
            return
        grants = await self._admitted(run, plan)
        consent, jury = strictest(grants)
        if all(step.dry_run for step in plan.steps):
            await self.executor.execute(Execution(run, plan, grants))
            return
        held_by = await self._passable(run.request, plan)
        if held_by:
            # What is held is asked of nobody else: whoever asked breaks the glass, or waits.
            consent, jury = Consent.CONFIRM, Jury()
        if consent is not Consent.NONE and not run.request.plain:
            plan = replace(plan, outlook=await outlook(self.executor, run, plan, grants))
            run.account.plan = plan
        proposed = self._proposed(run.request, plan, consent, jury)
        on_call = all(grant.on_call for grant in grants)
        proposed = replace(proposed, on_call=on_call, held=held_by)
        case = await self._kept(run, proposed, urgent=urgent)
        run.account.ticket = case.ticket
        if consent is Consent.NONE:
            kept = self.waiting.of(case.ticket)
            pressed = await kept.approve(case.ticket, self._vote(run.request))
            await self._run(run, pressed, grants)
            return
        run.account.happening = Happening.PROPOSED
        await run.draw(Proposal(case))

    async def press(self, run: Run, ticket: str) -> None:
        """Take in a confirmation or an approval; the last one that is needed carries it out."""
        case = await self._found(run, ticket)
        plan, proposed = case.proposed.plan, case.proposed
        presser = await self.admission.introduced(run.request, plan.effect, pressed=True)
        run.introduce(presser)
        own = presser.person.key == proposed.requester.key
        if not proposed.consent.needed:
            if not own:
                raise _not_yours(proposed)
        else:
            await self._check_approver(run, case)
        asking = presser if own else await asker(self.admission, case, self.clock)
        grants = await self._admitted_again(run, asking, case)
        pressed = await self.waiting.of(ticket).approve(ticket, self._vote(presser))
        if proposed.consent.needed and pressed.answer in (Answer.WON, Answer.COUNTED):
            run.account.note(Happening.APPROVED, None, asked_by=proposed.requester.key)
        if pressed.answer is Answer.COUNTED and pressed.case is not None:
            run.account.acted = True  # it stands in a record of its own
            await run.draw(Proposal(pressed.case))
            return
        run.introduce(replace(asking, link=presser.link or proposed.link))
        await self._run(run, pressed, grants)

    async def break_glass(self, run: Run, ticket: str, reason: str) -> None:
        """Carry it out without the approvals that it lacks, and tell everybody."""
        case = await self._found(run, ticket)
        proposed = case.proposed
        presser = await self.admission.introduced(run.request, proposed.plan.effect, pressed=True)
        run.introduce(presser)
        if presser.person.key != proposed.requester.key:
            raise _not_yours(proposed)
        if not reason.strip():
            raise RefusedError("Breaking the glass needs a reason.", next_step="Say why, shortly.")
        if not self._on_call(presser, proposed.plan):
            raise RefusedError(
                "Only who the policy names as on call here may break the glass.",
                next_step=f"Ask for approval: {proposed.jury.words()}.",
            )
        grants = await self._admitted(run, proposed.plan)
        vote = replace(self._vote(presser), reason=reason.strip())
        pressed = await self.waiting.of(ticket).break_glass(ticket, vote)
        if pressed.answer is Answer.WON and pressed.case is not None:
            await self._announce(run, pressed.case, vote, grants[0])
        await self._run(run, pressed, grants)

    async def _announce(self, run: Run, case: Case, vote: Vote, grant: Grant) -> None:
        """Record that the glass was broken, and tell everybody, with what it passes."""
        proposed = case.proposed
        passed = [hold.text for hold in self._holds_of(proposed.plan, await self._holds())]
        told = {"held": passed} if passed else {}
        run.account.note(Happening.GLASS_BROKEN, grant, reason=vote.reason, **told)
        name = proposed.requester.name or proposed.requester.key
        text = f"{name} broke the glass for `{proposed.plan.phrase}`: {vote.reason}"
        await self.waiting.board.announce(case, " ".join([text, *passed]))

    async def text_of(self, run: Run, ticket: str) -> str:
        """Return what was typed for it, to be planned again in its own place.

        Raises:
            RefusedError: it is not known any more, or is of another place.
        """
        case = await self.waiting.of(ticket).get(ticket)
        if case is None or case.proposed.place.channel != run.request.place.channel:
            raise RefusedError("This proposal is not known any more.", next_step=_AGAIN)
        return case.proposed.text

    async def placed(self, ticket: str, message: Message) -> None:
        """Note where its card stands."""
        await self.waiting.of(ticket).placed(ticket, message)

    async def withdraw(self, run: Run, ticket: str) -> None:
        """End it as the one who asked for it."""
        case = await self._found(run, ticket)
        if run.request.person.key != case.proposed.requester.key:
            raise _not_yours(case.proposed)
        await self._close(run, case, Stage.WITHDRAWN, self._vote(run.request))
        run.account.happening = Happening.WITHDRAWN
        await run.draw(Aside("Cancelled; nothing was changed."))

    async def deny(self, run: Run, ticket: str, reason: str) -> None:
        """End it as somebody who could have approved it."""
        case = await self._found(run, ticket)
        effect = case.proposed.plan.effect
        run.introduce(await self.admission.introduced(run.request, effect, pressed=True))
        await self._check_approver(run, case)
        vote = replace(self._vote(run.request), reason=reason.strip())
        await self._close(run, case, Stage.DENIED, vote)
        run.account.happening = Happening.DENIED
        run.account.details["reason"] = vote.reason
        why = f": {vote.reason}" if vote.reason else ""
        name = vote.party.name or vote.party.key
        await run.draw(Aside(f"Denied by {name}{why}. Nothing was changed."))

    async def _passable(self, request: Request, plan: Plan) -> str:
        """Return what holds something of the plan, where the person may break the glass for it.

        Raises:
            RefusedError: it is held, and they may not; the text says by whom, why and until when.
        """
        refusals = self._holds_of(plan, await self._holds())
        if refusals and not self._on_call(request, plan):
            raise refusals[0]
        return " ".join(refusal.text for refusal in refusals)

    async def _holds(self) -> Sequence[Hold]:
        return await self.waiting.holds.all()

    def _holds_of(self, plan: Plan, holds: Sequence[Hold]) -> list[RefusedError]:
        """Return the refusals of what of the plan is frozen or locked."""
        steps, now = [step for step in plan.steps if not step.dry_run], self.clock.now()
        gate, named = self.admission.gate, self.admission.named
        found = [hold for hold in holds if any(hold.covers(step.target) for step in steps)]
        weekly = (gate.frozen(named(asked_of(step)), now) for step in steps)
        return [held(hold) for hold in dict.fromkeys((*found, *filter(None, weekly)))]

    def _on_call(self, request: Request, plan: Plan) -> bool:
        gate = self.admission.gate
        return all(gate.on_call(request, asked) for asked in self._asked(plan))

    async def _found(self, run: Run, ticket: str) -> Case:
        """Return a proposal that waits, for a press in its own place."""
        run.account.ticket = ticket
        case = await self.waiting.of(ticket).get(ticket)
        if case is None or case.proposed.place.channel != run.request.place.channel:
            raise RefusedError("This proposal is not waiting any more.", next_step=_AGAIN)
        run.account.plan, run.account.canonical = case.proposed.plan, case.proposed.plan.phrase
        if case.stage is not Stage.WAITING or case.expires <= self.clock.now():
            raise _closed(case)
        return case

    async def _check_approver(self, run: Run, case: Case) -> None:
        """Refuse whoever may not decide about somebody else's change.

        Raises:
            RefusedError: they asked for it themselves, or are not among those who decide.
        """
        gate, proposed = self.admission.gate, case.proposed
        if gate.party(run.request).record == proposed.requester.record:
            raise RefusedError(
                "Somebody else has to approve what you asked for yourself.",
                next_step=f"Ask {proposed.jury.words()}.",
            )
        for asked in self._asked(proposed.plan):
            if not gate.sits(run.request, asked, proposed.jury):
                raise RefusedError(
                    "You are not among those who may approve this.",
                    next_step=f"Ask {proposed.jury.words()}.",
                )
        if proposed.jury.anyone:
            await self._admitted(run, proposed.plan)

    async def _admitted(self, run: Run, plan: Plan) -> tuple[Grant, ...]:
        return await self.gate.admit(run.request, plan, partial(self.executor.reach, run))

    async def _admitted_again(self, run: Run, asker: Request, case: Case) -> tuple[Grant, ...]:
        """Return the asker's grants as they are now.

        Raises:
            RefusedError: the asker may not do it any more, or it needs more approvals by now.
        """
        plan = case.proposed.plan
        grants = await self.gate.admit(asker, plan, partial(self.executor.reach, run))
        if _ORDER.index(strictest(grants)[0]) > _ORDER.index(case.proposed.consent):
            raise RefusedError(
                "The policy asks for more approvals now than when this was planned.",
                next_step=_AGAIN,
            )
        if refusals := self._holds_of(plan, await self._holds()):
            raise refusals[0]
        return grants

    async def _run(self, run: Run, pressed: Pressed, grants: Sequence[Grant]) -> None:
        case = pressed.case
        if pressed.answer is Answer.TWICE:
            raise RefusedError(
                "You have approved this already; somebody else has to, too.",
                next_step=f"Ask {case.proposed.jury.words()}." if case else "",
            )
        if pressed.answer is Answer.CLOSED or case is None:
            raise _closed(case)
        run.account.details |= _decided(case)
        await self._carry_out(run, case, grants)

    async def _carry_out(self, run: Run, case: Case, grants: Sequence[Grant]) -> None:
        # What waits here and not in the store waits here because the store cannot be written.
        spared = self.waiting.of(case.ticket) is not self.waiting.proposals
        execution = Execution(
            *(run, case.proposed.plan, grants, case.ticket), lenient=case.broken_glass or spared
        )
        stage = Stage.FAILED
        self.waiting.running.add(case.ticket)
        try:
            await self.executor.execute(execution)
            stage = Stage.DONE
        except SupersededError as error:
            stage = Stage.FAILED if execution.done else Stage.SUPERSEDED
            execution.words.append(error.text)
            raise
        except QuarterdeckError as error:
            execution.words.append(error.text)
            raise
        except asyncio.CancelledError as error:
            if not by_person(error):
                # What is interrupted because the bot stops is found out by whoever comes next.
                stage = Stage.RUNNING
            raise
        finally:
            self.waiting.running.discard(case.ticket)
            if stage is Stage.FAILED and run.unanswered:
                stage = Stage.UNKNOWN
            if stage.final:
                await self._finish(run, execution, stage)
        await follow(self.executor, execution)

    async def _finish(self, run: Run, execution: Execution, stage: Stage) -> None:
        words = "\n".join(execution.words)
        try:
            await self.waiting.of(execution.ticket).finish(execution.ticket, stage, words)
        except StoreError as error:
            await run.draw(Aside(f"How this ended could not be kept: {error.text}"))

    async def _close(self, run: Run, case: Case, stage: Stage, vote: Vote) -> None:
        why = f": {vote.reason}" if vote.reason else ""
        words = f"{stage.value.capitalize()} by {vote.party.name or vote.party.key}{why}."
        pressed = await self.waiting.of(case.ticket).close(case.ticket, stage, words, vote)
        if pressed.answer is not Answer.WON:
            raise _closed(pressed.case)

    async def _kept(self, run: Run, proposed: Proposed, *, urgent: bool) -> Case:
        try:
            return await self.waiting.proposals.put(proposed)
        except StoreError as error:
            if not urgent:
                raise
            await run.draw(Aside(f"THE STORE CANNOT BE WRITTEN: {error.text} This waits here."))
            return await self.waiting.spare.put(proposed)

    def _proposed(self, request: Request, plan: Plan, consent: Consent, jury: Jury) -> Proposed:
        return Proposed(
            plan,
            consent,
            self.admission.gate.party(request),
            request.place,
            request.id,
            request.text,
            jury,
            request.link,
        )

    def _vote(self, request: Request) -> Vote:
        return Vote(self.admission.gate.party(request), self.clock.now())

    def _asked(self, plan: Plan) -> Sequence[Asked]:
        return [self.admission.named(asked_of(step)) for step in plan.steps]


async def asker(admission: Admission, case: Case, clock: Clock) -> Request:
    """Return the request that was typed, with what is known of its person and place now."""
    proposed = case.proposed
    request = Request(
        proposed.request,
        Person(proposed.requester.key, proposed.requester.name, Standing.UNKNOWN),
        proposed.place,
        proposed.text,
        clock.now(),
        link=proposed.link,
    )
    return await admission.introduced(request, proposed.plan.effect, pressed=True)


def strictest(grants: Sequence[Grant]) -> tuple[Consent, Jury]:
    """Return what a plan waits for that needs all of these grants, and who decides about it.

    Raises:
        RefusedError: different people decide about its parts.
    """
    consent = max((grant.consent for grant in grants), key=_ORDER.index)
    juries = {grant.jury for grant in grants if grant.consent.needed}
    if len(juries) > 1:
        raise RefusedError(
            "Different people approve the parts of this change.",
            next_step="Change one namespace at a time.",
        )
    return consent, juries.pop() if juries else Jury()


def held(hold: Hold) -> RefusedError:
    """Return the refusal of what is frozen or locked."""
    place = f"Namespace {hold.namespace}" if hold.namespace else "What belongs to no namespace"
    what = f"{hold.resource}/{hold.name}" if hold.resource else place
    how, undo = ("locked", "unlock") if hold.resource else ("frozen", "unfreeze")
    until = f" until {hold.until:%Y-%m-%d %H:%M} UTC" if hold.until else ""
    why = f": {hold.reason}" if hold.reason else ""
    name = hold.by.name or hold.by.key
    lifts = f"`{undo}` lifts it; see `freezes`." if hold.by.key else "See `freezes`."
    return RefusedError(f"{what} is {how} by {name}{until}{why}.", next_step=lifts)


def _decided(case: Case) -> dict[str, object]:
    """Return how it came that it runs, for the record."""
    told: dict[str, object] = {}
    if case.proposed.consent.needed:
        told["approvers"] = [vote.party.key for vote in case.approvals]
    if case.broken_glass and case.closed_by:
        told |= {"broken_glass": True, "reason": case.closed_by.reason}
        told |= {"held": case.proposed.held} if case.proposed.held else {}
    return told


def _not_yours(proposed: Proposed) -> RefusedError:
    name = proposed.requester.name or proposed.requester.key
    return RefusedError(f"This is for {name} alone, who asked for it.", next_step=_AGAIN)


_ENDED = {
    Stage.RUNNING: "This is being carried out already.",
    Stage.DONE: "This was carried out already.",
    Stage.FAILED: "This was tried already, and failed.",
    Stage.UNKNOWN: "This was tried already; look at what came of it.",
    Stage.SUPERSEDED: "This is void: what it was about has changed since.",
}


def _closed(case: Case | None) -> RefusedError:
    if case is None:
        return RefusedError("This proposal is not waiting any more.", next_step=_AGAIN)
    if case.stage is Stage.WAITING:
        return RefusedError("This was not pressed in time.", next_step=_AGAIN)
    return RefusedError(_ENDED.get(case.stage, case.words), next_step=_AGAIN)

"""What the audit record is told of a request, and what waits until it has been told.

Whatever changes something is recorded before it is sent, or it is not sent. What reads is recorded
after its answer stands there, and makes nobody wait.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.core.access import Grant
from bot.core.audit import Aim, ApiCall, Entry, File, Happening, Planned, Result, Wanted, Where, Who
from bot.core.clock import Clock
from bot.core.command import Effect
from bot.core.errors import (
    KubernetesError,
    QuarterdeckError,
    RefusedError,
    StoreError,
    UsageError,
)
from bot.core.plan import Plan, Step, dump_plan, subresource_of, verb_of
from bot.core.ports import Connection, JsonObject, Ledger, Outcome, Records
from bot.core.request import Actor, Impersonated, Person, Request
from bot.engine.admission import Admission

ADMINS = "quarterdeck:admins"
"""Whose members see everybody's records."""
_OTHERS = "Everybody's records are for members of quarterdeck:admins."


def must_be_recorded(step: Step) -> bool:
    """Tell whether a step may be sent only once its intent is recorded."""
    return step.effect > Effect.READ and not step.dry_run


@dataclass(slots=True)
class Account:
    """What there is to tell of one request while it is served."""

    ledger: Ledger
    clock: Clock
    request: Request
    canonical: str = ""
    plan: Plan | None = None
    ticket: str = ""
    happening: Happening = Happening.SERVED
    """What its end will be called, unless it was refused."""
    error: QuarterdeckError | None = None
    """The last thing that went wrong."""
    opened: list[tuple[Grant, Connection]] = field(default_factory=list)
    """What was asked on its behalf, and as whom."""
    details: dict[str, object] = field(default_factory=dict)
    """What else its acts are recorded with: who approved them, and whether the glass was broken."""
    acted: bool = False
    """Whether a step was sent, whose outcome is recorded by itself."""
    _told: dict[int, int] = field(default_factory=dict)
    """How many calls of each connection stand in a record already."""

    def note(self, happening: Happening, grant: Grant | None, **details: object) -> None:
        """Record something else that was done for the request."""
        plan = self._planned(self.plan.steps) if self.plan else None
        self.ledger.note(self._entry(happening, grant, plan=plan, details=details))

    async def intend_act(self, grant: Grant, told: Mapping[str, object]) -> None:
        """Record that something is about to be done that is no step of a plan.

        Raises:
            RefusedError: it cannot be recorded, so it must not be done.
        """
        details = {**self.details, **told}
        try:
            await self.ledger.write(self._entry(Happening.INTENT, grant, details=details))
        except StoreError as error:
            raise _unrecorded(error) from error
        self.acted = True

    async def act_came(self, grant: Grant, result: Result, told: Mapping[str, object]) -> str:
        """Record how that ended; return what the person must be told about it, or nothing."""
        details = {**self.details, **told}
        entry = self._entry(Happening.OUTCOME, grant, result=result, details=details)
        try:
            await self.ledger.write(entry)
        except StoreError as error:
            return _end_unrecorded(error, result)
        return ""

    async def intend(self, step: Step, grant: Grant, *, lenient: bool = False) -> str:
        """Record that the step is about to be sent; return what the person must be told of it.

        A `lenient` step goes on with the copy of the record alone.

        Raises:
            RefusedError: it cannot be recorded, so it must not be sent.
        """
        if not must_be_recorded(step):
            return ""
        entry = self._entry(
            Happening.INTENT, grant, plan=self._planned((step,)), details=self.details
        )
        try:
            await self.ledger.write(entry)
        except StoreError as error:
            if lenient:
                self.acted = True
                return f"THE RECORD CANNOT BE WRITTEN: {error.text} Only its copy tells of this."
            raise _unrecorded(error) from error
        self.acted = True
        return ""

    async def came(self, step: Step, grant: Grant, result: Result) -> str:
        """Record how a step ended; return what the person must be told about it, or nothing."""
        if not must_be_recorded(step):
            return ""
        entry = self._entry(
            Happening.OUTCOME,
            grant,
            plan=self._planned((step,)),
            result=result,
            calls=tuple(call for _, calls in self._asked() for call in calls),
            details=self.details,
        )
        try:
            await self.ledger.write(entry)
        except StoreError as error:
            return _end_unrecorded(error, result)
        return ""

    def end(self, outcome: Outcome, link: str = "") -> None:
        """Record the request's end; a step that was sent has its own outcome already.

        `link` leads to the answer, where the request itself has none: a slash command leaves no
        message.
        """
        if link and not self.request.link:
            self.request = replace(self.request, link=link)
        refused = isinstance(self.error, RefusedError | UsageError)
        happening = Happening.REFUSED if refused else self.happening
        if self.acted and not refused:
            self._end_reading()
            return
        result = result_of(self.error, outcome.exit_code, outcome.seconds)
        steps = self.plan.steps if self.plan else ()
        plan = self._planned(steps) if steps else None
        asked: list[tuple[Grant | None, list[ApiCall]]] = [*self._asked()]
        for grant, calls in asked or [(None, [])]:
            told = {"plan": plan, "result": result, "details": self.details}
            entry = self._entry(happening, grant, calls=tuple(calls), **told)
            self.ledger.note(entry)

    def _end_reading(self) -> None:
        for grant, calls in self._asked():
            if calls:
                self.ledger.note(self._entry(Happening.READ, grant, calls=tuple(calls)))

    def _asked(self) -> Collection[tuple[Grant, list[ApiCall]]]:
        """Return what was asked of the clusters and is not told yet, by place and identity."""
        asked: dict[tuple[object, ...], tuple[Grant, list[ApiCall]]] = {}
        for grant, cluster in self.opened:
            place = (grant.actor.identity, grant.context, grant.namespace)
            made, told = cluster.calls, self._told.get(id(cluster), 0)
            self._told[id(cluster)] = len(made)
            asked.setdefault(place, (grant, []))[1].extend(made[told:])
        return asked.values()

    def _planned(self, steps: Sequence[Step]) -> Planned | None:
        if self.plan is None:
            return None
        return planned(self.plan, steps, self.ticket)

    def _entry(self, happening: Happening, grant: Grant | None, **told: Any) -> Entry:
        request, place = self.request, self.request.place
        where = Where(
            place.surface,
            place.channel,
            place.thread,
            request.link,
            grant.context if grant else "",
            grant.namespace if grant else "",
        )
        who = who_of(grant.actor) if grant else Who(request.person.key)
        return Entry(
            happening,
            self.clock.now(),
            request.id,
            who,
            where,
            request.text,
            self.canonical,
            tuple(File(file.name, len(file.content)) for file in request.files),
            **told,
        )


@dataclass(frozen=True, slots=True)
class Deed:
    """On whose behalf something is done, and where that is recorded."""

    admission: Admission
    request: Request
    grant: Grant
    cluster: Connection
    account: Account


def _unrecorded(error: StoreError) -> RefusedError:
    return RefusedError(
        f"error: nothing was changed, because it cannot be recorded: {error.text}",
        next_step="Try again in a minute, or tell the bot's admins. Reads still work.",
    )


def _end_unrecorded(error: StoreError, result: Result) -> str:
    what = "sent, and its end" if result.exit_code else "done, and that"
    return f"This was {what} could not be recorded: {error.text} Tell the bot's admins."


def planned(plan: Plan, steps: Sequence[Step], ticket: str) -> Planned:
    """Return what is recorded of a plan: its digest, and what the steps change."""
    digest = _digest(plan, ticket)
    return Planned(digest, tuple(_aims(steps)), fingerprint(ticket) if ticket else "")


def _digest(plan: Plan, ticket: str) -> str:
    """Return what a plan is recorded by; of one that holds a secret nothing can be guessed."""
    if not plan.secret:
        return hashlib.sha256(dump_plan(plan)).hexdigest()
    # A short value could be tried out: the ticket is in no record, and nobody knows it.
    return hashlib.sha256(ticket.encode() + dump_plan(plan)).hexdigest() if ticket else ""


def fingerprint(ticket: str) -> str:
    """Return what a ticket is recorded as: whoever reads it can press nothing with it."""
    return hashlib.sha256(ticket.encode()).hexdigest()[:16]


def who_of(actor: Actor) -> Who:
    """Return a person, with the identity that they acted as."""
    identity = actor.identity
    if isinstance(identity, Impersonated):
        return Who(actor.person.key, identity.user, identity.groups)
    return Who(actor.person.key)


def result_of(error: QuarterdeckError | None, exit_code: int, seconds: float) -> Result:
    """Return how something ended, in the API server's words where there are any."""
    seconds = round(seconds, 4)
    if error is None:
        return Result(exit_code, seconds=seconds)
    cause = error if isinstance(error, KubernetesError) else error.__cause__
    code, reason = (cause.code, cause.reason) if isinstance(cause, KubernetesError) else (None, "")
    return Result(max(exit_code, error.exit_code), code, reason, error.text, seconds)


@dataclass(frozen=True, slots=True)
class Visible:
    """The record, as far as one person may see it: what `core.ports.Records` promises."""

    ledger: Ledger
    person: Person
    all: bool
    """Whether they may see everybody's."""

    async def own(self, wanted: Wanted) -> Sequence[JsonObject]:
        """Return what was recorded of this person, the newest first."""
        return await self.ledger.search(replace(wanted, person=self.person.key))

    async def everyones(self, wanted: Wanted) -> Sequence[JsonObject]:
        """Return what was recorded of anybody, the newest first.

        Raises:
            RefusedError: this is not for this person.
        """
        if not self.all:
            raise RefusedError(_OTHERS, next_step="`audit` alone shows your own.")
        return await self.ledger.search(wanted)


def visible(ledger: Ledger, grant: Grant) -> Records:
    """Return the record as the granted person may see it."""
    actor = grant.actor
    groups = actor.identity.groups if isinstance(actor.identity, Impersonated) else ()
    return Visible(ledger, actor.person, ADMINS in groups)


def _aims(steps: Sequence[Step]) -> Iterator[Aim]:
    for step in steps:
        target, verb, subresource = step.target, verb_of(step), subresource_of(step)
        resource = f"{target.resource}.{target.group}" if target.group else target.resource
        whole = f"{resource}/{subresource}" if subresource else resource
        yield Aim(target.context, verb, whole, target.namespace, target.name, target.uid)

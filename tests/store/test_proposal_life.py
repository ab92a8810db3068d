"""Whatever people, time and replicas do in whatever order: a proposal is as a pure model says."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pydantic import SecretStr

from bot.core.errors import StoreError
from bot.core.proposal import Answer, Case, Consent, Party, Stage
from bot.store.engine import Options
from bot.store.proposals import CONFIRMED_WITHIN, Proposals
from bot.store.schema import PROPOSALS
from tests.clock import ManualClock
from tests.store.migrated import migrated
from tests.store.postgres import Databases
from tests.store.proposing import BOB, CLEO, DAN, asked, hurried, proposals, vote

SILENT = 15.0
_Result = TypeVar("_Result")
people = st.sampled_from([BOB, CLEO, DAN])
replicas = st.sampled_from([0, 1])
ends = st.sampled_from([Stage.DENIED, Stage.WITHDRAWN, Stage.SUPERSEDED])


@dataclass
class Model:
    """What one proposal should be, without a store."""

    consent: Consent
    expires: datetime
    half: datetime
    stage: Stage = Stage.WAITING
    approved: list[str] = field(default_factory=list)
    runs: int = 0
    """How often somebody was told to run it."""
    owner: int = 0
    heard: datetime | None = None
    reminded: bool = False
    told: bool = False
    """Whether its expiry was told to somebody."""

    def waits(self, now: datetime) -> bool:
        return self.stage is Stage.WAITING and now < self.expires

    def run(self, replica: int, now: datetime) -> Answer:
        self.stage, self.owner, self.heard = Stage.RUNNING, replica, now
        self.runs += 1
        return Answer.WON

    def approve(self, who: Party, replica: int, now: datetime) -> Answer:
        if not self.waits(now):
            return Answer.CLOSED
        if self.consent.needed and who.record in self.approved:
            return Answer.TWICE
        if self.consent.needed:
            self.approved.append(who.record)
        if len(self.approved) < self.consent.needed:
            return Answer.COUNTED
        return self.run(replica, now)


class Life(RuleBasedStateMachine):
    """Several people and two replicas on one store."""

    options: ClassVar[Options]
    made = Bundle[str]("made")

    def __init__(self) -> None:
        super().__init__()
        self.runner, self.stack, self.clock = asyncio.Runner(), AsyncExitStack(), ManualClock()
        self.models: dict[str, Model] = {}
        self.looked = 0
        self.replicas: list[Proposals] = self.do(self._open())

    async def _open(self) -> list[Proposals]:
        stores = [await self.stack.enter_async_context(hurried(self.options)) for _ in range(2)]
        async with stores[0].write() as connection:
            await connection.execute(PROPOSALS.delete())
        return [proposals(store, self.clock, f"{n}") for n, store in enumerate(stores)]

    def do(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.do(self.stack.aclose())
        self.runner.close()

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @rule(target=made, consent=st.sampled_from(Consent), replica=replicas)
    def propose(self, consent: Consent, replica: int) -> str:
        case = self.do(self.replicas[replica].put(asked(consent)))
        time = timedelta(minutes=60) if consent.needed else CONFIRMED_WITHIN
        self.models[case.ticket] = Model(consent, self.now + time, self.now + time / 2)
        return case.ticket

    @rule(ticket=made, who=people, replica=replicas)
    def approve(self, ticket: str, who: Party, replica: int) -> None:
        pressed = self.do(self.replicas[replica].approve(ticket, vote(who, self.clock)))
        assert pressed.answer is self.models[ticket].approve(who, replica, self.now)

    @rule(ticket=made, who=people, replica=replicas)
    def break_glass(self, ticket: str, who: Party, replica: int) -> None:
        model, waits = self.models[ticket], self.models[ticket].waits(self.now)
        expected = model.run(replica, self.now) if waits else Answer.CLOSED
        pressed = self.do(self.replicas[replica].break_glass(ticket, vote(who, self.clock)))
        assert pressed.answer is expected

    @rule(ticket=made, who=people, replica=replicas, end=ends)
    def close(self, ticket: str, who: Party, replica: int, end: Stage) -> None:
        model, waits = self.models[ticket], self.models[ticket].waits(self.now)
        pressed = self.do(self.replicas[replica].close(ticket, end, "words", vote(who, self.clock)))
        assert pressed.answer is (Answer.WON if waits else Answer.CLOSED)
        model.stage = end if waits else model.stage

    @rule(ticket=made, replica=replicas, step=st.integers(0, 3), sent=st.booleans())
    def progress(self, ticket: str, replica: int, step: int, sent: bool) -> None:
        model = self.models[ticket]
        allowed = self.noted(self.replicas[replica].progress(ticket, step, sent=sent))
        assert allowed == (model.stage is Stage.RUNNING and model.owner == replica)
        model.heard = self.now if allowed else model.heard

    @rule(ticket=made, replica=replicas, end=st.sampled_from([Stage.DONE, Stage.FAILED]))
    def finish(self, ticket: str, replica: int, end: Stage) -> None:
        model = self.models[ticket]
        allowed = self.noted(self.replicas[replica].finish(ticket, end, "words"))
        assert allowed == (model.stage is Stage.RUNNING and model.owner == replica)
        model.stage = end if allowed else model.stage

    def noted(self, work: Coroutine[Any, Any, None]) -> bool:
        try:
            self.do(work)
        except StoreError:
            return False
        return True

    @rule(replica=replicas)
    def beat(self, replica: int) -> None:
        running = {
            ticket: model
            for ticket, model in self.models.items()
            if model.stage is Stage.RUNNING and model.owner == replica
        }
        self.do(self.replicas[replica].beat(running))
        for model in running.values():
            model.heard = self.now

    @rule(replica=replicas)
    def take_over(self, replica: int) -> None:
        expected = set()
        for ticket, model in self.models.items():
            silent = model.heard and model.heard <= self.now - timedelta(seconds=SILENT)
            if model.stage is Stage.RUNNING and model.owner != replica and silent:
                model.owner, model.heard = replica, self.now
                expected.add(ticket)
        assert self.told(self.do(self.replicas[replica].orphaned(SILENT))) == expected

    @rule(replica=replicas)
    def expire(self, replica: int) -> None:
        expected = set()
        for ticket, model in self.models.items():
            if model.stage is Stage.WAITING and model.expires <= self.now:
                model.stage, model.told = Stage.EXPIRED, True
                expected.add(ticket)
        assert self.told(self.do(self.replicas[replica].expired())) == expected

    @rule(replica=replicas)
    def remind(self, replica: int) -> None:
        expected = set()
        for ticket, model in self.models.items():
            due = model.consent.needed and model.half <= self.now and not model.reminded
            if model.waits(self.now) and due:
                model.reminded = True
                expected.add(ticket)
        assert self.told(self.do(self.replicas[replica].half_over())) == expected

    @rule(seconds=st.sampled_from([1.0, SILENT, 450.0, 900.0, 1800.0]))
    def wait(self, seconds: float) -> None:
        self.do(self.clock.advance(seconds))

    def told(self, cases: "list[Case] | Any") -> set[str]:
        assert len({case.ticket for case in cases}) == len(cases)
        return {case.ticket for case in cases}

    @precondition(lambda self: self.models)
    @invariant()
    def either_replica_sees_what_the_model_says(self) -> None:
        self.looked = 1 - self.looked
        for ticket, model in self.models.items():
            late = model.stage is Stage.WAITING and model.expires <= self.now
            case = self.do(self.replicas[self.looked].get(ticket))
            assert case is not None
            assert case.stage is (Stage.EXPIRED if late else model.stage)
            assert {one.party.record for one in case.approvals} == set(model.approved)
            assert case.reminded == model.reminded
            assert model.runs <= 1

    @invariant()
    def what_waits_is_listed(self) -> None:
        waiting = {ticket for ticket, model in self.models.items() if model.waits(self.now)}
        assert self.told(self.do(self.replicas[0].waiting())) == waiting


def live(url: str, examples: int, *, anew: bool = False) -> None:
    """Let many lives of proposals be lived on that store."""
    machine = type("Lived", (Life,), {"options": Options(url=SecretStr(url))})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            derandomize=not anew,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture(scope="module")
def file() -> Iterator[str]:
    with TemporaryDirectory() as folder:
        yield migrated(Path(folder))


def test_a_proposal_lives_as_the_model_says(file: str) -> None:
    live(file, 5)


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_a_proposal_lives_as_the_model_says_for_long(file: str) -> None:
    live(file, 500, anew=True)


@pytest.mark.peers
def test_a_proposal_lives_so_on_postgresql(databases: Databases, postgres_template: str) -> None:
    with databases.fresh(postgres_template) as url:
        live(url, 20)

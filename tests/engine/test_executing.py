"""How a plan is carried out: in turn, at the same time, to its end, and never twice."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.core.access import Audience, Grant
from bot.core.errors import BusyError, KubernetesError, QuarterdeckError, UnreachableError
from bot.core.plan import Delete, Evict, Patch, Plan, Step, Target
from bot.core.ports import JsonObject, Landed
from bot.core.proposal import Consent, Party, Proposed, Stage, Vote
from bot.core.reply import Progress
from bot.core.request import Actor, Impersonated, Request
from bot.engine.admission import Admission
from bot.engine.executing import Execution, Executor
from bot.engine.recording import Account
from bot.engine.serving import Run
from bot.engine.waiting import Waiting, in_memory
from tests.clock import ManualClock
from tests.engine.rig import ADA, SHOP, Answer, Ledger

GRANT = Grant(Actor(ADA, Impersonated("u")), "main", "shop", True, Audience.CHANNEL)


def target(name: str, resource: str = "pods", group: str = "") -> Target:
    kind = resource.removesuffix("s").capitalize()
    return Target("main", group, "v1", resource, kind, "shop", name, f"uid-{name}")


@dataclass
class Cluster:
    """Answers as it is told to, and remembers what it was asked."""

    clock: ManualClock
    sent: list[str] = field(default_factory=list)
    behave: Callable[[Step], Awaitable[JsonObject]] | None = None
    reading: Landed = Landed.UNKNOWN
    lasting: set[str] = field(default_factory=set)
    """What does not go away."""
    waited: list[str] = field(default_factory=list)
    calls: tuple[()] = ()

    def warnings(self) -> tuple[str, ...]:
        return ()

    async def send(self, step: Step) -> JsonObject:
        self.sent.append(step.target.name)
        return await self.behave(step) if self.behave else {"metadata": {"uid": step.target.uid}}

    async def landed(self, _step: Step) -> Landed:
        return self.reading

    async def gone(self, target: Target, _seconds: float) -> bool:
        self.waited.append(target.name)
        return target.name not in self.lasting


@dataclass
class Case:
    """One execution and what it drew."""

    cluster: Cluster
    answer: Answer
    run: Run
    executor: Executor
    ledger: Ledger
    waiting: Waiting
    clock: ManualClock

    async def execute(self, plan: Plan, ticket: str = "") -> Execution:
        execution = Execution(self.run, plan, [GRANT] * len(plan.steps), ticket)
        await self.executor.execute(execution)
        return execution


@pytest.fixture
def case() -> Case:
    clock, ledger, answer = ManualClock(), Ledger(), Answer()
    cluster = Cluster(clock)
    request = Request("r-1", ADA, SHOP, "do it", clock.now())
    run = Run(request, answer, 0.0, Account(ledger, clock, request))
    admission = SimpleNamespace(open=lambda *_args: cluster, gate=SimpleNamespace())
    waiting = in_memory(clock)
    executor = Executor(cast(Admission, admission), waiting, clock)
    return Case(cluster, answer, run, executor, ledger, waiting, clock)


def plan_of(*steps: Step, **more: Any) -> Plan:
    return Plan("do it", steps, (), tuple(f"{step.target.name} done" for step in steps), **more)


def evictions(*names: str, seconds: float = 0.0) -> Plan:
    steps = [Evict(target(name), wait_seconds=seconds) for name in names]
    begin = tuple(f"evicting pod shop/{name}" for name in names)
    return plan_of(*steps, begin=begin, ending=("node/n drained",))


async def test_evictions_are_made_at_the_same_time_and_counted(case: Case) -> None:
    both = asyncio.Barrier(3)

    async def together(_step: Step) -> JsonObject:
        await both.wait()
        return {}

    case.cluster.behave = together
    await case.execute(evictions("a", "b", "c"))
    assert sorted(case.cluster.sent) == ["a", "b", "c"]
    assert sorted(case.cluster.waited) == ["a", "b", "c"]
    counted = [part.done for part in case.answer.parts if isinstance(part, Progress)]
    assert counted == [1, 2, 3]
    assert case.answer.text.startswith("".join(f"evicting pod shop/{name}\n" for name in "abc"))
    assert case.answer.text.endswith("node/n drained\n")


async def test_what_a_budget_keeps_is_tried_again_every_five_seconds(case: Case) -> None:
    refusals = [BusyError("a budget keeps it"), BusyError("a budget keeps it")]

    async def kept(_step: Step) -> JsonObject:
        if refusals:
            raise refusals.pop()
        return {}

    case.cluster.behave = kept
    work = asyncio.create_task(case.execute(evictions("a")))
    for count in (1, 2):
        while len(case.cluster.sent) < count:
            await asyncio.sleep(0)
        await case.clock.advance(4.9)
        assert len(case.cluster.sent) == count
        await case.clock.advance(0.1)
    await work
    assert case.cluster.sent == ["a", "a", "a"]
    assert case.answer.asides.count("a budget keeps it") == 2


async def test_a_terminal_hears_of_a_budget_in_kubectls_words(case: Case) -> None:
    refusals = [BusyError("a budget keeps it")]

    async def kept(_step: Step) -> JsonObject:
        if refusals:
            raise refusals.pop()
        return {}

    case.cluster.behave = kept
    case.run.request = replace(case.run.request, plain=True)
    work = asyncio.create_task(case.execute(evictions("a")))
    await case.clock.advance(5)
    await work
    assert case.answer.asides == [
        'error when evicting pods/"a" -n "shop" (will retry after 5s): a budget keeps it'
    ]


async def test_a_budget_that_lasts_longer_than_the_timeout_ends_it(case: Case) -> None:
    async def kept(_step: Step) -> JsonObject:
        raise BusyError("a budget keeps it")

    case.cluster.behave = kept
    work = asyncio.create_task(case.execute(evictions("a", seconds=3)))
    while not case.cluster.sent:
        await asyncio.sleep(0)
    await case.clock.advance(3)
    with pytest.raises(BusyError) as raised:
        await work
    assert raised.value.text == (
        'error when evicting pods/"a" -n "shop": global timeout reached: 3s'
    )
    assert case.cluster.sent == ["a"]


async def test_after_one_eviction_was_refused_the_others_are_not_tried_again(case: Case) -> None:
    async def mixed(step: Step) -> JsonObject:
        if step.target.name == "a":
            raise BusyError("a budget keeps it")
        await case.clock.sleep(1)
        raise KubernetesError("no", code=403, reason="Forbidden")

    case.cluster.behave = mixed
    work = asyncio.create_task(case.execute(evictions("a", "b")))
    while len(case.cluster.sent) < 2:
        await asyncio.sleep(0)
    await case.clock.advance(1)
    await case.clock.advance(5)
    with pytest.raises(QuarterdeckError):
        await work
    assert case.cluster.sent.count("a") == 2
    assert "0 of 2 steps were done" in case.answer.text


async def test_what_was_deleted_is_waited_for_once_all_lines_stand_there(case: Case) -> None:
    steps = [Delete(target(name), wait_seconds=0) for name in ("a", "b")]
    await case.execute(plan_of(*steps))
    assert case.answer.text == "a done\nb done\n"
    assert case.cluster.waited == ["a", "b"]


async def test_what_does_not_go_away_is_named(case: Case) -> None:
    case.cluster.lasting = {"a"}
    with pytest.raises(UnreachableError) as raised:
        await case.execute(plan_of(Delete(target("a"), wait_seconds=5)))
    assert raised.value.text == "error: timed out waiting for the condition on pods/a"


def lost() -> UnreachableError:
    error = UnreachableError("EOF")
    error.sent = True
    return error


def boom() -> KubernetesError:
    return KubernetesError("boom", code=500, reason="InternalError")


@pytest.mark.parametrize("failure", [lost, boom])
@pytest.mark.parametrize("reading", Landed)
async def test_an_answer_that_was_lost_is_looked_for(
    case: Case, failure: Callable[[], QuarterdeckError], reading: Landed
) -> None:
    async def fails(_step: Step) -> JsonObject:
        raise failure()

    case.cluster.behave, case.cluster.reading = fails, reading
    plan = plan_of(Patch(target("a"), ()))
    if reading is Landed.YES:
        await case.execute(plan)
        assert case.answer.text == "Its answer was lost; reading shows that it was done.\na done\n"
        assert case.ledger.entries[-1].result is not None
        assert case.ledger.entries[-1].result.exit_code == 0
    else:
        with pytest.raises(QuarterdeckError) as raised:
            await case.execute(plan)
        assert (case.run.unanswered == "") == (reading is Landed.NO)
        assert ("nothing was changed" in raised.value.next_step) == (reading is Landed.NO)
    assert case.cluster.sent == ["a"]


async def test_what_never_connected_is_not_looked_for(case: Case) -> None:
    async def refused(_step: Step) -> JsonObject:
        raise UnreachableError("refused")

    case.cluster.behave, case.cluster.reading = refused, Landed.YES
    with pytest.raises(UnreachableError):
        await case.execute(plan_of(Patch(target("a"), ())))
    assert case.run.unanswered == ""


async def test_it_is_noted_how_far_it_came_before_each_step_is_sent(case: Case) -> None:
    plan = plan_of(*(Patch(target(name), ()) for name in "abc"))
    kept = case.waiting.proposals
    ticket = await running(case, plan)
    seen: list[tuple[int, bool]] = []

    async def noted(_step: Step) -> JsonObject:
        found = await kept.get(ticket)
        assert found is not None
        seen.append((found.step, found.sent))
        return {}

    case.cluster.behave = noted
    await case.execute(plan, ticket)
    assert seen == [(0, True), (1, True), (2, True)]
    found = await kept.get(ticket)
    assert found is not None
    assert (found.step, found.sent, found.stage) == (3, False, Stage.RUNNING)


async def running(case: Case, plan: Plan) -> str:
    kept = case.waiting.proposals
    ada = Party(ADA.key, ADA.key)
    proposed = Proposed(plan, Consent.CONFIRM, ada, SHOP, "r-1", "do it")
    ticket = (await kept.put(proposed)).ticket
    await kept.approve(ticket, Vote(ada, case.clock.now()))
    return ticket


async def test_without_a_record_nothing_is_sent_unless_it_is_let(case: Case) -> None:
    case.ledger.broken = "the disk is full"
    plan = plan_of(Patch(target("a"), ()))
    with pytest.raises(QuarterdeckError):
        await case.execute(plan)
    assert case.cluster.sent == []
    execution = Execution(case.run, plan, [GRANT], lenient=True)
    await case.executor.execute(execution)
    assert case.cluster.sent == ["a"]
    assert any("THE RECORD CANNOT BE WRITTEN" in words for words in case.answer.asides)

"""How many requests are taken in, and what becomes of them when the bot stops."""

import asyncio
from dataclasses import dataclass, field

from bot.slack.intake import Intake, Limits
from tests.clock import ManualClock


@dataclass
class Work:
    """A job that ends when it is told to."""

    log: list[str]
    name: str = "job"
    id: str = ""
    closing: bool = False
    end: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        self.log.append(f"{self.name} began")
        await self.end.wait()

    async def finish(self) -> None:
        self.log.append(f"{self.name} finished")

    def interrupt(self) -> None:
        self.log.append(f"{self.name} interrupted")

    def withdraw(self) -> None:
        self.log.append(f"{self.name} withdrawn")


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def begun(log: list[str]) -> int:
    return sum(line.endswith("began") for line in log)


async def test_one_person_runs_two_has_five_waiting_and_is_refused_the_eighth() -> None:
    log: list[str] = []
    intake, works = Intake(Limits(), ManualClock()), [Work(log) for _ in range(8)]
    taken = [intake.take("ada", lambda work=work: work) for work in works]  # type: ignore[misc]
    await settle()
    assert taken == [True] * 7 + [False]
    assert begun(log) == 2
    works[0].end.set()
    await settle()
    assert begun(log) == 3
    assert intake.has_room("ada")
    await intake.drain(0)


async def test_one_persons_flood_leaves_room_for_others() -> None:
    log: list[str] = []
    intake = Intake(Limits(), ManualClock())
    while intake.take("ada", lambda: Work(log)):
        pass
    assert intake.take("eve", lambda: Work(log, "eves"))
    await settle()
    assert "eves began" in log
    await intake.drain(0)


async def test_no_more_than_the_limit_run_or_are_taken_in_all() -> None:
    log: list[str] = []
    intake = Intake(Limits(running=3, taken=5), ManualClock())
    taken = [intake.take(f"person {number}", lambda: Work(log)) for number in range(6)]
    await settle()
    assert taken == [True] * 5 + [False]
    assert begun(log) == 3
    await intake.drain(0)


async def test_draining_waits_for_what_ends_in_time() -> None:
    log: list[str] = []
    clock = ManualClock()
    intake, work = Intake(Limits(), clock), Work(log)
    intake.take("ada", lambda: work)
    draining = asyncio.create_task(intake.drain(30))
    await clock.advance(29)
    assert not intake.take("ada", lambda: Work(log))
    work.end.set()
    await draining
    assert log == ["job began", "job finished"]


async def test_what_does_not_end_in_time_is_interrupted_and_finished() -> None:
    log: list[str] = []
    clock = ManualClock()
    intake = Intake(Limits(running=1), clock)
    intake.take("ada", lambda: Work(log, "running"))
    intake.take("eve", lambda: Work(log, "waiting"))
    draining = asyncio.create_task(intake.drain(30))
    await clock.advance(30)
    await draining
    assert log == [
        "running began",
        "running interrupted",
        "waiting interrupted",
        "running finished",
        "waiting finished",
    ]


async def test_what_is_saying_its_last_word_is_not_cut_off() -> None:
    log: list[str] = []
    clock = ManualClock()
    intake, work = Intake(Limits(), clock), Work(log, closing=True)
    intake.take("ada", lambda: work)
    draining = asyncio.create_task(intake.drain(1))
    await clock.advance(1)
    assert log == ["job began"]
    work.end.set()
    await draining
    assert log == ["job began", "job finished"]


async def test_a_job_that_breaks_is_finished_and_frees_its_place() -> None:
    log: list[str] = []

    @dataclass
    class Broken(Work):
        async def run(self) -> None:
            raise ValueError(self.name)

    intake = Intake(Limits(running_per_person=1, waiting_per_person=0), ManualClock())
    assert intake.take("ada", lambda: Broken(log))
    await settle()
    assert log == ["job finished"]
    assert intake.has_room("ada")


async def test_what_waits_for_its_turn_can_be_withdrawn_by_its_person_alone() -> None:
    log: list[str] = []
    intake = Intake(Limits(running_per_person=1), ManualClock())
    first, second = Work(log, "first", id="1"), Work(log, "second", id="2")
    intake.take("ada", lambda: first)
    intake.take("ada", lambda: second)
    await settle()
    assert not intake.withdraw("eve", "2")
    assert not intake.withdraw("ada", "1")
    assert intake.withdraw("ada", "2")
    await settle()
    assert log == ["first began", "second withdrawn", "second finished"]
    await intake.drain(0)

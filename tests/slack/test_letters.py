"""What must arrive does: over refusals, outages and the death of whoever had it in hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bot.core.errors import QuarterdeckError, SlackError, StoreError, UnreachableError
from bot.slack.blocks import Message, sentence
from bot.slack.letters import LEASE_SECONDS, Assurance, Letter, read_letter
from bot.slack.outbox import Posted
from bot.slack.postman import ROUND_SECONDS, Postman
from tests.clock import ManualClock
from tests.slack.scripted import Shelf

DONE = Letter("C1", "1.1", "", "U1", "req-1", "scaled", (sentence("scaled"),))
NEW = Letter("C1", "", "5.5", "U1", "req-1", "scaled", (sentence("scaled"),))


def refused(code: str) -> SlackError:
    return SlackError(f"Slack refused: {code}", code=code)


@dataclass
class Slack:
    """An outbox that fails as it is told to, and keeps what it was given."""

    failures: list[QuarterdeckError] = field(default_factory=list)
    sent: list[tuple[str, str, Message]] = field(default_factory=list)

    async def edit(self, posted: Posted, compose: object) -> None:
        self._take("edit", posted.channel, compose)

    async def post(
        self, channel: str, compose: object, *, thread: str = "", request: str = ""
    ) -> Posted:
        self._take(f"post {thread}".rstrip(), channel, compose)
        return Posted(channel, "9.9")

    def _take(self, how: str, channel: str, compose: object) -> None:
        if self.failures:
            raise self.failures.pop(0)
        assert callable(compose)
        self.sent.append((how, channel, compose()))


@asynccontextmanager
async def rounds(shelf: Shelf, slack: Slack) -> AsyncIterator[ManualClock]:
    clock = ManualClock()
    shelf.clock = clock
    task = asyncio.create_task(Postman(shelf, slack, clock).run())  # type: ignore[arg-type]
    await clock.advance(0)
    try:
        yield clock
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def left_behind(letter: Letter = DONE) -> Shelf:
    """Return a shelf whose one letter's holder has died."""
    shelf = Shelf()
    await shelf.keep("outcome/req-1", letter, LEASE_SECONDS)
    shelf.held.clear()
    return shelf


def test_a_letter_is_read_as_it_was_kept() -> None:
    assert read_letter(DONE.body()) == DONE


async def test_what_a_dead_process_left_is_put_in_its_place() -> None:
    shelf, slack = await left_behind(), Slack()
    async with rounds(shelf, slack):
        assert [(how, where) for how, where, _ in slack.sent] == [("edit", "C1")]
        [(kept, ts)] = shelf.closed
        assert (kept.letter, ts) == (DONE, "1.1")


async def test_what_has_no_place_yet_is_posted_in_its_thread() -> None:
    shelf, slack = await left_behind(NEW), Slack()
    async with rounds(shelf, slack):
        assert [(how, where) for how, where, _ in slack.sent] == [("post 5.5", "C1")]
        assert [ts for _, ts in shelf.closed] == ["9.9"]


async def test_what_is_held_by_its_own_process_is_left_alone() -> None:
    shelf, slack = Shelf(), Slack()
    await shelf.keep("outcome/req-1", DONE, LEASE_SECONDS)
    async with rounds(shelf, slack) as clock:
        await clock.advance(10 * ROUND_SECONDS)
        assert slack.sent == []


@pytest.mark.parametrize(
    "failure", [UnreachableError("Slack cannot be reached"), refused("ratelimited")]
)
async def test_an_outage_delays_it_and_no_more(failure: QuarterdeckError) -> None:
    shelf, slack = await left_behind(), Slack(failures=[failure] * 20)
    async with rounds(shelf, slack) as clock:
        await clock.advance(100)
        assert shelf.closed == []
        await clock.advance(2 * 3600)
        assert [ts for _, ts in shelf.closed] == ["1.1"]


@pytest.mark.parametrize(
    ("failures", "sent"),
    [
        pytest.param(["message_not_found"], [("post", "C1", True)], id="its-place-is-gone"),
        pytest.param(["invalid_blocks"], [("edit", "C1", False)], id="its-blocks-are-refused"),
        pytest.param(["is_archived"], [("post", "U1", True)], id="its-channel-is-closed"),
        pytest.param(
            ["message_not_found", "not_in_channel"], [("post", "U1", True)], id="thrown-out"
        ),
    ],
)
async def test_a_refusal_leads_to_the_next_best_place(
    failures: list[str], sent: list[tuple[str, str, bool]]
) -> None:
    shelf, slack = await left_behind(), Slack(failures=[refused(code) for code in failures])
    async with rounds(shelf, slack):
        assert [(how, where, bool(said.blocks)) for how, where, said in slack.sent] == sent
        assert len(shelf.closed) == 1


async def test_what_nobody_takes_is_given_up_and_not_tried_for_ever() -> None:
    shelf, slack = await left_behind(), Slack(failures=[refused("account_inactive")] * 2)
    async with rounds(shelf, slack):
        assert [ts for _, ts in shelf.closed] == [""]


async def test_a_store_that_cannot_be_read_is_asked_again_in_the_next_round() -> None:
    shelf, slack = await left_behind(), Slack()

    class Broken(Shelf):
        async def due(self, seconds: float) -> list:  # type: ignore[type-arg]
            if self.broken:
                broken, self.broken = self.broken, None
                raise broken
            return list(await Shelf.due(self, seconds))

    broken = Broken(broken=StoreError("away"), open=shelf.open, keys=shelf.keys)
    async with rounds(broken, slack) as clock:
        assert slack.sent == []
        await clock.advance(ROUND_SECONDS)
        assert len(slack.sent) == 1


async def assured(shelf: Shelf, clock: ManualClock) -> Assurance:
    assurance = Assurance(shelf, clock, "req-1")
    await assurance.begin(DONE)
    return assurance


async def test_the_outcome_takes_the_place_of_the_warning() -> None:
    shelf, clock = Shelf(), ManualClock()
    assurance = await assured(shelf, clock)
    await assurance.outcome(NEW)
    assert [kept.letter for kept in shelf.open.values()] == [NEW]
    await assurance.settle("2.2", None)
    assert [ts for _, ts in shelf.closed] == ["2.2"]


async def test_what_did_not_get_through_is_left_to_the_postman() -> None:
    shelf, clock = Shelf(), ManualClock()
    assurance = await assured(shelf, clock)
    await assurance.settle("", UnreachableError("Slack cannot be reached"))
    slack = Slack()
    async with rounds(shelf, slack):
        assert len(slack.sent) == 1


async def test_what_slack_refused_and_its_person_was_told_is_over() -> None:
    shelf, clock = Shelf(), ManualClock()
    assurance = await assured(shelf, clock)
    await assurance.settle("", refused("is_archived"))
    assert [ts for _, ts in shelf.closed] == [""]


async def test_a_change_whose_outcome_cannot_be_promised_does_not_begin() -> None:
    shelf = Shelf(broken=StoreError("the store cannot be written"))
    with pytest.raises(StoreError):
        await assured(shelf, ManualClock())


async def test_a_store_that_fails_later_does_not_cost_the_answer() -> None:
    shelf, clock = Shelf(), ManualClock()
    assurance = await assured(shelf, clock)
    shelf.broken = StoreError("the store cannot be written")
    await assurance.outcome(NEW)
    await assurance.settle("2.2", None)
    assert [ts for _, ts in shelf.closed] == ["2.2"]

"""What is said to people who cannot be served now, and what becomes of those who are."""

import asyncio

from bot.core.ports import Outlet
from bot.core.reply import Text
from bot.core.request import Request
from bot.demo.slack.workspace import TransportKind
from tests.clock import IdleClock
from tests.slack.rig import rig
from tests.slack.scripted import PODS, PRIVATE, Gated, plays, proposal


async def test_a_command_is_acknowledged_while_its_work_goes_on(transport: TransportKind) -> None:
    play = Gated(plays(heading=None), plays(PODS))
    async with rig(transport, play) as story:
        asking = asyncio.ensure_future(story.ada.slash(story.shop, "/kubectl get pods"))
        await play.started.wait()
        wire = story.slack.wire
        async with asyncio.timeout(3):
            while not wire.ack_seconds():
                await asyncio.sleep(0)
        play.go.set()
        assert "web-1" in (await asking).plain()


async def test_who_asks_too_much_at_once_is_told_to_wait(transport: TransportKind) -> None:
    play = Gated(plays(heading=None), plays(PODS, heading=PRIVATE))
    async with rig(transport, play, running_per_person=1, waiting_per_person=0) as story:
        first = asyncio.ensure_future(story.ada.slash(story.shop, "/kubectl get pods"))
        await play.started.wait()
        busy = await story.ada.slash(story.shop, "/kubectl get pods")
        assert busy.ephemeral
        assert busy.plain() == "I am busy: too many requests at once. Try again in 5 s."
        assert busy.act is not None
        assert story.slack.wire.calls_of(busy.act) == []
        play.go.set()
        assert "web-1" in (await first).plain()
        assert len(story.service.served) == 1


async def test_who_mentions_a_busy_bot_is_told_to_wait(transport: TransportKind) -> None:
    play = Gated(plays(heading=None), plays(PODS))
    async with rig(transport, play, taken=1) as story:
        first = asyncio.ensure_future(story.ada.slash(story.shop, "/kubectl get pods"))
        await play.started.wait()
        told = await story.eve.mention(story.shop, "get pods")
        assert told.ephemeral
        assert "I am busy" in told.plain()
        play.go.set()
        await first


async def test_a_second_press_while_the_first_is_under_way_does_nothing(
    transport: TransportKind,
) -> None:
    play = Gated(plays(), plays(Text("scaled\n"), heading=None))
    async with rig(transport, plays(proposal())) as story:
        story.service.on_confirm = play
        asked = await story.ada.slash(story.shop, "/kubectl scale deploy web --replicas=5")
        first = asyncio.ensure_future(asked.click("Confirm"))
        await play.started.wait()
        second = await asked.click("Confirm")
        assert second.ephemeral
        assert second.plain() == "This is already under way."
        play.go.set()
        await (await first).until("scaled")
        assert len(story.service.confirmed) == 1


async def test_a_service_that_breaks_leaves_nobody_without_a_word(
    transport: TransportKind,
) -> None:
    async def breaks(_request: Request, _outlet: Outlet) -> None:
        raise ZeroDivisionError

    async with rig(transport, plays(PODS)) as story:
        story.service.closes = False
        story.service.scripts = [breaks]
        told = await story.ada.slash(story.shop, "/kubectl get pods")
        assert told.ephemeral
        assert "went wrong inside of the bot" in told.plain()


async def test_stopping_waits_for_what_ends_in_time(transport: TransportKind) -> None:
    play = Gated(plays(heading=None), plays(PODS))
    async with rig(transport, play) as story:
        asking = asyncio.ensure_future(story.ada.slash(story.shop, "/kubectl get pods"))
        await play.started.wait()
        draining = asyncio.ensure_future(story.surface.drain(10))
        play.go.set()
        await draining
        assert "web-1" in (await asking).plain()


async def test_what_does_not_end_in_time_says_that_it_was_interrupted(
    transport: TransportKind,
) -> None:
    play = Gated(plays(Text("one\n")), plays())
    async with rig(transport, play) as story:
        asking = asyncio.ensure_future(story.ada.slash(story.shop, "/kubectl logs web"))
        await play.started.wait()
        await story.surface.drain(0)
        answer = await asking
        assert "one" in answer.plain()
        assert "Interrupted: the bot is restarting" in answer.plain()


async def test_while_stopping_a_command_over_http_is_told_so() -> None:
    async with rig("http", plays(PODS)) as story:
        await story.surface.drain(0)
        told = await story.ada.slash(story.shop, "/kubectl get pods")
        assert told.plain() == "I am restarting. Try again in 30 s."


async def test_a_channel_with_a_long_queue_says_so_before_it_grows(
    transport: TransportKind,
) -> None:
    clock = IdleClock()
    async with rig(transport, plays(PODS), clock=clock) as story:
        people = [story.slack.user(f"person{number}") for number in range(32)]
        hall = story.slack.channel("hall", members=[*people, story.ada, story.slack.bot])
        with clock.hold():
            asking = [asyncio.ensure_future(one.slash(hall, "/kubectl get pods")) for one in people]
            await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
            while len(story.service.served) < len(people):
                await asyncio.sleep(0)
            busy = await story.ada.slash(hall, "/kubectl get pods")
            assert busy.plain() == "I am busy: too many requests at once. Try again in 31 s."
        assert len(await asyncio.gather(*asking)) == 32

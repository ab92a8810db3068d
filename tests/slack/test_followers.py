"""What goes on is one message: shared edits, a Stop, a whole file at the end, a DM for secrets."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

from bot.core.errors import UnreachableError
from bot.core.ports import Outlet
from bot.core.reply import Problem, Table, Text
from bot.core.request import Request
from bot.demo.slack.visible import SeenMessage
from bot.demo.slack.workspace import TransportKind
from bot.slack.outlet import SIGN_SECONDS
from tests.clock import IdleClock
from tests.slack.rig import LOOK_UPS, calls, rig
from tests.slack.scripted import PODS, PRIVATE, PUBLIC, Gated, plays

FOLLOWS = replace(PUBLIC, phrase="kubectl logs -f web", follows=True)
ALONE = replace(FOLLOWS, audience=PRIVATE.audience)


@dataclass
class Chatter:
    """A log that gets a line every second for so long, for each who follows it."""

    clock: IdleClock
    seconds: int
    heading: object = FOLLOWS
    begun: list[Request] = field(default_factory=list)

    async def __call__(self, request: Request, outlet: Outlet) -> None:
        self.begun.append(request)
        await outlet.open(self.heading)  # type: ignore[arg-type]
        for number in range(self.seconds):
            await outlet.draw(Text(f"line {number}\n", "log"))
            await self.clock.sleep(1)


async def test_one_follower_is_one_message_edited_every_three_seconds(
    transport: TransportKind,
) -> None:
    clock = IdleClock()
    async with rig(transport, Chatter(clock, 30), clock=clock) as story:
        answer = await story.ada.slash(story.shop, "/kubectl logs -f web")
        await answer.until("line 29")
        made = calls(story.slack, answer.act)
        assert made["chat.postMessage"] == 1
        assert 9 <= made["chat.update"] <= 11
        assert len(story.ada.sees(story.shop)) == 1


async def test_the_button_of_a_follower_says_stop_and_stops_it(transport: TransportKind) -> None:
    play = Gated(plays(Text("one\n", "log"), heading=FOLLOWS), plays(heading=None))
    async with rig(transport, play, clock=IdleClock()) as story:
        answer = await story.ada.slash(story.shop, "/kubectl logs -f web")
        assert [button.label for button in answer.buttons] == ["Stop"]
        await answer.click("Stop")
        await answer.until(lambda message: not message.buttons)
        assert "one" in answer.plain()


async def test_the_whole_comes_as_a_file_at_the_end(transport: TransportKind) -> None:
    clock = IdleClock()
    async with rig(transport, Chatter(clock, 120), clock=clock) as story:
        answer = await story.ada.slash(story.shop, "/kubectl logs -f web")
        await answer.until(lambda message: bool(message.replies()))
        [reply] = answer.replies()
        [file] = reply.files
        assert file.content.decode() == "".join(f"line {number}\n" for number in range(120))


async def test_a_follower_in_a_thread_stays_in_it(transport: TransportKind) -> None:
    clock = IdleClock()
    async with rig(transport, plays(PODS), Chatter(clock, 10), clock=clock) as story:
        root = await story.ada.slash(story.shop, "/kubectl get pods")
        answer = await story.ada.mention(story.shop, "logs -f web", thread=root)
        await answer.until("line 9")
        assert answer.thread_ts == root.ts


async def test_a_private_follower_goes_on_in_the_dm_with_a_link_to_it(
    transport: TransportKind,
) -> None:
    clock = IdleClock()
    async with rig(transport, Chatter(clock, 20, ALONE), clock=clock) as story:
        sign = await story.ada.slash(story.shop, "/kubectl logs -f web -n ops")
        await sign.until(lambda _: bool(story.ada.sees(story.ada.direct_channel())))
        [live] = story.ada.sees(story.ada.direct_channel())
        await live.until("line 19")
        assert any("our direct messages" in one.plain() for one in story.ada.sees(story.shop))
        assert story.eve.sees(story.shop) == []


async def test_a_watched_table_is_followed_the_same_way(transport: TransportKind) -> None:
    clock = IdleClock()

    async def watch(_request: Request, outlet: Outlet) -> None:
        await outlet.open(FOLLOWS)
        for number in range(10):
            rows = ((f"web-{number}", "1/1"),)
            await outlet.draw(Table("pods", ("NAME", "READY"), rows, live=True))
            await clock.sleep(1)

    async with rig(transport, watch, clock=clock) as story:
        answer = await story.ada.slash(story.shop, "/kubectl get pods -w")
        await answer.until("web-9")
        assert calls(story.slack, answer.act)["chat.postMessage"] == 1


async def test_a_lifetime_that_ends_says_so(transport: TransportKind) -> None:
    over = UnreachableError("This is as long as I follow.", next_step="Type it again to go on.")
    play = plays(Text("one\n", "log"), Problem(over), heading=FOLLOWS)
    async with rig(transport, play) as story:
        answer = await story.ada.slash(story.shop, "/kubectl logs -f web")
        assert "This is as long as I follow." in answer.plain()
        assert "Type it again to go on." in answer.plain()


async def test_twenty_followers_share_the_edits_and_none_starves(
    transport: TransportKind,
) -> None:
    clock, minutes = IdleClock(), 3
    chatter = Chatter(clock, 60 * minutes)
    room: dict[str, Any] = {"running_per_person": 20, "running": 40}
    async with rig(transport, chatter, clock=clock, **room) as story:
        rooms = [
            story.slack.channel(f"room{number}", members=[story.ada, story.slack.bot])
            for number in range(20)
        ]
        # Nobody's first message is late when nobody's lane has been used before.
        with clock.hold():
            typed = [
                asyncio.ensure_future(story.ada.slash(room, "/kubectl logs -f web"))
                for room in rooms
            ]
            while len(chatter.begun) < len(rooms):
                await asyncio.sleep(0.001)
        cards: list[SeenMessage] = list(await asyncio.gather(*typed))
        for card in cards:
            await card.until(f"line {60 * minutes - 1}")
        refused = [call for call in story.slack.wire.calls if call.error]
        assert [call for call in refused if call.method not in LOOK_UPS] == []
        revisions = [card.now.revision for card in cards]
        assert max(revisions) - min(revisions) <= 3
        assert min(revisions) >= minutes * 60 / (20 * 1.5) - 2


async def test_what_waits_for_its_turn_can_be_cancelled(transport: TransportKind) -> None:
    first = Gated(plays(), plays(PODS, heading=None))
    clock = IdleClock()
    async with rig(transport, first, clock=clock, running_per_person=1) as story:
        running = await story.ada.slash(story.shop, "/kubectl get pods")
        await clock.sleep(SIGN_SECONDS)
        waiting = await story.ada.slash(story.shop, "/kubectl get nodes")
        assert [button.label for button in waiting.buttons] == ["Cancel"]
        pressing = asyncio.ensure_future(waiting.click("Cancel"))
        # What answers is the answer to the command, not to the press.
        await waiting.until(lambda _: "Cancelled." in story.ada.sees(story.shop)[-1].plain())
        pressing.cancel()
        first.go.set()
        await running.until("web-1")
        assert len(story.service.served) == 1

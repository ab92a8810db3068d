"""The Home tab: one's own rights and doings, and nobody else's."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, cast

from bot.commands import Registry
from bot.core.access import Binding
from bot.core.command import Effect
from bot.core.request import Person, Place, Request, Surface
from bot.demo.slack.workspace import TransportKind
from bot.slack import home_desk
from bot.slack.activity import Activity
from bot.slack.board import CardBoard
from bot.slack.home_desk import HomeDesk
from tests.clock import ManualClock
from tests.slack.beyond import Backstage
from tests.slack.rig import rig
from tests.slack.scripted import PODS, Bell, Gated, MemoryCases, ScriptedService, Shelf, plays

ADA = Person("T1/UADA")
CHANGES = tuple(c.phrase for c in Registry().all() if c.effect is not Effect.READ)


async def test_it_says_who_one_is_and_what_one_may_do(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        story.backstage.rights.bindings = (Binding(story.shop.id, "default", ("shop",)),)
        story.backstage.lookups.hidden = [phrase for phrase in CHANGES if phrase != "scale"]
        home = await story.ada.open_home()
        text = home.plain()
        assert "User: quarterdeck:user" in text
        assert "Groups: quarterdeck:viewers" in text
        assert "From the channels below: scale" in text
        assert "#shop  default: shop  (scale)" in text
        assert "prod: 🟢 Kubernetes v1.37.2" in text


async def test_it_lists_only_what_one_may_do_somewhere(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        story.backstage.rights.bindings = (Binding(story.shop.id, "default", ("shop",)),)
        story.backstage.lookups.hidden = (*CHANGES, "logs")
        text = (await story.ada.open_home()).plain()
        assert "From the channels below" not in text
        assert "logs" not in text
        assert f"{len(CHANGES) + 1} more are for you in none of these channels." in text
        assert "#shop  default: shop  (to read)" in text


async def test_a_stranger_is_told_what_to_do(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        story.backstage.rights.strangers = (story.eve.id,)
        home = await story.eve.open_home()
        assert "You are not in this bot's policy. Ask its admins." in home.plain()
        assert "What you may do" not in home.plain()


async def test_it_shows_ones_own_last_commands_and_nobody_elses(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        await story.ada.slash(story.shop, "/kubectl get pods -l app=web")
        assert "kubectl get pods -l app=web  (done" in (await story.ada.open_home()).plain()
        assert "app=web" not in (await story.eve.open_home()).plain()


async def test_what_runs_can_be_cancelled_from_there(transport: TransportKind) -> None:
    slow = Gated(plays(PODS), plays())
    async with rig(transport, slow) as story:
        answer = await story.ada.slash(story.shop, "/kubectl logs -f web")
        await slow.started.wait()
        home = await story.ada.open_home()
        assert "kubectl logs -f web" in home.plain()
        await home.click("Cancel")
        await answer.until("Cancelled.")


@dataclass
class Publisher:
    """Keeps when something was published."""

    clock: ManualClock
    published: list[float] = field(default_factory=list)

    async def publish(self, person: str, view: object) -> None:
        self.published.append(self.clock.monotonic())


async def test_while_something_runs_a_tab_is_published_twice_a_minute_at_most() -> None:
    clock, stage, service = ManualClock(), Backstage(), ScriptedService([plays(PODS)])
    outbox, activity = Publisher(clock), Activity(service, clock)
    desk = HomeDesk(
        *(
            cast(Any, None),
            cast(Any, outbox),
            activity,
            stage.rights,
            stage.lookups,
            (),
            clock,
            str,
        ),
        CardBoard(MemoryCases(), Shelf(), Bell(), clock),
    )
    activity.changed = desk.changed
    await desk._open(ADA)
    activity._begin(Request("r", ADA, Place(Surface.SLASH, "C1"), "get pods", clock.now()))
    for _ in range(60):
        desk.changed(ADA.key)
        await clock.advance(1)
    gaps = [later - one for one, later in pairwise(outbox.published)]
    assert len(outbox.published) == 3
    assert min(gaps) >= home_desk.RUNNING_SECONDS
    await desk.close()


async def test_a_tab_that_nobody_opened_is_not_published() -> None:
    clock, stage = ManualClock(), Backstage()
    outbox = Publisher(clock)
    activity = Activity(ScriptedService([plays(PODS)]), clock)
    desk = HomeDesk(
        *(
            cast(Any, None),
            cast(Any, outbox),
            activity,
            stage.rights,
            stage.lookups,
            (),
            clock,
            str,
        ),
        CardBoard(MemoryCases(), Shelf(), Bell(), clock),
    )
    desk.changed(ADA.key)
    await clock.advance(60)
    assert outbox.published == []

"""How long what Slack said is believed, what ends it sooner, and what counts as unknown."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from bot.core.request import Person, Place, Reach, Request, Standing, Surface
from bot.engine.admission import CHANGE_SECONDS, PRESS_SECONDS, READ_SECONDS
from bot.slack.address import Home
from bot.slack.client import open_session, web_client
from bot.slack.directory import Directory
from bot.slack.manifest import BINDINGS, SCOPES
from bot.slack.options import Options
from bot.slack.remembered import UNKNOWN_SECONDS
from tests.clock import ManualClock
from tests.slack.test_profiles import CHANNEL, MEMBER

PEOPLE, CHANNELS, GROUPS = "users.info", "conversations.info", "usergroups.list"
SCOPE_NAMES = frozenset(scope.name for scope in SCOPES)


@dataclass
class Slack:
    """Answers look-ups, and counts them."""

    asked: list[str] = field(default_factory=list)
    refusal: str = ""
    user: dict[str, Any] = field(default_factory=lambda: dict(MEMBER))
    channel: dict[str, Any] = field(default_factory=lambda: dict(CHANNEL))
    members: list[str] = field(default_factory=lambda: ["U1"])
    held: asyncio.Event | None = None

    async def handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.asked.append(method)
        group = {"id": "S1", "team_id": "T1", "date_delete": 0, "users": list(self.members)}
        answer: dict[str, Any] = {"ok": True, "user": dict(self.user), "usergroups": [group]}
        answer["channel"] = dict(self.channel)
        if self.held:
            await self.held.wait()
        if self.refusal:
            return web.json_response({"ok": False, "error": self.refusal})
        return web.json_response(answer)


@dataclass
class Desk:
    """The directory, asked as the engine asks it."""

    directory: Directory
    clock: ManualClock

    async def meet(self, within: float = READ_SECONDS, *groups: str) -> Request:
        person, place = Person("T1/U1", standing=Standing.UNKNOWN), Place(Surface.SLASH, "C1")
        request = Request("r-1", person, place, "", datetime(2026, 1, 1, tzinfo=UTC))
        return await self.directory.introduce(request, within, groups)

    async def standing(self, within: float = READ_SECONDS) -> Standing:
        return (await self.meet(within)).person.standing


@asynccontextmanager
async def directory(slack: Slack, scopes: frozenset[str] = SCOPE_NAMES) -> AsyncIterator[Desk]:
    app, clock = web.Application(), ManualClock()
    app.router.add_route("*", "/api/{method}", slack.handle)
    async with TestServer(app) as server, open_session() as session:
        options = Options.model_validate(
            {
                "bot_token": "xoxb-1",
                "app_token": "xapp-1",
                "base_url": str(server.make_url("/api/")),
            }
        )
        known = Directory(clock)
        home = Home("T1", "UBOT", "B1", "deck", "https://t.test/", scopes=scopes)
        known.open(web_client(options, session), home)
        yield Desk(known, clock)


async def test_before_slack_has_greeted_the_bot_everybody_is_unknown() -> None:
    met = await Desk(Directory(ManualClock()), ManualClock()).meet()
    assert (met.person.standing, met.place.reach) == (Standing.UNKNOWN, Reach.UNKNOWN)


@pytest.mark.parametrize("within", [READ_SECONDS, CHANGE_SECONDS])
async def test_slack_is_asked_again_when_what_it_said_is_too_old(within: float) -> None:
    slack = Slack()
    async with directory(slack) as desk:
        for _ in range(3):
            assert await desk.standing(within) is Standing.MEMBER
        slack.user["is_restricted"] = True
        await desk.clock.advance(within - 1)
        assert await desk.standing(within) is Standing.MEMBER
        assert sorted(slack.asked) == [CHANNELS, PEOPLE]
        await desk.clock.advance(1)
        assert await desk.standing(within) is Standing.GUEST


async def test_a_press_is_judged_by_what_slack_says_now() -> None:
    slack = Slack()
    async with directory(slack) as desk:
        await desk.meet()
        slack.user["deleted"] = True
        assert await desk.standing() is Standing.MEMBER
        assert await desk.standing(PRESS_SECONDS) is Standing.DEACTIVATED
        assert await desk.standing() is Standing.DEACTIVATED


async def test_of_many_who_ask_at_once_one_asks_slack() -> None:
    slack = Slack()
    async with directory(slack) as desk:
        answers = await asyncio.gather(*(desk.standing() for _ in range(50)))
    assert set(answers) == {Standing.MEMBER}
    assert sorted(slack.asked) == [CHANNELS, PEOPLE]


async def test_of_many_presses_at_once_each_is_answered_by_a_later_question() -> None:
    slack = Slack(held=asyncio.Event())
    async with directory(slack) as desk:
        first = asyncio.create_task(desk.standing(PRESS_SECONDS))
        while len(slack.asked) < 2:
            await asyncio.sleep(0)
        slack.user["deleted"] = True
        others = [asyncio.create_task(desk.standing(PRESS_SECONDS)) for _ in range(20)]
        await asyncio.sleep(0)
        assert slack.held is not None
        slack.held.set()
        assert await first is Standing.MEMBER
        assert set(await asyncio.gather(*others)) == {Standing.DEACTIVATED}
        assert slack.asked.count(PEOPLE) == 2


async def test_what_was_being_asked_when_an_event_came_is_asked_again() -> None:
    slack = Slack(held=asyncio.Event())
    async with directory(slack) as desk:
        first = asyncio.create_task(desk.standing())
        while len(slack.asked) < 2:
            await asyncio.sleep(0)
        slack.user["is_restricted"] = True
        desk.directory.hear({"type": "user_change", "user": {"id": "U1"}})
        assert slack.held is not None
        slack.held.set()
        assert await first is Standing.MEMBER
        assert await desk.standing() is Standing.GUEST


@pytest.mark.parametrize("refusal", ["missing_scope", "ratelimited", "user_not_found"])
async def test_what_slack_does_not_say_is_unknown_and_asked_again_soon(refusal: str) -> None:
    slack = Slack(refusal=refusal)
    async with directory(slack) as desk:
        met = await desk.meet()
        assert (met.person.standing, met.place.reach) == (Standing.UNKNOWN, Reach.UNKNOWN)
        slack.refusal = ""
        await desk.clock.advance(UNKNOWN_SECONDS - 1)
        assert await desk.standing() is Standing.UNKNOWN
        assert len(slack.asked) == 2
        await desk.clock.advance(1)
        assert await desk.standing() is Standing.MEMBER


async def test_f27_while_slack_is_away_reads_go_on_for_five_minutes_and_presses_do_not() -> None:
    slack = Slack()
    async with directory(slack) as desk:
        await desk.meet()
        slack.refusal = "ratelimited"
        await desk.clock.advance(CHANGE_SECONDS)
        assert await desk.standing(PRESS_SECONDS) is Standing.UNKNOWN
        assert await desk.standing(CHANGE_SECONDS) is Standing.UNKNOWN
        assert await desk.standing() is Standing.MEMBER
        await desk.clock.advance(READ_SECONDS - CHANGE_SECONDS - 1)
        assert await desk.standing() is Standing.MEMBER
        await desk.clock.advance(1)
        assert await desk.standing() is Standing.UNKNOWN


async def test_an_answer_without_its_content_makes_nobody_a_member() -> None:
    async with directory(Slack(user={}, channel={})) as desk:
        met = await desk.meet(PRESS_SECONDS, "S1")
        assert met.person.standing is not Standing.MEMBER
        assert met.place.reach is Reach.UNKNOWN


async def test_an_account_that_slack_no_longer_knows_is_not_remembered() -> None:
    slack = Slack()
    async with directory(slack) as desk:
        await desk.meet()
        slack.refusal = "user_not_found"
        assert await desk.standing(PRESS_SECONDS) is Standing.UNKNOWN
        assert await desk.standing() is Standing.UNKNOWN


async def test_user_groups_are_asked_for_in_one_call_and_only_where_they_matter() -> None:
    slack = Slack()
    async with directory(slack) as desk:
        assert (await desk.meet()).person.usergroups == ()
        assert GROUPS not in slack.asked
        met = await desk.meet(READ_SECONDS, "S2", "S1")
        assert met.person.usergroups == ("S1",)
        await desk.meet(READ_SECONDS, "S1")
        assert slack.asked.count(GROUPS) == 1


async def test_who_may_be_in_a_group_is_unknown_while_slack_does_not_say() -> None:
    slack = Slack()
    async with directory(slack) as desk:
        await desk.meet()
        slack.refusal = "ratelimited"
        assert (await desk.meet(READ_SECONDS, "S1")).person.standing is Standing.UNKNOWN


@pytest.mark.parametrize("code", ["plan_upgrade_required", "missing_scope"])
async def test_where_there_are_no_user_groups_nobody_is_in_one(code: str) -> None:
    slack = Slack()
    async with directory(slack) as desk:
        await desk.meet()
        slack.refusal = code
        met = await desk.meet(READ_SECONDS, "S1")
        assert (met.person.standing, met.person.usergroups) == (Standing.MEMBER, ())


async def test_without_the_scope_slack_is_not_asked_for_user_groups() -> None:
    slack = Slack()
    async with directory(slack, SCOPE_NAMES - {"usergroups:read"}) as desk:
        met = await desk.meet(READ_SECONDS, "S1")
        assert (met.person.standing, met.person.usergroups) == (Standing.MEMBER, ())
        assert GROUPS not in slack.asked


async def test_it_is_said_once_which_rules_of_the_policy_match_nobody() -> None:
    with capture_logs() as said:
        async with directory(Slack(), SCOPE_NAMES - BINDINGS) as desk:
            for _ in range(3):
                await desk.meet(PRESS_SECONDS, "S1")
    told = [(line["event"], line["scope"]) for line in said]
    assert sorted(told) == [("slack_scope_missing", scope) for scope in sorted(BINDINGS)]


@pytest.mark.parametrize(
    ("event", "again"),
    [
        ({"type": "user_change", "user": {"id": "U1"}}, PEOPLE),
        ({"type": "channel_rename", "channel": {"id": "C1", "name": "new"}}, CHANNELS),
        ({"type": "channel_shared", "channel": "C1"}, CHANNELS),
        ({"type": "channel_unshared", "channel": "C1"}, CHANNELS),
        ({"type": "channel_archive", "channel": "C1", "user": "U9"}, CHANNELS),
        ({"type": "group_archive", "channel": "C1"}, CHANNELS),
        ({"type": "member_left_channel", "channel": "C1", "user": "UBOT"}, CHANNELS),
        ({"type": "member_joined_channel", "channel": "C1", "user": "UBOT"}, CHANNELS),
        ({"type": "subteam_members_changed", "subteam_id": "S1"}, GROUPS),
        ({"type": "subteam_updated", "subteam": {"id": "S1"}}, GROUPS),
        ({"type": "subteam_self_removed", "subteam_id": "S1"}, GROUPS),
    ],
    ids=lambda case: case if isinstance(case, str) else case["type"],
)
async def test_what_an_event_says_is_different_is_asked_for_again(
    event: dict[str, Any], again: str
) -> None:
    slack = Slack()
    async with directory(slack) as desk:
        await desk.meet(READ_SECONDS, "S1")
        before = sorted(slack.asked)
        desk.directory.hear(event)
        await desk.meet(READ_SECONDS, "S1")
        assert sorted(slack.asked) == sorted([*before, again])


@pytest.mark.parametrize(
    "event",
    [
        {"type": "user_change", "user": {"id": "U2"}},
        {"type": "channel_shared", "channel": "C2"},
        {"type": "user_change"},
        {"type": "channel_shared", "channel": None},
        {"type": "app_home_opened"},
        {},
    ],
)
async def test_news_of_others_end_nothing(event: dict[str, Any]) -> None:
    slack = Slack()
    async with directory(slack) as desk:
        await desk.meet()
        desk.directory.hear(event)
        await desk.meet()
        assert len(slack.asked) == 2


async def test_after_another_policy_everything_is_asked_for_again() -> None:
    slack = Slack()
    async with directory(slack) as desk:
        await desk.meet(READ_SECONDS, "S1")
        desk.directory.forget()
        await desk.meet(READ_SECONDS, "S1")
        assert sorted(slack.asked) == sorted([CHANNELS, GROUPS, PEOPLE] * 2)


async def test_what_is_known_is_bounded() -> None:
    slack = Slack()
    async with directory(slack) as desk:
        for number in range(2_100):
            desk.directory._people._added(f"U{number}")
        assert len(desk.directory._people._entries) == 2_000

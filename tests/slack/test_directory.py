"""What Slack says of people and channels, how long that is believed, and what counts as unknown."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.core.request import Reach, Standing
from bot.slack.client import open_session, web_client
from bot.slack.directory import (
    KEPT_SECONDS,
    KEPT_UNKNOWN_SECONDS,
    Directory,
    reach_of,
    standing_of,
)
from bot.slack.options import Options
from tests.clock import ManualClock

MEMBER = {"id": "U1", "team_id": "T1"}


@pytest.mark.parametrize(
    ("marks", "standing"),
    [
        ({}, Standing.MEMBER),
        ({"is_admin": True}, Standing.MEMBER),
        ({"is_restricted": True}, Standing.GUEST),
        ({"is_ultra_restricted": True, "is_restricted": True}, Standing.GUEST),
        ({"is_bot": True}, Standing.BOT),
        ({"id": "USLACKBOT"}, Standing.BOT),
        ({"deleted": True, "is_restricted": True}, Standing.DEACTIVATED),
        ({"team_id": "T2"}, Standing.FOREIGN),
        ({"is_stranger": True}, Standing.FOREIGN),
        ({"team_id": None}, Standing.FOREIGN),
    ],
)
def test_what_a_person_is(marks: dict[str, Any], standing: Standing) -> None:
    assert standing_of({**MEMBER, **marks}, "T1") is standing


@pytest.mark.parametrize(("shared", "reach"), [(True, Reach.SHARED), (False, Reach.HOME)])
def test_who_reads_along(shared: bool, reach: Reach) -> None:
    assert reach_of({"id": "C1", "is_ext_shared": shared}) is reach


@dataclass
class Slack:
    """Answers look-ups, and counts them."""

    asked: list[str] = field(default_factory=list)
    refusal: str = ""
    user: dict[str, Any] = field(default_factory=lambda: dict(MEMBER))

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if self.refusal:
            return web.json_response({"ok": False, "error": self.refusal})
        channel = {"id": "C1", "is_ext_shared": True}
        return web.json_response({"ok": True, "user": self.user, "channel": channel})


@asynccontextmanager
async def directory(slack: Slack, clock: ManualClock) -> AsyncIterator[Directory]:
    app = web.Application()
    app.router.add_route("*", "/api/{method}", slack.handle)
    async with TestServer(app) as server, open_session() as session:
        options = Options.model_validate(
            {
                "bot_token": "xoxb-1",
                "app_token": "xapp-1",
                "base_url": str(server.make_url("/api/")),
            }
        )
        yield Directory(web_client(options, session), clock, "T1")


async def test_slack_is_asked_once_in_some_minutes() -> None:
    slack, clock = Slack(), ManualClock()
    async with directory(slack, clock) as known:
        for _ in range(3):
            assert await known.standing("U1") is Standing.MEMBER
        slack.user["is_restricted"] = True
        await clock.advance(KEPT_SECONDS - 1)
        assert await known.standing("U1") is Standing.MEMBER
        assert len(slack.asked) == 1
        await clock.advance(1)
        assert await known.standing("U1") is Standing.GUEST


async def test_of_many_who_ask_at_once_one_asks_slack() -> None:
    slack = Slack()
    async with directory(slack, ManualClock()) as known:
        answers = await asyncio.gather(*(known.reach("C1") for _ in range(50)))
    assert set(answers) == {Reach.SHARED}
    assert slack.asked == ["/api/conversations.info"]


@pytest.mark.parametrize("refusal", ["missing_scope", "ratelimited", "user_not_found"])
async def test_what_slack_does_not_say_is_unknown_and_asked_again_soon(refusal: str) -> None:
    slack, clock = Slack(refusal=refusal), ManualClock()
    async with directory(slack, clock) as known:
        assert await known.standing("U1") is Standing.UNKNOWN
        assert await known.reach("C1") is Reach.UNKNOWN
        slack.refusal = ""
        assert await known.standing("U1") is Standing.UNKNOWN
        assert len(slack.asked) == 2
        await clock.advance(KEPT_UNKNOWN_SECONDS)
        assert await known.standing("U1") is Standing.MEMBER


async def test_what_is_known_is_bounded() -> None:
    slack = Slack()
    async with directory(slack, ManualClock()) as known:
        for number in range(2_100):
            known._people._added(f"U{number}")
        assert len(known._people._entries) == 2_000

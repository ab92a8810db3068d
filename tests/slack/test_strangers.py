"""Who a person is and who reads along goes with every request, and other apps are not served."""

import hashlib
import hmac
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.core.request import Reach, Standing
from bot.demo.slack.state import UserFlag
from bot.demo.slack.workspace import TransportKind
from bot.slack.surface import PATH
from tests.slack.rig import LOOK_UPS, Rig, rig
from tests.slack.scripted import PODS, plays, proposal


@pytest.mark.parametrize(
    ("flag", "standing"),
    [
        (None, Standing.MEMBER),
        ("guest", Standing.GUEST),
        ("single_channel_guest", Standing.GUEST),
        ("bot", Standing.BOT),
    ],
)
async def test_a_request_says_what_its_person_is(
    transport: TransportKind, flag: UserFlag | None, standing: Standing
) -> None:
    async with rig(transport, plays(PODS)) as story:
        zoe = story.slack.user("zoe", flags=[flag] if flag else [])
        room = story.slack.channel("room", members=[zoe, story.slack.bot])
        await zoe.slash(room, "/kubectl get pods")
        assert story.service.served[-1].person.standing is standing


@pytest.mark.parametrize(("shared", "reach"), [(True, Reach.SHARED), (False, Reach.HOME)])
async def test_a_request_says_who_reads_along(
    transport: TransportKind, shared: bool, reach: Reach
) -> None:
    async with rig(transport, plays(PODS)) as story:
        room = story.slack.channel("room", members=[story.ada, story.slack.bot], shared=shared)
        await story.ada.slash(room, "/kubectl get pods")
        await story.ada.mention(room, "get pods")
        assert [request.place.reach for request in story.service.served] == [reach, reach]


async def test_slack_is_not_asked_who_reads_along_where_two_talk(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        await story.ada.slash(story.ada.direct_channel(), "/kubectl get pods")
        await story.ada.dm("get pods")
        assert [request.place.reach for request in story.service.served] == [Reach.HOME] * 2


async def test_whoever_presses_is_looked_up_too(transport: TransportKind) -> None:
    async with rig(transport, plays(proposal())) as story:
        zoe = story.slack.user("zoe", flags=["guest"])
        room = story.slack.channel("room", members=[story.ada, zoe, story.slack.bot])
        asked = await story.ada.slash(room, "/kubectl scale deploy web --replicas=5")
        await asked.click("Confirm", by=zoe)
        [(_, request)] = story.service.confirmed
        assert request.person.standing is Standing.GUEST


async def test_what_slack_does_not_say_is_unknown(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        story.slack.fail_next("users.info", error="internal_error")
        story.slack.fail_next("conversations.info", error="missing_scope")
        await story.ada.slash(story.shop, "/kubectl get pods")
        [request] = story.service.served
        assert request.person.standing is Standing.UNKNOWN
        assert request.place.reach is Reach.UNKNOWN


async def test_people_and_channels_are_looked_up_once_for_many_commands(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(PODS)) as story:
        for _ in range(5):
            await story.ada.slash(story.shop, "/kubectl get pods")
        asked = [call.method for call in story.slack.wire.calls if call.method in LOOK_UPS]
        assert sorted(asked) == sorted(LOOK_UPS)


async def test_what_is_meant_for_another_app_is_not_served() -> None:
    async with rig("http", plays(PODS)) as story:
        assert "web-1" in (await story.ada.slash(story.shop, "/kubectl get pods")).plain()
        answer = await posted(story, api_app_id="A0OTHER")
        assert answer == "This was meant for another app, so I leave it."
        assert len(story.service.served) == 1


async def posted(story: Rig, **changes: str) -> str:
    """Send a signed command and return what it is acknowledged with."""
    command = {
        "team_id": story.slack.team,
        "user_id": story.ada.id,
        "channel_id": story.shop.id,
        "command": "/kubectl",
        "text": "get pods",
        "trigger_id": "1.2.other",
        **changes,
    }
    body = urlencode(command).encode()
    stamp = str(int(story.surface._peers.clock.now().timestamp()))
    digest = hmac.new(
        story.slack.signing_secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256
    )
    headers = {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest.hexdigest()}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{story.web.port}{PATH}", data=body, headers=headers) as got,
    ):
        return await got.text()

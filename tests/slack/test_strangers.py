"""A surface hands over ids alone, asks Slack for nobody itself, and serves no other app."""

import hashlib
import hmac
from urllib.parse import urlencode

import aiohttp

from bot.core.request import Reach, Standing
from bot.demo.slack.workspace import TransportKind
from bot.slack.surface import PATH
from tests.slack.rig import LOOK_UPS, Rig, rig
from tests.slack.scripted import PODS, plays, proposal


async def test_whoever_asks_is_unknown_until_the_service_finds_out(
    transport: TransportKind,
) -> None:
    async with rig(transport, plays(PODS)) as story:
        await story.ada.slash(story.shop, "/kubectl get pods")
        await story.ada.mention(story.shop, "get pods")
        assert {one.person.standing for one in story.service.served} == {Standing.UNKNOWN}
        assert [call for call in story.slack.wire.calls if call.method in LOOK_UPS] == []


async def test_whoever_presses_is_unknown_too(transport: TransportKind) -> None:
    async with rig(transport, plays(proposal())) as story:
        asked = await story.ada.slash(story.shop, "/kubectl scale deploy web --replicas=5")
        await asked.click("Confirm")
        [(_, request)] = story.service.confirmed
        assert request.person.standing is Standing.UNKNOWN


async def test_an_event_of_a_shared_channel_says_so_itself(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        room = story.slack.channel("room", members=[story.ada, story.slack.bot], shared=True)
        await story.ada.mention(room, "get pods")
        [request] = story.service.served
        assert request.place.reach is Reach.SHARED
        met = await story.directory.introduce(request, 300.0)
        assert met.place.reach is Reach.SHARED


async def test_slack_is_not_asked_who_reads_along_where_two_talk(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        await story.ada.slash(story.ada.direct_channel(), "/kubectl get pods")
        await story.ada.dm("get pods")
        for request in story.service.served:
            met = await story.directory.introduce(request, 0.0)
            assert (met.person.standing, met.place.reach) == (Standing.MEMBER, Reach.HOME)
        asked = [call.method for call in story.slack.wire.calls]
        assert "conversations.info" not in asked


async def test_what_slack_tells_of_a_change_is_heard(transport: TransportKind) -> None:
    async with rig(transport, plays(PODS)) as story:
        await story.ada.slash(story.shop, "/kubectl get pods")
        [request] = story.service.served
        assert (await story.directory.introduce(request, 300.0)).place.reach is Reach.HOME
        changes = story.slack.administration
        await changes.share(story.shop)
        assert (await story.directory.introduce(request, 300.0)).place.reach is Reach.SHARED
        await changes.unshare(story.shop)
        await changes.archive(story.shop)
        assert (await story.directory.introduce(request, 300.0)).place.reach is Reach.ARCHIVED
        await changes.alter(story.ada, flags=["guest"])
        met = await story.directory.introduce(request, 300.0)
        assert met.person.standing is Standing.GUEST


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

"""Socket Mode as seen on the wire, and by the SDK's own client."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
import yarl
from aiohttp import ClientWebSocketResponse, WSMsgType
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.demo.slack.desk import NothingSeenError
from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import Workspace
from tests.clock import ManualClock
from tests.demo.slack.bots import bolt_app, client_of, over_socket_mode


@dataclass
class Peer:
    """A bare client of Socket Mode that reads and answers by hand."""

    socket: ClientWebSocketResponse

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(10):
            frame: dict[str, Any] = await self.socket.receive_json()
            return frame

    async def ack(self, frame: dict[str, Any], payload: Any = None) -> None:
        answer = {"envelope_id": frame["envelope_id"]}
        await self.socket.send_json({**answer, "payload": payload} if payload else answer)


@dataclass
class Dialler:
    slack: Workspace
    session: aiohttp.ClientSession
    peers: list[Peer] = field(default_factory=list)
    """Kept, because a socket that nobody holds is closed."""

    async def address(self) -> str:
        client = client_of(self.slack)
        answer = await client.apps_connections_open(app_token=self.slack.app_token)
        url: str = answer["url"]
        return url

    async def connect(self, *, autoping: bool = True) -> Peer:
        """Return a peer that has heard its hello."""
        peer = Peer(await self.session.ws_connect(await self.address(), autoping=autoping))
        self.peers.append(peer)
        assert (await peer.hear())["type"] == "hello"
        return peer


@asynccontextmanager
async def dialling(slack: Workspace) -> AsyncIterator[Dialler]:
    async with aiohttp.ClientSession() as session:
        yield Dialler(slack, session)


@pytest.fixture
async def dial(slack: Workspace) -> AsyncIterator[Dialler]:
    async with dialling(slack) as dialler:
        yield dialler


async def test_hello_counts_connections_and_says_how_long_they_live(dial: Dialler) -> None:
    await dial.connect()
    second = Peer(await dial.session.ws_connect(await dial.address()))
    hello = await second.hear()
    assert (hello["type"], hello["num_connections"]) == ("hello", 2)
    assert hello["debug_info"]["approximate_connection_time"] == 18060
    assert hello["connection_info"]["app_id"].startswith("A")


async def test_an_address_works_once(dial: Dialler) -> None:
    address = await dial.address()
    await dial.session.ws_connect(address)
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await dial.session.ws_connect(address)
    assert caught.value.status == 403


async def test_a_made_up_address_does_not_work(dial: Dialler) -> None:
    address = await dial.address()
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await dial.session.ws_connect(address.replace("ticket=", "ticket=x"))


async def test_the_eleventh_connection_is_one_too_many(slack: Workspace, dial: Dialler) -> None:
    for _ in range(10):
        await dial.connect()
    extra = Peer(await dial.session.ws_connect(await dial.address()))
    assert (await extra.hear())["reason"] == "too_many_websockets"
    assert (await extra.socket.receive()).type == WSMsgType.CLOSE
    assert slack.connections == 10


async def test_a_command_arrives_as_an_envelope_and_its_ack_carries_an_answer(
    dial: Dialler, slack: Workspace, ada: Person, shop: Channel
) -> None:
    peer = await dial.connect()
    typing = asyncio.create_task(ada.slash(shop, "/kubectl  get pods -n shop"))
    frame = await peer.hear()
    await peer.ack(frame, {"text": "two pods"})

    assert (await typing).text == "two pods"
    assert (frame["type"], frame["accepts_response_payload"]) == ("slash_commands", True)
    payload = frame["payload"]
    assert (payload["command"], payload["text"]) == ("/kubectl", "get pods -n shop")
    assert (payload["user_id"], payload["channel_name"]) == (ada.id, "shop")
    assert payload["response_url"].startswith(slack.base_url.removesuffix("/api/"))
    assert "thread_ts" not in payload


async def test_an_event_names_its_attempt_and_takes_no_answer(
    dial: Dialler, ada: Person, shop: Channel, slack: Workspace
) -> None:
    peer = await dial.connect()
    writing = asyncio.create_task(ada.mention(shop, "get pods"))
    frame = await peer.hear()
    await peer.ack(frame)
    await client_of(slack).chat_postMessage(channel=shop.id, text="none")

    assert (await writing).text == "none"
    assert (frame["type"], frame["retry_attempt"]) == ("events_api", 0)
    assert frame["accepts_response_payload"] is False
    assert frame["payload"]["event"]["text"] == f"<@{slack.bot.id}> get pods"


async def test_without_an_ack_the_person_is_told_after_three_seconds(
    dial: Dialler, ada: Person, shop: Channel, clock: ManualClock, slack: Workspace
) -> None:
    peer = await dial.connect()
    typing = asyncio.create_task(ada.slash(shop, "/kubectl get pods"))
    await peer.hear()
    await clock.someone_sleeps(3)
    await clock.advance(3)
    answer = await typing

    assert answer.text == '/kubectl failed with the error "operation_timeout"'
    assert answer.ephemeral
    assert slack.wire.ack_seconds() == []
    with pytest.raises(NothingSeenError, match="operation_timeout"):
        await answer.acknowledged()


async def test_without_a_connection_the_person_is_told_at_once(ada: Person, shop: Channel) -> None:
    answer = await ada.slash(shop, "/kubectl get pods")
    assert answer.text == '/kubectl failed with the error "dispatch_failed"'


async def test_an_ack_with_blocks_that_slack_refuses_is_an_invalid_response(
    dial: Dialler, ada: Person, shop: Channel
) -> None:
    peer = await dial.connect()
    typing = asyncio.create_task(ada.slash(shop, "/kubectl get pods"))
    await peer.ack(await peer.hear(), {"blocks": [{"type": "nope"}]})
    assert (await typing).text == '/kubectl failed with the error "invalid_command_response"'


async def test_the_ack_time_is_what_the_clock_says(
    dial: Dialler, ada: Person, shop: Channel, clock: ManualClock
) -> None:
    peer = await dial.connect()
    typing = asyncio.create_task(ada.slash(shop, "/kubectl get pods"))
    frame = await peer.hear()
    await clock.advance(2.5)
    await peer.ack(frame, {"text": "late"})
    assert await (await typing).acknowledged() == 2.5


async def test_an_envelope_goes_to_any_one_connection(
    dial: Dialler, ada: Person, shop: Channel
) -> None:
    peers = [await dial.connect() for _ in range(3)]

    async def serve(peer: Peer) -> int:
        heard = 0
        async for message in peer.socket:
            await peer.ack(message.json(), {"text": "ok"})
            heard += 1
        return heard

    serving = [asyncio.create_task(serve(peer)) for peer in peers]
    for _ in range(20):
        await ada.slash(shop, "/kubectl get pods")
    for peer in peers:
        await peer.socket.close()
    heard = await asyncio.gather(*serving)
    assert sum(heard) == 20
    assert min(heard) > 0


async def test_an_event_is_told_again_when_nobody_acknowledges(
    dial: Dialler, ada: Person, shop: Channel, clock: ManualClock, slack: Workspace
) -> None:
    peer = await dial.connect()
    writing = asyncio.create_task(ada.mention(shop, "get pods"))
    frames = [await peer.hear()]
    for pause in (0, 60, 300):
        await clock.someone_sleeps(3)
        await clock.advance(3)
        if pause:
            await clock.someone_sleeps(pause)
            await clock.advance(pause)
        frames.append(await peer.hear())
    await peer.ack(frames[-1])
    await client_of(slack).chat_postMessage(channel=shop.id, text="at last")
    await writing

    assert [frame["retry_attempt"] for frame in frames] == [0, 1, 2, 3]
    assert len({frame["payload"]["event_id"] for frame in frames}) == 1
    assert frames[1]["retry_reason"] == "http_timeout"


async def test_an_envelope_may_arrive_twice(
    dial: Dialler, ada: Person, shop: Channel, slack: Workspace
) -> None:
    peer = await dial.connect()
    slack.duplicate_next_envelope()
    typing = asyncio.create_task(ada.slash(shop, "/kubectl get pods"))
    first, second = await peer.hear(), await peer.hear()
    await peer.ack(first, {"text": "once"})
    await peer.ack(second, {"text": "twice"})

    assert first == second
    assert (await typing).text == "once"
    again = asyncio.create_task(ada.slash(shop, "/kubectl get pods"))
    await peer.ack(await peer.hear(), {"text": "alone"})
    assert (await again).text == "alone"
    assert [seen.text for seen in ada.sees(shop)] == ["once", "alone"]


async def test_pings_are_answered_until_the_peer_freezes(dial: Dialler, slack: Workspace) -> None:
    peer = await dial.connect(autoping=False)
    await peer.socket.ping(b"one")
    assert (await peer.socket.receive()).type == WSMsgType.PONG
    slack.freeze()
    await peer.socket.ping(b"two")
    with pytest.raises(TimeoutError):
        await peer.socket.receive(timeout=0.05)
    assert not peer.socket.closed


async def test_a_frozen_connection_swallows_commands(
    dial: Dialler, slack: Workspace, ada: Person, shop: Channel, clock: ManualClock
) -> None:
    await dial.connect()
    slack.freeze()
    typing = asyncio.create_task(ada.slash(shop, "/kubectl get pods"))
    await clock.someone_sleeps(3)
    await clock.advance(3)
    assert "operation_timeout" in (await typing).text


async def test_the_server_pings_on_its_own(dial: Dialler, clock: ManualClock) -> None:
    peer = await dial.connect(autoping=False)
    await clock.someone_sleeps(10)
    await clock.advance(10)
    assert (await peer.socket.receive()).type == WSMsgType.PING


@pytest.mark.parametrize("reason", ["refresh_requested", "link_disabled"])
async def test_a_refreshed_connection_gets_no_more_and_is_closed_in_the_end(
    dial: Dialler, slack: Workspace, ada: Person, shop: Channel, clock: ManualClock, reason: Any
) -> None:
    old = await dial.connect()
    await slack.refresh_connections(reason)
    goodbye = await old.hear()
    assert (goodbye["type"], goodbye["reason"]) == ("disconnect", reason)

    fresh = await dial.connect()
    typing = asyncio.create_task(ada.slash(shop, "/kubectl get pods"))
    await fresh.ack(await fresh.hear(), {"text": "here"})
    assert (await typing).text == "here"
    ending = asyncio.create_task(old.socket.receive())
    await clock.advance(10)
    assert (await ending).type == WSMsgType.CLOSE


async def test_a_warning_leaves_the_connection_in_use(
    dial: Dialler, slack: Workspace, ada: Person, shop: Channel
) -> None:
    peer = await dial.connect()
    await slack.refresh_connections("warning")
    assert (await peer.hear())["reason"] == "warning"
    typing = asyncio.create_task(ada.slash(shop, "/kubectl get pods"))
    await peer.ack(await peer.hear(), {"text": "still here"})
    assert (await typing).text == "still here"


async def test_a_dropped_connection_ends_with_a_tcp_reset(dial: Dialler, slack: Workspace) -> None:
    # By hand, because aiohttp's client tells a reset and an orderly end alike.
    url = yarl.URL(await dial.address())
    reader, writer = await asyncio.open_connection(url.host, url.port)
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    key = f"Sec-WebSocket-Key: {b64encode(bytes(16)).decode()}\r\n"
    asked = f"GET {url.path_qs} HTTP/1.1\r\nHost: {url.authority}\r\n{upgrade}{key}\r\n"
    writer.write(asked.encode())
    await slack.connected()
    slack.drop_connections()
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(reader.read(), 10)
    writer.close()


@pytest.fixture
async def living() -> AsyncIterator[Workspace]:
    """A workspace on the machine's clock, for the SDK's client has no other."""
    async with Workspace() as slack:
        yield slack


def here(slack: Workspace) -> AsyncApp:
    app = bolt_app(slack)

    @app.command("/kubectl")
    async def kubectl(ack: AsyncAck) -> None:
        await ack("here")

    return app


async def refresh(slack: Workspace) -> None:
    await slack.refresh_connections()


async def drop(slack: Workspace) -> None:
    slack.drop_connections()


async def freeze(slack: Workspace) -> None:
    slack.freeze()


@pytest.mark.parametrize("harm", [refresh, drop, freeze])
async def test_the_sdks_client_comes_back_with_a_new_connection(
    living: Workspace, harm: Callable[[Workspace], Awaitable[None]]
) -> None:
    ada = living.user("ada")
    shop = living.channel("shop", members=[ada, living.bot])
    async with over_socket_mode(living, here(living), ping_seconds=0.05):
        await harm(living)
        assert living.connections == 0
        await living.connected()
        answer = await ada.slash(shop, "/kubectl get pods")

    assert answer.text == "here"
    opened = [call for call in living.wire.calls if call.method == "apps.connections.open"]
    assert len(opened) == 2


async def test_a_second_connection_leaves_no_gap_while_the_first_is_refreshed(
    living: Workspace,
) -> None:
    ada = living.user("ada")
    shop = living.channel("shop", members=[ada, living.bot])
    async with over_socket_mode(living, here(living), connections=2):
        await living.refresh_connections(most=1)
        assert living.connections == 1
        answers = [(await ada.slash(shop, "/kubectl get pods")).text for _ in range(6)]
        await living.connected(2)
    assert answers == ["here"] * 6

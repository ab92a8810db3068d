"""What was said, who is there, emoji, streams, and blocks that are only looked at."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import Workspace
from tests.clock import ManualClock
from tests.demo.slack.bots import client_of, modal, section
from tests.demo.slack.manifests import with_scopes

MORE = (
    "channels:history",
    "channels:read",
    "groups:history",
    "groups:read",
    "reactions:read",
    "users:read.email",
)


@pytest.fixture
async def slack(clock: ManualClock) -> AsyncIterator[Workspace]:
    async with Workspace(clock=clock, manifest=with_scopes(*MORE)) as workspace:
        yield workspace


async def refused(client: AsyncWebClient, method: str, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=arguments)
    error: str = caught.value.response["error"]
    return error


async def said(client: AsyncWebClient, channel: Channel, *texts: str, **more: Any) -> list[str]:
    answers = [await client.chat_postMessage(channel=channel.id, text=t, **more) for t in texts]
    return [answer["ts"] for answer in answers]


async def test_a_history_is_newest_first_without_replies_and_ephemeral_messages(
    client: AsyncWebClient, ada: Person, shop: Channel
) -> None:
    first, _ = await said(client, shop, "one", "two")
    await said(client, shop, "reply", thread_ts=first)
    await client.chat_postEphemeral(channel=shop.id, user=ada.id, text="secret")
    messages = (await client.conversations_history(channel=shop.id))["messages"]
    assert [message["text"] for message in messages] == ["two", "one"]
    assert (messages[1]["reply_count"], messages[1]["thread_ts"]) == (1, first)
    assert "reply_count" not in messages[0]


async def test_a_thread_is_read_from_its_root_on(client: AsyncWebClient, shop: Channel) -> None:
    (root,) = await said(client, shop, "root")
    await said(client, shop, "a", "b", thread_ts=root)
    messages = (await client.conversations_replies(channel=shop.id, ts=root))["messages"]
    assert [message["text"] for message in messages] == ["root", "a", "b"]
    body = {"channel": shop.id, "ts": "1.2"}
    assert await refused(client, "conversations.replies", **body) == "thread_not_found"


async def test_a_history_comes_in_pages(client: AsyncWebClient, shop: Channel) -> None:
    await said(client, shop, "1", "2", "3")
    first = await client.conversations_history(channel=shop.id, limit=2)
    assert first["has_more"]
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_history(channel=shop.id, limit=2, cursor=cursor)
    assert [m["text"] for m in [*first["messages"], *second["messages"]]] == ["3", "2", "1"]
    assert (second["has_more"], second["response_metadata"]["next_cursor"]) == (False, "")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param({"limit": 0}, "invalid_limit", id="no items"),
        pytest.param({"limit": 1001}, "invalid_limit", id="too many items"),
        pytest.param({"cursor": "x"}, "invalid_cursor", id="made-up cursor"),
        pytest.param({"cursor": "bmV4dDp4"}, "invalid_cursor", id="cursor without a number"),
    ],
)
async def test_a_page_that_does_not_exist_is_refused(
    client: AsyncWebClient, shop: Channel, arguments: dict[str, Any], error: str
) -> None:
    assert await refused(client, "conversations.history", channel=shop.id, **arguments) == error


async def test_a_span_of_a_history_leaves_its_ends_out_unless_told(
    client: AsyncWebClient, shop: Channel
) -> None:
    first, _, third = await said(client, shop, "1", "2", "3")
    span: dict[str, Any] = {"channel": shop.id, "oldest": first, "latest": third}
    inner = await client.conversations_history(**span)
    whole = await client.conversations_history(**span, inclusive=True)
    assert [len(answer["messages"]) for answer in (inner, whole)] == [1, 3]


async def test_metadata_is_read_back_only_when_asked_for(
    client: AsyncWebClient, shop: Channel
) -> None:
    metadata = {"event_type": "rollout", "event_payload": {"id": "op-1"}}
    await said(client, shop, "x", metadata=metadata)
    bare = await client.conversations_history(channel=shop.id)
    full = await client.conversations_history(channel=shop.id, include_all_metadata=True)
    assert "metadata" not in bare["messages"][0]
    assert full["messages"][0]["metadata"] == metadata


async def test_a_history_is_read_only_by_who_is_there_and_has_the_scope_of_its_kind(
    slack: Workspace, client: AsyncWebClient, ada: Person, clock: ManualClock
) -> None:
    ops = slack.channel("ops", members=[ada])
    assert await refused(client, "conversations.history", channel=ops.id) == "not_in_channel"
    async with Workspace(clock=clock, manifest=with_scopes("channels:history")) as other:
        den = other.channel("den", members=[other.bot], kind="private")
        found = await refused(client_of(other), "conversations.history", channel=den.id)
    assert found == "missing_scope"


async def test_channels_are_listed_by_kind_and_private_ones_only_from_inside(
    slack: Workspace, client: AsyncWebClient, shop: Channel, ada: Person
) -> None:
    slack.channel("den", members=[ada], kind="private")
    slack.channel("old", archived=True)
    listed = await client.conversations_list(
        types="public_channel,private_channel", exclude_archived=True
    )
    assert [channel["name"] for channel in listed["channels"]] == ["shop"]
    assert await refused(client, "conversations.list", types="secret") == "invalid_types"
    members = (await client.conversations_members(channel=shop.id))["members"]
    assert members == list(shop.members)


async def test_people_are_listed_and_found_by_their_address(
    slack: Workspace, client: AsyncWebClient, ada: Person
) -> None:
    slack.user("gone", email="gone@example.com", flags=["deactivated"])
    slack.user("ann", email="ann@example.com", flags=["foreign"])
    names = [user["name"] for user in (await client.users_list())["members"]]
    assert names == ["quarterdeck", "ada", "gone", "ann"]
    found = await client.users_lookupByEmail(email="Ada@Example.com")
    assert found["user"]["id"] == ada.id
    for address in ("gone@example.com", "ann@example.com", "nobody@example.com"):
        body = await refused(client, "users.lookupByEmail", email=address)
        assert body == "users_not_found"


async def test_the_bot_is_described_by_its_bot_id(slack: Workspace, client: AsyncWebClient) -> None:
    bot_id = (await client.auth_test())["bot_id"]
    assert (await client.bots_info(bot=bot_id))["bot"]["user_id"] == slack.bot.id
    assert await refused(client, "bots.info", bot="B0") == "bot_not_found"


async def test_an_emoji_stands_below_a_message_until_it_is_taken_away(
    client: AsyncWebClient, shop: Channel, ada: Person
) -> None:
    (ts,) = await said(client, shop, "pods")
    emoji = {"channel": shop.id, "timestamp": ts, "name": "eyes"}
    await client.reactions_add(**emoji)
    (message,) = ada.sees(shop)
    assert message.reactions == {"eyes": ["@quarterdeck"]}
    got = await client.reactions_get(channel=shop.id, timestamp=ts)
    assert got["message"]["reactions"][0]["count"] == 1
    assert await refused(client, "reactions.add", **emoji) == "already_reacted"
    await client.reactions_remove(**emoji)
    assert message.reactions == {}
    assert await refused(client, "reactions.remove", **emoji) == "no_reaction"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        pytest.param({"name": "No Emoji"}, "invalid_name", id="name"),
        pytest.param({"timestamp": "1.2"}, "message_not_found", id="message"),
        pytest.param({"channel": "C0"}, "channel_not_found", id="channel"),
    ],
)
async def test_an_emoji_needs_a_message_and_a_name(
    client: AsyncWebClient, shop: Channel, changed: dict[str, str], error: str
) -> None:
    (ts,) = await said(client, shop, "pods")
    emoji = {"channel": shop.id, "timestamp": ts, "name": "eyes", **changed}
    assert await refused(client, "reactions.add", **emoji) == error


@pytest.fixture
async def thread(slack: Workspace, client: AsyncWebClient, shop: Channel, ada: Person) -> Any:
    (root,) = await said(client, shop, "root")
    reader = {"recipient_user_id": ada.id, "recipient_team_id": slack.team}
    return {"channel": shop.id, "thread_ts": root, **reader}


async def test_a_stream_grows_and_ends(
    client: AsyncWebClient, thread: dict[str, Any], ada: Person, shop: Channel
) -> None:
    ts = (await client.chat_startStream(**thread, markdown_text="1"))["ts"]
    await client.chat_appendStream(channel=shop.id, ts=ts, markdown_text="2")
    await client.chat_stopStream(channel=shop.id, ts=ts, markdown_text="3")
    assert [message.text for message in ada.sees(shop)] == ["root", "123"]
    body = {"channel": shop.id, "ts": ts, "markdown_text": "4"}
    assert await refused(client, "chat.appendStream", **body) == "message_not_in_streaming_state"


async def test_a_stream_dies_after_five_minutes_even_while_it_grows(
    client: AsyncWebClient, thread: dict[str, Any], clock: ManualClock
) -> None:
    ts = (await client.chat_startStream(**thread))["ts"]
    body = {"channel": thread["channel"], "ts": ts, "markdown_text": "x"}
    await clock.advance(299)
    await client.chat_appendStream(**body)
    await clock.advance(1)
    assert await refused(client, "chat.appendStream", **body) == "message_not_in_streaming_state"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        pytest.param({"thread_ts": ""}, "invalid_arguments", id="not in a thread"),
        pytest.param({"recipient_user_id": ""}, "missing_recipient_user_id", id="for nobody"),
        pytest.param({"recipient_team_id": ""}, "missing_recipient_team_id", id="of no team"),
        pytest.param({"markdown_text": "x" * 12_001}, "msg_too_long", id="too long"),
    ],
)
async def test_a_stream_needs_a_thread_and_a_reader(
    client: AsyncWebClient, thread: dict[str, Any], changed: dict[str, str], error: str
) -> None:
    assert await refused(client, "chat.startStream", **{**thread, **changed}) == error


@pytest.mark.parametrize(
    ("given", "error", "pointer"),
    [
        pytest.param({"blocks": [section("x")]}, "", "", id="good blocks"),
        pytest.param(
            {"blocks": [section("")]}, "invalid_blocks", "/0/text/text", id="empty section"
        ),
        pytest.param({"blocks": {}}, "invalid_blocks", "/blocks", id="no list"),
        pytest.param(
            {"message": {"blocks": [{"type": "x"}]}},
            "invalid_message",
            "/blocks/0/type",
            id="message",
        ),
        pytest.param({"view": modal(section("x"))}, "", "", id="good view"),
        pytest.param(
            {"view": {"type": "home", "blocks": [{"type": "table"}]}},
            "invalid_view",
            "/blocks/0/type",
            id="view",
        ),
        pytest.param({}, "invalid_arguments", "", id="nothing"),
    ],
)
async def test_blocks_are_validated_without_a_token(
    slack: Workspace, given: dict[str, Any], error: str, pointer: str
) -> None:
    url = f"{slack.base_url}blocks.validate"
    async with aiohttp.ClientSession() as session, session.post(url, json=given) as response:
        body = await response.json()
    assert body.get("error", "") == error
    assert [one["pointer"] for one in body.get("errors", [])] == ([pointer] if pointer else [])

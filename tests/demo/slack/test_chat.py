"""Posting, editing and deleting: what is accepted, and every reason for which it is not."""

from typing import Any

import pytest
import slackblocks._limits as oracle
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack import limits
from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import Workspace
from tests.clock import ManualClock
from tests.demo.slack.bots import actions, button, client_of, section
from tests.demo.slack.manifests import with_scopes


async def refused(client: AsyncWebClient, method: str, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=arguments)
    error: str = caught.value.response["error"]
    return error


async def test_a_message_needs_something_to_say(client: AsyncWebClient, shop: Channel) -> None:
    assert await refused(client, "chat.postMessage", channel=shop.id) == "no_text"


async def test_blocks_without_text_get_slacks_own_fallback(
    client: AsyncWebClient, shop: Channel
) -> None:
    answer = await client.api_call(
        "chat.postMessage", json={"channel": shop.id, "blocks": [section("x")]}
    )
    assert answer["message"]["text"] == "This content can't be displayed."


async def test_text_is_cut_at_40000_with_a_warning(client: AsyncWebClient, shop: Channel) -> None:
    whole = await client.chat_postMessage(channel=shop.id, text="x" * 40_000)
    cut = await client.chat_postMessage(channel=shop.id, text="x" * 40_001)
    assert "warning" not in whole.data
    assert (len(cut["message"]["text"]), cut["warning"]) == (40_000, "message_truncated")


async def test_an_update_takes_4000_characters_and_no_more(
    client: AsyncWebClient, shop: Channel
) -> None:
    ts = (await client.chat_postMessage(channel=shop.id, text="x"))["ts"]
    await client.chat_update(channel=shop.id, ts=ts, text="x" * 4_000)
    arguments = {"channel": shop.id, "ts": ts, "text": "x" * 4_001}
    assert await refused(client, "chat.update", **arguments) == "msg_too_long"


async def test_the_whole_message_has_a_budget(client: AsyncWebClient, shop: Channel) -> None:
    full = [section("x" * 2_640) for _ in range(5)]
    await client.chat_postMessage(channel=shop.id, text="x", blocks=full)
    over = [*full, section("x")]
    arguments = {"channel": shop.id, "text": "x", "blocks": over}
    assert await refused(client, "chat.postMessage", **arguments) == "msg_blocks_too_long"


async def test_refused_blocks_come_with_pointers_in_both_places(
    client: AsyncWebClient, shop: Channel
) -> None:
    blocks = [section("x"), section("x" * 3_001)]
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=shop.id, text="x", blocks=blocks)
    said = "must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    assert caught.value.response.data == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [said],
        "response_metadata": {"messages": [f"[ERROR] {said}"]},
    }


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param({"blocks": "[{"}, "invalid_blocks_format", id="blocks are no JSON"),
        pytest.param({"blocks": {"type": "divider"}}, "invalid_blocks_format", id="one block"),
        pytest.param({"attachments": {}}, "invalid_attachments", id="attachments are no list"),
        pytest.param(
            {"attachments": [{"text": "x"}] * (oracle.MESSAGE_ATTACHMENTS_MAX_ITEMS + 1)},
            "too_many_attachments",
            id="101 attachments",
        ),
        pytest.param(
            {"attachments": [{"blocks": [{"type": "nope"}]}]},
            "invalid_blocks",
            id="blocks of an attachment",
        ),
        pytest.param(
            {"metadata": {"event_type": "x"}}, "invalid_metadata_schema", id="half of metadata"
        ),
        pytest.param({"metadata": "{"}, "invalid_metadata_format", id="metadata is no JSON"),
        pytest.param({"thread_ts": "1.2"}, "thread_not_found", id="unknown thread"),
        pytest.param(
            {"blocks": [{"type": "image", "slack_file": {"id": "F0"}, "alt_text": "a picture"}]},
            "invalid_blocks",
            id="picture that was never uploaded",
        ),
    ],
)
async def test_what_slack_does_not_post(
    client: AsyncWebClient, shop: Channel, arguments: dict[str, Any], error: str
) -> None:
    said = {"channel": shop.id, "text": "x", **arguments}
    assert await refused(client, "chat.postMessage", **said) == error


async def test_as_many_attachments_as_slackblocks_allows_are_posted(
    client: AsyncWebClient, shop: Channel
) -> None:
    attachments = [{"text": "x"}] * oracle.MESSAGE_ATTACHMENTS_MAX_ITEMS
    await client.chat_postMessage(channel=shop.id, text="x", attachments=attachments)
    assert limits.MESSAGE_ATTACHMENTS == oracle.MESSAGE_ATTACHMENTS_MAX_ITEMS


async def test_a_reply_is_no_thread_of_its_own(client: AsyncWebClient, shop: Channel) -> None:
    root = (await client.chat_postMessage(channel=shop.id, text="root"))["ts"]
    reply = await client.chat_postMessage(channel=shop.id, text="reply", thread_ts=root)
    arguments = {"channel": shop.id, "text": "x", "thread_ts": reply["ts"]}
    assert await refused(client, "chat.postMessage", **arguments) == "cannot_reply_to_message"


@pytest.mark.parametrize(
    ("kind", "archived", "error"),
    [
        pytest.param("public", False, "not_in_channel", id="public"),
        pytest.param("private", False, "channel_not_found", id="private"),
        pytest.param("public", True, "is_archived", id="archived"),
    ],
)
async def test_the_bot_posts_only_where_it_is(
    slack: Workspace, client: AsyncWebClient, kind: Any, archived: bool, error: str
) -> None:
    channel = slack.channel("ops", kind=kind, archived=archived)
    arguments = {"channel": channel.id, "text": "x"}
    assert await refused(client, "chat.postMessage", **arguments) == error


async def test_a_scope_opens_public_channels(clock: ManualClock) -> None:
    async with Workspace(clock=clock, manifest=with_scopes("chat:write.public")) as slack:
        channel = slack.channel("ops")
        assert (await client_of(slack).chat_postMessage(channel=channel.id, text="x"))["ok"]


async def test_a_channel_may_be_named_and_a_person_written_to(
    client: AsyncWebClient, shop: Channel, ada: Person
) -> None:
    named = await client.chat_postMessage(channel="#shop", text="x")
    direct = await client.chat_postMessage(channel=ada.id, text="psst")
    assert named["channel"] == shop.id
    assert direct["channel"] == ada.direct_channel().id
    assert [seen.text for seen in ada.sees(ada.direct_channel())] == ["psst"]


async def test_an_update_without_blocks_takes_them_away(
    client: AsyncWebClient, shop: Channel, ada: Person
) -> None:
    ts = (await client.chat_postMessage(channel=shop.id, text="a", blocks=[section("a")]))["ts"]
    # Without text the SDK's own method warns, and rightly so.
    await client.api_call(
        "chat.update", json={"channel": shop.id, "ts": ts, "blocks": [section("b")]}
    )
    (seen,) = ada.sees(shop)
    assert (seen.plain(), seen.now.edited > ts) == ("b", True)
    await client.chat_update(channel=shop.id, ts=ts, text="c")
    assert (seen.plain(), seen.blocks) == ("c", ())


async def test_a_deleted_message_is_gone(
    client: AsyncWebClient, shop: Channel, ada: Person
) -> None:
    ts = (await client.chat_postMessage(channel=shop.id, text="x"))["ts"]
    (seen,) = ada.sees(shop)
    await client.chat_delete(channel=shop.id, ts=ts)
    assert seen.gone
    assert ada.sees(shop) == []
    assert await refused(client, "chat.update", channel=shop.id, ts=ts, text="y") == (
        "message_not_found"
    )


@pytest.mark.parametrize("method", ["chat.update", "chat.delete", "chat.getPermalink"])
async def test_an_ephemeral_message_cannot_be_named_afterwards(
    client: AsyncWebClient, shop: Channel, ada: Person, method: str
) -> None:
    answer = await client.chat_postEphemeral(channel=shop.id, user=ada.id, text="x")
    ts = answer["message_ts"]
    arguments = {"channel": shop.id, "ts": ts, "message_ts": ts, "text": "y"}
    assert await refused(client, method, **arguments) == "message_not_found"


async def test_an_ephemeral_message_needs_a_person_in_the_channel(
    slack: Workspace, client: AsyncWebClient, shop: Channel
) -> None:
    bob = slack.user("bob")
    arguments = {"channel": shop.id, "user": bob.id, "text": "x"}
    assert await refused(client, "chat.postEphemeral", **arguments) == "user_not_in_channel"


@pytest.mark.parametrize(
    ("method", "error"),
    [("chat.update", "cant_update_message"), ("chat.delete", "cant_delete_message")],
)
async def test_what_others_wrote_is_not_the_bots_to_change(
    slack: Workspace, client: AsyncWebClient, ada: Person, shop: Channel, method: str, error: str
) -> None:
    outside = slack.channel("random", members=[ada])
    answer = await ada.mention(outside, "hello")
    assert answer.text == "You mentioned @quarterdeck, but they're not in this channel."
    (written, _) = ada.sees(outside)
    arguments = {"channel": outside.id, "ts": written.ts, "text": "x"}
    assert await refused(client, method, **arguments) == error


async def test_a_permalink_names_channel_message_and_thread(
    client: AsyncWebClient, shop: Channel
) -> None:
    root = (await client.chat_postMessage(channel=shop.id, text="x"))["ts"]
    reply = (await client.chat_postMessage(channel=shop.id, text="y", thread_ts=root))["ts"]
    link = (await client.chat_getPermalink(channel=shop.id, message_ts=reply))["permalink"]
    place = f"/archives/{shop.id}/p{reply.replace('.', '')}"
    assert link.endswith(f"{place}?thread_ts={root}&cid={shop.id}")


async def test_ids_that_were_not_given_are_made_up(client: AsyncWebClient, shop: Channel) -> None:
    nameless = button("x", "a")
    del nameless["action_id"]
    blocks = [{**section("x"), "accessory": nameless}, actions(nameless, button("y", "mine"))]
    answer = await client.chat_postMessage(channel=shop.id, text="x", blocks=blocks)
    first, second = answer["message"]["blocks"]
    ids = [first["block_id"], second["block_id"], first["accessory"]["action_id"]]
    ids += [element["action_id"] for element in second["elements"]]
    assert ids[-1] == "mine"
    assert len(set(ids)) == 5
    assert "" not in ids


async def test_timestamps_differ_although_the_clock_stands_still(
    client: AsyncWebClient, shop: Channel
) -> None:
    stamps = [(await client.chat_postMessage(channel=shop.id, text="x"))["ts"] for _ in range(3)]
    assert sorted(set(stamps)) == stamps


@pytest.mark.parametrize(
    ("kind", "scope"),
    [("public", "channels:read"), ("private", "groups:read"), ("im", "im:read")],
)
async def test_a_channels_kind_decides_which_scope_reads_it(
    clock: ManualClock, kind: Any, scope: str
) -> None:
    others = [s for s in ("channels:read", "groups:read", "im:read", "mpim:read") if s != scope]
    lacking = with_scopes(*others, without=scope)
    for manifest, ok in ((with_scopes(scope), True), (lacking, False)):
        async with Workspace(clock=clock, manifest=manifest) as slack:
            ada = slack.user("ada")
            channel = slack.channel("ops", kind=kind, members=[ada, slack.bot])
            client = client_of(slack)
            if ok:
                shown = (await client.conversations_info(channel=channel.id))["channel"]
                assert (shown["is_member"], shown["is_private"]) == (True, kind != "public")
            else:
                error = await refused(client, "conversations.info", channel=channel.id)
                assert error == "missing_scope"


async def test_a_direct_message_is_opened_once(clock: ManualClock) -> None:
    async with Workspace(clock=clock, manifest=with_scopes("im:write", "mpim:write")) as slack:
        ada, bob, client = slack.user("ada"), slack.user("bob"), client_of(slack)
        first = await client.conversations_open(users=ada.id)
        again = await client.conversations_open(users=[ada.id], return_im=True)
        group = await client.conversations_open(users=[ada.id, bob.id])
        assert again["channel"]["id"] == first["channel"]["id"] == ada.direct_channel().id
        assert again["channel"]["user"] == ada.id
        assert group["channel"]["id"].startswith("G")
        assert await refused(client, "conversations.open", users="U0") == "user_not_found"
        assert await refused(client, "conversations.open") == "invalid_arguments"

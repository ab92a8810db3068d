"""What people can do, what Slack tells them, and how a wait ends."""

import asyncio
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.desk import NothingSeenError
from bot.demo.slack.people import Person
from bot.demo.slack.platform import Options
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import Workspace
from tests.demo.slack.bots import actions, button, client_of, section
from tests.demo.slack.manifests import with_scopes, without_events, without_interactivity


async def test_slash_commands_are_refused_in_threads(
    client: AsyncWebClient, ada: Person, shop: Channel, slack: Workspace
) -> None:
    await client.chat_postMessage(channel=shop.id, text="root")
    (root,) = ada.sees(shop)
    answer = await ada.slash(shop, "/kubectl get pods", thread=root)
    assert answer.text == "/kubectl is not supported in threads. Sorry!"
    assert answer.ephemeral
    assert slack.wire.deliveries == []


async def test_a_command_that_no_manifest_declares_is_not_valid(ada: Person, shop: Channel) -> None:
    assert (await ada.slash(shop, "/helm list")).text == "/helm is not a valid command."


async def test_commands_need_their_scope() -> None:
    async with Workspace(manifest=with_scopes(without="commands")) as slack:
        ada = slack.user("ada")
        slack.channel("shop", members=[ada, slack.bot])
        answer = await ada.slash("#shop", "/kubectl get pods")
    assert answer.text == "/kubectl is not a valid command."


async def test_a_channel_goes_by_its_name(slack: Workspace, ada: Person, shop: Channel) -> None:
    assert ada.sees("#shop") == ada.sees(shop) == []
    with pytest.raises(ValueError, match="there is no channel #nowhere"):
        await ada.slash("#nowhere", "/kubectl get pods")


async def test_a_press_needs_interactivity() -> None:
    async with Workspace(manifest=without_interactivity()) as slack:
        ada = slack.user("ada")
        shop = slack.channel("shop", members=[ada, slack.bot])
        blocks = [actions(button("Go", "go"))]
        await client_of(slack).chat_postMessage(channel=shop.id, text="x", blocks=blocks)
        (message,) = ada.sees(shop)
        answer = await message.click("Go")
    assert answer.text == "This app is not configured to handle interactive responses."


async def test_an_event_that_was_not_subscribed_is_not_delivered() -> None:
    options = Options(patience=0.05)
    async with Workspace(manifest=without_events(), options=options) as slack:
        ada = slack.user("ada")
        shop = slack.channel("shop", members=[ada, slack.bot])
        with pytest.raises(NothingSeenError, match="nothing crossed the wire"):
            await ada.mention(shop, "hello")


async def test_a_wait_in_vain_tells_what_crossed_the_wire() -> None:
    async with Workspace(options=Options(patience=0.05)) as slack:
        ada = slack.user("ada")
        with pytest.raises(NothingSeenError) as caught:
            await ada.dm("hello")
    said = str(caught.value)
    assert said.startswith("@ada saw nothing within 0.05 s of 'hello': events_api dispatch_failed")


async def test_a_person_types_only_where_they_are(
    slack: Workspace, ada: Person, shop: Channel
) -> None:
    ops = slack.channel("ops", members=[slack.bot])
    gone = slack.user("gone", flags=["deactivated"])
    old = slack.channel("old", members=[gone])
    with pytest.raises(ValueError, match="ada cannot type in #ops"):
        await ada.slash(ops, "/kubectl get pods")
    with pytest.raises(ValueError, match="gone cannot type in #old"):
        await gone.mention(old, "hello")


async def test_only_who_is_in_a_channel_sees_it(
    slack: Workspace, client: AsyncWebClient, ada: Person, shop: Channel
) -> None:
    bob = slack.user("bob")
    await client.chat_postMessage(channel=shop.id, text="x")
    (message,) = ada.sees(shop)
    assert bob.sees(shop) == []
    with pytest.raises(NothingSeenError, match="@bob does not see"):
        message.seen_by(bob)
    with pytest.raises(NothingSeenError):
        await message.click("Go", by=bob)


@pytest.mark.parametrize(
    ("label", "complaint"),
    [("Nope", "0 buttons are called 'Nope'"), ("Go", "2 buttons are called 'Go'")],
)
async def test_a_button_is_named_without_doubt(
    client: AsyncWebClient, ada: Person, shop: Channel, label: str, complaint: str
) -> None:
    blocks = [actions(button("Go", "a"), button("Go", "b"))]
    await client.chat_postMessage(channel=shop.id, text="x", blocks=blocks)
    (message,) = ada.sees(shop)
    with pytest.raises(NothingSeenError, match=complaint):
        await message.click(label)


async def test_a_change_is_noticed_once_even_if_it_came_before_the_wait(
    client: AsyncWebClient, ada: Person, shop: Channel
) -> None:
    ts = (await client.chat_postMessage(channel=shop.id, text="1"))["ts"]
    (message,) = ada.sees(shop)
    await client.chat_update(channel=shop.id, ts=ts, text="2")
    await message.changed()
    waiting = asyncio.create_task(message.changed())
    await asyncio.sleep(0)
    assert not waiting.done()
    await client.chat_update(channel=shop.id, ts=ts, text="3")
    assert (await waiting).text == "3"


async def test_a_condition_is_waited_for(
    client: AsyncWebClient, ada: Person, shop: Channel
) -> None:
    ts = (await client.chat_postMessage(channel=shop.id, text="1"))["ts"]
    (message,) = ada.sees(shop)
    waiting = asyncio.create_task(message.until(lambda seen: seen.gone))
    await client.chat_delete(channel=shop.id, ts=ts)
    assert (await waiting).gone


async def test_a_message_answers_one_act_only(
    slack: Workspace, client: AsyncWebClient, ada: Person, eve: Person, shop: Channel
) -> None:
    asking = [asyncio.create_task(person.mention(shop, "hello")) for person in (ada, eve)]
    await slack.delivered(2)
    for text in ("first", "second"):
        await client.chat_postMessage(channel=shop.id, text=text)
    assert [(await answer).text for answer in asking] == ["first", "second"]


async def test_an_act_in_a_thread_is_answered_in_that_thread(
    slack: Workspace, client: AsyncWebClient, ada: Person, shop: Channel
) -> None:
    root = (await client.chat_postMessage(channel=shop.id, text="root"))["ts"]
    (message,) = ada.sees(shop)
    asking = asyncio.create_task(ada.mention(shop, "hello", thread=message))
    await slack.delivered(1)
    await client.chat_postMessage(channel=shop.id, text="something else")
    await client.chat_postMessage(channel=shop.id, text="the answer", thread_ts=root)
    assert (await asking).text == "the answer"


async def test_attachments_stand_below_the_text(
    client: AsyncWebClient, ada: Person, shop: Channel
) -> None:
    attachments: list[dict[str, Any]] = [
        {"color": "good", "blocks": [section("ready"), actions(button("Undo", "undo"))]},
        {"text": "by <@" + ada.id + ">"},
    ]
    await client.chat_postMessage(channel=shop.id, text="web", attachments=attachments)
    (message,) = ada.sees(shop)
    assert message.plain() == "web\nready\n[Undo]\nby @ada"
    assert [found.label for found in message.buttons] == ["Undo"]


async def test_calls_are_counted_for_the_act_that_came_before_them(
    client: AsyncWebClient, ada: Person, shop: Channel, slack: Workspace
) -> None:
    await client.auth_test()
    first = await ada.slash(shop, "/kubectl get pods")
    await client.chat_postMessage(channel=shop.id, text="a")
    await client.chat_postMessage(channel=shop.id, text="b")
    second = await ada.slash(shop, "/kubectl get pods")
    await client.users_info(user=ada.id)
    assert first.act is not None
    assert second.act is not None
    assert slack.wire.counts(first.act) == {"chat.postMessage": 2}
    assert slack.wire.counts(second.act) == {"users.info": 1}
    assert [act.number for act in slack.wire.acts] == [1, 2]


async def test_the_same_seed_names_things_alike() -> None:
    async def names(seed: int) -> tuple[str, str, str]:
        async with Workspace(options=Options(seed=seed)) as slack:
            return slack.team, slack.bot_token, slack.user("ada").id

    assert await names(1) == await names(1)
    assert await names(1) != await names(2)

"""What a person types, presses and sees, with an unmodified Bolt app over both transports."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import TransportKind, Workspace
from tests.demo.slack.bots import actions, bolt_app, button, running, section


@pytest.fixture(params=["socket", "http"])
async def slack(request: pytest.FixtureRequest) -> AsyncIterator[Workspace]:
    transport: TransportKind = request.param
    async with Workspace(transport=transport) as workspace:
        yield workspace


@pytest.fixture
def ada(slack: Workspace) -> Person:
    return slack.user("ada", groups=["sre"])


@pytest.fixture
def eve(slack: Workspace) -> Person:
    return slack.user("eve")


@pytest.fixture
def shop(slack: Workspace, ada: Person, eve: Person) -> Channel:
    return slack.channel("shop", members=[ada, eve, slack.bot])


@pytest.fixture
async def app(slack: Workspace) -> AsyncIterator[AsyncApp]:
    app = bolt_app(slack)
    async with running(slack, app):
        yield app


async def test_a_command_is_acknowledged_and_its_message_becomes_visible(
    slack: Workspace, app: AsyncApp, ada: Person, eve: Person, shop: Channel
) -> None:
    @app.command("/kubectl")
    async def kubectl(ack: AsyncAck, command: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postMessage(
            channel=command["channel_id"], text=f"ran {command['text']}", blocks=[section("web-1")]
        )

    message = await ada.slash(shop, "/kubectl get pods")

    assert (message.text, message.plain()) == ("ran get pods", "web-1")
    assert not message.ephemeral
    assert [seen.plain() for seen in slack.messages(shop, eve)] == ["web-1"]
    assert message.act is not None
    assert slack.wire.counts(message.act) == {"auth.test": 1, "chat.postMessage": 1}
    assert [await message.acknowledged()] == slack.wire.ack_seconds(message.act)


async def test_an_ephemeral_message_is_seen_by_one_person_and_cannot_be_updated(
    slack: Workspace, app: AsyncApp, ada: Person, eve: Person, shop: Channel
) -> None:
    @app.command("/kubectl")
    async def kubectl(ack: AsyncAck, command: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postEphemeral(
            channel=command["channel_id"], user=command["user_id"], text="for you"
        )

    message = await ada.slash(shop, "/kubectl get secret")

    assert message.ephemeral
    assert slack.messages(shop, eve) == []
    assert [seen.text for seen in slack.messages(shop, ada)] == ["for you"]


async def test_what_comes_with_the_acknowledgement_is_an_ephemeral_message(
    app: AsyncApp, ada: Person, shop: Channel
) -> None:
    @app.command("/kubectl")
    async def kubectl(ack: AsyncAck) -> None:
        await ack("kubectl controls the cluster")

    message = await ada.slash(shop, "/kubectl help")

    assert message.ephemeral
    assert message.text == "kubectl controls the cluster"


async def test_an_answer_in_the_channel_shows_the_command_to_everyone(
    slack: Workspace, app: AsyncApp, ada: Person, eve: Person, shop: Channel
) -> None:
    @app.command("/kubectl")
    async def kubectl(ack: AsyncAck) -> None:
        await ack({"response_type": "in_channel", "text": "v1.37.1"})

    await ada.slash(shop, "/kubectl version")

    seen = [(message.author, message.text) for message in slack.messages(shop, eve)]
    assert seen == [("@ada", "/kubectl version"), ("@quarterdeck", "v1.37.1")]


async def test_a_press_replaces_the_message_by_its_response_url(
    app: AsyncApp, ada: Person, shop: Channel
) -> None:
    @app.command("/kubectl")
    async def kubectl(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        confirm = button("Confirm", "confirm", value="plan-1", style="primary")
        await respond(text="Scale web to 5?", blocks=[section("Scale?"), actions(confirm)])

    @app.action("confirm")
    async def confirmed(ack: AsyncAck, respond: AsyncRespond, action: dict[str, Any]) -> None:
        await ack()
        await respond(text=f"scaled by {action['value']}", replace_original=True)

    message = await ada.slash(shop, "/kubectl scale deploy web --replicas=5")
    assert [(b.label, b.value, b.style) for b in message.buttons] == [
        ("Confirm", "plan-1", "primary")
    ]
    pressed = await message.click("Confirm")

    assert pressed is message
    changing = asyncio.create_task(message.changed())
    await asyncio.sleep(0)
    assert not changing.done()
    changing.cancel()
    assert message.plain() == "scaled by plan-1"
    assert message.buttons == ()
    assert message.ephemeral


async def test_a_press_by_someone_else_carries_their_name_and_answers_them(
    slack: Workspace, app: AsyncApp, ada: Person, eve: Person, shop: Channel
) -> None:
    @app.command("/kubectl")
    async def kubectl(ack: AsyncAck, say: AsyncSay) -> None:
        await ack()
        await say(text="web-1", blocks=[section("web-1"), actions(button("Refresh", "refresh"))])

    @app.action("refresh")
    async def refresh(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        shown = body["message"]["text"]
        await respond(text=f"{body['user']['name']} may not see {shown}", replace_original=False)

    message = await ada.slash(shop, "/kubectl get pods")
    answer = await message.click("Refresh", by=eve)

    assert answer.text == "eve may not see web-1"
    assert answer.ephemeral
    assert [seen.text for seen in slack.messages(shop, ada)] == ["web-1"]


async def test_an_edit_is_waited_for(app: AsyncApp, ada: Person, shop: Channel) -> None:
    @app.command("/kubectl")
    async def kubectl(ack: AsyncAck, say: AsyncSay, client: AsyncWebClient) -> None:
        await ack()
        posted = await say("waiting for web")
        channel, ts = posted["channel"], posted["ts"]
        await client.chat_update(channel=channel, ts=ts, text="web 3/5")
        await client.chat_update(channel=channel, ts=ts, text="web 5/5")

    message = await ada.slash(shop, "/kubectl rollout status deploy/web")
    await message.changed()
    await message.until("5/5")

    assert message.text == "web 5/5"


async def test_a_mention_reaches_the_bot_in_a_thread_as_slack_writes_it(
    app: AsyncApp, ada: Person, shop: Channel
) -> None:
    @app.command("/kubectl")
    async def kubectl(ack: AsyncAck, say: AsyncSay) -> None:
        await ack()
        await say("root")

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], say: AsyncSay) -> None:
        await say(event["text"], thread_ts=event.get("thread_ts"))

    root = await ada.slash(shop, "/kubectl get pods")
    answer = await ada.mention(shop, "get pods -l 'a>b' --context prod.example.com", thread=root)

    # The mention's text went out and came back: host names linked, the three entities escaped.
    assert answer.text.startswith("<@U")
    assert answer.text.endswith(
        "get pods -l 'a&gt;b' --context <http://prod.example.com|prod.example.com>"
    )
    assert answer.plain() == "@quarterdeck get pods -l 'a>b' --context prod.example.com"
    assert answer.thread_ts == root.ts
    assert [reply.author for reply in root.replies()] == ["@ada", "@quarterdeck"]


async def test_a_direct_message_is_answered_where_nobody_else_sees_it(
    slack: Workspace, app: AsyncApp, ada: Person, eve: Person
) -> None:
    @app.event("message")
    async def told(event: dict[str, Any], say: AsyncSay) -> None:
        await say(f"{event['channel_type']}: {event['text']}")

    answer = await ada.dm("get pods")

    assert answer.text == "im: get pods"
    assert slack.messages(ada.direct_channel(), eve) == []


async def test_the_bytes_of_a_file_arrive_whole(app: AsyncApp, ada: Person, shop: Channel) -> None:
    content = bytes(range(256)) * 10

    @app.command("/kubectl")
    async def kubectl(ack: AsyncAck, command: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.files_upload_v2(
            channel=command["channel_id"],
            filename="web.log",
            title="Log of web",
            content=content,
            snippet_type="text",
            initial_comment="the whole log",
        )

    message = await ada.slash(shop, "/kubectl logs web")

    (file,) = message.files
    assert (file.name, file.title, file.snippet_type) == ("web.log", "Log of web", "text")
    assert file.content == content
    assert message.plain() == "the whole log\n[file: web.log]"


async def test_concurrent_commands_each_get_their_own_answer_in_any_order(
    app: AsyncApp, slack: Workspace, ada: Person, eve: Person, shop: Channel
) -> None:
    waiting: list[tuple[AsyncRespond, str]] = []

    @app.command("/kubectl")
    async def kubectl(ack: AsyncAck, command: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        waiting.append((respond, f"{command['user_name']} {command['text']}"))
        if len(waiting) == 10:
            for answer, text in reversed(waiting):
                await answer(text)

    asked = [person.slash(shop, f"/kubectl {n}") for n in range(5) for person in (ada, eve)]
    answers = await asyncio.gather(*asked)

    wanted = [f"{name} {n}" for n in range(5) for name in ("ada", "eve")]
    assert [answer.text for answer in answers] == wanted
    assert len([await answer.acknowledged() for answer in answers]) == 10

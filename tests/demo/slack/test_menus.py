"""Menus, inputs and files: what a person can put into them, and what the bot hears of it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.desk import NothingSeenError
from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import Workspace
from tests.demo.slack.bots import (
    actions,
    asking,
    bolt_app,
    client_of,
    modal,
    plain,
    running,
    section,
)
from tests.demo.slack.manifests import with_shortcuts, without_home


def option(text: str) -> dict[str, Any]:
    return {"text": plain(text), "value": text}


def menu(kind: str, *texts: str, **more: Any) -> dict[str, Any]:
    offers = {"options": [option(text) for text in texts]} if texts else {}
    return {"type": kind, "action_id": "menu", **offers, **more}


@pytest.fixture
async def app(slack: Workspace, shop: Channel) -> AsyncIterator[AsyncApp]:
    app = bolt_app(slack)
    async with running(slack, app):
        yield app


def opening(app: AsyncApp, *blocks: dict[str, Any]) -> dict[str, Any]:
    """Open a form on `/kubectl`; return where its values come to stand once it is submitted."""
    values: dict[str, Any] = {}

    @app.command("/kubectl")
    async def kubectl(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(*blocks))

    @app.view("form")
    async def submitted(ack: AsyncAck, view: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        values.update(view["state"]["values"])
        await client.chat_postMessage(channel="#shop", text="done")

    return values


@pytest.mark.parametrize(
    ("element", "said", "held"),
    [
        pytest.param(
            menu("static_select", "prod", "staging"),
            "stag",
            {"type": "static_select", "selected_option": option("staging")},
            id="menu",
        ),
        pytest.param(
            menu("multi_static_select", "a", "b", "c"),
            ["a", "c"],
            {"type": "multi_static_select", "selected_options": [option("a"), option("c")]},
            id="menu of several",
        ),
        pytest.param(
            menu("checkboxes", "-A", "-w"),
            ["-w"],
            {"type": "checkboxes", "selected_options": [option("-w")]},
            id="checkboxes",
        ),
        pytest.param(
            menu("radio_buttons", "get", "describe"),
            "get",
            {"type": "radio_buttons", "selected_option": option("get")},
            id="radio buttons",
        ),
        pytest.param(
            menu("datepicker"),
            "2026-11-28",
            {"type": "datepicker", "selected_date": "2026-11-28"},
            id="date",
        ),
        pytest.param(
            menu("number_input", is_decimal_allowed=False),
            "5",
            {"type": "number_input", "value": "5"},
            id="number",
        ),
    ],
)
async def test_what_is_filled_in_comes_with_the_submission(
    app: AsyncApp, ada: Person, element: dict[str, Any], said: Any, held: dict[str, Any]
) -> None:
    values = opening(app, asking("What", element, block_id="b"))
    form = await ada.open("#shop", "/kubectl")
    await form.submit(What=said)
    assert values == {"b": {"menu": held}}


async def test_people_and_channels_are_chosen_by_their_names(
    app: AsyncApp, ada: Person, eve: Person, shop: Channel
) -> None:
    values = opening(
        app,
        asking("Who", menu("users_select"), block_id="who"),
        asking("Where", menu("channels_select"), block_id="where"),
    )
    form = await ada.open("#shop", "/kubectl")
    await form.submit(Who="@eve", Where="#shop")
    assert values["who"]["menu"]["selected_user"] == eve.id
    assert values["where"]["menu"]["selected_channel"] == shop.id


@pytest.mark.parametrize(
    ("element", "typed", "words"),
    [
        ({"min_length": 3}, "ab", "Please add at least 1 more characters."),
        ({"max_length": 3}, "abcde", "Please remove 2 characters."),
    ],
)
async def test_a_text_of_the_wrong_length_is_not_submitted(
    app: AsyncApp, ada: Person, element: dict[str, Any], typed: str, words: str
) -> None:
    values = opening(app, asking("Name", element))
    form = await ada.open("#shop", "/kubectl")
    assert (await form.advance(Name=typed)).errors == {"Name": words}
    assert values == {}


async def test_a_field_that_may_be_left_empty_is_submitted_empty(
    app: AsyncApp, ada: Person
) -> None:
    values = opening(app, asking("Name", {"action_id": "n"}, block_id="b", optional=True))
    form = await ada.open("#shop", "/kubectl")
    await form.submit()
    assert values == {"b": {"n": {"type": "plain_text_input", "value": None}}}


async def test_a_menu_asks_the_bot_only_after_so_many_letters(app: AsyncApp, ada: Person) -> None:
    opening(app, asking("Pod", menu("external_select")))

    @app.options("menu")
    async def pods(ack: AsyncAck, body: dict[str, Any]) -> None:
        groups = [{"label": plain("shop"), "options": [option("web-1"), option("web-2")]}]
        await ack(option_groups=groups)

    form = await ada.open("#shop", "/kubectl")
    with pytest.raises(NothingSeenError, match="'Pod' offers nothing before 3 letters"):
        await form.suggestions("Pod", "we")
    assert await form.suggestions("Pod", "web") == ["web-1", "web-2"]
    with pytest.raises(NothingSeenError, match="'Pod' has no 'api'; there are"):
        await form.choose("Pod", "api")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"options": [option(str(n)) for n in range(101)]}, id="101 options"),
        pytest.param({"options": [option("x" * 76)]}, id="long text"),
        pytest.param({"options": [{"text": plain("x"), "value": "v" * 151}]}, id="long value"),
    ],
)
async def test_options_that_slack_cannot_show_are_no_options(
    app: AsyncApp, ada: Person, answer: dict[str, Any]
) -> None:
    opening(app, asking("Pod", menu("external_select", min_query_length=0)))

    @app.options("menu")
    async def pods(ack: AsyncAck) -> None:
        await ack(**answer)

    form = await ada.open("#shop", "/kubectl")
    with pytest.raises(NothingSeenError, match="invalid_options"):
        await form.suggestions("Pod")


async def test_the_bot_hears_of_a_choice_that_dispatches(app: AsyncApp, ada: Person) -> None:
    blocks = asking("Verb", menu("static_select", "get", "logs"), dispatch_action=True)
    opening(app, blocks)
    heard: list[str] = []

    @app.action("menu")
    async def chosen(ack: AsyncAck, body: dict[str, Any]) -> None:
        heard.append(body["actions"][0]["selected_option"]["value"])
        (block,) = body["view"]["state"]["values"].values()
        heard.append(block["menu"]["selected_option"]["value"])
        await ack()

    form = await ada.open("#shop", "/kubectl")
    await form.choose("Verb", "logs")
    assert heard == ["logs", "logs"]


async def test_menus_of_a_message_are_chosen_from_and_its_inputs_come_along(
    app: AsyncApp, ada: Person
) -> None:
    @app.command("/kubectl")
    async def kubectl(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        sort = menu("static_select", "name", "age", placeholder=plain("Sort"))
        more = {"type": "overflow", "action_id": "more", "options": [option("Share")]}
        words = asking("Filter", {"action_id": "words"}, block_id="f")
        await respond(text="pods", blocks=[section("pods"), words, actions(sort, more)])

    @app.action("menu")
    async def sorted_by(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        words = body["state"]["values"]["f"]["words"]["value"]
        chosen = body["actions"][0]["selected_option"]["value"]
        await respond(text=f"{words} by {chosen}", replace_original=False)

    @app.action("more")
    async def shared(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        chosen = body["actions"][0]["selected_option"]["value"]
        await respond(text=chosen, replace_original=False)

    message = await ada.slash("#shop", "/kubectl get pods")
    await message.fill("Filter", "web")
    assert (await message.choose("Sort", "age")).text == "web by age"
    assert (await message.click("Share")).text == "Share"
    assert "Filter: [web]" in message.plain()


async def test_shortcuts_are_chosen_if_the_manifest_declares_them() -> None:
    async with Workspace(manifest=with_shortcuts("global", "message")) as slack:
        ada, app = slack.user("ada"), bolt_app(slack)
        slack.channel("shop", members=[ada, slack.bot])

        @app.shortcut("global")
        async def anywhere(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=modal(section("x")))

        @app.shortcut("message")
        async def here(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
            await ack()
            await respond(f"about {body['message']['text']}")

        await client_of(slack).chat_postMessage(channel="#shop", text="web-1 crashed")
        (message,) = ada.sees("#shop")
        async with running(slack, app):
            assert (await ada.shortcut("global")).title == "Form"
            answer = await ada.shortcut_on(message, "message")
        assert (answer.text, answer.ephemeral) == ("about web-1 crashed", True)
        with pytest.raises(ValueError, match="declares no message shortcut 'global'"):
            await ada.shortcut_on(message, "global")


async def test_the_bot_is_written_to_only_if_its_messages_tab_is_open() -> None:
    async with Workspace(manifest=without_home()) as slack:
        answer = await slack.user("ada").dm("hello")
    assert answer.text == "Sending messages to this app has been turned off."


async def test_a_file_in_a_shared_channel_must_be_asked_for(slack: Workspace) -> None:
    ann, app = slack.user("ann", flags=["foreign"]), bolt_app(slack)
    slack.channel("both", members=[ann, slack.bot], shared=True)
    seen: list[dict[str, Any]] = []

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], client: AsyncWebClient) -> None:
        seen.append(event)
        file = await client.files_info(file=event["files"][0]["id"])
        await client.chat_postMessage(channel=event["channel"], text=file["file"]["name"])

    async with running(slack, app):
        answer = await ann.mention("#both", "apply", files=[ann.upload("web.yaml", b"x")])
    (event,) = seen
    assert event["files"][0]["file_access"] == "check_file_info"
    assert (event["user_team"] == slack.team, answer.text) == (False, "web.yaml")

"""Modals, menus that ask the bot, and the Home tab, with an unmodified Bolt app over both ways."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.desk import NothingSeenError
from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import TransportKind, Workspace
from tests.clock import IdleClock
from tests.demo.slack.bots import actions, asking, bolt_app, button, modal, plain, running, section


@pytest.fixture(params=["socket", "http"])
async def slack(request: pytest.FixtureRequest) -> AsyncIterator[Workspace]:
    transport: TransportKind = request.param
    async with Workspace(transport=transport, clock=IdleClock()) as workspace:
        yield workspace


@pytest.fixture
def ada(slack: Workspace) -> Person:
    return slack.user("ada")


@pytest.fixture
def shop(slack: Workspace, ada: Person) -> Channel:
    return slack.channel("shop", members=[ada, slack.bot])


@pytest.fixture
async def app(slack: Workspace, shop: Channel) -> AsyncIterator[AsyncApp]:
    app = bolt_app(slack)
    async with running(slack, app):
        yield app


def option(text: str) -> dict[str, Any]:
    return {"text": plain(text), "value": text}


NAMESPACE = {"type": "external_select", "action_id": "namespace", "min_query_length": 0}
FORM = modal(asking("Namespace", NAMESPACE), asking("Name", {"action_id": "name"}))


def opening(app: AsyncApp, view: dict[str, Any]) -> None:
    @app.command("/kubectl")
    async def kubectl(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)


def offering(app: AsyncApp, *names: str) -> list[str]:
    typed: list[str] = []

    @app.options("namespace")
    async def namespaces(ack: AsyncAck, body: dict[str, Any]) -> None:
        typed.append(body["value"])
        await ack(options=[option(name) for name in names if body["value"] in name])

    return typed


async def test_a_form_is_opened_filled_in_and_submitted(app: AsyncApp, ada: Person) -> None:
    opening(app, FORM)
    typed = offering(app, "kube-system", "shop", "shop-2")

    @app.view("form")
    async def submitted(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        held = [v for block in body["view"]["state"]["values"].values() for v in block.values()]
        said = f"{held[0]['selected_option']['value']}/{held[1]['value']}"
        await client.chat_postMessage(channel="#shop", text=said)

    form = await ada.open("#shop", "/kubectl")
    await form.choose("Namespace", "sh")
    message = await form.submit(Name="web")

    assert (message.text, typed) == ("shop/web", ["sh"])
    assert form.gone
    with pytest.raises(NothingSeenError, match="ada sees nothing: no modal is open"):
        ada.modal.plain()


async def test_a_modal_reads_as_it_is_filled_in(app: AsyncApp, ada: Person) -> None:
    opening(app, FORM)
    offering(app, "shop")
    form = await ada.open("#shop", "/kubectl")
    assert form.plain() == "Form\nNamespace: []\nName: []\n[Run]"
    await form.choose("Namespace", "shop")
    assert ada.modal.plain() == "Form\nNamespace: [shop]\nName: []\n[Run]"


async def test_what_is_not_filled_in_is_said_by_slack_itself(
    slack: Workspace, app: AsyncApp, ada: Person
) -> None:
    opening(app, FORM)
    form = await ada.open("#shop", "/kubectl")
    await slack.delivered(1)
    shown = await form.advance(name="web")
    assert shown.errors == {"Namespace": "Please complete this required field."}
    assert len(slack.wire.deliveries) == 1


async def test_the_apps_own_errors_stand_in_the_form_until_the_field_changes(
    app: AsyncApp, ada: Person
) -> None:
    opening(app, modal(asking("Name", {"action_id": "name"}, block_id="n")))

    @app.view("form")
    async def submitted(ack: AsyncAck) -> None:
        await ack(response_action="errors", errors={"n": "no such deployment"})

    form = await ada.open("#shop", "/kubectl")
    assert (await form.advance(name="web")).errors == {"Name": "no such deployment"}
    await form.fill("Name", "api")
    assert form.errors == {}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"response_action": "errors", "errors": {"x": "y"}}, id="unknown block"),
        pytest.param({"response_action": "errors", "errors": {}}, id="no errors"),
        pytest.param({"response_action": "explode"}, id="unknown action"),
        pytest.param({"response_action": "update", "view": {"type": "modal"}}, id="broken view"),
    ],
)
async def test_a_submission_that_is_answered_with_nonsense_is_trouble(
    app: AsyncApp, ada: Person, answer: dict[str, Any]
) -> None:
    opening(app, modal(section("Sure?"), submit="Yes"))

    @app.view("form")
    async def submitted(ack: AsyncAck) -> None:
        await ack(**answer)

    form = await ada.open("#shop", "/kubectl")
    shown = await form.advance()
    assert shown.trouble == "We had some trouble connecting. Try again?"


async def test_a_submission_may_update_push_and_clear(app: AsyncApp, ada: Person) -> None:
    opening(app, modal(section("one"), submit="Next"))
    answers: list[dict[str, Any]] = [
        {"response_action": "update", "view": modal(section("two"), submit="Next")},
        {"response_action": "push", "view": modal(section("three"), submit="Next")},
        {"response_action": "clear"},
    ]

    @app.view("form")
    async def submitted(ack: AsyncAck, client: AsyncWebClient) -> None:
        answer = answers.pop(0)
        await ack(**answer)
        if not answers:
            await client.chat_postMessage(channel="#shop", text="done")

    form = await ada.open("#shop", "/kubectl")
    updated = await form.advance()
    assert (updated.plain(), form.plain()) == ("Form\ntwo\n[Next]", "Form\ntwo\n[Next]")
    pushed = await form.advance()
    assert (pushed.plain(), form.gone) == ("Form\nthree\n[Next]", False)
    assert (await pushed.submit()).text == "done"
    assert form.gone


async def test_a_button_in_a_modal_updates_it_and_keeps_what_was_typed(
    app: AsyncApp, ada: Person
) -> None:
    name = asking("Name", {"action_id": "name"}, block_id="n")
    opening(app, modal(name, actions(button("More", "more"))))

    @app.action("more")
    async def more(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        view = body["view"]
        new = modal(name, section(f"for {view['state']['values']['n']['name']['value']}"))
        await client.views_update(view_id=view["id"], hash=view["hash"], view=new)

    form = await ada.open("#shop", "/kubectl")
    await form.fill("Name", "web")
    await form.click("More")
    assert form.plain() == "Form\nName: [web]\nfor web\n[Run]"


async def test_closing_is_told_to_who_asked_for_it(app: AsyncApp, ada: Person) -> None:
    opening(app, modal(section("x"), notify_on_close=True))
    told: list[bool] = []

    @app.view_closed("form")
    async def closed(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        told.append(body["is_cleared"])

    form = await ada.open("#shop", "/kubectl")
    await form.close()
    assert (told, form.gone) == ([False], True)


async def test_a_press_in_a_message_opens_a_modal_whose_submission_changes_the_message(
    app: AsyncApp, ada: Person
) -> None:
    @app.command("/kubectl")
    async def kubectl(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(text="pods", blocks=[section("pods"), actions(button("Filter", "filter"))])

    @app.action("filter")
    async def pressed(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        view = modal(asking("Name", {"action_id": "name"}))
        answer_to = body["response_url"]
        await client.views_open(
            trigger_id=body["trigger_id"], view={**view, "private_metadata": answer_to}
        )

    @app.view("form")
    async def submitted(ack: AsyncAck, view: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        respond = AsyncRespond(response_url=view["private_metadata"])
        await respond(text="web pods", replace_original=True)

    message = await ada.slash("#shop", "/kubectl get pods")
    assert await message.click("Filter") is message
    answer = await ada.modal.submit(name="web")
    assert (answer.ts, message.text) == (message.ts, "web pods")


async def test_the_home_tab_is_published_when_it_is_opened(app: AsyncApp, ada: Person) -> None:
    pressed: list[str] = []

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], client: AsyncWebClient) -> None:
        blocks = [section(f"Hello {event['tab']}"), actions(button("Refresh", "refresh"))]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.action("refresh")
    async def refresh(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        pressed.append(body["container"]["type"])
        view = {"type": "home", "blocks": [section("fresh")]}
        await client.views_publish(user_id=body["user"]["id"], view=view)

    home = await ada.open_home()
    assert home.plain() == "Hello home\n[Refresh]"
    assert (await home.click("Refresh")).plain() == "fresh"
    assert (ada.home.plain(), pressed) == ("fresh", ["view"])


async def test_a_file_field_carries_real_bytes(app: AsyncApp, ada: Person) -> None:
    element = {"type": "file_input", "action_id": "file", "filetypes": ["yaml"], "max_files": 1}
    opening(app, modal(asking("Manifest", element)))
    urls: list[str] = []

    @app.view("form")
    async def submitted(ack: AsyncAck, view: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        (block,) = view["state"]["values"].values()
        (file,) = block["file"]["files"]
        urls.append(file["url_private_download"])
        await client.chat_postMessage(channel="#shop", text=file["name"])

    form = await ada.open("#shop", "/kubectl apply -f -")
    with pytest.raises(NothingSeenError, match="takes only"):
        await form.attach("Manifest", "web.png", b"")
    await form.attach("Manifest", "web.yaml", b"kind: Pod\n")
    with pytest.raises(NothingSeenError, match="takes no more than 1 files"):
        await form.attach("Manifest", "api.yaml", b"")
    assert (await form.submit()).text == "web.yaml"
    assert len(urls) == 1

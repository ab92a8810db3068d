"""What `views.*` takes and every reason for which it does not: triggers, stack, hash, names."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.desk import NothingSeenError
from bot.demo.slack.people import Person
from bot.demo.slack.viewrules import check_view
from bot.demo.slack.workspace import Workspace
from tests.clock import ManualClock
from tests.demo.slack.bots import asking, client_of, modal, plain, section
from tests.demo.slack.manifests import with_scopes, without_home, without_interactivity
from tests.every import every

View = dict[str, Any]
HOME: View = {"type": "home", "blocks": [section("hello")]}


@pytest.fixture
def acts(slack: Workspace, ada: Person) -> Callable[[str], str]:
    """Return a maker of triggers, as if ada had just acted in that view, or in none."""

    def act(view: str) -> str:
        return slack._platform.triggers.issue(ada.id, view)

    return act


async def refused(client: AsyncWebClient, method: str, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=arguments)
    error: str = caught.value.response["error"]
    return error


async def opened(client: AsyncWebClient, trigger: str, view: View | None = None) -> View:
    answer = await client.views_open(trigger_id=trigger, view=view or modal(section("one")))
    found: View = answer["view"]
    return found


async def test_a_trigger_is_exchanged_once_and_within_three_seconds(
    client: AsyncWebClient, acts: Callable[[str], str], clock: ManualClock
) -> None:
    used, late, last = acts(""), acts(""), acts("")
    await opened(client, used)
    view = modal(section("x"))
    again = await refused(client, "views.open", trigger_id=used, view=view)
    await clock.advance(2.99)
    await opened(client, last)
    await clock.advance(0.01)
    expired = await refused(client, "views.open", trigger_id=late, view=view)
    unknown = await refused(client, "views.open", trigger_id="1.2.x", view=view)
    assert (again, expired, unknown) == (
        "exchanged_trigger_id",
        "expired_trigger_id",
        "invalid_trigger_id",
    )


async def test_a_refused_view_leaves_its_trigger_unspent(
    client: AsyncWebClient, acts: Callable[[str], str]
) -> None:
    trigger = acts("")
    body = {"trigger_id": trigger, "view": modal()}
    assert await refused(client, "views.open", **{**body, "view": {}}) == "invalid_arguments"
    await opened(client, trigger)


async def test_three_modals_stand_upon_each_other_and_no_more(
    client: AsyncWebClient, acts: Callable[[str], str], ada: Person
) -> None:
    views = [await opened(client, acts(""))]
    for name in ("two", "three"):
        trigger = acts(views[-1]["id"])
        answer = await client.views_push(trigger_id=trigger, view=modal(section(name)))
        views.append(answer["view"])
    body = {"trigger_id": acts(views[-1]["id"]), "view": modal()}
    assert await refused(client, "views.push", **body) == "push_limit_reached"
    assert [view["previous_view_id"] for view in views] == [None, views[0]["id"], views[1]["id"]]
    assert {view["root_view_id"] for view in views} == {views[0]["id"]}
    await ada.modal.close()
    assert ada.modal.plain() == "Form\ntwo\n[Run]"
    await ada.modal.close(everything=True)
    with pytest.raises(NothingSeenError, match="no modal is open"):
        ada.modal.plain()


async def test_a_push_needs_an_act_inside_of_a_modal(
    client: AsyncWebClient, acts: Callable[[str], str]
) -> None:
    body = {"trigger_id": acts(""), "view": modal()}
    assert await refused(client, "views.push", **body) == "not_found"


async def test_opening_anew_takes_the_place_of_what_was_open(
    client: AsyncWebClient, acts: Callable[[str], str], ada: Person
) -> None:
    await opened(client, acts(""))
    first = ada.modal
    await opened(client, acts(""), modal(section("other")))
    assert (first.gone, ada.modal.plain()) == (True, "Form\nother\n[Run]")


async def test_an_update_needs_the_hash_of_what_stands_there(
    client: AsyncWebClient, acts: Callable[[str], str], ada: Person
) -> None:
    view = await opened(client, acts(""))
    named = {"view_id": view["id"], "hash": view["hash"]}
    updated = await client.views_update(**named, view=modal(section("two")))
    assert updated["view"]["hash"] != view["hash"]
    body = {**named, "view": modal()}
    assert await refused(client, "views.update", **body) == "hash_conflict"
    assert ada.modal.plain() == "Form\ntwo\n[Run]"


async def test_a_view_goes_by_a_name_of_the_apps_own_that_is_unique(
    client: AsyncWebClient, acts: Callable[[str], str], ada: Person
) -> None:
    named = modal(section("one"), external_id="mine")
    await opened(client, acts(""), named)
    await client.views_update(external_id="mine", view={**named, "blocks": [section("two")]})
    assert ada.modal.plain() == "Form\ntwo\n[Run]"
    body = {"user_id": ada.id, "view": {**HOME, "external_id": "mine"}}
    assert await refused(client, "views.publish", **body) == "duplicate_external_id"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param({"view_id": "V0"}, "not_found", id="unknown view"),
        pytest.param({"external_id": "none"}, "not_found", id="unknown name"),
        pytest.param({}, "invalid_arguments", id="no view named"),
    ],
)
async def test_only_a_view_that_is_there_is_updated(
    client: AsyncWebClient, arguments: dict[str, str], error: str
) -> None:
    assert await refused(client, "views.update", **arguments, view=modal()) == error


async def test_a_view_over_250_kilobytes_is_too_large(
    client: AsyncWebClient, acts: Callable[[str], str]
) -> None:
    blocks = [section("x" * 3_000) for _ in range(86)]
    body = {"trigger_id": acts(""), "view": modal(*blocks)}
    assert await refused(client, "views.open", **body) == "view_too_large"


async def test_the_home_tab_needs_a_known_person_and_the_newest_hash(
    client: AsyncWebClient, ada: Person
) -> None:
    body = {"user_id": "U0", "view": HOME}
    assert await refused(client, "views.publish", **body) == "invalid_arguments"
    first = await client.views_publish(user_id=ada.id, view=HOME)
    await client.views_publish(user_id=ada.id, view=HOME, hash=first["view"]["hash"])
    body = {"user_id": ada.id, "view": HOME, "hash": first["view"]["hash"]}
    assert await refused(client, "views.publish", **body) == "hash_conflict"


async def test_the_home_tab_is_there_only_if_the_manifest_says_so() -> None:
    async with Workspace(manifest=without_home()) as slack:
        body = {"user_id": slack.user("ada").id, "view": HOME}
        error = await refused(client_of(slack), "views.publish", **body)
    assert error == "not_enabled"


async def test_each_person_has_a_home_tab_and_modals_of_their_own(
    client: AsyncWebClient, acts: Callable[[str], str], ada: Person, eve: Person
) -> None:
    await client.views_publish(user_id=ada.id, view=HOME)
    await opened(client, acts(""))
    assert ada.home.plain() == "hello"
    with pytest.raises(NothingSeenError, match="eve sees nothing: the Home tab is empty"):
        eve.home.plain()
    with pytest.raises(NothingSeenError, match="eve sees nothing: no modal is open"):
        eve.modal.plain()


@every(
    ("view", "sentence"),
    [
        pytest.param([], "must provide an object [json-pointer:/view]", id="no object"),
        pytest.param(
            {"blocks": []}, "missing required field: type [json-pointer:/view]", id="no type"
        ),
        pytest.param(
            HOME,
            "must be one of the following: modal [json-pointer:/view/type]",
            id="Home as a modal",
        ),
        pytest.param(
            {"type": "modal", "blocks": []},
            "missing required field: title [json-pointer:/view]",
            id="no title",
        ),
        pytest.param(
            modal(title=plain("x" * 25)),
            "must be less than 25 characters [json-pointer:/view/title/text]",
            id="long title",
        ),
        pytest.param(
            modal(colour="red"),
            "invalid additional property: colour [json-pointer:/view]",
            id="unknown property",
        ),
        pytest.param(
            {"type": "modal", "title": plain("x"), "blocks": [section("y"), asking("Name")]},
            "must define `submit` to use `input` block [json-pointer:/view/blocks/1/input]",
            id="no submit",
        ),
        pytest.param(
            modal(
                asking("a", {"focus_on_load": True}),
                asking("b", {"focus_on_load": True}),
            ),
            "only one element may have `focus_on_load` "
            "[json-pointer:/view/blocks/1/element/focus_on_load]",
            id="two in focus",
        ),
        pytest.param(
            modal({"type": "table", "rows": []}),
            "unsupported type: table [json-pointer:/view/blocks/0/type]",
            id="table in a modal",
        ),
        pytest.param(
            modal({"type": "header", "text": plain("x" * 151)}),
            "must be less than 151 characters [json-pointer:/view/blocks/0/text/text]",
            id="long header",
        ),
    ],
)
def test_a_refusal_of_a_view_names_the_place(view: Any, sentence: str) -> None:
    assert check_view(view, "modal") == [sentence]


async def test_a_refused_view_says_every_problem_as_slack_does(
    client: AsyncWebClient, acts: Callable[[str], str]
) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id=acts(""), view=modal(title=plain("x" * 25)))
    said = caught.value.response["response_metadata"]["messages"]
    assert said == ["[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"]


async def test_a_modal_cannot_be_submitted_without_interactivity() -> None:
    async with Workspace(manifest=without_interactivity()) as slack:
        ada = slack.user("ada")
        await opened(client_of(slack), slack._platform.triggers.issue(ada.id))
        shown = await ada.modal.advance()
        assert shown.trouble == "We had some trouble connecting. Try again?"
        assert slack.wire.deliveries == []


async def test_an_open_view_needs_no_scope() -> None:
    async with Workspace(manifest=with_scopes(without="chat:write")) as slack:
        trigger = slack._platform.triggers.issue(slack.user("ada").id)
        await opened(client_of(slack), trigger)

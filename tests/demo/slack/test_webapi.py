"""Who may call what, how arguments arrive, and what each refusal looks like to the SDK."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.methods import METHODS
from bot.demo.slack.people import Person
from bot.demo.slack.platform import Options
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import Workspace
from tests.clock import ManualClock
from tests.demo.slack.bots import client_of
from tests.demo.slack.manifests import with_scopes


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def refusal(client: AsyncWebClient, method: str, **arguments: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=arguments)
    body: dict[str, Any] = caught.value.response.data
    return body


async def test_auth_test_says_who_the_bot_is_and_what_it_was_granted(
    slack: Workspace, client: AsyncWebClient
) -> None:
    answer = await client.auth_test()
    assert (answer["user"], answer["user_id"], answer["team_id"]) == (
        "quarterdeck",
        slack.bot.id,
        slack.team,
    )
    assert answer["bot_id"].startswith("B")
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


async def test_auth_test_of_the_app_token_names_the_app(slack: Workspace) -> None:
    answer = await client_of(slack, slack.app_token).auth_test()
    assert answer["app_name"] == "Quarterdeck"
    assert answer.headers["x-oauth-scopes"] == "connections:write"


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        pytest.param("xoxb-unknown", "auth.test", "invalid_auth", id="unknown token"),
        pytest.param("app", "chat.postMessage", "not_allowed_token_type", id="app token posts"),
        pytest.param(
            "bot", "apps.connections.open", "not_allowed_token_type", id="bot token connects"
        ),
        pytest.param("bot", "chat.nothing", "unknown_method", id="unknown method"),
    ],
)
async def test_the_wrong_token_or_method_is_refused(
    slack: Workspace, token: str, method: str, error: str
) -> None:
    known = {"app": slack.app_token, "bot": slack.bot_token}
    client = client_of(slack, known.get(token, token))
    assert (await refusal(client, method))["error"] == error


async def test_a_call_without_a_token_is_refused(
    slack: Workspace, session: aiohttp.ClientSession
) -> None:
    async with session.post(f"{slack.base_url}auth.test") as response:
        assert await response.json() == {"ok": False, "error": "not_authed"}


@pytest.mark.parametrize(
    ("method", "scope"),
    [(name, scope) for name, row in METHODS.items() for scope in row.scopes if "bot" in row.tokens],
)
async def test_a_method_without_its_scope_says_what_is_needed_and_provided(
    clock: ManualClock, method: str, scope: str
) -> None:
    async with Workspace(clock=clock, manifest=with_scopes(without=scope)) as slack:
        body = await refusal(client_of(slack), method)
    assert (body["error"], body["needed"]) == ("missing_scope", scope)
    assert scope not in body["provided"].split(",")
    assert "commands" in body["provided"].split(",")


@pytest.mark.parametrize("carrier", ["json", "form", "query", "multipart"])
async def test_arguments_arrive_whichever_way_they_are_sent(
    slack: Workspace, shop: Channel, session: aiohttp.ClientSession, carrier: str
) -> None:
    arguments = {"channel": shop.id, "text": "a & b", "token": slack.bot_token}
    multipart = aiohttp.MultipartWriter("form-data")
    for name, value in arguments.items():
        multipart.append(value).set_content_disposition("form-data", name=name)
    ways: dict[str, dict[str, Any]] = {
        "json": {"json": arguments},
        "form": {"data": arguments},
        "query": {"params": arguments},
        "multipart": {"data": multipart},
    }
    async with session.post(f"{slack.base_url}chat.postMessage", **ways[carrier]) as response:
        body = await response.json()
    assert body["message"]["text"] == "a & b"
    assert slack.wire.calls[-1].arguments == {"channel": shop.id, "text": "a & b"}


async def test_structures_may_come_as_strings_in_a_form(
    client: AsyncWebClient, shop: Channel
) -> None:
    arguments = {"channel": shop.id, "text": "x", "blocks": '[{"type": "divider"}]'}
    answer = await client.api_call("chat.postMessage", data=arguments)
    assert answer["message"]["blocks"][0]["type"] == "divider"


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        pytest.param("{", "application/json", "invalid_json", id="broken JSON"),
        pytest.param("[]", "application/json", "json_not_object", id="a JSON list"),
        pytest.param("<a/>", "text/xml", "invalid_post_type", id="XML"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(
    slack: Workspace, session: aiohttp.ClientSession, body: str, content_type: str, error: str
) -> None:
    headers = {"Content-Type": content_type}
    url = f"{slack.base_url}auth.test"
    async with session.post(url, data=body.encode(), headers=headers) as response:
        assert (await response.json())["error"] == error


@pytest.mark.parametrize(
    ("method", "arguments", "message"),
    [
        pytest.param("users.info", {}, "[ERROR] missing required field: user", id="missing"),
        pytest.param(
            "files.getUploadURLExternal",
            {"filename": "a", "length": "ten"},
            "[ERROR] must provide a number [json-pointer:/length]",
            id="no number",
        ),
    ],
)
async def test_missing_and_malformed_arguments_are_named(
    client: AsyncWebClient, method: str, arguments: dict[str, Any], message: str
) -> None:
    body = await refusal(client, method, **arguments)
    assert body["error"] == "invalid_arguments"
    assert body["response_metadata"]["messages"] == [message]


async def test_the_wire_log_keeps_method_arguments_time_and_outcome(
    slack: Workspace, client: AsyncWebClient, shop: Channel, clock: ManualClock
) -> None:
    began = clock.now()
    await client.chat_postMessage(channel=shop.id, text="x")
    await clock.advance(5)
    await refusal(client, "chat.postMessage", channel="C0NOWHERE", text="x")

    posted, refused = slack.wire.calls
    assert (posted.method, posted.error, posted.at) == ("chat.postMessage", "", began)
    assert (refused.error, refused.status) == ("channel_not_found", 200)
    assert (refused.at - posted.at).total_seconds() == 5
    assert dict(refused.arguments) == {"channel": "C0NOWHERE", "text": "x"}


async def test_a_fault_hits_one_call_of_one_method(
    slack: Workspace, client: AsyncWebClient, shop: Channel
) -> None:
    slack.fail_next("chat.postMessage", error="fatal_error", status=500)
    await client.auth_test()
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=shop.id, text="x")
    assert (caught.value.response.status_code, caught.value.response["error"]) == (
        500,
        "fatal_error",
    )
    await client.chat_postMessage(channel=shop.id, text="x")


async def test_ratelimited_comes_in_both_of_slacks_forms(
    slack: Workspace, client: AsyncWebClient
) -> None:
    slack.fail_next("auth.test", retry_after=7)
    slack.fail_next("auth.test", error="ratelimited")
    with pytest.raises(SlackApiError) as first:
        await client.auth_test()
    with pytest.raises(SlackApiError) as second:
        await client.auth_test()
    assert (first.value.response.status_code, second.value.response.status_code) == (429, 200)
    assert first.value.response.headers["Retry-After"] == "7"
    assert first.value.response["error"] == second.value.response["error"] == "ratelimited"


async def test_the_sdks_own_retry_handler_gets_over_a_429(
    slack: Workspace, client: AsyncWebClient
) -> None:
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    slack.fail_next("auth.test", retry_after=0)
    assert (await client.auth_test())["ok"]
    assert [call.status for call in slack.wire.calls] == [429, 200]


async def test_rate_tiers_count_minutes_on_the_workspaces_clock(clock: ManualClock) -> None:
    async with Workspace(clock=clock, options=Options(enforce_rates=True)) as slack:
        client = client_of(slack)
        for _ in range(20):
            await client.usergroups_list()
        await clock.advance(45)
        with pytest.raises(SlackApiError) as caught:
            await client.usergroups_list()
        assert caught.value.response.headers["Retry-After"] == "15"
        await client.auth_test()
        await clock.advance(15)
        await client.usergroups_list()


async def test_posting_is_counted_for_each_channel(clock: ManualClock) -> None:
    async with Workspace(clock=clock, options=Options(enforce_rates=True)) as slack:
        client = client_of(slack)
        shop, ops = (slack.channel(name, members=[slack.bot]) for name in ("shop", "ops"))
        for _ in range(60):
            await client.chat_postMessage(channel=shop.id, text="x")
        body = await refusal(client, "chat.postMessage", channel=shop.id, text="x")
        assert body["error"] == "ratelimited"
        await client.chat_postMessage(channel=ops.id, text="x")


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        pytest.param([], set(), id="member"),
        pytest.param(["guest"], {"is_restricted"}, id="guest"),
        pytest.param(
            ["single_channel_guest"],
            {"is_restricted", "is_ultra_restricted"},
            id="single-channel guest",
        ),
        pytest.param(["deactivated"], {"deleted"}, id="deactivated"),
        pytest.param(["bot"], {"is_bot"}, id="bot"),
        pytest.param(["foreign"], {"is_stranger"}, id="from another workspace"),
    ],
)
async def test_users_info_shows_what_kind_of_person_it_is(
    slack: Workspace, client: AsyncWebClient, flags: Any, shown: set[str]
) -> None:
    person = slack.user("pat", flags=flags)
    user = (await client.users_info(user=person.id))["user"]
    marks = {"deleted", "is_restricted", "is_ultra_restricted", "is_bot", "is_stranger"}
    assert {mark for mark in marks if user[mark]} == shown
    assert (user["team_id"] == slack.team) == ("foreign" not in flags)


async def test_an_address_is_shown_only_with_its_own_scope(
    slack: Workspace, client: AsyncWebClient, ada: Person, clock: ManualClock
) -> None:
    assert "email" not in (await client.users_info(user=ada.id))["user"]["profile"]
    manifest = with_scopes("users:read.email")
    async with Workspace(clock=clock, manifest=manifest) as other:
        bob = other.user("bob", email="bob@example.com")
        answer = await client_of(other).users_info(user=bob.id)
    assert answer["user"]["profile"]["email"] == "bob@example.com"


async def test_an_unknown_user_is_not_found(client: AsyncWebClient) -> None:
    assert (await refusal(client, "users.info", user="U0"))["error"] == "user_not_found"


async def test_user_groups_list_their_people_when_asked(
    slack: Workspace, client: AsyncWebClient, ada: Person
) -> None:
    bob = slack.user("bob", groups=["sre", "dev"])
    bare = await client.usergroups_list()
    full = await client.usergroups_list(include_users=True)
    assert "users" not in bare["usergroups"][0]
    assert {g["handle"]: g["users"] for g in full["usergroups"]} == {
        "sre": [ada.id, bob.id],
        "dev": [bob.id],
    }
    one = await client.usergroups_users_list(usergroup=full["usergroups"][0]["id"])
    assert one["users"] == [ada.id, bob.id]
    body = await refusal(client, "usergroups.users.list", usergroup="S0")
    assert body["error"] == "no_such_subteam"


@pytest.mark.parametrize("method", ["usergroups.list", "usergroups.users.list"])
async def test_user_groups_need_a_paid_plan(clock: ManualClock, method: str) -> None:
    async with Workspace(clock=clock, options=Options(paid_plan=False)) as slack:
        body = await refusal(client_of(slack), method)
    assert body["error"] == "plan_upgrade_required"

"""What changes in the workspace: the bot hears of it in Slack's own words, if it asked to."""

from collections.abc import AsyncIterator
from copy import deepcopy
from typing import Any

import pytest

from bot.demo.slack.manifest import EVENT_SCOPES, default_manifest
from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import Workspace
from tests.clock import ManualClock
from tests.demo.slack.bots import bolt_app, client_of, running

HEARD = [event for event in EVENT_SCOPES if "." not in event]


def listening(*, without: str = "", scopes: tuple[str, ...] = ("users:read.email",)) -> Any:
    manifest = deepcopy(default_manifest())
    events = [event for event in HEARD if event != without]
    manifest["settings"]["event_subscriptions"]["bot_events"] = events
    manifest["oauth_config"]["scopes"]["bot"] += scopes
    return manifest


@pytest.fixture
async def slack(clock: ManualClock) -> AsyncIterator[Workspace]:
    async with Workspace(clock=clock, manifest=listening()) as workspace:
        yield workspace


async def told(slack: Workspace, *acts: Any) -> list[dict[str, Any]]:
    """Return what the app hears of these acts, without the moment of each."""
    app, heard = bolt_app(slack), []

    @app.event({"type": "message"})
    async def on_message() -> None:
        """Bolt wants one listener at least."""

    for kind in HEARD:

        async def on_event(event: dict[str, Any]) -> None:
            heard.append({name: one for name, one in event.items() if name != "event_ts"})

        app.event(kind)(on_event)
    async with running(slack, app):
        for act in acts:
            await act()
        await slack.delivered(len(slack.wire.deliveries))
    return heard


async def test_a_person_who_becomes_a_guest(slack: Workspace, ada: Person) -> None:
    [event] = await told(slack, lambda: slack.administration.alter(ada, flags=["guest"]))
    assert event["type"] == "user_change"
    assert (event["user"]["id"], event["user"]["is_restricted"]) == (ada.id, True)
    found = (await client_of(slack).users_info(user=ada.id))["user"]
    assert found["is_restricted"]


async def test_a_user_group_with_other_people(slack: Workspace, ada: Person) -> None:
    eve = slack.user("eve", groups=["ops"])
    [event] = await told(slack, lambda: slack.administration.regroup("ops", [ada]))
    group = slack.group("ops")
    assert (event["type"], event["subteam_id"]) == ("subteam_members_changed", group)
    assert (event["added_users"], event["removed_users"]) == ([ada.id], [eve.id])
    listed = await client_of(slack).usergroups_list(include_users=True)
    [shown] = [one for one in listed["usergroups"] if one["id"] == group]
    assert shown["users"] == [ada.id]


async def test_a_channel_that_is_renamed_shared_and_closed(slack: Workspace, ada: Person) -> None:
    shop = slack.channel("shop", members=[ada, slack.bot])
    changes = slack.administration
    heard = await told(
        slack,
        lambda: changes.rename(shop, "store"),
        lambda: changes.share(shop),
        lambda: changes.unshare(shop),
        lambda: changes.archive(shop),
    )
    assert [event["type"] for event in heard] == [
        "channel_rename",
        "channel_shared",
        "channel_unshared",
        "channel_archive",
    ]
    assert heard[0]["channel"] == {"id": shop.id, "name": "store"}
    assert {event["channel"] for event in heard[1:]} == {shop.id}
    found = (await client_of(slack).conversations_info(channel=shop.id))["channel"]
    assert (found["name"], found["is_archived"], found["is_ext_shared"]) == ("store", True, False)


async def test_a_private_channel_has_events_of_its_own(slack: Workspace, ada: Person) -> None:
    den = slack.channel("den", members=[ada, slack.bot], kind="private")
    changes = slack.administration
    heard = await told(slack, lambda: changes.rename(den, "cave"), lambda: changes.archive(den))
    assert [event["type"] for event in heard] == ["group_rename", "group_archive"]


async def test_who_comes_and_goes(slack: Workspace, ada: Person, shop: Channel) -> None:
    bea, changes = slack.user("bea"), slack.administration
    heard = await told(slack, lambda: changes.join(shop, bea), lambda: changes.leave(shop, ada))
    assert [(event["type"], event["user"]) for event in heard] == [
        ("member_joined_channel", bea.id),
        ("member_left_channel", ada.id),
    ]


async def test_what_the_manifest_does_not_ask_for_is_not_told(clock: ManualClock) -> None:
    async with Workspace(clock=clock, manifest=listening(without="user_change")) as slack:
        ada = slack.user("ada")
        assert await told(slack, lambda: slack.administration.alter(ada, flags=["guest"])) == []


@pytest.mark.parametrize(
    ("flag", "mark"),
    [("workflow_bot", "is_workflow_bot"), ("connector_bot", "is_connector_bot")],
)
async def test_some_marks_are_there_only_where_they_hold(
    slack: Workspace, ada: Person, flag: Any, mark: str
) -> None:
    robot = slack.user("robot", flags=[flag])
    client = client_of(slack)
    assert (await client.users_info(user=robot.id))["user"][mark] is True
    assert mark not in (await client.users_info(user=ada.id))["user"]

"""What of Slack's payloads is taken in, and what is passed over."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.command import Family
from bot.core.request import Place, Reach, Surface
from bot.slack import payloads
from bot.slack.address import Origin
from tests.every import every

BOT = "U0BOT"


def command(**changes: Any) -> dict[str, Any]:
    return {
        "team_id": "T1",
        "user_id": "U1",
        "user_name": "ada",
        "channel_id": "C1",
        "text": "get pods",
        "trigger_id": "1.2.abc",
        "response_url": "https://hooks.slack.test/1",
        **changes,
    }


def mention(**changes: Any) -> dict[str, Any]:
    event = {"type": "app_mention", "user": "U1", "channel": "C1", "text": f"<@{BOT}> get pods"}
    return {"team_id": "T1", "event_id": "Ev1", "event": {**event, **changes}}


def press(action: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    pressed = {"action_id": "confirm", "value": "ticket-1", **(action or {})}
    return {
        "team": {"id": "T1"},
        "user": {"id": "U1", "username": "ada", "team_id": "T1"},
        "container": {"channel_id": "C1", "message_ts": "1.1", "is_ephemeral": False},
        "trigger_id": "1.2.abc",
        "response_url": "https://hooks.slack.test/1",
        "actions": [pressed],
        **changes,
    }


def test_a_command_begins_with_its_familys_word() -> None:
    found = payloads.command(command(), Family.KUBECTL)
    assert found is not None
    assert found.text == "kubectl get pods"
    assert found.key == "1.2.abc"
    assert found.place == Place(Surface.SLASH, "C1")


def test_a_command_without_words_is_the_familys_word_alone() -> None:
    found = payloads.command(command(text=""), Family.DECK)
    assert found is not None
    assert found.text == "deck"


@every(
    ("text", "handed_on"),
    [
        pytest.param(f"<@{BOT}> get pods", "get pods", id="mention-first"),
        pytest.param(f"  <@{BOT}>: get pods", "get pods", id="with-colon"),
        pytest.param(f"<@{BOT}|deck>, get pods", "get pods", id="with-name"),
        pytest.param(f"<@{BOT}>\nget pods", "get pods", id="next-line"),
        pytest.param(f"<@{BOT}>", "", id="alone"),
        pytest.param(f"hey <@{BOT}> get", f"hey <@{BOT}> get", id="in-the-middle"),
        pytest.param("<@U0OTHER> get", "<@U0OTHER> get", id="someone-else"),
        pytest.param(f"<@{BOT}> <@{BOT}> x", f"<@{BOT}> x", id="once-only"),
    ],
)
def test_only_the_leading_mention_is_taken_off(text: str, handed_on: str) -> None:
    found = payloads.message(mention(text=text), BOT)
    assert found is not None
    assert found.text == handed_on


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(mention(bot_id="B1"), id="a-bots-mention"),
        pytest.param(mention(subtype="message_changed"), id="an-edit"),
        pytest.param(mention(edited={"user": "U1"}), id="edited-into-a-mention"),
        pytest.param(mention(type="message", channel_type="channel"), id="a-channels-message"),
        pytest.param(mention(type="message", channel_type="im", hidden=True), id="hidden"),
        pytest.param(mention(user=""), id="nobody"),
        pytest.param({"team_id": "T1", "event_id": "Ev1"}, id="no-event"),
    ],
)
def test_what_no_person_typed_to_the_bot_is_passed_over(payload: dict[str, Any]) -> None:
    assert payloads.message(payload, BOT) is None


def test_a_direct_message_is_told_from_a_mention() -> None:
    found = payloads.message(mention(type="message", channel_type="im", text="get pods"), BOT)
    assert found is not None
    assert found.place.surface is Surface.DIRECT


@pytest.mark.parametrize(
    ("payload", "teams"),
    [
        pytest.param(payloads.message(mention(team="T2"), BOT), {"T1", "T2"}, id="event-team"),
        pytest.param(payloads.message(mention(user_team="T2"), BOT), {"T1", "T2"}, id="user-team"),
        pytest.param(
            payloads.message(mention(source_team="T2"), BOT), {"T1", "T2"}, id="source-team"
        ),
        pytest.param(
            payloads.press(press(user={"id": "U1", "team_id": "T2"})), {"T1", "T2"}, id="presser"
        ),
        pytest.param(payloads.command(command(team_id="T2"), Family.DECK), {"T2"}, id="command"),
    ],
)
def test_every_workspace_that_is_named_counts(
    payload: payloads.Incoming | None, teams: set[str]
) -> None:
    assert payload is not None
    assert payload.teams == teams


def test_a_press_says_which_message_and_which_ticket() -> None:
    found = payloads.press(press())
    assert found is not None
    assert found.value == "ticket-1"
    assert found.origin == Origin("1.1", ephemeral=False, press="confirm")


@pytest.mark.parametrize(
    "value",
    ["", "x" * 201, "two words", "tick\net", 'ü"'],
    ids=["empty", "long", "space", "line", "odd"],
)
def test_a_value_that_no_button_of_ours_carries_is_passed_over(value: str) -> None:
    assert payloads.press(press({"value": value})) is None


def test_the_response_url_is_not_shown() -> None:
    found = payloads.command(command(), Family.DECK)
    assert "hooks" not in repr(found)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [*command(), *press(), *mention()["event"], "event", "message", "blocks", "value"]
            ),
            inner,
            max_size=8,
        )
    ),
    max_leaves=30,
)


@given(st.dictionaries(st.sampled_from([*command(), *press(), "event", "message"]), _JSON))
def test_no_payload_raises(payload: dict[str, Any]) -> None:
    payloads.command(payload, Family.KUBECTL)
    payloads.message(payload, BOT)
    payloads.press(payload)


def used(**changes: Any) -> dict[str, Any]:
    """Return the use of a menu in a form."""
    chosen = {"action_id": "form:verb", "block_id": "verb", "selected_option": {"value": "get"}}
    view = {"id": "V1", "private_metadata": "C1"}
    return {**press(chosen, container={"type": "view", "view_id": "V1"}, view=view), **changes}


def test_the_use_of_any_element_says_which_and_with_what() -> None:
    found = payloads.action(press({"action_id": "result:page", "block_id": "b", "value": "r 2"}))
    assert found is not None
    assert found.pressed == payloads.Pressed("result:page", "b", "r 2", "1.1")
    assert (found.place.channel, found.trigger) == ("C1", "1.2.abc")
    assert found.origin is None


def test_a_choice_in_a_form_has_its_form_and_no_place() -> None:
    found = payloads.action(used(actions=[{"selected_option": {"value": "get"}}]))
    assert found is not None
    assert found.pressed is not None
    assert (found.pressed.value, found.place.channel) == ("get", "")
    assert found.view == {"id": "V1", "private_metadata": "C1"}
    assert payloads.press(used()) is None


def test_a_form_that_was_sent_off_has_what_was_filled_in() -> None:
    view = {"id": "V1", "state": {"values": {"verb": {}}}}
    found = payloads.submission(press(view=view, container=None, actions=None))
    assert found is not None
    assert (found.kind, found.key, found.view) == ("submission", "1.2.abc", view)


def test_a_suggestion_says_what_was_typed_so_far() -> None:
    asked = press(action_id="form:name", block_id="name", value="we", trigger_id=None)
    found = payloads.suggestion(asked)
    assert found is not None
    assert found.text == "we"
    assert found.pressed == payloads.Pressed("form:name", "name", "")


@pytest.mark.parametrize(("tab", "opened"), [("home", True), ("messages", False)])
def test_only_the_home_tab_is_opened(tab: str, opened: bool) -> None:
    found = payloads.home(mention(type="app_home_opened", tab=tab))
    assert (found is not None) is opened
    assert found is None or (found.kind, found.user) == ("home", "U1")


def test_files_come_with_the_message_that_they_are_attached_to() -> None:
    files = [{"id": "F1", "name": "web.yaml"}]
    direct = mention(type="message", channel_type="im", subtype="file_share", files=files)
    found = payloads.message(direct, BOT)
    assert found is not None
    assert found.files == ({"id": "F1", "name": "web.yaml"},)


def test_a_message_from_a_shared_channel_says_so() -> None:
    found = payloads.message({**mention(), "is_ext_shared_channel": True}, BOT)
    assert found is not None
    assert found.place.reach is Reach.SHARED

"""What Slack's answers say of people, channels and user groups, and what a gap in them means."""

from typing import Any

import pytest

from bot.core.request import Reach, Standing, read_email
from bot.slack.profiles import email_of, members_of, profile_of, reach_of, standing_of
from tests.every import every

MEMBER: dict[str, Any] = {
    "id": "U1",
    "team_id": "T1",
    "deleted": False,
    "is_bot": False,
    "is_restricted": False,
    "is_ultra_restricted": False,
    "is_email_confirmed": True,
    "profile": {"email": "Ada@Example.com"},
}
CHANNEL = {"id": "C1", "is_ext_shared": False, "is_archived": False, "is_member": True}


@every(
    ("marks", "standing"),
    [
        ({}, Standing.MEMBER),
        ({"is_admin": True}, Standing.MEMBER),
        ({"is_restricted": True}, Standing.GUEST),
        ({"is_ultra_restricted": True, "is_restricted": True}, Standing.GUEST),
        ({"is_bot": True}, Standing.BOT),
        ({"is_workflow_bot": True}, Standing.BOT),
        ({"is_connector_bot": True}, Standing.BOT),
        ({"id": "USLACKBOT"}, Standing.BOT),
        ({"deleted": True, "is_restricted": True}, Standing.DEACTIVATED),
        ({"team_id": "T2"}, Standing.FOREIGN),
        ({"is_stranger": True}, Standing.FOREIGN),
        ({"team_id": None}, Standing.FOREIGN),
        ({"enterprise_user": {"enterprise_id": "E2"}}, Standing.FOREIGN),
        ({"enterprise_user": {"enterprise_id": "E1"}}, Standing.MEMBER),
    ],
)
def test_what_a_person_is(marks: dict[str, Any], standing: Standing) -> None:
    assert standing_of({**MEMBER, **marks}, "T1", "E1") is standing


@pytest.mark.parametrize("field", ["deleted", "is_bot", "is_restricted", "is_ultra_restricted"])
def test_a_field_that_is_missing_makes_nobody_a_member(field: str) -> None:
    gap = {name: value for name, value in MEMBER.items() if name != field}
    assert standing_of(gap, "T1") is Standing.UNKNOWN
    assert standing_of({**MEMBER, field: None}, "T1") is Standing.UNKNOWN


@pytest.mark.parametrize(
    ("marks", "email"),
    [
        ({}, "ada@example.com"),
        ({"is_email_confirmed": False}, ""),
        ({"is_email_confirmed": None}, ""),
        ({"profile": {}}, ""),
        ({"profile": None}, ""),
        ({"profile": {"email": None}}, ""),
    ],
)
def test_only_a_confirmed_address_counts(marks: dict[str, Any], email: str) -> None:
    assert email_of({**MEMBER, **marks}) == email


@every(
    "text",
    [
        "ada@ex\u0430mple.com",
        "ada\uff20example.com",
        "\u212aim@example.com",
        "ada@example.com\n",
        " ada@example.com",
        "ada@example.com,eve@example.com",
        "system:masters",
        "system:admin@example.com",
        "ada",
        "@example.com",
        "ada@",
        "ada@localhost",
        "",
    ],
)
def test_what_only_looks_like_an_address_is_none(text: str) -> None:
    assert read_email(text) == ""


def test_a_guest_has_no_address_to_be_known_by() -> None:
    assert profile_of({**MEMBER, "is_restricted": True}, "T1").email == ""


@pytest.mark.parametrize(
    ("marks", "reach"),
    [
        ({}, Reach.HOME),
        ({"is_ext_shared": True}, Reach.SHARED),
        ({"is_archived": True}, Reach.ARCHIVED),
        ({"is_member": False}, Reach.ABSENT),
        ({"is_member": None}, Reach.UNKNOWN),
        ({"is_ext_shared": None}, Reach.UNKNOWN),
        ({"is_archived": None}, Reach.UNKNOWN),
    ],
)
def test_who_reads_along(marks: dict[str, Any], reach: Reach) -> None:
    assert reach_of({**CHANNEL, **marks}) is reach


def test_groups_that_are_off_or_of_another_workspace_have_nobody_in_them() -> None:
    group = {"id": "S1", "team_id": "T1", "date_delete": 0, "users": ["U1"]}
    others = [
        {**group, "id": "S2", "date_delete": 1_700_000_000},
        {**group, "id": "S3", "team_id": "T2"},
        {"id": "S4", "team_id": "T1", "date_delete": 0},
    ]
    assert members_of([group, *others], "T1") == {"S1": {"U1"}}

"""What Slack's answers say of a person, a channel and the user groups.

Pure. What Slack does not say counts as unknown: a field that is missing lets nobody in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.core.request import Reach, Standing, read_email

Json: TypeAlias = dict[str, Any]
"""JSON of Slack; a foreign edge."""
Members: TypeAlias = Mapping[str, frozenset[str]]
"""From the id of a user group to the ids of who is in it."""

_SLACKBOT = "USLACKBOT"
# Slack says the first three of everyone who is not deactivated, the others only where they are so
# (the user object of Slack's API types).
_SAID_OF_EVERYONE = ("is_bot", "is_restricted", "is_ultra_restricted")
_BOTS = ("is_bot", "is_workflow_bot", "is_connector_bot")
_GUESTS = ("is_restricted", "is_ultra_restricted")
_SAID_OF_CHANNELS = ("is_ext_shared", "is_archived", "is_member")


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as the workspace knows them."""

    standing: Standing
    email: str = ""
    """Confirmed, in the form of `core.request.read_email`; empty: none is."""


def profile_of(user: Json, team: str, enterprise: str = "") -> Profile:
    """Return what `users.info` says about a person, from the workspace `team`."""
    standing = standing_of(user, team, enterprise)
    return Profile(standing, email_of(user) if standing is Standing.MEMBER else "")


def standing_of(user: Json, team: str, enterprise: str = "") -> Standing:
    """Return what a person is to the workspace `team`, of that organisation where it has one."""
    if user.get("deleted"):
        return Standing.DEACTIVATED
    if any(user.get(mark) for mark in _BOTS) or user.get("id") == _SLACKBOT:
        return Standing.BOT
    if user.get("is_stranger") or user.get("team_id") != team or _elsewhere(user, enterprise):
        return Standing.FOREIGN
    if any(user.get(mark) for mark in _GUESTS):
        return Standing.GUEST
    if any(user.get(mark) is not False for mark in ("deleted", *_SAID_OF_EVERYONE)):
        return Standing.UNKNOWN
    return Standing.MEMBER


def email_of(user: Json) -> str:
    """Return the address that the person has confirmed; empty: there is none to rely on."""
    profile = user.get("profile")
    email = profile.get("email") if isinstance(profile, dict) else None
    if user.get("is_email_confirmed") is not True or not isinstance(email, str):
        return ""
    return read_email(email)


def reach_of(channel: Json) -> Reach:
    """Return what `conversations.info` says about who reads along in a channel."""
    if channel.get("is_ext_shared"):
        return Reach.SHARED
    if channel.get("is_archived"):
        return Reach.ARCHIVED
    if any(not isinstance(channel.get(mark), bool) for mark in _SAID_OF_CHANNELS):
        return Reach.UNKNOWN
    return Reach.HOME if channel["is_member"] else Reach.ABSENT


def members_of(usergroups: list[Json], team: str) -> Members:
    """Return who is in which group of the workspace, of those that are not switched off."""
    return {
        str(group.get("id")): frozenset(map(str, group["users"]))
        for group in usergroups
        if group.get("team_id") == team
        and not group.get("date_delete")
        and isinstance(group.get("users"), list)
    }


def _elsewhere(user: Json, enterprise: str) -> bool:
    theirs = user.get("enterprise_user")
    named = theirs.get("enterprise_id") if isinstance(theirs, dict) else None
    return bool(named) and named != enterprise

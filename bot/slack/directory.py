"""Who people and channels are to the workspace, as Slack says it; remembered for some minutes.

Slack's payloads do not tell a guest from a member, nor a shared channel from one's own. How old
an answer may be is for whoever asks to say; what Slack tells of a change ends it before that.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.clock import Clock
from bot.core.errors import SlackError
from bot.core.request import Person, Place, Reach, Request, Standing, Surface
from bot.slack.address import Home
from bot.slack.calls import Caller
from bot.slack.manifest import BINDINGS, SCOPES
from bot.slack.profiles import Members, Profile, members_of, profile_of, reach_of
from bot.slack.remembered import Remembered

_LOG = structlog.stdlib.get_logger(__name__)

# One call of `usergroups.list` tells all groups of the workspace with their people. It may be
# called 20 times a minute, as `usergroups.users.list` may, which tells one group.
_GROUPS = ""
_NO_GROUPS = frozenset({"missing_scope", "plan_upgrade_required", "paid_teams_only"})


@dataclass(frozen=True, slots=True)
class _Office:
    """Where Slack is asked, and for which workspace."""

    client: AsyncWebClient
    home: Home


class Directory:
    """The people and channels of one workspace; what `core.ports.Acquaintance` promises."""

    def __init__(self, clock: Clock) -> None:
        self._caller = Caller(clock)
        self._office: _Office | None = None
        self._people = Remembered(clock, self._ask_person)
        self._channels = Remembered(clock, self._ask_channel)
        self._members = Remembered(clock, self._ask_members)

    def open(self, client: AsyncWebClient, home: Home) -> None:
        """Ask Slack from now on; before, everybody is unknown."""
        self._office = _Office(client, home)
        for scope in SCOPES:
            if scope.name in BINDINGS and scope.name not in home.scopes:
                _LOG.warning("slack_scope_missing", scope=scope.name, without=scope.without)

    async def introduce(
        self, request: Request, within: float, usergroups: Collection[str] = ()
    ) -> Request:
        """Return the request with what Slack says of its person and its place."""
        person, place = await asyncio.gather(
            self._met(request.person, within, usergroups), self._placed(request.place, within)
        )
        return replace(request, person=person, place=place)

    def hear(self, event: dict[str, Any]) -> None:
        """Take in an event of Slack's: what it says is different now is asked for again."""
        kind = str(event.get("type"))
        if kind.startswith("subteam_"):
            self._members.forget_all()
        elif kind == "user_change":
            self._people.forget(_id(event.get("user")))
        elif kind.startswith(("channel_", "group_", "member_")):
            self._channels.forget(_id(event.get("channel")))

    def forget(self) -> None:
        """Ask for everything again, as after another policy came into force."""
        for memory in (self._people, self._channels, self._members):
            memory.forget_all()

    async def _met(self, person: Person, within: float, usergroups: Collection[str]) -> Person:
        user = person.key.partition("/")[2]
        stranger = replace(person, standing=Standing.UNKNOWN, email="", usergroups=())
        profile = await self._people.get(user, within) if self._office else None
        if profile is None:
            return stranger
        known = replace(stranger, standing=profile.standing, email=profile.email)
        if profile.standing is not Standing.MEMBER or not usergroups:
            return known
        members = await self._members.get(_GROUPS, within)
        if members is None:
            # Another rule of the policy may hold for who is in a group: nobody is taken for others.
            return stranger
        mine = (group for group in usergroups if user in members.get(group, ()))
        return replace(known, usergroups=tuple(sorted(mine)))

    async def _placed(self, place: Place, within: float) -> Place:
        direct = place.surface is Surface.DIRECT or place.channel.startswith("D")
        if direct or not place.channel or place.reach is Reach.SHARED:
            # Slack would not say who talks in private (im:read); a policy may name such a place.
            return place
        reach = await self._channels.get(place.channel, within) if self._office else None
        return replace(place, reach=reach or Reach.UNKNOWN)

    async def _ask_person(self, user: str) -> Profile:
        office = self._opened
        answer = await self._caller.once(lambda: office.client.users_info(user=user))
        return profile_of(answer.get("user") or {}, office.home.team, office.home.enterprise)

    async def _ask_channel(self, channel: str) -> Reach:
        client = self._opened.client
        answer = await self._caller.once(lambda: client.conversations_info(channel=channel))
        return reach_of(answer.get("channel") or {})

    async def _ask_members(self, _key: str) -> Members:
        office = self._opened
        if "usergroups:read" not in office.home.scopes:
            return {}
        try:
            answer = await self._caller.once(
                lambda: office.client.usergroups_list(include_users=True)
            )
        except SlackError as error:
            if error.code not in _NO_GROUPS:
                raise
            _LOG.warning("slack_usergroups_unknown", reason=error.text)
            return {}
        return members_of(answer.get("usergroups") or [], office.home.team)

    @property
    def _opened(self) -> _Office:
        if self._office is None:
            raise RuntimeError("the directory is not open")
        return self._office


def _id(named: object) -> str:
    """Return the id that an event names, alone or within an object."""
    return str(named.get("id") if isinstance(named, dict) else named)

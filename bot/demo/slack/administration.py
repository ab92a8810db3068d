"""What changes in the workspace beside the app: people, user groups and channels.

The bot hears of it by the events that its manifest asks for, as Slack documents each of them;
every change returns once the bot has heard.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.demo.slack.delivery import Courier, Envelope
from bot.demo.slack.directory import user_object
from bot.demo.slack.events import event_payload
from bot.demo.slack.platform import Platform
from bot.demo.slack.shapes import Json
from bot.demo.slack.state import OTHER_TEAM, Channel, Someone, UserFlag


@dataclass(frozen=True, slots=True)
class Administration:
    """The settings of the workspace, as its administrators use them."""

    platform: Platform
    courier: Courier

    async def alter(
        self, person: Someone, *, flags: Iterable[UserFlag] | None = None, email: str | None = None
    ) -> None:
        """Make something else of a person: a guest, a deactivated account, another address."""
        users = self.platform.state.users
        user = users[person.id]
        marks = user.flags if flags is None else frozenset(flags)
        users[person.id] = user = replace(
            user, flags=marks, email=user.email if email is None else email
        )
        await self._tell({"type": "user_change", "user": user_object(user)})

    async def regroup(self, handle: str, people: Iterable[Someone]) -> str:
        """Let exactly these people be in a user group; return its id."""
        state = self.platform.state
        group = state.group_named(handle)
        now = tuple(person.id for person in people)
        state.groups[group.id] = replace(group, users=now)
        added = [user for user in now if user not in group.users]
        removed = [user for user in group.users if user not in now]
        await self._tell(
            {
                "type": "subteam_members_changed",
                "subteam_id": group.id,
                "team_id": self.platform.names.team,
                "added_users": added,
                "added_users_count": len(added),
                "removed_users": removed,
                "removed_users_count": len(removed),
            }
        )
        return group.id

    async def rename(self, channel: Channel, name: str) -> None:
        """Give a channel another name."""
        self._put(channel, name=name)
        kind = self._kind(channel, "rename")
        await self._tell({"type": kind, "channel": {"id": channel.id, "name": name}})

    async def archive(self, channel: Channel) -> None:
        """Close a channel."""
        self._put(channel, archived=True)
        await self._tell({"type": self._kind(channel, "archive"), "channel": channel.id})

    async def share(self, channel: Channel) -> None:
        """Share a channel with another organisation by Slack Connect."""
        self._put(channel, shared=True)
        event: Json = {"type": "channel_shared", "connected_team_id": OTHER_TEAM}
        await self._tell({**event, "channel": channel.id})

    async def unshare(self, channel: Channel) -> None:
        """Let a channel be the workspace's own again."""
        self._put(channel, shared=False)
        event: Json = {"type": "channel_unshared", "previously_connected_team_id": OTHER_TEAM}
        await self._tell({**event, "channel": channel.id, "is_ext_shared": False})

    async def join(self, channel: Channel, person: Someone) -> None:
        """Let somebody into a channel."""
        members = self._current(channel).members
        self._put(channel, members=(*members, person.id))
        await self._tell(self._membership("member_joined_channel", channel, person))

    async def leave(self, channel: Channel, person: Someone) -> None:
        """Take somebody out of a channel."""
        members = self._current(channel).members
        self._put(channel, members=tuple(one for one in members if one != person.id))
        await self._tell(self._membership("member_left_channel", channel, person))

    def _membership(self, kind: str, channel: Channel, person: Someone) -> Json:
        letter = "C" if channel.kind == "public" else "G"
        return {
            "type": kind,
            "user": person.id,
            "channel": channel.id,
            "channel_type": letter,
            "team": self.platform.names.team,
        }

    def _kind(self, channel: Channel, what: str) -> str:
        return f"{'channel' if channel.kind == 'public' else 'group'}_{what}"

    def _current(self, channel: Channel) -> Channel:
        return self.platform.state.channels[channel.id]

    def _put(self, channel: Channel, **changes: object) -> None:
        current = replace(self._current(channel), **changes)  # type: ignore[arg-type]
        self.platform.state.channels[channel.id] = current

    async def _tell(self, event: Json) -> None:
        if not self.platform.app.hears(event["type"]):
            return
        stamped = {**event, "event_ts": self.platform.state.stamps.fresh()}
        payload, ids = event_payload(self.platform, stamped), self.platform.ids
        number = len(self.platform.wire.acts)
        await self.courier.publish(Envelope(ids.secret(36), "events_api", payload, number))

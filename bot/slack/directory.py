"""Who people and channels are to the workspace, as Slack says it; remembered for some minutes.

Slack's payloads do not tell a guest from a member, nor a shared channel from one's own. What
Slack does not say counts as unknown, and the policy refuses changes there.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.clock import Clock
from bot.core.request import Reach, Standing
from bot.slack.calls import FAILURES, Caller

T = TypeVar("T")
_LOG = structlog.stdlib.get_logger(__name__)

# users.info allows 100 calls a minute and conversations.info 50 (MethodsRateLimits of the SDK).
KEPT_SECONDS = 300.0
# So long nobody asks again after Slack did not say.
KEPT_UNKNOWN_SECONDS = 15.0
_MOST = 2_000
_SLACKBOT = "USLACKBOT"


def standing_of(user: dict[str, Any], team: str) -> Standing:
    """Return what `users.info` says about a person, from the workspace `team`."""
    if user.get("deleted"):
        return Standing.DEACTIVATED
    if user.get("is_bot") or user.get("id") == _SLACKBOT:
        return Standing.BOT
    if user.get("is_stranger") or user.get("team_id") != team:
        return Standing.FOREIGN
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Standing.GUEST
    return Standing.MEMBER


def reach_of(channel: dict[str, Any]) -> Reach:
    """Return what `conversations.info` says about who reads along in a channel."""
    return Reach.SHARED if channel.get("is_ext_shared") else Reach.HOME


@dataclass(slots=True)
class _Entry(Generic[T]):
    value: T
    until: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class _Memory(Generic[T]):
    """Answers by their key; of many who ask at once, one asks Slack and the others wait."""

    def __init__(self, clock: Clock, ask: Callable[[str], Awaitable[T]], unknown: T) -> None:
        self._clock = clock
        self._ask = ask
        self._unknown = unknown
        self._entries: dict[str, _Entry[T]] = {}

    async def get(self, key: str) -> T:
        entry = self._entries.get(key) or self._added(key)
        async with entry.lock:
            if self._clock.monotonic() >= entry.until:
                await self._refresh(key, entry)
        return entry.value

    async def _refresh(self, key: str, entry: _Entry[T]) -> None:
        kept = KEPT_SECONDS
        try:
            entry.value = await self._ask(key)
        except FAILURES as error:
            _LOG.warning("slack_lookup_failed", about=key, reason=error.text)
            entry.value, kept = self._unknown, KEPT_UNKNOWN_SECONDS
        entry.until = self._clock.monotonic() + kept

    def _added(self, key: str) -> _Entry[T]:
        while len(self._entries) >= _MOST:
            del self._entries[next(iter(self._entries))]
        return self._entries.setdefault(key, _Entry(self._unknown))


class Directory:
    """The people and channels of one workspace."""

    def __init__(self, client: AsyncWebClient, clock: Clock, team: str) -> None:
        self._client = client
        self._caller = Caller(clock)
        self._team = team
        self._people = _Memory(clock, self._ask_person, Standing.UNKNOWN)
        self._channels = _Memory(clock, self._ask_channel, Reach.UNKNOWN)

    async def standing(self, user: str) -> Standing:
        """Return what a person is to the workspace."""
        return await self._people.get(user)

    async def reach(self, channel: str) -> Reach:
        """Return who reads along in a channel."""
        return await self._channels.get(channel)

    async def _ask_person(self, user: str) -> Standing:
        answer = await self._caller.once(lambda: self._client.users_info(user=user))
        return standing_of(answer["user"], self._team)

    async def _ask_channel(self, channel: str) -> Reach:
        answer = await self._caller.once(lambda: self._client.conversations_info(channel=channel))
        return reach_of(answer["channel"])

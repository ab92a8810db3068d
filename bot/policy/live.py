"""The policy that is in force, taken over anew when its file changes and is good.

A mounted ConfigMap changes by a link that is swapped, and an editor may write half a file: so the
content itself is looked at, and counts only when it is the same twice.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.core.clock import Clock
from bot.core.errors import ConfigurationError
from bot.core.health import Alarm
from bot.policy.model import Policy
from bot.policy.reading import read_bytes, validated

_LOG = structlog.stdlib.get_logger(__name__)

# A kubelet takes up to a minute to bring a new ConfigMap; five seconds more are not felt.
POLL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _Found:
    """What stands in the file at one moment."""

    digest: str
    """Of the content, or of why there is none."""
    content: bytes = b""
    failure: ConfigurationError | None = None


class LivePolicy:
    """Holds the last good policy; a bad file changes nothing but that the admins are told."""

    def __init__(self, path: Path) -> None:
        """Read the policy that is in force at first.

        Raises:
            ConfigurationError: there is none, and nothing to keep in its place.
        """
        self._path = path
        found = _look(path)
        self.policy = _taken(path, found)
        self.digest = found.digest
        """SHA-256 of the file that is in force, in hexadecimal."""
        self.on_change: list[Callable[[], None]] = []
        """Called after another policy has come into force."""
        self._seen = found.digest
        self._refused = ""
        _LOG.info("policy_in_force", digest=self.digest)

    async def run(self, clock: Clock, alarm: Alarm) -> None:
        """Look at the file again and again, until cancelled."""
        while True:
            await clock.sleep(POLL_SECONDS)
            await self.look(alarm)

    async def look(self, alarm: Alarm) -> None:
        """Take the file over if it has changed, is the same as at the last look, and is good."""
        found = await asyncio.to_thread(_look, self._path)
        if found.digest != self._seen:
            self._seen = found.digest
        elif found.digest == self.digest:
            await self._recover(alarm)
        elif found.digest != self._refused:
            await self._take(found, alarm)

    async def _take(self, found: _Found, alarm: Alarm) -> None:
        try:
            policy = await asyncio.to_thread(_taken, self._path, found)
        except ConfigurationError as error:
            self._refused = found.digest
            _LOG.error("policy_refused", reason=error.text, in_force=self.digest)
            text = f"The policy file is bad, so the policy before it stays in force.\n{error.text}"
            await alarm.tell(f"policy/{found.digest}", text, error.next_step)
            return
        self.policy, self.digest = policy, found.digest
        _LOG.info("policy_in_force", digest=self.digest)
        for changed in self.on_change:
            changed()
        await self._recover(alarm)

    async def _recover(self, alarm: Alarm) -> None:
        if self._refused:
            key, self._refused = f"policy/{self._refused}/good", ""
            _LOG.info("policy_good_again", digest=self.digest)
            await alarm.tell(key, "The policy file is good again, and in force.")


def _look(path: Path) -> _Found:
    try:
        content = read_bytes(path)
    except ConfigurationError as error:
        return _Found(error.text, failure=error)
    return _Found(hashlib.sha256(content).hexdigest(), content)


def _taken(path: Path, found: _Found) -> Policy:
    if found.failure is not None:
        raise found.failure
    return validated(path, found.content)

"""What was found when the bot's surroundings were looked at."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Protocol


class State(StrEnum):
    """How something is."""

    GOOD = "good"
    LACKING = "lacking"
    """The bot works, but for what the text names."""
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    state: State
    text: str
    next_step: str = ""
    """What to do about it; empty where all is well."""


# Slack signs each request with the time, and one that is five minutes old is refused; a `Date`
# header and the way here take a few seconds at most.
_NOTED_SECONDS, _FATAL_SECONDS = 30.0, 300.0
_SET = "Synchronise the clock of the node that the bot runs on (NTP), then look again."


def compare_clocks(whose: str, date: str, now: datetime) -> list[Finding]:
    """Return how far this clock is from another's `Date` header; nothing where there is none."""
    try:
        theirs = parsedate_to_datetime(date)
    except ValueError:
        return []
    seconds = (now - theirs).total_seconds()
    if abs(seconds) < _NOTED_SECONDS:
        return [Finding(State.GOOD, f"The clock agrees with {whose}.")]
    way = "ahead of" if seconds > 0 else "behind"
    text = f"The clock is {abs(seconds):.0f} s {way} {whose}"
    if abs(seconds) < _FATAL_SECONDS:
        return [Finding(State.LACKING, f"{text}: times in answers and records are wrong.", _SET)]
    return [Finding(State.BROKEN, f"{text}: signed requests and tokens are refused.", _SET)]


class Alarm(Protocol):
    """What reaches the admins when something is wrong with the bot itself."""

    async def tell(self, key: str, text: str, next_step: str = "") -> None:
        """Tell it, soon; of several replicas that tell the same key at a time, one is heard."""
        ...

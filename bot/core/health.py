"""What was found when the bot's surroundings were looked at."""

from dataclasses import dataclass
from enum import StrEnum


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

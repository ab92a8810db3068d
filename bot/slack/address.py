"""Where an answer belongs."""

from dataclasses import dataclass, field
from typing import Literal

from bot.core.request import Place, Surface

Press = Literal["confirm", "withdraw", "deny", "break-glass", "again", "refresh"]
"""The buttons of a proposal, by their action ids; and Refresh, whose answer takes the message's
place."""


@dataclass(frozen=True, slots=True)
class Home:
    """The workspace that the bot lives in, and who it is there."""

    team: str
    bot_user: str
    bot: str
    name: str
    url: str
    """`https://NAME.slack.com/`."""
    app: str = ""
    """The app's id, which every payload must name; empty: Slack did not say."""
    enterprise: str = ""
    """The organisation that the workspace belongs to; empty: none."""
    scopes: frozenset[str] = frozenset()
    """What the bot was granted when the app was installed."""

    def link(self, channel: str, ts: str) -> str:
        """Return the address of a message."""
        return f"{self.url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"


@dataclass(frozen=True, slots=True)
class Origin:
    """The message whose button was pressed."""

    ts: str
    ephemeral: bool
    press: Press


@dataclass(frozen=True, slots=True)
class Address:
    """Who is answered, and where."""

    request: str
    """The request's id."""
    person: str
    """Slack's user id."""
    place: Place
    response_url: str = field(default="", repr=False)
    """Five answers in thirty minutes; whoever knows it can write, so it is never logged."""
    origin: Origin | None = None

    @property
    def direct(self) -> bool:
        """Tell whether nobody but the person reads along."""
        return self.place.surface is Surface.DIRECT

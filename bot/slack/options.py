"""How the bot is connected to one Slack workspace."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from bot.core.command import Family
from bot.slack.tables import Tables

Mode = Literal["socket", "http"]


class Options(BaseModel):
    """Tokens, transport and limits; a secret is shown neither by `repr` nor by an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    bot_token: SecretStr
    """The bot token, `xoxb-…`."""
    mode: Mode = "socket"
    """`socket`: the bot calls Slack (Socket Mode); `http`: Slack calls the bot."""
    app_token: SecretStr = SecretStr("")
    """The app-level token, `xapp-…` with `connections:write`; needed in socket mode."""
    signing_secret: SecretStr = SecretStr("")
    """What Slack signs its requests with; needed in http mode."""
    previous_signing_secret: SecretStr = SecretStr("")
    """Accepted beside the other one while the secret is being rotated."""
    base_url: str = "https://slack.com/api/"
    """Where Slack's Web API is."""
    kubectl_command: str = Field(default="/kubectl", pattern=r"^/[a-z0-9_-]{1,31}$")
    """The slash command that takes kubectl's phrases, as the app's manifest names it."""
    deck_command: str = Field(default="/deck", pattern=r"^/[a-z0-9_-]{1,31}$")
    """The slash command about the bot itself."""
    prom_command: str = Field(default="/prom", pattern=r"^/[a-z0-9_-]{1,31}$")
    """The slash command that asks Prometheus."""
    proxy: SecretStr = SecretStr("")
    """The HTTP proxy to Slack; secret because its URL may hold a password."""
    ca_file: Path | None = None
    """PEM certificates to trust instead of the system's, for a proxy that opens TLS."""
    tables: Tables = "text"
    """How tables are drawn: kubectl's own text, or Slack's blocks `table` or `data_table`."""
    connections: int = Field(default=2, ge=1, le=10)
    """Socket Mode connections: two, because one is deaf for a moment at each refresh; Slack
    allows ten for each app."""
    ping_seconds: float = Field(default=4.0, gt=0)
    """A peer of whom nothing is heard for three times this long counts as gone, which is noticed
    within four times this long: so nobody is deaf for more than 20 s."""
    running_per_person: int = Field(default=2, ge=1)
    """Requests of one person that run at once."""
    waiting_per_person: int = Field(default=5, ge=0)
    """Requests of one person that wait their turn; the next one is refused."""
    running: int = Field(default=32, ge=1)
    """Requests of all people that run at once."""
    taken: int = Field(default=256, ge=1)
    """Requests of all people that run or wait; above, the bot says that it is busy."""

    @model_validator(mode="after")
    def _has_what_its_mode_needs(self) -> Self:
        needed = self.app_token if self.mode == "socket" else self.signing_secret
        if not needed.get_secret_value():
            name = "app_token" if self.mode == "socket" else "signing_secret"
            raise ValueError(f"mode {self.mode} needs {name}")
        if len(set(self.commands.values())) < len(self.commands):
            raise ValueError("the commands need different names")
        return self

    @property
    def commands(self) -> Mapping[Family, str]:
        """Return the slash command of each family."""
        return {
            Family.KUBECTL: self.kubectl_command,
            Family.PROM: self.prom_command,
            Family.DECK: self.deck_command,
        }

    def family(self, command: str) -> Family | None:
        """Return the family that a slash command stands for; None: it is not one of ours."""
        return {name: family for family, name in self.commands.items()}.get(command)

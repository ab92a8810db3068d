"""What Slack accepts as an app manifest, as far as this app uses it.

The limits are those of Slack's published manifest schema, version 1. Pydantic refuses what is not
named here, as Slack does.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Address = Annotated[str, StringConstraints(pattern=r"^https://", max_length=3000)]
Word = Annotated[str, StringConstraints(max_length=50)]


class Part(BaseModel):
    """A part of the manifest."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Metadata(Part):
    """Which schema the manifest follows."""

    major_version: int


class DisplayInformation(Part):
    """What people see of the app in Slack's lists."""

    name: str = Field(min_length=1, max_length=35)
    description: str = Field(min_length=1, max_length=140)
    long_description: str = Field(min_length=175, max_length=4000)
    background_color: str = Field(pattern=r"^#([0-9a-fA-F]{3}){1,2}$")


class AppHome(Part):
    """The tabs of the app's own page."""

    home_tab_enabled: bool
    messages_tab_enabled: bool
    messages_tab_read_only_enabled: bool


class BotUser(Part):
    """The name that is mentioned."""

    display_name: str = Field(min_length=1, max_length=80, pattern=r"^[a-z0-9._-]+$")
    always_online: bool


class SlashCommand(Part):
    """One slash command."""

    command: str = Field(min_length=2, max_length=32, pattern=r"^/[a-z]+$")
    description: str = Field(min_length=1, max_length=2000)
    usage_hint: str = Field(min_length=1, max_length=1000)
    should_escape: bool
    url: Address | None = None


class Features(Part):
    """What the app adds to Slack."""

    app_home: AppHome
    bot_user: BotUser
    slash_commands: list[SlashCommand] = Field(min_length=1, max_length=50)


class Scopes(Part):
    """What the app may do; it has no user scopes."""

    bot: list[Word] = Field(max_length=255)


class OauthConfig(Part):
    """How the app is authorized."""

    scopes: Scopes


class EventSubscriptions(Part):
    """What the app hears."""

    bot_events: list[Word] = Field(max_length=100)
    request_url: Address | None = None


class Interactivity(Part):
    """Where presses go."""

    is_enabled: bool
    request_url: Address | None = None
    message_menu_options_url: Address | None = None


class Settings(Part):
    """The app's switches."""

    event_subscriptions: EventSubscriptions
    interactivity: Interactivity
    org_deploy_enabled: bool
    socket_mode_enabled: bool
    token_rotation_enabled: bool


class SlackApp(Part):
    """A whole manifest."""

    metadata: Metadata = Field(alias="_metadata")
    display_information: DisplayInformation
    features: Features
    oauth_config: OauthConfig
    settings: Settings

    def addresses(self) -> list[str | None]:
        """Return every address that Slack would call."""
        return [
            *(command.url for command in self.features.slash_commands),
            self.settings.event_subscriptions.request_url,
            self.settings.interactivity.request_url,
            self.settings.interactivity.message_menu_options_url,
        ]

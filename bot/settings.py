"""Everything that can be set, composed of each room's options and read once.

From environment variables (`QUARTERDECK_SLACK__MODE`) and, for secrets, from files in the folder
that `QUARTERDECK_SECRETS` names: `slack-bot-token` there is `slack.bot_token`.
"""

import re
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from bot import environment
from bot.core.errors import ConfigurationError
from bot.kube.fleet import Options as KubernetesOptions
from bot.slack.options import Options as SlackOptions
from bot.store.engine import Options as StoreOptions
from bot.web.server import Options as WebOptions

PREFIX = "QUARTERDECK_"
# Read elsewhere: by the tests, and by whatever keeps built things.
_NOT_SETTINGS = ("TEST_", "CACHE")


class Settings(BaseSettings):
    """The settings of a bot that serves Slack."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    policy: Path
    """The policy file."""
    secrets: Path | None = None
    """The folder of the mounted secrets."""
    slack: SlackOptions
    kubernetes: KubernetesOptions = KubernetesOptions()
    store: StoreOptions = StoreOptions()
    web: WebOptions = WebOptions()
    drain_seconds: float = Field(default=40.0, gt=0)
    """How long SIGTERM waits for what runs; shorter than the pod's grace period."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the arguments, then the environment, then the mounted secrets."""
        return init_settings, env_settings, _MountedSecrets(settings_cls)


class _MountedSecrets(PydanticBaseSettingsSource):
    """Files of one folder; the library's own source fills no nested options."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        folder = environment.variables().get(f"{PREFIX}SECRETS")
        if not folder:
            return {}
        found: dict[str, Any] = {}
        for room, name, value in _read_secrets(Path(folder)):
            found.setdefault(room, {})[name] = value
        return found


def _read_secrets(folder: Path) -> list[tuple[str, str, str]]:
    if not folder.is_dir():
        raise ConfigurationError(f"error: {PREFIX}SECRETS: there is no folder {folder}")
    # Kubernetes keeps its own links beside the files, with names that begin with two dots.
    files = [file for file in sorted(folder.iterdir()) if not file.name.startswith(".")]
    read = []
    for file in files:
        room, _, name = file.name.partition("-")
        value = file.read_text("utf-8").strip()
        if not value:
            raise ConfigurationError(f"error: the secret {file} is empty")
        read.append((room, name.replace("-", "_"), value))
    return read


def read_settings() -> Settings:
    """Return the settings of this process.

    Raises:
        ConfigurationError: one is missing, wrong or unknown; the text names it.
    """
    _refuse_unknown()
    try:
        # mypy's plugin for pydantic is not used: the values come from the sources above.
        settings = Settings()  # type: ignore[call-arg]
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + "__".join(map(str, first["loc"])).upper()
        raise ConfigurationError(
            f"error: {name}: {first['msg']}", next_step="See the settings in README.md."
        ) from error
    except SettingsError as error:
        # Its cause holds the value, which may be a secret.
        field = re.search(r'field "(\w+)"', str(error))
        name = PREFIX + (field[1] if field else "").upper()
        raise ConfigurationError(
            f"error: {name}: this is no JSON; set its parts instead, as {name}__…"
        ) from None
    return settings


def _refuse_unknown() -> None:
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    for name in environment.variables():
        if not name.startswith(PREFIX) or name.removeprefix(PREFIX).startswith(_NOT_SETTINGS):
            continue
        if name.partition("__")[0] not in known:
            raise ConfigurationError(f"error: {name} is no setting of this bot")

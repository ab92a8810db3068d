"""Everything that can be set, composed of each room's options and read once.

From environment variables (`QUARTERDECK_SLACK__MODE`) and, for secrets, from files in the folder
that `QUARTERDECK_SECRETS` names: `slack-bot-token` there is `slack.bot_token`.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from bot import environment
from bot.audit.options import Options as AuditOptions
from bot.core.errors import ConfigurationError
from bot.core.setting import Setting, catalogue
from bot.environment import PREFIX, read_secret
from bot.grammar.suggest import near
from bot.kube.fleet import Options as KubernetesOptions
from bot.prometheus.options import Options as PrometheusOptions
from bot.slack.options import Options as SlackOptions
from bot.store.engine import Options as StoreOptions
from bot.web.server import Options as WebOptions

_Kind = TypeVar("_Kind", bound="_Settings")
# Read elsewhere: by the tests, and by whatever keeps built things.
_NOT_SETTINGS = ("TEST_", "CACHE")
_SEE = "See the settings in docs/settings.md."
# What Kubernetes puts into the environment of pods for a Service that is named as the bot.
_SERVICE_LINK = re.compile(rf"{PREFIX}(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP)(_\w+)?)?)")


class _Settings(BaseSettings):
    """Where settings are read from; what is none of the class's own does not matter."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    secrets: Path | None = None
    """The folder of the mounted secrets, a file for each."""

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


class AuditSettings(_Settings):
    """What is set of the audit record and the store that it is in."""

    store: StoreOptions = StoreOptions()
    audit: AuditOptions = AuditOptions()


class PrometheusSettings(_Settings):
    """What is set of Prometheus: all that a terminal needs."""

    prometheus: PrometheusOptions = PrometheusOptions()


class Settings(AuditSettings):
    """The settings of a bot that serves Slack."""

    model_config = SettingsConfigDict(extra="forbid")

    policy: Path
    """The policy file: who may ask for what, from where."""
    slack: SlackOptions
    kubernetes: KubernetesOptions = KubernetesOptions()
    prometheus: PrometheusOptions = PrometheusOptions()
    web: WebOptions = WebOptions()
    drain_seconds: float = Field(default=40.0, gt=0)
    """How long SIGTERM waits for what runs, in seconds; shorter than the pod's grace period."""


class _MountedSecrets(PydanticBaseSettingsSource):
    """Files of one folder; the library's own source fills no nested options."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        folder = environment.variables().get(f"{PREFIX}SECRETS")
        return _read_secrets(Path(folder)) if folder else {}


def _read_secrets(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        # Its value stays out of the sentence: whoever mistook the setting wrote a secret there.
        raise ConfigurationError(f"error: {PREFIX}SECRETS: there is no such folder")
    known = {one.file: one for one in catalogue(Settings) if one.secret}
    found: dict[str, Any] = {}
    # Kubernetes keeps its own links beside the files, with names that begin with two dots.
    for file in (file for file in sorted(folder.iterdir()) if not file.name.startswith(".")):
        if file.name not in known:
            raise _unknown(f"the secret {file}", file.name, known)
        room, name = known[file.name].path
        found.setdefault(room, {})[name] = read_secret(file)
    return found


def read_settings() -> Settings:
    """Return the settings of this process.

    Raises:
        ConfigurationError: one is missing, wrong or unknown; the text names it.
    """
    return _read(Settings)


def read_audit_settings() -> AuditSettings:
    """Return what is set of the audit record and its store.

    Raises:
        ConfigurationError: one is wrong or unknown; the text names it.
    """
    return _read(AuditSettings)


def read_prometheus_settings() -> PrometheusSettings:
    """Return what is set of Prometheus.

    Raises:
        ConfigurationError: one is wrong or unknown; the text names it.
    """
    return _read(PrometheusSettings)


def _read(kind: type[_Kind]) -> _Kind:
    _refuse_unknown()
    try:
        return kind()
    except ValidationError as error:
        wrong = _wrong(error.errors(include_input=False, include_url=False)[0])
    except SettingsError as error:
        field = re.search(r'field "(\w+)"', str(error))
        name = PREFIX + (field[1] if field else "").upper()
        wrong = ConfigurationError(
            f"error: {name}: this is no JSON; set its parts instead, as {name}__…"
        )
    # Outside of the handlers, because what they caught holds the value, which may be a secret.
    raise wrong


def _wrong(first: ErrorDetails) -> ConfigurationError:
    """Return the sentence about what the library found; of its words those that quote nothing."""
    known = {one.path: one for one in catalogue(Settings)}
    groups = {path[:1] for path in known}
    where = tuple(str(part) for part in first["loc"])
    path = next((where[:n] for n in (2, 1) if where[:n] in known.keys() | groups), ())
    name = PREFIX + "__".join(path).upper()
    if first["type"] == "missing":
        return _missing(next(one for one in known.values() if one.path[: len(path)] == path))
    if first["type"] == "extra_forbidden":
        return ConfigurationError(f"error: {name} holds a name that is no setting", next_step=_SEE)
    text = first["msg"].removeprefix("Value error, ")
    return ConfigurationError(f"error: {name}: {text}", next_step=_SEE)


def _missing(setting: Setting) -> ConfigurationError:
    step = f"Set it, or put it into the file {setting.file} of the folder {PREFIX}SECRETS."
    text = f"error: {PREFIX}{setting.name} is not set"
    return ConfigurationError(text, next_step=step if setting.secret else _SEE)


def _refuse_unknown() -> None:
    known = {f"{PREFIX}{one.name}" for one in catalogue(Settings)}
    known |= {name.partition("__")[0] for name in known}
    for name in environment.variables():
        # The library reads them in any case.
        upper = name.upper()
        if not upper.startswith(PREFIX) or upper in known:
            continue
        if not upper.removeprefix(PREFIX).startswith(_NOT_SETTINGS):
            raise _unknown(name, upper, known)


def _unknown(what: str, name: str, known: Iterable[str]) -> ConfigurationError:
    text = f"error: {what} is no setting of this bot"
    if _SERVICE_LINK.fullmatch(name):
        step = "Kubernetes adds it for a Service: set enableServiceLinks: false in the pod."
        return ConfigurationError(text, next_step=step)
    last = name.removeprefix(PREFIX)
    alike = [*near(name, known), *(one for one in known if one.endswith(f"__{last}"))]
    return ConfigurationError(
        text, next_step=f"Did you mean {sorted(alike)[0]}?" if alike else _SEE
    )

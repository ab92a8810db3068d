"""Which Prometheus and Alertmanager servers are asked, how, and for how much at most."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from bot.core.errors import ConfigurationError

_MOST_BYTES = 2**20
# A name of a label as Prometheus has always allowed it.
_LABEL = r"^[a-zA-Z_][a-zA-Z0-9_]*$"


@dataclass(frozen=True, slots=True)
class Caps:
    """How long a question may take, and how much of its answer is read."""

    seconds: float
    """Its waiting included."""
    bytes: int
    """After decompression."""
    series: int
    points: int
    """Of all series together."""


class Address(BaseModel):
    """Where one Prometheus is, and how the bot shows who it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: str = ""
    """Prometheus's address, such as `http://prometheus.monitoring:9090`."""
    alertmanager: str = ""
    """Alertmanager's address; of peers all, apart by commas: the next is asked where one fails."""
    link: str = ""
    """The address of Prometheus that people can open; empty: answers link to nothing."""
    namespace_label: str = Field(default="namespace", pattern=_LABEL)
    """The label by which people see the series of their own namespaces alone."""
    tenant: str = ""
    """Sent as `X-Scope-OrgID`, for Mimir, Cortex and their like."""
    bearer_file: Path | None = None
    """A file with a bearer token, read anew for each request."""
    username: str = ""
    """For basic authentication, with a password."""
    ca_file: Path | None = None
    """PEM certificates to trust instead of the system's."""
    cert_file: Path | None = None
    """The bot's own certificate, for a server that asks for one (mTLS)."""
    key_file: Path | None = None
    """The key of that certificate, if it is not in the same file."""

    @field_validator("url", "link", "alertmanager")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return ",".join(_address(one) for one in value.split(",") if one.strip())

    @field_validator("tenant", "username")
    @classmethod
    def _fits_into_a_header(cls, value: str) -> str:
        if not value.isprintable():
            raise ValueError("this must be text in one line")
        return value

    @model_validator(mode="after")
    def _has_one_way_in(self) -> Self:
        if self.bearer_file and self.username:
            raise ValueError("a bearer file and a username exclude each other")
        if self.key_file and not self.cert_file:
            raise ValueError("a key needs the certificate that it belongs to")
        return self

    @property
    def peers(self) -> tuple[str, ...]:
        """Return the address of each peer of Alertmanager."""
        return tuple(filter(None, self.alertmanager.split(",")))


class Options(Address):
    """The Prometheus of all clusters, or a file with several, and the limits of each question."""

    password: SecretStr = SecretStr("")
    """The password of that username."""
    file: Path | None = None
    """A YAML file with several sources (docs/prometheus.md); they come before the one above."""
    seconds: float = Field(default=10.0, gt=0, le=120)
    """How long a question may take; Prometheus is told to give up just before."""
    running_per_person: int = Field(default=4, ge=1)
    """Questions of one person that run at once."""
    waiting_per_person: int = Field(default=40, ge=0)
    """Questions of one person that wait their turn; the next one is refused."""
    running: int = Field(default=16, ge=1, le=100)
    """Questions of all people that run at once."""
    bytes: int = Field(default=8 * 2**20, ge=2**16, le=64 * 2**20)
    """How much of an answer is read; a larger one is refused, and says how to ask for less."""
    series: int = Field(default=5000, ge=1, le=50_000)
    """How many series an answer may have."""
    points: int = Field(default=100_000, ge=1, le=1_000_000)
    """How many points all series of an answer may have together."""
    range_days: int = Field(default=7, ge=1)
    """How many days a graph may be about."""
    silence_hours: int = Field(default=24, ge=1)
    """How many hours a silence may last."""

    @model_validator(mode="after")
    def _has_its_password(self) -> Self:
        if bool(self.username) != bool(self.password.get_secret_value()):
            raise ValueError("username and password need each other")
        return self

    @property
    def any(self) -> bool:
        """Whether a Prometheus is set up at all."""
        return bool(self.url or self.file)

    @property
    def caps(self) -> Caps:
        """Return what holds for each question."""
        return Caps(self.seconds, self.bytes, self.series, self.points)


class Source(Address):
    """One Prometheus of several."""

    name: str = Field(default="default", pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$")
    """What it is called in answers."""
    contexts: tuple[str, ...] = ()
    """The contexts of the kubeconfig that it knows of; none: all."""
    password_file: Path | None = None
    """A file with the password of the username, read anew for each request."""
    password: SecretStr = Field(default=SecretStr(""), exclude=True)

    @model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        if not self.url:
            raise ValueError("url is missing")
        secret = self.password_file or self.password.get_secret_value()
        if bool(self.username) != bool(secret):
            raise ValueError("username and password_file need each other")
        return self

    def serves(self, context: str) -> bool:
        """Tell whether it knows of that context."""
        return not self.contexts or context in self.contexts


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    sources: tuple[Source, ...] = Field(min_length=1)

    @field_validator("sources", mode="before")
    @classmethod
    def _hold_no_password(cls, value: Any) -> Any:
        several = value if isinstance(value, list) else []
        if any(isinstance(one, dict) and "password" in one for one in several):
            raise ValueError("a password stands in a file of its own: password_file")
        return value

    @field_validator("sources")
    @classmethod
    def _have_names_of_their_own(cls, value: tuple[Source, ...]) -> tuple[Source, ...]:
        if len({source.name for source in value}) < len(value):
            raise ValueError("two of them have the same name")
        return value


def sources_of(options: Options) -> tuple[Source, ...]:
    """Return every source that is set up; for a context the first that serves it counts.

    Raises:
        ConfigurationError: the file cannot be read, or is wrong; the text names it.
    """
    several = _read(options.file) if options.file else ()
    if not options.url:
        return several
    if any(source.name == "default" for source in several):
        raise ConfigurationError(
            f"error: {options.file}: the source of the other settings is called default already",
            next_step="Give it another name in the file, or leave QUARTERDECK_PROMETHEUS__URL out.",
        )
    shared = {name: getattr(options, name) for name in Address.model_fields}
    return (*several, Source(password=options.password, **shared))


def _read(path: Path) -> tuple[Source, ...]:
    try:
        content = path.read_bytes()
        if len(content) > _MOST_BYTES:
            raise ConfigurationError(f"error: {path}: this is more than {_MOST_BYTES} bytes")
        return _File.model_validate(yaml.load(content, Loader=yaml.CSafeLoader)).sources
    except OSError as error:
        raise ConfigurationError(f"error: {path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise ConfigurationError(f"error: {path}{line}: this is no YAML") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where, text = _place(first["loc"]), first["msg"].removeprefix("Value error, ")
    # Outside of the handler: what it caught may hold a value that is secret.
    raise ConfigurationError(
        f"error: {path}: {where}: {text}", next_step="See docs/prometheus.md for an example."
    )


def _place(parts: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in parts) or "the file"


def _address(value: str) -> str:
    """Return the address without the slash at its end.

    Raises:
        ValueError: it is no address of a server.
    """
    found = urlsplit(value.strip())
    if found.scheme not in ("http", "https") or not found.hostname:
        raise ValueError("this must be an address, such as http://prometheus.monitoring:9090")
    if found.username or found.password:
        raise ValueError("a username and password have settings of their own")
    if found.query or found.fragment:
        raise ValueError("this must be an address without ? and #")
    return value.strip().rstrip("/")

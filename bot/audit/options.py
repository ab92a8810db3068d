"""What can be set about the audit record."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Options(BaseModel):
    """How the record is signed, and how long it is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    key: SecretStr = SecretStr("")
    """At least 32 characters: `openssl rand -base64 32`. Several, apart by line ends, while it is
    changed: the first is written with, the others are still read."""
    days: int = Field(default=400, ge=1)
    """How many days a record is kept."""
    anchor_seconds: float = Field(default=300.0, gt=0)
    """Every so many seconds each replica records how far the chains of the others have come."""

"""How Slack says no: an error string, and what goes with it."""

from collections.abc import Sequence
from typing import Any


class CallRefusedError(Exception):
    """Slack's answer `ok: false`; `code` is its error string, `details` further keys of the body.

    `status` is the HTTP status (200 for nearly all refusals), `headers` what goes beside it.
    """

    def __init__(
        self,
        code: str,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        **details: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.headers = headers or {}
        self.details = details
        self.wanted = False
        """A test asked for it."""

    def body(self) -> dict[str, Any]:
        """Return the JSON body as Slack sends it."""
        return {"ok": False, "error": self.code, **self.details}


def invalid_arguments(*messages: str) -> CallRefusedError:
    """Return the refusal of arguments that a method cannot read."""
    return CallRefusedError("invalid_arguments", response_metadata=_metadata(messages))


def invalid_blocks(problems: Sequence[str]) -> CallRefusedError:
    """Return the refusal of blocks; each problem names its place as a JSON pointer."""
    return CallRefusedError(
        "invalid_blocks", errors=list(problems), response_metadata=_metadata(problems)
    )


def rate_limited(seconds: int) -> CallRefusedError:
    """Return HTTP 429 with the seconds after which the call may be tried again."""
    return CallRefusedError("ratelimited", status=429, headers={"Retry-After": str(seconds)})


def _metadata(messages: Sequence[str]) -> dict[str, list[str]]:
    return {"messages": [f"[ERROR] {message}" for message in messages]}

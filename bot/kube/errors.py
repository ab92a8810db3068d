"""The API server's failures in kubectl's words.

Texts: kubectl 1.37 `pkg/cmd/util/helpers.go`; the conformance tests hold them to the binary.
"""

import ssl
from typing import Any

import aiohttp
import orjson

from bot.core.errors import (
    ConflictError,
    ForbiddenError,
    KubernetesError,
    NotFoundError,
    QuarterdeckError,
    UnreachableError,
)

_BY_CODE: dict[int, type[KubernetesError]] = {
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
}


def from_status(code: int, body: bytes) -> KubernetesError:
    """Return the error that an unsuccessful answer means; `body` is a Status or anything else."""
    status = _parsed(body)
    reason = str(status.get("reason") or "")
    message = str(status.get("message") or _generic(code, body))
    if reason == "Unauthorized" or (code == 401 and not reason):
        text = f"error: You must be logged in to the server ({message})"
    elif reason == "Invalid" and code == 422:
        text = _invalid(status, message)
    elif reason:
        text = f"Error from server ({reason}): {message}"
    else:
        text = f"Error from server: {message}"
    kind = _BY_CODE.get(code, KubernetesError)
    return kind(text, code=code, reason=reason, message=message)


def from_exception(error: Exception, host: str, seconds: float | None = None) -> QuarterdeckError:
    """Return the error that a request which got no answer means.

    `host` is `name:port`; `seconds` is the deadline that passed, where one did.
    """
    if isinstance(error, TimeoutError):
        within = f" within {seconds:.0f}s" if seconds else ""
        return UnreachableError(
            f"Unable to connect to the server: {host} did not answer{within}",
            next_step="Try again, or ask for less with -n, -l or --tail.",
        )
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        name = host.rsplit(":", 1)[0]
        return UnreachableError(
            f"Unable to connect to the server: dial tcp: lookup {name}: no such host"
        )
    if isinstance(error, aiohttp.ClientConnectorCertificateError | ssl.SSLError):
        return UnreachableError(
            f"Unable to connect to the server: tls: failed to verify certificate: {_tls(error)}"
        )
    if isinstance(error, aiohttp.ClientConnectorError) and _refused(error):
        return UnreachableError(
            f"The connection to the server {host} was refused"
            " - did you specify the right host or port?"
        )
    return UnreachableError(
        f"Unable to connect to the server: {str(error) or type(error).__name__}"
    )


def _refused(error: aiohttp.ClientConnectorError) -> bool:
    return isinstance(error.os_error, ConnectionRefusedError) or "refused" in str(error).lower()


def _tls(error: Exception) -> str:
    cause = getattr(error, "certificate_error", error)
    return str(getattr(cause, "verify_message", "") or cause)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) and value.get("kind") == "Status" else {}


def _generic(code: int, body: bytes) -> str:
    text = body[:200].decode("utf-8", "replace").strip()
    return text or f"the server answered with HTTP status {code}"


def _invalid(status: dict[str, Any], message: str) -> str:
    details = status.get("details")
    if not details and "details" not in status:
        return f"The request is invalid: {message}"
    details = details or {}
    kind, name = details.get("kind", ""), details.get("name", "")
    head = f'The {kind} "{name}" is invalid' if kind or name else "The request is invalid"
    causes = dict.fromkeys(
        f"{cause.get('field', '')}: {cause.get('message', '')}"
        for cause in details.get("causes") or []
    )
    if not causes:
        return head if kind or name else f"{head}: {message}"
    if len(causes) == 1:
        return f"{head}: {next(iter(causes))}"
    return "\n".join([f"{head}: ", *(f"* {cause}" for cause in causes)])

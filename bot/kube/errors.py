"""The API server's failures in kubectl's words.

Texts: kubectl 1.37 `pkg/cmd/util/helpers.go`; the conformance tests hold them to the binary.
"""

import errno
import re
import ssl
from collections.abc import Iterator, Sequence
from typing import Any

import aiohttp
import orjson

from bot.core.access import Lack
from bot.core.command import Access
from bot.core.errors import (
    Cause,
    ConflictError,
    ForbiddenError,
    KubernetesError,
    NotFoundError,
    QuarterdeckError,
    UnreachableError,
)
from bot.core.plan import Merge, Patch
from bot.core.ports import Query
from bot.core.quoting import quote

_AWAY = "Try again in a minute; if it stays away, tell whoever runs the cluster."
# So much of an answer that is no Status is repeated.
_SAID = 200
# An empty message stands for what was said.
_GENERIC = {
    400: ("BadRequest", "the server rejected our request for an unknown reason"),
    401: ("Unauthorized", "the server has asked for the client to provide credentials"),
    403: ("Forbidden", ""),
    404: ("NotFound", "the server could not find the requested resource"),
    405: ("MethodNotAllowed", "the server does not allow this method on the requested resource"),
    406: ("NotAcceptable", ""),
    409: ("Conflict", "the server reported a conflict"),
    415: ("UnsupportedMediaType", ""),
    422: ("Invalid", "the server rejected our request due to an error in our request"),
    429: (
        "TooManyRequests",
        "the server has received too many requests and has asked us to try again later",
    ),
    503: ("ServiceUnavailable", "the server is currently unable to handle the request"),
    504: (
        "Timeout",
        "the server was unable to return a response in the time allotted,"
        " but may still be processing the request",
    ),
}
_BY_CODE: dict[int, type[KubernetesError]] = {
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
}

# What kubectl adds to a conflict of field managers.
_MANAGED = """\
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the `--force-conflicts` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts"""

# What the authorizer's refusal says (apiserver 1.37 `responsewriters/errors.go`), as JSON has it.
_CANNOT = re.compile(
    r'User "[^"]*" cannot (?P<verb>\S+) resource "(?P<resource>[^"/]+)(?:/(?P<part>[^"]+))?"'
    r' in API group "(?P<group>[^"]*)"'
    r' (?:in the namespace "(?P<namespace>[^"]+)"|at the cluster scope)'
)


def from_status(code: int, body: bytes, asked: str = "") -> KubernetesError:
    """Return the error that an unsuccessful answer means; `body` is a Status or anything else.

    `asked` is the request as client-go names it, such as `get pods`.
    """
    status = _without_object(_parsed(body)) or _generic(code, body, asked)
    reason = str(status.get("reason") or "")
    message = str(status.get("message") or "")
    if reason == "Unauthorized":
        text = f"error: You must be logged in to the server ({message})"
    elif reason == "Invalid" and code == 422 and "kind" in status:
        text = _invalid(status, message)
    elif reason:
        text = f"Error from server ({reason}): {message}"
    else:
        text = f"Error from server: {message}"
    kind = _BY_CODE.get(code, KubernetesError)
    # Some of its messages end their line themselves.
    error = kind(text.removesuffix("\n"), code=code, reason=reason, message=message)
    error.causes = tuple(_causes(status))
    return error


def of_managers(error: ConflictError) -> ConflictError | None:
    """Return the conflict as `apply --server-side` tells it; None: it is not about managers."""
    if not any(cause.reason == "FieldManagerConflict" for cause in error.causes):
        return None
    text = f"error: {error.message}\n{_MANAGED}"
    found = ConflictError(text, code=error.code, reason=error.reason, message=error.message)
    found.causes = error.causes
    return found


def prefixed(step: Patch, error: KubernetesError) -> KubernetesError:
    """Return the refusal as the command tells it whose step was refused."""
    if not step.refused:
        return error
    text = f"error: {step.refused}: {error.message}".removesuffix("\n")
    kind = type(error)
    told = kind(text, code=error.code, reason=error.reason, message=error.message)
    told.causes = error.causes
    return told


def unsupported(step: Merge, error: KubernetesError) -> KubernetesError:
    """Return the refusal of a kind of patch, as `patch` tells it."""
    target = step.target
    group = f"{target.group}/{target.version}" if target.group else target.version
    return KubernetesError(
        f"error: application/{step.media}-merge-patch+json is not supported by"
        f" {group}, Kind={target.kind}: {error.message}",
        code=error.code,
        reason=error.reason,
        message=error.message,
        next_step="Add --type=merge: its lists are replaced as a whole.",
    )


def deleting(source: str) -> str:
    """Return what kubectl says before an error about an object that a file names."""
    return f'error when deleting "{source}": '


def of_source(error: KubernetesError, prefix: str) -> KubernetesError:
    """Return the error with the file in it that asked for it, where kubectl's has one.

    That is, where the text is the message: what is invalid is told by its causes.
    """
    head = f"Error from server ({error.reason}): " if error.reason else "Error from server: "
    if error.text != head + error.message:
        return error
    message = prefix + error.message
    found = type(error)(
        head + message,
        code=error.code,
        reason=error.reason,
        message=message,
        next_step=error.next_step,
    )
    found.causes = error.causes
    if isinstance(error, NotFoundError) and isinstance(found, NotFoundError):
        found.sought = error.sought
    return found


def _causes(status: dict[str, Any]) -> Iterator[Cause]:
    for each in (status.get("details") or {}).get("causes") or ():
        yield Cause(each.get("reason", ""), each.get("message", ""), each.get("field", ""))


def _without_object(status: dict[str, Any]) -> dict[str, Any]:
    """Return the Status without the whole object, which a patch of a wrong type is answered with.

    It is read by everybody in a channel, and may be a Secret.
    """
    causes = (status.get("details") or {}).get("causes") or ()
    for each in (status, *(cause for cause in causes if cause.get("field") == "patch")):
        if "message" in each:
            said = 'Invalid value: "<the whole object>": '
            each["message"] = _OBJECT.sub(said, str(each["message"]))
    return status


_OBJECT = re.compile(r'Invalid value: "\{\\".*\}": ', re.DOTALL)


def lacking(error: ForbiddenError) -> Lack | None:
    """Return the right that the refusal names; None: it is not about rights."""
    found = _CANNOT.search(error.message)
    if found is None:
        return None
    access = Access(found["verb"], found["resource"], found["group"], found["part"] or "")
    return Lack(access, found["namespace"] or "")


def from_exception(error: Exception, host: str, seconds: float | None = None) -> UnreachableError:
    """Return the error that a request which got no answer means.

    `host` is `name:port`; `seconds` is the deadline that passed, where one did.
    """
    if isinstance(error, aiohttp.ClientConnectorError) and _refused(error):
        return UnreachableError(
            f"The connection to the server {host} was refused"
            " - did you specify the right host or port?",
            next_step=_AWAY,
        )
    next_step = ""
    if isinstance(error, TimeoutError) and not isinstance(error, aiohttp.ConnectionTimeoutError):
        next_step = "Try again, or ask for less with -n, -l or --tail."
    text = f"Unable to connect to the server: {_cause(error, host, seconds)}"
    return UnreachableError(text, next_step=next_step)


def no_json(path: str) -> QuarterdeckError:
    """Return the error that an answer means which is neither an object nor a list."""
    return QuarterdeckError(f"error: {path} does not answer with an object")


def _cause(error: Exception, host: str, seconds: float | None) -> str:
    match error:
        case aiohttp.ConnectionTimeoutError():
            text = f"dial tcp {host}: i/o timeout"
        case TimeoutError():
            text = f"{host} did not answer" + (f" within {seconds:.0f}s" if seconds else "")
        case aiohttp.ServerDisconnectedError():
            text = "EOF"
        case OSError(errno=errno.ECONNRESET):
            text = f"read tcp {host}: connection reset by peer"
        case aiohttp.ClientResponseError():
            # Its own text holds the whole URL.
            text = error.message
        case aiohttp.ClientConnectorDNSError():
            text = f"dial tcp: lookup {host.rsplit(':', 1)[0]}: no such host"
        case aiohttp.ClientConnectorCertificateError() | ssl.SSLError():
            text = f"tls: failed to verify certificate: {_tls(error)}"
        case _:
            text = str(error) or type(error).__name__
    return text


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


def _generic(code: int, body: bytes, asked: str) -> dict[str, Any]:
    # What is no Status was said by a proxy, a webhook or an aggregated API's front
    # (apimachinery 1.37 `pkg/api/errors`, NewGenericServerResponse).
    text = body[:_SAID].decode("utf-8", "replace").strip()
    if code in _GENERIC:
        reason, message = _GENERIC[code]
    elif code >= 500:
        said = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        reason = "InternalError"
        message = f'an error on the server ("{said}") has prevented the request from succeeding'
    else:
        reason = ""
        message = f"the server responded with the status code {code}"
        message += " but did not return more information"
    suffix = f" ({asked})" if asked else ""
    return {"reason": reason, "message": (message or text) + suffix}


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


def of_list(failure: KubernetesError, query: Query) -> KubernetesError:
    """Return the failure of a list with what was listed, as cli-runtime's EnhanceListError."""
    if failure.reason not in ("BadRequest", "NotFound"):
        return failure
    resource, labels, fields = query.resource, query.label_selector, query.field_selector
    subject = f'"{resource.group}/{resource.version}, Resource={resource.plural}"'
    about = f"Unable to list {subject}"
    if labels or fields:
        about = f"Unable to find {subject} that match label selector {quote(labels)}"
        about += f", field selector {quote(fields)}"
    message = f"{about}: {failure.message}"
    text = f"Error from server ({failure.reason}): {message}"
    return type(failure)(text, code=failure.code, reason=failure.reason, message=message)


def together(failures: Sequence[QuarterdeckError]) -> list[QuarterdeckError]:
    """Return the failures of one request as kubectl lists them.

    Several stand there without the `error:` that one alone begins with (its MultipleErrors).
    """
    if len(failures) < 2:
        return list(failures)
    return [_unmarked(failure) for failure in failures]


def _unmarked(failure: QuarterdeckError) -> QuarterdeckError:
    text = failure.text.removeprefix("error: ")
    if text == failure.text:
        return failure
    return QuarterdeckError(text, next_step=failure.next_step, exit_code=failure.exit_code)

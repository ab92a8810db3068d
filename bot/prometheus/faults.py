"""What goes wrong with Prometheus and Alertmanager, as sentences for people."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
from requests import exceptions

from bot.core.errors import (
    BadQueryError,
    BusyError,
    ConfigurationError,
    PrometheusError,
    QuarterdeckError,
    TooLargeError,
    UnreachableError,
)
from bot.prometheus.decoding import NoJsonError, decode

# So much of what a server says is repeated.
_SAID = 500
_LESS = (
    "Ask for less: sum by (…), topk(10, …), more matchers, a shorter --range or a larger --step."
)
_SETTINGS = "Whoever runs the bot checks the settings QUARTERDECK_PROMETHEUS__…"


class TryAgainError(UnreachableError):
    """No answer came, and the same question put once more may well get one."""


def too_large(what: str) -> TooLargeError:
    """Return the refusal to read on, with how to ask for less."""
    return TooLargeError(f"error: {what}", next_step=_LESS)


def no_json(peer: str) -> PrometheusError:
    """Return that something else came than an API answers with."""
    return PrometheusError(f"error: {peer} answers with something else than JSON", next_step=_ELSE)


def other_document(peer: str) -> PrometheusError:
    """Return that the JSON is not the one of that API."""
    return PrometheusError(f"error: {peer} answers, but not as its API does", next_step=_ELSE)


_ELSE = f"Is a proxy or a login page in between? {_SETTINGS}"


def too_slow(peer: str, seconds: float) -> UnreachableError:
    """Return that the deadline has passed."""
    return UnreachableError(
        f"error: {peer} has not answered within {seconds:.3g} s",
        next_step=f"Try again in a minute. {_LESS}",
    )


@contextmanager
def translated(peer: str) -> Iterator[None]:
    """Turn the library's exceptions into ours.

    Raises:
        UnreachableError: no answer came; a `TryAgainError` where trying again may help.
        PrometheusError: the answer cannot be read, or the address is none.
        ConfigurationError: a file of certificates cannot be read.
    """
    try:
        yield
    except exceptions.SSLError as error:
        raise UnreachableError(
            f"error: {peer}: no trusted connection: {_reason(error)}",
            next_step="Whoever runs the bot sets QUARTERDECK_PROMETHEUS__CA_FILE, or the address.",
        ) from error
    except exceptions.ReadTimeout as error:
        raise UnreachableError(f"error: {peer} has not answered in time") from error
    except (exceptions.ConnectionError, exceptions.ChunkedEncodingError) as error:
        raise TryAgainError(
            f"error: {peer} cannot be reached: {_reason(error)}",
            next_step="Try again in a minute; whoever runs the bot runs `quarterdeck doctor`.",
        ) from error
    except exceptions.RequestException as error:
        raise PrometheusError(
            f"error: {peer} cannot be asked: {_reason(error)}", next_step=_SETTINGS
        ) from error
    except OSError as error:
        # The library's own exceptions are of this kind, too; what is left is a file.
        raise ConfigurationError(
            f"error: {peer}: {_reason(error)}",
            next_step="Whoever runs the bot checks QUARTERDECK_PROMETHEUS__CA_FILE, __CERT_FILE "
            "and __KEY_FILE.",
        ) from error


def _reason(error: BaseException) -> str:
    """Return what was wrong in the end, without the objects that the library prints."""
    while (inner := _inner(error)) is not None:
        error = inner
    said = (getattr(error, name, "") for name in ("verify_message", "strerror"))
    text = next((str(one) for one in said if one), str(error))
    # Such as `<urllib3.connection.HTTPConnection object at 0x…>: ` and `HTTPConnection(…): `.
    text = re.sub(r"<[^>]*>:? ?|\w+Connection\(.*?\): ", "", text)
    return (text or type(error).__name__)[:_SAID].rstrip(".")


def _inner(error: BaseException) -> BaseException | None:
    wrapped = (getattr(error, "reason", None), *reversed(error.args), error.__cause__)
    return next((one for one in wrapped if isinstance(one, BaseException)), None)


def check(peer: str, response: requests.Response, body: bytes) -> None:
    """Return if the answer is a good one, and JSON.

    Raises:
        QuarterdeckError: it is not; the text says what it is.
    """
    code = response.status_code
    if 200 <= code < 300:
        if body and "json" not in response.headers.get("Content-Type", ""):
            raise no_json(peer)
        return
    if 300 <= code < 400:
        host = urlsplit(response.headers.get("Location", "")).hostname or "itself"
        raise PrometheusError(
            f"error: {peer} redirects to {host}, which is not followed",
            next_step="Whoever runs the bot sets the address that it redirects to.",
        )
    if code in (401, 403):
        raise PrometheusError(
            f"error: {peer} does not let the bot in (HTTP {code})",
            next_step="Whoever runs the bot checks its token, password or certificate.",
        )
    document = _said(body)
    raise refusal(peer, code, document) if document else _without_words(peer, response)


def _said(body: bytes) -> Any:
    try:
        return decode(body, {})
    except NoJsonError:
        return None


def _without_words(peer: str, response: requests.Response) -> QuarterdeckError:
    code = response.status_code
    if code == 404:
        text = f"error: {peer} has no such page: {urlsplit(response.url).path}"
        return PrometheusError(text, next_step=_SETTINGS)
    if code == 429:
        wait = response.headers.get("Retry-After", "")
        step = f"Try again in {wait} s." if wait.isdecimal() else "Try again in a minute."
        return BusyError(f"error: {peer} has too much to do", next_step=step)
    if code in (502, 503, 504):
        text = f"error: {peer} cannot answer now (HTTP {code})"
        return TryAgainError(text, next_step="Try again in a minute.")
    return PrometheusError(f"error: {peer} fails (HTTP {code})", next_step=_SETTINGS)


def refusal(peer: str, code: int, document: Any) -> QuarterdeckError:
    """Return the error that the server words itself, in Prometheus's envelope or as a text."""
    if not isinstance(document, dict):
        return PrometheusError(f"error: {peer}: {str(document)[:_SAID]}")
    text = str(document.get("error") or document.get("message") or f"HTTP {code}")[:_SAID]
    text = text.removeprefix('invalid parameter "query": ')
    kind = document.get("errorType")
    if kind == "bad_data":
        step = _LESS if "maximum resolution" in text else "Correct the expression."
        return BadQueryError(f"error: {text}", next_step=step)
    if kind == "execution":
        much = "too many samples" in text or "exceed" in text
        error = TooLargeError if much else BadQueryError
        return error(f"error: {text}", next_step=_LESS if much else "")
    if kind == "unavailable":
        return TryAgainError(f"error: {peer}: {text}", next_step="Try again in a minute.")
    step = _LESS if kind == "timeout" else ""
    return PrometheusError(f"error: {peer}: {text}", next_step=step)

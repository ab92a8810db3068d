"""The arguments of a Web API call, whichever way they were sent.

The SDK sends JSON, forms whose values are JSON, query strings, multipart, and for calls without
arguments `Content-Type: application/json` with an empty body.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from aiohttp import web

from bot.demo.slack.refusal import CallRefusedError, invalid_arguments

_TRUE = frozenset({"true", "1"})


@dataclass(frozen=True, slots=True)
class Arguments:
    """Named values, still as they came: strings from forms, anything from JSON."""

    values: Mapping[str, Any]

    def has(self, name: str) -> bool:
        """Tell whether the argument was given at all, even empty."""
        return self.values.get(name) is not None

    def text(self, name: str) -> str:
        """Return a string, or an empty one where nothing was given."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def required(self, name: str) -> str:
        """Return a string that must be there.

        Raises:
            CallRefusedError: `invalid_arguments`.
        """
        if not self.text(name):
            raise invalid_arguments(f"missing required field: {name}")
        return self.text(name)

    def number(self, name: str) -> int:
        """Return a whole number that must be there.

        Raises:
            CallRefusedError: `invalid_arguments`.
        """
        try:
            return int(self.required(name))
        except ValueError:
            raise invalid_arguments(f"must provide a number [json-pointer:/{name}]") from None

    def flag(self, name: str) -> bool:
        """Return a yes or no; Slack takes `true` and `1`, as string or not."""
        return self.text(name).lower() in _TRUE

    def listed(self, name: str) -> list[str]:
        """Return the values of a comma-separated list, or of a JSON array."""
        value = self.values.get(name) or []
        parts = value.split(",") if isinstance(value, str) else value
        return [str(part).strip() for part in parts]

    def structure(self, name: str, refusal: str) -> Any:
        """Return a JSON value that may have come as a string; None where nothing was given.

        Raises:
            CallRefusedError: with the code `refusal`, when the string is no JSON.
        """
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return orjson.loads(value) if value else None
        except orjson.JSONDecodeError:
            raise CallRefusedError(refusal) from None


async def read_arguments(request: web.Request) -> Arguments:
    """Return the arguments of a request: its query string, then its body over it.

    Raises:
        CallRefusedError: the body cannot be read as what it claims to be.
    """
    return Arguments({**request.query, **await _read_body(request)})


async def _read_body(request: web.Request) -> Mapping[str, Any]:
    match request.content_type:
        case "multipart/form-data":
            return dict((await request.post()).items())
        case "application/json":
            return read_json(await request.read())
        case "application/x-www-form-urlencoded":
            return dict(parse_qsl((await request.text()), keep_blank_values=True))
        case _:
            if await request.read():
                raise CallRefusedError("invalid_post_type")
            return {}


def read_json(body: bytes) -> dict[str, Any]:
    """Return the object in a JSON body; an empty body is an empty object.

    Raises:
        CallRefusedError: `invalid_json` or `json_not_object`.
    """
    try:
        value = orjson.loads(body) if body else {}
    except orjson.JSONDecodeError:
        raise CallRefusedError("invalid_json") from None
    if not isinstance(value, dict):
        raise CallRefusedError("json_not_object")
    return value

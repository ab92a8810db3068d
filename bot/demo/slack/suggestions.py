"""The options that a bot offers while a person types into a menu. Pure."""

from collections.abc import Iterator
from typing import Any

from bot.demo.slack.elements import OFFERED
from bot.demo.slack.refusal import CallRefusedError
from bot.demo.slack.shapes import Json, check


def offered(answer: Json) -> list[Json]:
    """Return the options of an acknowledgement, groups laid open.

    Raises:
        CallRefusedError: `invalid_options`; Slack shows an empty menu then, and no page says why.
    """
    if not answer:
        return []
    problems = list(check(OFFERED, answer, ""))
    if problems:
        raise CallRefusedError("invalid_options", errors=problems)
    return list(_options(answer))


def static(element: Json) -> list[Json]:
    """Return the options that an element brings with it."""
    return list(_options(element))


def _options(value: Any) -> Iterator[Json]:
    yield from value.get("options", [])
    for group in value.get("option_groups", []):
        yield from group["options"]

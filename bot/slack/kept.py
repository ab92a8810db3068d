"""An answer as it is kept, so that its rows can be looked at again for a while."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import orjson

from bot.core.ports import Heading
from bot.core.request import Place
from bot.slack.sections import Section

# Enough for what a message and its file can show; more is asked for anew.
KEPT_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows, whose they are, and how they were asked for."""

    person: str
    """Slack's user id of who asked."""
    text: str
    """What was typed."""
    place: Place
    heading: Heading
    """Its seal says to whom this may be shown."""
    fetched: datetime
    sections: tuple[Section, ...]
    verdicts: tuple[str, ...] = ()
    """The lines above them."""


class Results(Protocol):
    """Where answers are kept for a day."""

    async def put(self, owner: str, payload: bytes) -> str:
        """Keep the bytes and return their opaque id; empty: they are too many."""
        ...

    async def get(self, id: str) -> bytes | None:
        """Return the bytes; None: unknown, or older than a day."""
        ...


def dump_kept(kept: Kept) -> bytes:
    """Return the answer as JSON."""
    return orjson.dumps(kept)


def load_kept(document: bytes) -> Kept:
    """Return the answer that `dump_kept` wrote."""
    # Only a press needs it; the library is loaded by then.
    from pydantic import TypeAdapter  # noqa: PLC0415

    return TypeAdapter(Kept).validate_json(document)

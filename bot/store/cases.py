"""Rows of proposals, and the cases that they are."""

import functools
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from sqlalchemy import Row

from bot.core.proposal import Case, Message, Proposed, Stage, Vote
from bot.store.sealing import Sealer

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_Kind = TypeVar("_Kind")
EXPIRED = "Nobody pressed it in time, so nothing was changed."
"""What came of a proposal that was left alone."""


def values_of(case: Case, sealer: Sealer) -> dict[str, Any]:
    """Return a new proposal's row.

    Raises:
        RefusedError: it holds a Secret's values, and there is no key.
    """
    proposed = case.proposed
    body = sealer.seal(orjson.dumps(proposed), case.ticket, secret=proposed.plan.secret)
    return {
        "ticket": case.ticket,
        "created_at": case.created,
        "remind_at": case.created + (case.expires - case.created) / 2,
        "expires_at": case.expires,
        "stage": case.stage,
        "channel": proposed.place.channel,
        "needed": proposed.consent.needed,
        "reminded": case.reminded,
        "broken_glass": case.broken_glass,
        "step": case.step,
        "sent": case.sent,
        "words": encoded(case.words),
        "size": len(body),
        "body": body,
    }


def case_of(row: Row[Any], approvals: Sequence[Vote], sealer: Sealer, now: datetime) -> Case:
    """Return the case of a row; what was not pressed in time counts as expired at once.

    Raises:
        StoreError: the row cannot be read with the keys that are there.
    """
    body = sealer.open(bytes(row.body), row.ticket)
    case = Case(
        row.ticket,
        _adapter(Proposed).validate_json(body),
        row.created_at,
        row.expires_at,
        Stage(row.stage),
        tuple(approvals),
        None if row.closed_by is None else vote_of(row.closed_by),
        row.words.decode(),
        row.broken_glass,
        row.step,
        row.sent,
        _message(row),
        row.reminded,
    )
    if case.stage is Stage.WAITING and case.expires <= now:
        return replace(case, stage=Stage.EXPIRED, words=EXPIRED)
    return case


def vote_of(document: bytes) -> Vote:
    """Return the vote that `document_of` wrote."""
    vote: Vote = _adapter(Vote).validate_json(bytes(document))
    return vote


def document_of(vote: Vote | None) -> bytes | None:
    """Return a vote as JSON."""
    return None if vote is None else orjson.dumps(vote)


def encoded(text: str) -> bytes:
    """Return words as bytes, whatever is in them: some quote what a person typed."""
    return text.encode("utf-8", "replace")


def _message(row: Row[Any]) -> Message | None:
    return Message(row.message_channel, row.message_ts) if row.message_channel else None


@functools.cache
def _adapter(kind: type[_Kind]) -> "TypeAdapter[_Kind]":
    # A process that only reads never builds them.
    from pydantic import TypeAdapter  # noqa: PLC0415

    return TypeAdapter(kind)

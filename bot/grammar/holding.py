"""What `freeze` and `lock` are told: what is held, for how long, and why."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.errors import UsageError

# A DNS label, as the API server wants a namespace's name to be.
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
# What is to last for longer belongs into the policy or into the cluster's RBAC.
LONGEST = timedelta(days=30)
# Everybody who is stopped reads it, in one line.
LONGEST_REASON = 300


def read_namespace(arguments: Sequence[str], verb: str, example: str) -> str:
    """Return the one namespace that is named; `example` is the verb's own.

    Raises:
        UsageError: none is, or several are, or it can be none.
    """
    if len(arguments) != 1:
        said = f"{len(arguments)} words stand here" if arguments else "none is named"
        raise UsageError(
            f"error: {verb} takes one namespace, and {said}",
            next_step=f"Such as `{example}`; several words are one in quotes.",
        )
    if not _NAMESPACE.fullmatch(arguments[0]):
        raise UsageError(
            f'error: "{arguments[0]}" cannot be the name of a namespace',
            next_step=f"Such as `{example}`; another cluster is named with --context.",
        )
    return arguments[0]


def read_reason(reason: str, verb: str) -> str:
    """Return why something is held, in one line.

    Raises:
        UsageError: no reason is given, or it is too long.
    """
    words = " ".join(reason.split())
    if not words:
        raise UsageError(
            "error: whoever is stopped by it wants to know why, and there is no --reason",
            next_step=f'Such as `{verb} --for 2h --reason "release of 2.4"`.',
        )
    if len(words) > LONGEST_REASON:
        raise UsageError(
            f"error: the reason has {len(words)} characters of at most {LONGEST_REASON}",
            next_step="Say it in one sentence, with a link to the rest.",
        )
    return words


def read_until(now: datetime, span: timedelta, *, given: bool) -> datetime | None:
    """Return when it ends; None: no `--for` is given, so it ends when it is lifted.

    Raises:
        UsageError: it would be over at once, or last for longer than a month.
    """
    if not given:
        return None
    if span < timedelta(minutes=1) or span > LONGEST:
        raise UsageError(
            "error: --for is a time between 1m and 720h",
            next_step="Such as --for 2h; without it somebody ends it by hand.",
        )
    return now + span


def until_words(until: datetime | None) -> str:
    """Return how long something is held, as the middle of a sentence."""
    return f"until {until:%Y-%m-%d %H:%M} UTC" if until else "until somebody lifts it"

"""What `prom silence` and `prom expire` are told, and how a button types the same once more.

Pure. A button carries a digest of what was shown, so that nothing else is done by it, and for a
quarter of an hour only.
"""

import hashlib
import json
import re
import shlex
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.core.errors import QuarterdeckError, UsageError
from bot.core.request import Surface
from bot.core.units import go_duration
from bot.grammar.holding import LONGEST_REASON
from bot.grammar.normalise import normalise
from bot.grammar.tokens import read_line

_SHORTEST = timedelta(minutes=1)
_PRESSED_WITHIN = timedelta(minutes=15)
# Slack's buttons carry 2,000 characters, and where it was asked is among them.
_CARRIED = 1_500
_ZERO = re.compile(r"(?<=[hm])0[ms]")
_PRESS = re.compile(r"(?P<at>[0-9]{1,12})-(?P<digest>[0-9a-f]{16})")


def read_span(span: timedelta, longest: timedelta) -> timedelta:
    """Return for how long.

    Raises:
        UsageError: it would be over at once, or last for longer than is allowed.
    """
    if not _SHORTEST <= span <= longest:
        most = short_duration(longest)
        raise UsageError(
            f"error: --for is a time between 1m and {most}",
            next_step="--for 2h; hours and minutes, as in 1h30m.",
        )
    return span


def read_reason(reason: str) -> str:
    """Return why, in one line; empty: it is not given yet.

    Raises:
        UsageError: it is too long.
    """
    words = " ".join(reason.split())
    if len(words) > LONGEST_REASON:
        raise UsageError(
            f"error: the reason has {len(words)} characters of at most {LONGEST_REASON}",
            next_step="Say it in one sentence, with a link to the rest.",
        )
    return words


def short_duration(span: timedelta) -> str:
    """Return a duration as people type it, such as `1h30m`."""
    return _ZERO.sub("", _ZERO.sub("", go_duration(span)))


def press_of(now: datetime, *about: str) -> str:
    """Return what a button carries that was shown at that moment, about these things."""
    at = int(now.timestamp())
    return f"{at}-{_digest(at, about)}"


def check_press(press: str, now: datetime, *about: str) -> None:
    """Refuse a press of something else, and one that comes too late.

    Raises:
        UsageError: it is not what was shown, or was shown long ago.
    """
    found = _PRESS.fullmatch(press)
    if found is None or found["digest"] != _digest(int(found["at"]), about):
        raise UsageError(
            "error: this is not what was shown, so nothing was done",
            next_step="Leave --confirm out: what it would do is shown first.",
        )
    # Replicas' clocks may differ a little.
    age = now - datetime.fromtimestamp(int(found["at"]), UTC)
    if not -timedelta(minutes=1) <= age <= _PRESSED_WITHIN:
        raise UsageError(
            "error: this was shown too long ago, so nothing was done",
            next_step="Type the command again.",
        )


def again(text: str, *flags: str) -> str:
    """Return the phrase with further flags, and without its filters."""
    words, names = read_line(text).words, tuple(flag.partition("=")[0] for flag in flags)
    kept = [word for word in words[2:] if not word.startswith(tuple(f"{one}=" for one in names))]
    return shlex.join([*words[:2], *flags, *kept])


def elsewhere(text: str, words: Sequence[str], namespace: str = "") -> str:
    """Return another phrase in the place that this one names; `namespace` is meant by its `-A`."""
    rest, flags = iter(read_line(text).words[2:]), list[str]()
    for word in rest:
        if word == "-n":
            flags += [word, next(rest, "")]
        elif word == "-A":
            flags += ["-n", namespace] if namespace else [word]
        elif word.startswith(("--context=", "--source=")):
            flags.append(word)
    return shlex.join([*words, *flags])


def typable(phrase: str) -> bool:
    """Tell whether a button may type the phrase: it would be understood just as it stands."""
    if len(phrase) > _CARRIED:
        return False
    try:
        return normalise(phrase, Surface.SLASH) == phrase and bool(read_line(phrase).words)
    except QuarterdeckError:
        return False


def _digest(at: int, about: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps([at, *about]).encode()).hexdigest()[:16]

"""Taints of nodes: how they are written, and what becomes of those that are there. Pure.

Rules and texts: kubectl 1.37 `pkg/cmd/taint`, apimachinery `pkg/util/validation`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.errors import QuarterdeckError, UsageError
from bot.core.ports import JsonObject

_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_NAME = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_EXAMPLE = "'example.com/MyName'"
_LONGEST_NAME, _LONGEST_SUBDOMAIN = 63, 253


@dataclass(frozen=True, slots=True)
class Taint:
    """One taint as it was typed."""

    key: str
    value: str
    effect: str
    """Empty: any, of those that are removed."""

    def __str__(self) -> str:
        if not self.effect:
            return f"{self.key}={self.value}:" if self.value else self.key
        return (
            f"{self.key}={self.value}:{self.effect}" if self.value else f"{self.key}:{self.effect}"
        )

    def fits(self, taint: JsonObject) -> bool:
        """Tell whether it means that taint of a node."""
        return taint["key"] == self.key and self.effect in ("", taint["effect"])


@dataclass(frozen=True, slots=True)
class Tainting:
    """The taints that are added and removed."""

    added: tuple[Taint, ...]
    removed: tuple[Taint, ...]
    overwrite: bool = False


def is_taint(word: str) -> bool:
    """Tell whether an argument is a taint, and not the name of a node."""
    return "=" in word or ":" in word or word.endswith("-")


def read_taints(words: Sequence[str], *, overwrite: bool) -> Tainting:
    """Return what the words mean.

    Raises:
        UsageError: one of them is no taint, or two contradict each other.
    """
    added, removed = dict[tuple[str, str], Taint](), list[Taint]()
    for word in words:
        if word.endswith("-"):
            removed.append(_read(word[:-1]))
            continue
        taint = _read(word)
        if not taint.effect:
            raise _invalid(word)
        if (taint.key, taint.effect) in added:
            told = f"{{{taint.key} {taint.value} {taint.effect} <nil>}}"
            raise _misread(f"duplicated taints with the same key and effect: {told}")
        added[taint.key, taint.effect] = taint
    _check_apart(tuple(added.values()), removed)
    return Tainting(tuple(added.values()), tuple(removed), overwrite)


def _check_apart(added: Sequence[Taint], removed: Sequence[Taint]) -> None:
    both = [
        f"{gone.key}={gone.effect}"
        for new in added
        for gone in removed
        if new.key == gone.key and gone.effect in ("", new.effect)
    ]
    if both:
        raise UsageError(
            "error: can not both modify and remove the following taint(s) in the same command:"
            f" {', '.join(both)}"
        )


def tainted(
    name: str, taints: Sequence[JsonObject], tainting: Tainting
) -> tuple[list[JsonObject], str]:
    """Return a node's taints as they are to be, and kubectl's word for the change.

    Raises:
        QuarterdeckError: one is there already, or one that is to be removed is not.
    """
    if not tainting.overwrite:
        _check_new(name, taints, tainting.added)
    new = [_written(taint) for taint in tainting.added]
    new += [old for old in taints if not any(taint.fits(old) for taint in tainting.added)]
    added, removed, missing = len(new) != len(taints), False, []
    for gone in tainting.removed:
        kept = [taint for taint in new if not gone.fits(taint)]
        removed = len(kept) != len(new)
        missing += [] if removed else [f'taint "{gone}" not found']
        new = kept
    if missing:
        marked = "error: " if len(missing) == 1 else ""
        raise QuarterdeckError(marked + "\n".join(missing))
    if (added and removed) or tainting.overwrite:
        return new, "modified"
    return new, "tainted" if added else "untainted"


def _check_new(name: str, taints: Sequence[JsonObject], added: Sequence[Taint]) -> None:
    there = [taint.key for taint in added if any(taint.fits(old) for old in taints)]
    if there:
        raise QuarterdeckError(
            f"error: node {name} already has {','.join(there)} taint(s) with same effect(s) and"
            " --overwrite is false",
            next_step="Add --overwrite to replace it.",
        )


def _written(taint: Taint) -> JsonObject:
    value = {"value": taint.value} if taint.value else {}
    return {"effect": taint.effect, "key": taint.key, **value}


def _read(word: str) -> Taint:
    key, *effects = word.split(":")
    value = ""
    if len(effects) > 1:
        raise _invalid(word)
    if effects:
        if effects[0] not in _EFFECTS:
            raise _misread(f"invalid taint effect: {effects[0]}, unsupported taint effect")
        key, *values = key.split("=")
        if len(values) > 1:
            raise _invalid(word)
        value = values[0] if values else ""
        if faults := _value_faults(value):
            raise _invalid(word, faults)
    if faults := _key_faults(key):
        raise _invalid(word, faults)
    return Taint(key, value, effects[0] if effects else "")


def _value_faults(value: str) -> list[str]:
    faults = [_too_long(_LONGEST_NAME)] if len(value.encode()) > _LONGEST_NAME else []
    if not _VALUE.fullmatch(value):
        faults.append(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_'"
            " or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or"
            f" 'my_value',  or '12345', regex used for validation is '{_VALUE.pattern}')"
        )
    return faults


def _key_faults(key: str) -> list[str]:
    name, faults = key, []
    if "/" in key:
        prefix, name, *more = key.split("/")
        if more:
            shape = _shape("a valid label key ")
            return [f"{shape} with an optional DNS subdomain prefix and '/' (e.g. {_EXAMPLE})"]
        faults += _prefix_faults(prefix)
    if not name:
        faults.append("name part must be non-empty")
    elif len(name.encode()) > _LONGEST_NAME:
        faults.append(f"name part {_too_long(_LONGEST_NAME)}")
    if not _NAME.fullmatch(name):
        faults.append(_shape("name part "))
    return faults


def _prefix_faults(prefix: str) -> list[str]:
    if not prefix:
        return ["prefix part must be non-empty"]
    faults = []
    if len(prefix) > _LONGEST_SUBDOMAIN:
        faults.append(f"prefix part {_too_long(_LONGEST_SUBDOMAIN)}")
    if not _SUBDOMAIN.fullmatch(prefix):
        faults.append(
            "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
            " characters, '-' or '.', and must start and end with an alphanumeric character (e.g."
            f" 'example.com', regex used for validation is '{_SUBDOMAIN.pattern}')"
        )
    return faults


def _shape(what: str) -> str:
    return (
        f"{what}must consist of alphanumeric characters, '-', '_' or '.', and must start and end"
        " with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used"
        f" for validation is '{_NAME.pattern}')"
    )


def _too_long(limit: int) -> str:
    return f"must be no more than {limit} bytes"


def _invalid(word: str, faults: Sequence[str] = ()) -> UsageError:
    told = "".join(f", {'; '.join(faults)}" for _ in faults[:1])
    return _misread(f"invalid taint spec: {word}{told}")


def _misread(text: str) -> UsageError:
    return UsageError(
        f"error: {text}\nSee 'kubectl taint -h' for help and examples",
        next_step="Such as `taint nodes NODE key=value:NoSchedule`.",
    )

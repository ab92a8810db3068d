"""What changes between two states of one object, as a unified difference of their YAML. Pure.

Values of Secrets are told apart and never shown, as `kubectl diff` does.
"""

import difflib
from collections.abc import Mapping
from typing import Any

from bot.core.plan import Target
from bot.core.ports import JsonObject
from bot.kube.documents import prepared, to_yaml
from bot.kube.masking import is_secret, mask

_HIDDEN, _BEFORE, _AFTER = "***", "*** (before)", "*** (after)"


def told_apart(live: JsonObject | None, merged: JsonObject) -> tuple[JsonObject | None, JsonObject]:
    """Return both states with a Secret's values hidden, and marked where they differ."""
    if not is_secret(merged):
        return (mask(live) if live else None), mask(merged)
    before = dict((live or {}).get("data") or {})
    after = dict(merged.get("data") or {})
    hidden = {"data": _marked(after, before, _AFTER)} if after else {}
    merged = mask({**merged}) | hidden
    if live is None:
        return None, merged
    hidden = {"data": _marked(before, after, _BEFORE)} if before else {}
    return mask({**live}) | hidden, merged


def unified(
    target: Target,
    live: JsonObject | None,
    merged: JsonObject | None,
    *,
    managed_fields: bool = False,
) -> str:
    """Return the difference between two states; empty where there is none.

    None stands for a state in which the object is not there.
    """
    before, after = (_lines(state, managed_fields) for state in (live, merged))
    if before == after:
        return ""
    names = [f"{state}/{_file(target)}" for state in ("LIVE", "MERGED")]
    lines = difflib.unified_diff(before, after, names[0], names[1])
    return "".join([f"diff -u -N {names[0]} {names[1]}\n", *lines])


def _marked(values: Mapping[str, Any], others: Mapping[str, Any], mark: str) -> dict[str, str]:
    return {
        key: mark if key in others and others[key] != value else _HIDDEN
        for key, value in values.items()
    }


def _lines(state: JsonObject | None, managed_fields: bool) -> list[str]:
    if state is None:
        return []
    # What is left out is taken from a copy.
    copied = {**state, "metadata": {**state["metadata"]}} if "metadata" in state else state
    return to_yaml(prepared(copied, managed_fields=managed_fields)).splitlines(keepends=True)


def _file(target: Target) -> str:
    group = f"{target.group}." if target.group else ""
    return f"{group}{target.version}.{target.kind}.{target.namespace}.{target.name}"

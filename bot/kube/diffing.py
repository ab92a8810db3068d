"""What changes between two states of one object, as a unified difference of their YAML. Pure."""

import difflib

from bot.core.plan import Target
from bot.core.ports import JsonObject
from bot.kube.documents import prepared, to_yaml

# What the API server writes, and nobody else.
_OWN = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "uid")


def difference(target: Target, before: JsonObject | None, after: JsonObject | None) -> str:
    """Return the difference, under the object's name; empty where there is none.

    None stands for a state in which the object is not there.
    """
    old, new = _lines(before), _lines(after)
    if old == new:
        return ""
    place = f"{target.namespace}/" if target.namespace else ""
    name = f"{place}{target.qualified}"
    return "".join(difflib.unified_diff(old, new, f"live {name}", f"planned {name}"))


def _lines(state: JsonObject | None) -> list[str]:
    if state is None:
        return []
    metadata = {k: v for k, v in (state.get("metadata") or {}).items() if k not in _OWN}
    return to_yaml(prepared({**state, "metadata": metadata})).splitlines(keepends=True)

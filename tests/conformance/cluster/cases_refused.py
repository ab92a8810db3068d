"""Objects that are refused, and changes of them, with their sentences: refused.yaml, kept.yaml."""

from pathlib import Path
from typing import Any

import yaml

from tests.conformance.cluster.case import Case, Pointers
from tests.conformance.cluster.writing import create, patch, path

# Their sentences go on in Go's own types, or in the difference of two: out of the scope.
_UNTOLD = ("a change of a pod's containers", "a change of a job's template")
_CAUSE = ("/code", "/reason", "/details/causes/0/reason", "/details/causes/0/field")


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(Path(__file__).with_name(name).read_text("utf-8"))
    return found


def _changed(sentence: str, made: dict[str, Any], patches: list[Any]) -> Case:
    target = path(made, made["metadata"]["name"]) + "?dryRun=All"
    keep: Pointers = _CAUSE if sentence in _UNTOLD else None
    steps = (create(made, keep=()), *(patch(target, each, keep=keep) for each in patches))
    return Case(sentence, steps)


CASES = (
    *(
        Case(sentence, tuple(create(each, "?dryRun=All") for each in items))
        for sentence, items in _read("refused.yaml").items()
    ),
    *(_changed(sentence, *each.values()) for sentence, each in _read("kept.yaml").items()),
)

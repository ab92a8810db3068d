"""Objects that are refused, and changes of them, with their sentences: refused.yaml, kept.yaml."""

from pathlib import Path
from typing import Any

import yaml

from tests.conformance.cluster.case import Case, Pointers
from tests.conformance.cluster.writing import create, patch, path, service

# Their sentences go on in Go's own types, in the difference of two, or in causes that follow from
# the first: out of the scope.
_UNTOLD = (
    "a budget of both kinds",
    "a change of a binding's role",
    "a change of a job's template",
    "a change of a pod's containers",
    "a schedule that is none",
    "a selector that cannot be read",
    "an unknown operator of a selector",
    "an unknown strategy",
)
_CAUSE = ("/code", "/reason", "/details/causes/0/reason", "/details/causes/0/field")


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(
        Path(__file__).with_name(name).read_text("utf-8"), yaml.CSafeLoader
    )
    return found


def _changed(sentence: str, made: dict[str, Any], patches: list[Any]) -> Case:
    target, keep = path(made, made["metadata"]["name"]) + "?dryRun=All", _kept(sentence)
    steps = (create(made, keep=()), *(patch(target, each, keep=keep) for each in patches))
    return Case(sentence, steps)


def _kept(sentence: str) -> Pointers:
    return _CAUSE if sentence in _UNTOLD else None


_ON_NODES = service("web", type="NodePort", ports=[{"port": 80, "nodePort": 1}])
CASES = (
    *(
        Case(sentence, tuple(create(each, "?dryRun=All", keep=_kept(sentence)) for each in items))
        for sentence, items in _read("refused.yaml").items()
    ),
    *(_changed(sentence, *each.values()) for sentence, each in _read("kept.yaml").items()),
    # A dry run allocates none, and is refused none.
    Case("a port of the nodes that is none", (create(_ON_NODES),)),
)

"""What the API server fills in where an object says nothing: the tree of defaults.yaml; pure."""

import base64
import copy
import re
from collections.abc import Iterable
from typing import Any

from bot.demo.cluster.decoding import decoded
from bot.demo.cluster.formats import data
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.paths import at
from bot.demo.cluster.refusals import JsonObject


def filled(kind: Kind, item: JsonObject) -> JsonObject:
    """Return the object with its kind's defaults, in its canonical form.

    A custom resource is returned as it is.

    Raises:
        ApiRefusalError: 400, it is not one of its kind's type.
    """
    if kind.custom:
        return item
    whole = decoded(kind, item)
    if kind.kind == "Secret" and "stringData" in whole:
        texts = whole.pop("stringData").items()
        encoded = {key: base64.b64encode(text.encode()).decode() for key, text in texts}
        whole["data"] = whole.get("data", {}) | encoded
    _fill(whole, data("defaults")["kinds"].get(kind.kind, {}), whole)
    if kind.kind == "Pod":
        whole["status"].setdefault("qosClass", _class(whole["spec"]))
    return whole


def _fill(node: JsonObject, rules: JsonObject, root: JsonObject) -> None:
    for key, rule in rules.items():
        places = _places(node, key)
        if places is not None:
            for each in places:
                _fill(each, rule, root)
        elif isinstance(rule, dict):
            _fill(node.setdefault(key, {}), rule, root)
        elif key.endswith("+"):
            for name, value in (_found(rule, node, root) or {}).items():
                node.setdefault(key[:-1], {}).setdefault(name, value)
        elif key not in node and (rule is None or _found(rule, node, root) is not None):
            node[key] = copy.deepcopy(_found(rule, node, root))


def _places(node: JsonObject, key: str) -> Iterable[JsonObject] | None:
    """Return where a rule that does not always hold is to be followed; None: it always holds."""
    if key.startswith("when "):
        field, _, pattern = key.removeprefix("when ").partition("=")
        text = "true" if node.get(field) is True else str(node.get(field, ""))
        return [node] if re.fullmatch(pattern, text) else []
    if key == "bare":
        return [node] if node.keys() <= {"name"} else []
    if key.endswith("[]"):
        found: Iterable[JsonObject] = node.get(key[:-2]) or ()
        return found
    if key.endswith("?"):
        return [node[key[:-1]]] if key[:-1] in node else []
    return None


def _found(rule: Any, node: JsonObject, root: JsonObject) -> Any:
    if not isinstance(rule, str) or not rule.startswith("="):
        return rule
    return at(root, rule[2:]) if rule.startswith("==") else node.get(rule[1:])


def _class(spec: JsonObject) -> str:
    """Return a pod's quality of service, from what its containers ask for."""
    pairs = [
        (at(each, f"resources.limits.{name}"), at(each, f"resources.requests.{name}"))
        for each in (*spec.get("containers", ()), *spec.get("initContainers", ()))
        for name in ("cpu", "memory")
    ]
    if not any(limit or request for limit, request in pairs):
        return "BestEffort"
    equal = all(limit and limit == request for limit, request in pairs)
    return "Guaranteed" if equal else "Burstable"

"""Custom resources: served from their definition on, until the last of their objects is gone."""

from collections.abc import Iterator

from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.objects import leaving, with_condition
from bot.demo.cluster.deletion import CLEANUP, DEFINITIONS
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.store import Key

# Discovery tells them in this order (apiextensions' `customresource_discovery_controller.go`).
_VERBS = ("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch")
_CONDITIONS = (
    ("NamesAccepted", "NoConflicts", "no conflicts found"),
    ("Established", "InitialNamesAccepted", "the initial names have been accepted"),
)


def concerned(hands: Hands, item: JsonObject) -> Iterator[Key]:
    """Yield the definition of an object, once it only waits for the last of its objects to go."""
    for found in hands.every(DEFINITIONS):
        spec = found["spec"]
        kind = (item["apiVersion"].rpartition("/")[0], item["kind"])
        if leaving(found) and kind == (spec["group"], spec["names"]["kind"]):
            yield Key(DEFINITIONS, "", found["metadata"]["name"])


def reconcile(hands: Hands, key: Key) -> None:
    """Serve what is defined; withdraw what is not defined any more, objects first."""
    found = hands.find(key)
    if found is None:
        hands.registry.kinds.withdraw(key.name)
    elif leaving(found):
        _withdraw(hands, found)
    else:
        hands.registry.kinds.serve(_kind(found["spec"]))
        hands.report(found, _status(found, hands.registry.stamp()))


def _withdraw(hands: Hands, definition: JsonObject) -> None:
    resource = definition["metadata"]["name"]
    for item in hands.every(resource):
        hands.delete(item)
    if not hands.every(resource):
        hands.registry.kinds.withdraw(resource)
        held = [f for f in definition["metadata"].get("finalizers", ()) if f != CLEANUP]
        hands.change(definition, lambda x: x | {"metadata": x["metadata"] | {"finalizers": held}})


def _kind(spec: JsonObject) -> Kind:
    names = spec["names"]
    version = next(each for each in spec["versions"] if each["storage"])
    return Kind(
        names["kind"],
        names["plural"],
        spec["group"],
        version["name"],
        short=tuple(names.get("shortNames", ())),
        categories=tuple(names.get("categories", ())),
        namespaced=spec["scope"] == "Namespaced",
        verbs=_VERBS,
        subresources=("status",) if "status" in version.get("subresources", {}) else (),
        generations=True,
        conditional=True,
        custom=True,
        singular=names.get("singular"),
        columns=tuple(map(_column, version.get("additionalPrinterColumns", ()))),
    )


def _column(column: JsonObject) -> tuple[str, str, str, int, str]:
    told = column.get("priority", 0), column.get("description", "")
    return column["name"], column["type"], column["jsonPath"], *told


def _status(definition: JsonObject, now: str) -> JsonObject:
    spec, status = definition["spec"], definition.get("status") or {}
    conditions = status.get("conditions", [])
    for kind, reason, message in _CONDITIONS:
        new = {"type": kind, "status": "True", "reason": reason, "message": message}
        conditions = with_condition(conditions, new, now)
    stored = [each["name"] for each in spec["versions"] if each["storage"]]
    return {"conditions": conditions, "acceptedNames": spec["names"], "storedVersions": stored}

"""Custom resources: served from their definition on, until it is deleted."""

from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.objects import with_condition
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.store import Key

DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io"
_CONDITIONS = (
    ("NamesAccepted", "NoConflicts", "no conflicts found"),
    ("Established", "InitialNamesAccepted", "the initial names have been accepted"),
)


def reconcile(hands: Hands, key: Key) -> None:
    """Serve what is defined; withdraw what is not defined any more, objects first."""
    found, kinds = hands.find(key), hands.registry.kinds
    if found:
        kinds.serve(_kind(found["spec"]))
        hands.report(found, _status(found, hands.registry.stamp()))
    elif kinds.find(key.name):
        for item in hands.every(key.name):
            hands.delete(item)
        kinds.withdraw(key.name)


def _kind(spec: JsonObject) -> Kind:
    names, version = spec["names"], next(each for each in spec["versions"] if each["storage"])
    return Kind(
        names["kind"],
        names["plural"],
        spec["group"],
        version["name"],
        short=tuple(names.get("shortNames", ())),
        categories=tuple(names.get("categories", ())),
        namespaced=spec["scope"] == "Namespaced",
        subresources=("status",) if "status" in version.get("subresources", {}) else (),
        generations=True,
        custom=True,
        singular=names.get("singular"),
        columns=tuple(map(_column, version.get("additionalPrinterColumns", ()))),
    )


def _column(column: JsonObject) -> tuple[str, str, str, int, str]:
    told = column.get("priority", 0), column.get("description", "")
    return column["name"], column["type"], column["jsonPath"], *told


def _status(definition: JsonObject, now: str) -> JsonObject:
    spec, conditions = definition["spec"], definition.get("status", {}).get("conditions", [])
    for kind, reason, message in _CONDITIONS:
        new = {"type": kind, "status": "True", "reason": reason, "message": message}
        conditions = with_condition(conditions, new, now)
    stored = [each["name"] for each in spec["versions"] if each["storage"]]
    return {"conditions": conditions, "acceptedNames": spec["names"], "storedVersions": stored}

"""Custom resources: served from their definition on, until the last of their objects is gone."""

from collections.abc import Iterator

from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.objects import leaving, with_condition
from bot.demo.cluster.deletion import CLEANUP, DEFINITIONS
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.store import Key

_CONDITIONS = (
    ("NamesAccepted", "NoConflicts", "no conflicts found"),
    ("Established", "InitialNamesAccepted", "the initial names have been accepted"),
)


def concerned(hands: Hands, item: JsonObject) -> Iterator[Key]:
    """Yield the definition of an object, once it only waits for the last of its objects to go."""
    for found in filter(leaving, hands.every(DEFINITIONS)):
        if item["kind"] == found["spec"]["names"]["kind"]:
            yield hands.key_of(found)


def reconcile(hands: Hands, key: Key) -> None:
    """Serve what is defined; withdraw what is not defined any more, objects first."""
    found, kinds = hands.find(key), hands.registry.kinds
    if found and not leaving(found):
        kinds.serve(_kind(found["spec"]))
        hands.report(found, _status(found, hands.registry.stamp()))
    elif found and (items := hands.every(key.name)):
        for item in items:
            hands.delete(item)
    elif found:
        kinds.withdraw(key.name)
        held = [name for name in found["metadata"]["finalizers"] if name != CLEANUP]
        hands.change(found, lambda x: x | {"metadata": x["metadata"] | {"finalizers": held}})


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

"""Custom resources: served from their definition on, until the last of their objects is gone."""

from collections.abc import Iterator

from bot.demo.cluster.controllers.hands import EVERYTHING, Hands, leaving
from bot.demo.cluster.kinds import Kind
from bot.demo.cluster.registry import CLEANUP, DEFINITIONS
from bot.demo.cluster.store import Key
from bot.demo.cluster.values import Json, data


def concerned(hands: Hands, _resource: str, _key: Key, item: Json) -> Iterator[Key]:
    """Yield the definition of an object, once it only waits for the last of its objects to go."""
    for found in filter(leaving, hands.every(DEFINITIONS)):
        if item["kind"] == found["spec"]["names"]["kind"]:
            yield hands.key_of(found)


def reconcile(hands: Hands, it: Json) -> None:
    """Serve what is defined; withdraw what is not defined any more, objects first."""
    spec, name, kinds = it["spec"], it["metadata"]["name"], hands.registry.kinds
    if not leaving(it):
        kinds[name] = _kind(spec)
        stored = [each["name"] for each in spec["versions"] if each["storage"]]
        conditions = hands.conditions(it, *data("controllers")["definition"])
        status = {"acceptedNames": spec["names"], "storedVersions": stored}
        hands.report(it, status | {"conditions": conditions})
    elif items := hands.every(name):
        for item in items:
            hands.delete(item)
    else:
        kinds.pop(name, None)
        hands.release(it, CLEANUP)


def _kind(spec: Json) -> Kind:
    names, version = spec["names"], next(each for each in spec["versions"] if each["storage"])
    told: Json = {"short": names.get("shortNames", ()), "categories": names.get("categories", ())}
    told |= {"singular": names.get("singular"), "namespaced": spec["scope"] == "Namespaced"}
    told["subresources"] = tuple({"status"} & version.get("subresources", {}).keys())
    told["columns"] = [_column(each) for each in version.get("additionalPrinterColumns", ())]
    path = names["kind"], names["plural"], spec["group"], version["name"]
    return Kind(*path, generations=True, custom=True, **told)


def _column(column: Json) -> Json:
    path = column["jsonPath"]
    told = {"description": f"Custom resource definition column (in JSONPath format): {path}"}
    return told | column | {"cell": ["custom", column["type"], path]}


CONTROLLERS = [(DEFINITIONS, reconcile, {EVERYTHING: concerned})]

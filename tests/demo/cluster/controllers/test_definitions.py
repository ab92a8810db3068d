from typing import Any

from bot.demo.cluster.store import Key
from tests.demo.cluster.controllers.world import World

RESOURCE = "widgets.example.org"


def definition(**version: Any) -> dict[str, Any]:
    names = {"kind": "Widget", "plural": "widgets", "singular": "widget", "shortNames": ["wd"]}
    v1 = {"name": "v1", "served": True, "storage": True, **version}
    spec = {"group": "example.org", "scope": "Namespaced", "names": names, "versions": [v1]}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": RESOURCE},
        "spec": spec,
    }


def widget(name: str, **metadata: Any) -> dict[str, Any]:
    named = {"name": name, "namespace": "shop", **metadata}
    return {"apiVersion": "example.org/v1", "kind": "Widget", "metadata": named, "spec": {}}


async def test_a_definition_makes_its_kind(world: World) -> None:
    column = {"name": "Size", "type": "integer", "jsonPath": ".spec.size", "priority": 1}
    await world.make(definition(additionalPrinterColumns=[column], subresources={"status": {}}))
    kind = world.registry.kinds.of({"apiVersion": "example.org/v1", "kind": "Widget"})
    assert kind is not None
    assert (kind.short, kind.subresources, kind.custom) == (["wd"], ("status",), True)
    assert [each["cell"] for each in kind.columns] == [["custom", "integer", ".spec.size"]]
    assert column.items() <= kind.columns[0].items()


async def test_a_definition_that_changes_changes_its_kind(world: World) -> None:
    await world.make(definition())
    kind = world.registry.kinds.get("customresourcedefinitions.apiextensions.k8s.io")
    assert kind is not None
    new = definition(subresources={"status": {}})["spec"]
    world.registry.change(kind.at("", RESOURCE), lambda item: item | {"spec": new})
    await world.clock.advance(1)
    served = world.registry.kinds.get(RESOURCE)
    assert served is not None
    assert served.subresources == ("status",)


async def test_a_kind_is_served_until_its_last_object_is_let_go(world: World) -> None:
    await world.make(definition())
    await world.make(widget("free"), widget("held", finalizers=["example.org/hold"]))
    crd = world.registry.kinds.get("customresourcedefinitions.apiextensions.k8s.io")
    kind = world.registry.kinds.get(RESOURCE)
    assert crd is not None
    assert kind is not None
    world.registry.delete(crd.at("", RESOURCE))
    await world.clock.advance(1)
    assert [item["metadata"]["name"] for item in world.all(RESOURCE)] == ["held"]
    assert world.registry.kinds.get(RESOURCE) is not None
    free = {"metadata": {"name": "held", "finalizers": []}}
    world.registry.change(kind.at("shop", "held"), lambda item: item | free)
    await world.clock.advance(1)
    assert world.registry.kinds.get(RESOURCE) is None
    assert world.registry.store.get(Key(crd.resource, "", RESOURCE)) is None

"""A cluster without a wire: the registry and its controllers on a clock that a test moves."""

import asyncio
from collections.abc import Callable
from typing import Any

from bot.demo.cluster.controllers import CONTROLLERS, Loop
from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.kinds import Kind, Kinds
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Key, Store
from tests.clock import ManualClock

Item = dict[str, Any]
IMAGE = "registry.example.org/web:1"


def containers(image: str = IMAGE, **parts: Any) -> Item:
    return {"containers": [{"name": "app", "image": image, **parts}]}


def workload(kind: str, name: str, image: str = IMAGE, **spec: Any) -> Item:
    template = {"metadata": {"labels": {"app": name}}, "spec": containers(image)}
    selected = {"selector": {"matchLabels": {"app": name}}, "template": template}
    version = "batch/v1" if kind in ("Job", "CronJob") else "apps/v1"
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": name},
        "spec": selected | spec,
    }


def deployment(name: str = "web", image: str = IMAGE, replicas: int = 1, **spec: Any) -> Item:
    return workload("Deployment", name, image, replicas=replicas, **spec)


def job(name: str = "work", image: str = IMAGE, **spec: Any) -> Item:
    template = {"spec": containers(image) | {"restartPolicy": "Never"}}
    whole = {"template": template, **spec}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": whole}


def node(name: str, cpu: str = "8", **spec: Any) -> Item:
    room = {"cpu": cpu, "memory": "32Gi", "pods": "20k"}
    address = {"type": "InternalIP", "address": "127.0.0.1"}
    status = {"addresses": [address], "capacity": room, "allocatable": room}
    labels = {"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": f"zone-{name[-1]}"}
    metadata = {"name": name, "labels": labels}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": metadata,
        "spec": spec,
        "status": status,
    }


class World:
    """The registry, its controllers, and words to look at both."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.registry = Registry(Store(), Kinds(), self.clock)
        self.loop = Loop(Hands(self.registry, "a certificate"), CONTROLLERS)
        self._running = asyncio.create_task(self.loop.run())

    async def stop(self) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    def kind(self, resource: str) -> Kind:
        found = self.registry.kinds.get(resource)
        assert found is not None
        return found

    async def make(self, *items: Item, namespace: str = "shop") -> None:
        for item in items:
            kind = self.registry.kinds.of(item)
            assert kind is not None
            self.registry.create(kind.resource, namespace, item)
        await self.passes(0)

    async def change(
        self, resource: str, name: str, edit: Callable[[Item], Item], subresource: str = ""
    ) -> None:
        space = "shop" if self.kind(resource).namespaced else ""
        self.registry.change(self.kind(resource).at(space, name), edit, subresource=subresource)
        await self.passes(0)

    async def spec(self, resource: str, name: str, **parts: Any) -> None:
        await self.change(resource, name, lambda x: x | {"spec": x["spec"] | parts})

    async def image(self, name: str, image: str, resource: str = "deployments.apps") -> None:
        def edit(item: Item) -> Item:
            template = item["spec"]["template"]
            spec = template["spec"] | {"containers": [{"name": "app", "image": image}]}
            return item | {"spec": item["spec"] | {"template": template | {"spec": spec}}}

        await self.change(resource, name, edit)

    async def status(self, resource: str, name: str, **parts: Any) -> None:
        await self.change(
            resource, name, lambda x: x | {"status": x.get("status", {}) | parts}, "status"
        )

    async def delete(self, resource: str, name: str, **options: Any) -> None:
        space = "shop" if self.kind(resource).namespaced else ""
        self.registry.delete(self.kind(resource).at(space, name), options)
        await self.passes(0)

    async def passes(self, seconds: float) -> None:
        """Let time pass, and every controller come to rest."""
        await self.clock.advance(seconds)
        self.loop.settle()

    def one(self, resource: str, name: str, namespace: str = "shop") -> Item:
        space = namespace if self.kind(resource).namespaced else ""
        found = self.find(resource, name, space)
        assert found is not None, f"no {resource} {name}"
        return found

    def find(self, resource: str, name: str, namespace: str = "shop") -> Item | None:
        return self.registry.store.get(Key(resource, namespace, name))

    def all(self, resource: str, namespace: str = "shop") -> list[Item]:
        return self.registry.store.list(resource, namespace)

    def told(self, reason: str) -> list[str]:
        """Return the messages of the events with that reason, the oldest first."""
        events = [each for each in self.all("events", "") if each["reason"] == reason]
        return [
            str(e["message"])
            for e in sorted(events, key=lambda e: e["metadata"]["resourceVersion"])
        ]

    def conditions(self, resource: str, name: str) -> dict[str, tuple[str, str]]:
        found = self.one(resource, name).get("status", {}).get("conditions", ())
        return {each["type"]: (each["status"], each.get("reason", "")) for each in found}

"""How many pods each ReplicaSet of a Deployment gets next: the arithmetic of rolling updates.

Pure. Rules: `rolling.go`, `sync.go` and `deployment_util.go` of kube-controller-manager 1.37.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.demo.cluster.controllers.objects import share
from bot.demo.cluster.refusals import JsonObject


@dataclass(frozen=True, slots=True)
class Slot:
    """One ReplicaSet: what it should have, and what is available of it."""

    name: str
    replicas: int
    available: int = 0
    created: str = ""
    most: int = 0
    """The most pods that its Deployment could have when it was last scaled; 0: unknown."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a Deployment wants, and how far it may be from that during a rollout."""

    replicas: int
    surge: int
    unavailable: int

    @property
    def most(self) -> int:
        """Return how many pods there may be."""
        return self.replicas + self.surge

    @property
    def least(self) -> int:
        """Return how many pods must be available."""
        return self.replicas - self.unavailable


Sizes = list[tuple[str, int]]
"""Which ReplicaSet gets how many pods, in this order."""


def bounds(spec: JsonObject) -> Bounds:
    """Return the bounds that a Deployment's spec sets; surge is rounded up, the other down."""
    replicas: int = spec["replicas"]
    rolling = spec["strategy"].get("rollingUpdate")
    if spec["strategy"]["type"] != "RollingUpdate" or not rolling:
        return Bounds(replicas, 0, 0)
    surge = share(rolling.get("maxSurge", 0), replicas, up=True)
    unavailable = share(rolling.get("maxUnavailable", 0), replicas)
    # A rollout could not move otherwise.
    unavailable = unavailable or int(surge == 0)
    return Bounds(replicas, surge, min(unavailable, replicas))


def grown(wanted: Bounds, new: Slot, old: Sequence[Slot]) -> int:
    """Return how many pods the new ReplicaSet gets."""
    if new.replicas >= wanted.replicas:
        return wanted.replicas
    room = wanted.most - sum(slot.replicas for slot in (new, *old))
    return new.replicas + min(max(room, 0), wanted.replicas - new.replicas)


def shrunk(wanted: Bounds, new: Slot, old: Sequence[Slot]) -> Sizes:
    """Return what old ReplicaSets get: first the unhealthy pods go, then those that may."""
    total = sum(slot.replicas for slot in (new, *old))
    spare = total - wanted.least - (new.replicas - new.available)
    if spare <= 0:
        return []
    slots = sorted(old, key=lambda slot: (slot.created, slot.name))
    sizes, slots = _taken(slots, spare, [slot.replicas - slot.available for slot in slots])
    available = sum(slot.available for slot in (new, *old))
    more, _ = _taken(slots, available - wanted.least, [slot.replicas for slot in slots])
    return sizes + more


def _taken(slots: Sequence[Slot], count: int, limits: Sequence[int]) -> tuple[Sizes, list[Slot]]:
    """Take up to `count` pods, from each ReplicaSet up to its limit."""
    sizes: Sizes = []
    rest: list[Slot] = []
    for slot, limit in zip(slots, limits, strict=True):
        take = max(min(count, limit), 0)
        count -= take
        rest.append(replace(slot, replicas=slot.replicas - take))
        sizes += [(slot.name, slot.replicas - take)] if take else []
    return sizes, rest


def rescaled(wanted: Bounds, new: Slot | None, old: Sequence[Slot], actual: int) -> Sizes:
    """Return the sizes after the Deployment was scaled, be it in the middle of a rollout.

    `actual` is how many pods there are. Then each ReplicaSet grows or shrinks in proportion.
    """
    slots = ([new] if new else []) + sorted(old, key=lambda s: (s.created, s.name), reverse=True)
    working = [slot for slot in slots if slot.replicas]
    if len(working) < 2:
        return [(slot.name, wanted.replicas) for slot in (working or slots)[:1]]
    if new and new.replicas == new.available == wanted.replicas and new.most == wanted.most:
        return [(slot.name, 0) for slot in working if slot is not new]
    ceiling = wanted.most if wanted.replicas else 0
    change = ceiling - sum(slot.replicas for slot in working)
    # Of two that are as large, the newer one grows and the older one shrinks.
    working.sort(key=lambda s: (s.created, s.name), reverse=change > 0)
    working.sort(key=lambda s: s.replicas, reverse=True)
    return _spread(working, change, wanted, actual)


def _spread(slots: Sequence[Slot], change: int, wanted: Bounds, actual: int) -> Sizes:
    sizes: Sizes = []
    rest = change
    for slot in slots:
        part = _part(slot, wanted, actual) if change else 0
        part = min(part, rest) if change > 0 else max(part, rest)
        rest -= part
        sizes.append((slot.name, slot.replicas + part))
    # What rounding left over goes to the largest.
    return [(sizes[0][0], max(sizes[0][1] + rest, 0)), *sizes[1:]]


def _part(slot: Slot, wanted: Bounds, actual: int) -> int:
    if not wanted.replicas:
        return -slot.replicas
    before = slot.most or actual
    # Half is rounded up, as Go's `integer.RoundToInt32` does.
    return int(slot.replicas * wanted.most / before + 0.5) - slot.replicas if before else 0

"""The verbs on objects, as the API server's registry does them, for the wire and the controllers.

Defaults are filled in, what is wrong is refused, generations are counted, `status` is kept apart,
and finalizers, grace and preconditions are honoured (apiserver's `pkg/registry/rest`). An object
that is handed in or out is never changed in place.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.core.clock import Clock
from bot.demo.cluster.admission import admitted, allocated, filled, mistakes
from bot.demo.cluster.kinds import Kind, Kinds
from bot.demo.cluster.patches import tracked
from bot.demo.cluster.refusals import Cause, invalid, refusal
from bot.demo.cluster.store import Key, Store
from bot.demo.cluster.values import Json, at, data, digest

DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io"
CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
"""Holds the definition of a custom resource until the last of its objects is gone."""
# A generated name and what it ends with: apiserver `pkg/storage/names`.
_LONGEST, _LENGTH = 63, 5
# What the server sets: who creates an object cannot, and an update keeps the stored object's own.
_OURS = (
    "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation",
    "resourceVersion", "selfLink",
)  # fmt: skip
_TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
_OF_PROPAGATION = {"Orphan": "orphan", "Foreground": "foregroundDeletion"}

Edit: TypeAlias = Callable[[Json], Json]


@dataclass
class Registry:
    """The objects of one cluster, and the rules by which they change."""

    store: Store
    kinds: Kinds
    clock: Clock

    def get(self, key: Key) -> Json:
        """Return the object. Raises: 404."""
        if found := self.store.get(key):
            return found
        raise refusal("missing", key.resource, key.name)

    def create(
        self, resource: str, namespace: str, item: Json, *, dry_run: bool = False, manager: str = ""
    ) -> Json:
        """Store a new object and return it. Raises: 403, 404, 409, 422."""
        kind = self.kinds[resource]
        if kind.namespaced:
            self._check_namespace(resource, namespace, item)
        item = admitted(kind, filled(kind, _begun(kind, namespace, item, self.stamp())), self.store)
        key = kind.at(namespace, item["metadata"].get("name", ""))
        if causes := mistakes(kind, item, None):
            raise invalid(_title(kind), key.name, causes)
        if self.store.get(key) is not None:
            raise refusal("taken", resource, key.name)
        item = tracked(None, item, manager, self.stamp()) if manager else item
        return item if dry_run else self.store.put(key, item)

    def change(
        self, key: Key, edit: Edit, subresource: str = "", manager: str = "", dry_run: bool = False
    ) -> Json:
        """Store what `edit` makes of the object, and return it; a change of nothing stores nothing.

        With the subresource `status` only the status is taken, without one everything else.
        Raises: 404, 409 it is at another version or another object, 422.
        """
        kind, current = self.kinds[key.resource], self.get(key)
        if (item := edit(current)) == current:
            return current
        _check_same("changed", kind.resource, current, item.get("metadata") or {})
        if subresource:
            # What its metadata left out is filled in from the spec that stays.
            item = filled(kind, _revised(kind, current, item, status=True))
        else:
            # With its defaults, so that leaving them out counts as no change.
            item = allocated(kind, filled(kind, item), current, self.store)
            item = _revised(kind, current, item, status=False)
            if causes := mistakes(kind, item, current):
                raise invalid(_title(kind), key.name, causes)
        if manager and item != current:
            item = tracked(current, item, manager, self.stamp(), subresource)
        if item == current or dry_run:
            return item
        going = item["metadata"].get("deletionTimestamp") and not held(item)
        return self.store.remove(key) if going else self.store.put(key, item)

    def delete(self, key: Key, options: Json | None = None) -> Json:
        """Delete the object, unless finalizers or its grace hold it; return it as it is marked.

        `options` are DeleteOptions of meta/v1: without `gracePeriodSeconds` the object says them,
        without a `propagationPolicy` its finalizers stay. Raises: 404, 409 a precondition does not
        hold.
        """
        kind, current, options = self.kinds[key.resource], self.get(key), options or {}
        if kind.resource == "namespaces" and key.name in data("refusals")["undeletable"]["names"]:
            raise refusal("undeletable", key.resource, key.name)
        # rest.BeforeDelete names the kind where others name the resource.
        _check_same("unmet", _title(kind), current, options.get("preconditions") or {})
        marked = _marked(kind, current, options, self.clock.now())
        if options.get("dryRun"):
            return marked
        marked = self.store.put(key, marked) if marked != current else current
        if not held(marked):
            self.store.remove(key)
        return marked

    def stamp(self) -> str:
        """Return the time as Kubernetes writes it, in whole seconds."""
        return stamp(self.clock.now())

    def _check_namespace(self, resource: str, namespace: str, item: Json) -> None:
        if "deletionTimestamp" in self.get(Key("namespaces", "", namespace))["metadata"]:
            told, name = f"namespace {namespace} is being terminated", at(item, "metadata.name", "")
            causes = [Cause("metadata.namespace", "NamespaceTerminating", told)]
            raise refusal("ending", resource, name, causes=causes, namespace=namespace)


def stamp(moment: datetime) -> str:
    """Return the moment as Kubernetes writes it, in whole seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def held(item: Json) -> bool:
    """Tell whether finalizers or a grace that has not passed keep an object that is deleted."""
    metadata, spec = item["metadata"], item.get("spec") or {}
    of_namespace = item["kind"] == "Namespace" and spec.get("finalizers")
    holders = metadata.get("finalizers"), metadata.get("deletionGracePeriodSeconds"), of_namespace
    return any(holders)


def _begun(kind: Kind, namespace: str, item: Json, now: str) -> Json:
    given = item.get("metadata") or {}
    if given.get("resourceVersion"):
        raise refusal("versioned")
    metadata = {key: value for key, value in given.items() if key not in _OURS}
    metadata |= {"uid": str(uuid.uuid4()), "creationTimestamp": now}
    if not metadata.get("name") and (start := metadata.get("generateName")):
        metadata["name"] = start[: _LONGEST - _LENGTH] + digest(metadata["uid"])[:_LENGTH]
    metadata |= {"namespace": namespace} if kind.namespaced else {}
    metadata |= {"generation": 1} if kind.generations else {}
    apart = () if kind.created_with_status else kind.apart
    kept = {key: value for key, value in item.items() if key not in apart}
    return kept | kind.typed | {"metadata": metadata}


def _revised(kind: Kind, current: Json, item: Json, *, status: bool) -> Json:
    """Return the object with the status of the update, or with all else; its generation counted."""
    here, there, ours = current["metadata"], item["metadata"], (*_OURS, "namespace", "name")
    metadata = {key: value for key, value in there.items() if key not in ours}
    metadata |= {key: here[key] for key in ours if key in here}
    kept = {key: value for key, value in current.items() if (key in kind.apart) is not status}
    taken = {key: value for key, value in item.items() if (key in kind.apart) is status}
    item = kept | taken | kind.typed | {"metadata": metadata}
    place = "spec.template"
    if kind.resource == "daemonsets.apps" and at(item, place) != at(current, place):
        notes = metadata.get("annotations", {})
        number = str(int(notes.get(_TEMPLATE_GENERATION, "0")) + 1)
        metadata["annotations"] = {**notes, _TEMPLATE_GENERATION: number}
    if kind.generations and not status and _counted(kind, item) != _counted(kind, current):
        metadata["generation"] = metadata.get("generation", 0) + 1
    return item


def _counted(kind: Kind, item: Json) -> Json:
    # Of Deployments alone, annotations count, too: deployment `strategy.go`.
    notes = item["metadata"].get("annotations", {}) if kind.resource == "deployments.apps" else {}
    apart = ("metadata", *kind.apart)
    return {k: v for k, v in item.items() if k not in apart} | {"annotations": notes}


def _title(kind: Kind) -> str:
    return f"{kind.kind}.{kind.group}".rstrip(".")


def _check_same(why: str, resource: str, current: Json, wanted: Mapping[str, str]) -> None:
    here = current["metadata"]
    for field in ("uid", "resourceVersion"):
        if (said := wanted.get(field) or here[field]) != here[field]:
            raise refusal(f"{why}_{field}", resource, here["name"], said=said, have=here[field])


def _finalizers(kind: Kind, item: Json, propagation: str) -> list[str]:
    """Return what holds an object that is deleted in that way; an empty one keeps the old."""
    found = {*item["metadata"].get("finalizers", ())}
    found |= {CLEANUP} if kind.resource == DEFINITIONS else set()
    if propagation:
        found = found - {*_OF_PROPAGATION.values()} | {_OF_PROPAGATION.get(propagation, "")}
    return sorted(filter(None, found))


def _marked(kind: Kind, item: Json, options: Json, now: datetime) -> Json:
    """Return the object as its deletion leaves it; the same object if nothing is to be marked."""
    metadata = {k: v for k, v in item["metadata"].items() if k != "finalizers"}
    if finalizers := _finalizers(kind, item, options.get("propagationPolicy") or ""):
        metadata["finalizers"] = finalizers
    if kind.resource == "namespaces":
        status = {**item["status"], "phase": "Terminating"}
        return {**item, "metadata": metadata | _ending(metadata, now), "status": status}
    if kind.resource == "pods":
        metadata |= _ending(metadata, now, _seconds(item, options.get("gracePeriodSeconds")))
    elif finalizers:
        metadata |= _ending(metadata, now, 0)
    return {**item, "metadata": metadata}


def _ending(metadata: Json, now: datetime, grace: int | None = None) -> Json:
    """Return the mark of an end; of what is ending already, one that is to come sooner."""
    before = metadata.get("deletionGracePeriodSeconds") or 0
    fresh = "deletionTimestamp" not in metadata
    if not fresh and (grace is None or grace >= before):
        return {}
    mark: Json = {"deletionTimestamp": stamp(now + timedelta(seconds=grace or 0))}
    mark |= {} if grace is None else {"deletionGracePeriodSeconds": grace}
    # Its controllers are to look at it anew: rest.BeforeDelete.
    counted = fresh and "generation" in metadata
    return mark | ({"generation": metadata["generation"] + 1} if counted else {})


def _seconds(pod: Json, wanted: int | str | None) -> int:
    if not pod["spec"].get("nodeName") or at(pod, "status.phase") in ("Succeeded", "Failed"):
        return 0
    if wanted is None and "deletionTimestamp" in pod["metadata"]:
        return int(pod["metadata"].get("deletionGracePeriodSeconds") or 0)
    seconds = int(pod["spec"].get("terminationGracePeriodSeconds", 0) if wanted is None else wanted)
    return seconds if seconds >= 0 else 1

"""The verbs on objects, as the API server's registry does them, for the wire and the controllers.

Defaults are filled in, what is wrong is refused, generations are counted, `status` is kept apart,
and finalizers, grace and preconditions are honoured. An object that is handed in or out is never
changed in place.
"""

import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from bot.core.clock import Clock
from bot.demo.cluster import deletion
from bot.demo.cluster.admission import admitted, reallocated
from bot.demo.cluster.apply import tracked
from bot.demo.cluster.defaults import filled
from bot.demo.cluster.kinds import Kind, Kinds
from bot.demo.cluster.refusals import Cause, JsonObject, invalid, not_found, refusal
from bot.demo.cluster.store import Key, Store
from bot.demo.cluster.validation import mistakes

# What a generated name ends with: apiserver `pkg/storage/names` and apimachinery `util/rand`.
_LETTERS, _LENGTH, _LONGEST = "bcdfghjklmnpqrstvwxz2456789", 5, 63 - 5
# What the server sets: who creates an object cannot, and an update keeps the stored object's own.
_OURS = (
    "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation",
    "resourceVersion", "selfLink",
)  # fmt: skip
_TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
_WHATEVER: Mapping[str, str] = MappingProxyType({})


@dataclass
class Registry:
    """The objects of one cluster, and the rules by which they change."""

    store: Store
    kinds: Kinds
    clock: Clock

    def get(self, kind: Kind, namespace: str, name: str) -> JsonObject:
        """Return the object. Raises ApiRefusalError: 404."""
        if found := self.store.get(key_of(kind, namespace, name)):
            return found
        raise not_found(kind.plural, kind.group, name)

    def create(
        self,
        kind: Kind,
        namespace: str,
        item: JsonObject,
        *,
        dry_run: bool = False,
        manager: str = "",
    ) -> JsonObject:
        """Store a new object and return it. Raises ApiRefusalError: 403, 404, 409, 422."""
        self._check_namespace(kind, namespace, item)
        item = admitted(kind, filled(kind, _begun(kind, namespace, item, self.stamp())), self.store)
        name = item["metadata"].get("name", "")
        _check(kind, name, mistakes(kind, item, None))
        key = key_of(kind, namespace, name)
        if self.store.get(key) is not None:
            raise refusal("taken", kind.plural, kind.group, name)
        item = tracked(None, item, manager, self.stamp()) if manager else item
        return item if dry_run else self.store.put(key, item)

    def change(  # noqa: PLR0913 (each option is one of the API's own)
        self, kind: Kind, namespace: str, name: str, edit: Callable[[JsonObject], JsonObject],
        *, subresource: str = "", dry_run: bool = False, manager: str = "",
    ) -> JsonObject:  # fmt: skip
        """Store what `edit` makes of the object, and return it; a change of nothing stores nothing.

        With the subresource `status` only the status is taken, without one everything else. Raises
        ApiRefusalError: 404, 409 it is at another version or another object, 422.
        """
        key, current = key_of(kind, namespace, name), self.get(kind, namespace, name)
        item = edit(current)
        _check_same("changed", kind.plural, kind, current, item.get("metadata") or {})
        # With its defaults, so that leaving them out counts as no change.
        item = reallocated(kind, filled(kind, item), current, self.store)
        item = _revised(kind, current, item, status=subresource == "status")
        if subresource:
            # What its metadata left out is filled in from the spec that stays.
            item = filled(kind, item)
        else:
            _check(kind, name, mistakes(kind, item, current))
        if manager and item != current:
            item = tracked(current, item, manager, self.stamp(), subresource)
        if item == current or dry_run:
            return item
        if item["metadata"].get("deletionTimestamp") and not deletion.held(item):
            self.store.remove(key)
            return item
        return self.store.put(key, item)

    def delete(  # noqa: PLR0913 (each option is one of the API's own)
        self, kind: Kind, namespace: str, name: str, *, propagation: str = "",
        grace: int | None = None, preconditions: Mapping[str, str] = _WHATEVER,
        dry_run: bool = False,
    ) -> JsonObject:  # fmt: skip
        """Delete the object, unless finalizers or its grace hold it; return it as it is marked.

        `preconditions` are its `uid` and `resourceVersion`, as far as they matter. Raises
        ApiRefusalError: 404, 409 a precondition does not hold.
        """
        key, current = key_of(kind, namespace, name), self.get(kind, namespace, name)
        # rest.BeforeDelete names the kind where others name the resource.
        _check_same("unmet", kind.kind, kind, current, preconditions)
        marked = deletion.marked(kind, current, self.clock.now(), propagation, grace)
        if marked != current and not dry_run:
            marked = self.store.put(key, marked)
        if not deletion.held(marked) and not dry_run:
            self.store.remove(key)
        return marked

    def stamp(self) -> str:
        """Return the time as Kubernetes writes it, in whole seconds."""
        return stamp(self.clock.now())

    def _check_namespace(self, kind: Kind, namespace: str, item: JsonObject) -> None:
        found = self.store.get(Key("namespaces", "", namespace))
        if kind.namespaced and found is None:
            raise not_found("namespaces", "", namespace)
        if kind.namespaced and found and "deletionTimestamp" in found["metadata"]:
            told = f"namespace {namespace} is being terminated"
            causes = [Cause("metadata.namespace", "NamespaceTerminating", told)]
            about = kind.plural, kind.group, (item.get("metadata") or {}).get("name", "")
            raise refusal("ending", *about, causes=causes, namespace=namespace)


def stamp(moment: datetime) -> str:
    """Return the moment as Kubernetes writes it, in whole seconds."""
    return moment.strftime(deletion.STAMP)


def key_of(kind: Kind, namespace: str, name: str) -> Key:
    """Return where an object of the kind is."""
    return Key(kind.resource, namespace if kind.namespaced else "", name)


def _begun(kind: Kind, namespace: str, item: JsonObject, now: str) -> JsonObject:
    given = item.get("metadata") or {}
    if given.get("resourceVersion"):
        raise refusal("versioned")
    metadata = {key: value for key, value in given.items() if key not in _OURS}
    if not metadata.get("name") and (start := metadata.get("generateName")):
        ending = "".join(random.choices(_LETTERS, k=_LENGTH))  # noqa: S311 (a name, no secret)
        metadata["name"] = start[:_LONGEST] + ending
    metadata |= {"uid": str(uuid.uuid4()), "creationTimestamp": now}
    metadata |= {"namespace": namespace} if kind.namespaced else {}
    metadata |= {"generation": 1} if kind.generations else {}
    apart = "status" in kind.subresources and not kind.created_with_status
    kept = {key: value for key, value in item.items() if key != "status" or not apart}
    return {**kept, "apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}


def _revised(kind: Kind, current: JsonObject, item: JsonObject, *, status: bool) -> JsonObject:
    """Return the object with the status of the update, or with all else; its generation counted."""
    apart = ("status",) if "status" in kind.subresources else ()
    changed = {key for key in (*current, *item) if (key in apart) is status}
    kept = {key: value for key, value in current.items() if key not in changed}
    here, there = current["metadata"], item.get("metadata") or {}
    ours = (*_OURS, "namespace", "name")
    metadata = {key: value for key, value in there.items() if key not in ours}
    metadata |= {key: here[key] for key in ours if key in here}
    typed = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}
    item = kept | {key: value for key, value in item.items() if key in changed} | typed
    if kind.resource == "daemonsets.apps" and _template(item) != _template(current):
        notes = metadata.get("annotations", {})
        number = str(int(notes.get(_TEMPLATE_GENERATION, "0")) + 1)
        metadata["annotations"] = {**notes, _TEMPLATE_GENERATION: number}
    if kind.generations and not status and _counted(kind, item) != _counted(kind, current):
        metadata["generation"] = metadata.get("generation", 0) + 1
    return item


def _template(item: JsonObject) -> object:
    return (item.get("spec") or {}).get("template")


def _counted(kind: Kind, item: JsonObject) -> JsonObject:
    apart = ("metadata", *(("status",) if "status" in kind.subresources else ()))
    # Of Deployments alone, annotations count, too: deployment `strategy.go`.
    notes = item["metadata"].get("annotations", {}) if kind.resource == "deployments.apps" else {}
    return {k: v for k, v in item.items() if k not in apart} | {"annotations": notes}


def _check(kind: Kind, name: str, causes: Sequence[Cause]) -> None:
    if causes:
        raise invalid(kind.kind, kind.group, name, causes)


def _check_same(
    why: str, what: str, kind: Kind, current: JsonObject, wanted: Mapping[str, str]
) -> None:
    here = current["metadata"]
    for field in ("uid", "resourceVersion"):
        if (said := wanted.get(field) or here[field]) != here[field]:
            about = what, kind.group, here["name"]
            raise refusal(f"{why}_{field}", *about, said=said, have=here[field])

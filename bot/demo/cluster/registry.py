"""The verbs on objects, as the API server's registry does them, for the wire and the controllers.

Defaults are filled in, what is wrong is refused, generations are counted, `status` is kept apart,
and finalizers, grace and preconditions are honoured. An object that is handed in or out is never
changed in place.
"""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.core.clock import Clock
from bot.demo.cluster import deletion
from bot.demo.cluster.admission import admitted
from bot.demo.cluster.allocation import reallocated
from bot.demo.cluster.apply import tracked
from bot.demo.cluster.defaults import filled
from bot.demo.cluster.kinds import Kind, Kinds
from bot.demo.cluster.refusals import ApiRefusalError, Cause, JsonObject, conflict, invalid
from bot.demo.cluster.refusals import not_found as refused_as_missing
from bot.demo.cluster.store import Key, Store
from bot.demo.cluster.validation import mistakes

# What a generated name ends with: apiserver `pkg/storage/names` and apimachinery `util/rand`.
_LETTERS, _LENGTH, _LONGEST = "bcdfghjklmnpqrstvwxz2456789", 5, 63 - 5
# What an update can never change; the stored object keeps its own.
_KEPT = (
    "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation",
    "resourceVersion", "namespace", "name",
)  # fmt: skip
_TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
_MODIFIED = (
    "the object has been modified; please apply your changes to the latest version and try again"
)


@dataclass(frozen=True, slots=True)
class Preconditions:
    """What must still hold of an object when it is deleted; None: whatever it is."""

    uid: str | None = None
    version: str | None = None


class Registry:
    """The objects of one cluster, and the rules by which they change."""

    def __init__(self, store: Store, kinds: Kinds, clock: Clock) -> None:
        self.store = store
        self.kinds = kinds
        self.clock = clock

    def get(self, kind: Kind, namespace: str, name: str) -> JsonObject:
        """Return the object. Raises ApiRefusalError: 404."""
        found = self.store.get(_key(kind, namespace, name))
        if found is None:
            raise not_found(kind, name)
        return found

    def create(
        self,
        kind: Kind,
        namespace: str,
        item: JsonObject,
        *,
        dry_run: bool = False,
        manager: str = "",
    ) -> JsonObject:
        """Store a new object and return it; a dry run returns it without a version.

        Raises:
            ApiRefusalError: 404 no such namespace, 403 it is ending, 409 the name is taken, 422.
        """
        self._check_namespace(kind, namespace, item)
        item = self._begun(kind, namespace, item)
        name = item["metadata"].get("name", "")
        _check(kind, name, mistakes(kind, item, None))
        key = _key(kind, namespace, name)
        if self.store.get(key) is not None:
            raise _taken(kind, name)
        item = tracked(None, item, manager, self.stamp()) if manager else item
        return item if dry_run else self.store.put(key, item)

    def change(  # noqa: PLR0913 (each option is one of the API's own)
        self,
        kind: Kind,
        namespace: str,
        name: str,
        edit: Callable[[JsonObject], JsonObject],
        *,
        subresource: str = "",
        dry_run: bool = False,
        manager: str = "",
    ) -> JsonObject:
        """Store what `edit` makes of the object, and return it; a change of nothing stores nothing.

        With the subresource `status` only the status is taken, without one everything else.

        Raises:
            ApiRefusalError: 404, 409 it is at another version or another object, 422.
        """
        current = self.get(kind, namespace, name)
        item = edit(current)
        _check_versions(kind, current, item)
        if subresource == "status":
            item = filled(kind, _reported(kind, current, item))
        else:
            # With its defaults, so that leaving them out counts as no change.
            item = reallocated(kind, filled(kind, item), current, self.store)
            item = _revised(kind, current, item)
            wrong = [*deletion.added_finalizers(current, item), *mistakes(kind, item, current)]
            _check(kind, name, wrong)
        if manager:
            item = tracked(current, item, manager, self.stamp(), subresource)
        if item == current or dry_run:
            return item
        return self._stored(_key(kind, namespace, name), item)

    def delete(  # noqa: PLR0913 (each option is one of the API's own)
        self,
        kind: Kind,
        namespace: str,
        name: str,
        *,
        propagation: str = "",
        grace: int | None = None,
        preconditions: Preconditions = Preconditions(),
        dry_run: bool = False,
    ) -> JsonObject | None:
        """Delete the object, or mark it while finalizers or its grace hold it.

        Returns it as it is marked; None when it is gone.

        Raises:
            ApiRefusalError: 404, 409 a precondition does not hold.
        """
        current = self.get(kind, namespace, name)
        _check_preconditions(kind, current, preconditions)
        marked = deletion.marked(kind, current, self.clock.now(), propagation, grace)
        if dry_run:
            return marked if deletion.held(marked) else None
        key = _key(kind, namespace, name)
        if marked != current:
            self.store.put(key, marked)
        if not deletion.held(marked):
            self.store.remove(key)
            return None
        return self.get(kind, namespace, name)

    def stamp(self) -> str:
        """Return the time as Kubernetes writes it, in whole seconds."""
        return stamp(self.clock.now())

    def _begun(self, kind: Kind, namespace: str, item: JsonObject) -> JsonObject:
        metadata = dict(item.get("metadata") or {})
        if metadata.pop("resourceVersion", ""):
            message = "resourceVersion should not be set on objects to be created"
            raise ApiRefusalError(500, "", message)
        if not metadata.get("name") and (start := metadata.get("generateName")):
            ending = "".join(random.choices(_LETTERS, k=_LENGTH))  # noqa: S311 (a name, no secret)
            metadata["name"] = start[:_LONGEST] + ending
        for name in ("deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink"):
            metadata.pop(name, None)
        if kind.namespaced:
            metadata["namespace"] = namespace
        metadata |= {"uid": str(uuid.uuid4()), "creationTimestamp": self.stamp()}
        if kind.generations:
            metadata["generation"] = 1
        item = {**item, "apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}
        if "status" in kind.subresources and not kind.created_with_status:
            item.pop("status", None)
        return admitted(kind, filled(kind, item), self)

    def _stored(self, key: Key, item: JsonObject) -> JsonObject:
        """Store the object; or, with the last finalizer of what is deleted gone, forget it."""
        if item["metadata"].get("deletionTimestamp") and not deletion.held(item):
            self.store.remove(key)
            return item
        return self.store.put(key, item)

    def _check_namespace(self, kind: Kind, namespace: str, item: JsonObject) -> None:
        if not kind.namespaced:
            return
        found = self.store.get(Key("namespaces", "", namespace))
        if found is None:
            raise not_found(_NAMESPACES, namespace)
        if found["metadata"].get("deletionTimestamp"):
            raise _ending(kind, namespace, (item.get("metadata") or {}).get("name", ""))


_NAMESPACES = Kind("Namespace", "namespaces", namespaced=False)


def stamp(moment: datetime) -> str:
    """Return the moment as Kubernetes writes it, in whole seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def not_found(kind: Kind, name: str) -> ApiRefusalError:
    """Return the refusal of what does not exist."""
    return refused_as_missing(kind.plural, kind.group, name)


def _key(kind: Kind, namespace: str, name: str) -> Key:
    return Key(kind.resource, namespace if kind.namespaced else "", name)


def _reported(kind: Kind, current: JsonObject, item: JsonObject) -> JsonObject:
    """Return the object with the status of the update, and its annotations.

    Of a custom resource, with the status alone.
    """
    metadata = current["metadata"]
    if not kind.custom:
        metadata = _with(_kept(metadata, item), "labels", metadata.get("labels"))
    return _with({**current, "metadata": metadata}, "status", item.get("status"))


def _revised(kind: Kind, current: JsonObject, item: JsonObject) -> JsonObject:
    """Return the update with what it may not change put back, and its generation counted."""
    metadata = _kept(current["metadata"], item)
    item = {**item, "apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}
    if "status" in kind.subresources:
        item = _with(item, "status", current.get("status"))
    changed = item.get("spec", {}).get("template") != current.get("spec", {}).get("template")
    if kind.resource == "daemonsets.apps" and changed:
        notes = metadata.get("annotations", {})
        number = int(notes.get(_TEMPLATE_GENERATION, "0")) + 1
        metadata["annotations"] = {**notes, _TEMPLATE_GENERATION: str(number)}
    if kind.generations and _counted(kind, item) != _counted(kind, current):
        metadata["generation"] = metadata.get("generation", 0) + 1
    return item


def _kept(here: JsonObject, item: JsonObject) -> JsonObject:
    new = {k: v for k, v in (item.get("metadata") or {}).items() if k not in _KEPT}
    return new | {k: here[k] for k in _KEPT if k in here}


def _with(item: JsonObject, name: str, value: object) -> JsonObject:
    rest = {k: v for k, v in item.items() if k != name}
    return rest if value is None else {**rest, name: value}


def _counted(kind: Kind, item: JsonObject) -> JsonObject:
    apart = ("metadata", *(("status",) if "status" in kind.subresources else ()))
    counted = {k: v for k, v in item.items() if k not in apart}
    # Of Deployments alone, annotations count, too: deployment `strategy.go`.
    notes = item["metadata"].get("annotations", {}) if kind.resource == "deployments.apps" else {}
    return counted | {"annotations": notes}


def _check(kind: Kind, name: str, causes: list[Cause]) -> None:
    if causes:
        raise invalid(kind.kind, kind.group, name, causes)


def _check_versions(kind: Kind, current: JsonObject, item: JsonObject) -> None:
    here, there = current["metadata"], item.get("metadata") or {}
    why = ""
    if (uid := there.get("uid") or here["uid"]) != here["uid"]:
        why = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {here['uid']}"
    elif (there.get("resourceVersion") or here["resourceVersion"]) != here["resourceVersion"]:
        why = _MODIFIED
    if why:
        raise conflict(kind.plural, kind.group, here["name"], why)


def _check_preconditions(kind: Kind, current: JsonObject, wanted: Preconditions) -> None:
    here = current["metadata"]
    for what, want, have, why in (
        ("UID", wanted.uid, here["uid"], "deleted and then recreated"),
        ("ResourceVersion", wanted.version, here["resourceVersion"], "modified"),
    ):
        if want not in (None, have):
            told = f"the {what} in the precondition ({want}) does not match the {what} in record"
            told += f" ({have}). The object might have been {why}"
            # rest.BeforeDelete names the kind where others name the resource.
            raise conflict(kind.kind, kind.group, here["name"], told)


def _taken(kind: Kind, name: str) -> ApiRefusalError:
    message = f'{kind.resource} "{name}" already exists'
    return ApiRefusalError(409, "AlreadyExists", message, not_found(kind, name).details)


def _ending(kind: Kind, namespace: str, name: str) -> ApiRefusalError:
    told = f"unable to create new content in namespace {namespace} because it is being terminated"
    message = f'{kind.resource} "{name}" is forbidden: {told}'
    told = f"namespace {namespace} is being terminated"
    causes = [Cause("metadata.namespace", "NamespaceTerminating", told)]
    return ApiRefusalError(403, "Forbidden", message, not_found(kind, name).details, causes)

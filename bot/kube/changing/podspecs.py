"""Where objects keep their containers, and what of them is different. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.core.errors import UsageError
from bot.core.plan import Change, JsonValue
from bot.core.ports import JsonObject, Resource
from bot.kube.changes import Found
from bot.kube.patches import Path, at

_TEMPLATE: Path = ("spec", "template", "spec")
# kubectl 1.37 `pkg/polymorphichelpers/updatepodspec.go`.
_PLACES: Mapping[tuple[str, str], Path] = {
    ("", "Pod"): ("spec",),
    ("", "ReplicationController"): _TEMPLATE,
    ("apps", "Deployment"): _TEMPLATE,
    ("apps", "DaemonSet"): _TEMPLATE,
    ("apps", "ReplicaSet"): _TEMPLATE,
    ("apps", "StatefulSet"): _TEMPLATE,
    ("batch", "Job"): _TEMPLATE,
    ("batch", "CronJob"): ("spec", "jobTemplate", *_TEMPLATE),
}
_LISTS = ("containers", "initContainers")


def containers(one: Found) -> list[tuple[Path, JsonObject]]:
    """Return an object's containers and where each is, its init containers last.

    Raises:
        UsageError: the object has no pod template; the text is kubectl's.
    """
    place = _PLACES.get((one.resource.group, one.resource.kind))
    if place is None:
        raise UsageError(
            f"error: {one.plural} the object is not a pod or does not have a pod template:"
            f" *{one.resource.version}.{one.resource.kind}"
        )
    return [
        ((*place, kind, index), each)
        for kind in _LISTS
        for index, each in enumerate(_listed(one.item, (*place, kind)))
    ]


def _listed(item: JsonObject, path: Path) -> list[JsonObject]:
    value = at(item, path)
    return value if isinstance(value, list) else []


def is_in_pod(resource: Resource) -> bool:
    """Tell whether objects of the type have containers."""
    return (resource.group, resource.kind) in _PLACES


def image_change(subject: str, name: str, before: str, after: str, *, alone: bool) -> Change:
    """Return a preview's line about an image, as short as it can be told apart.

    `alone`: it is the only container, whose name says nothing.
    """
    field = "image" if alone else f"image of {name}"
    repository, _, tag = after.rpartition(":")
    if repository and "/" not in tag and before.startswith(f"{repository}:"):
        return Change(subject, field, before.rpartition("/")[2], tag)
    return Change(subject, field, before or "none", after)


def template_changes(
    subject: str, before: JsonObject, after: JsonObject
) -> tuple[list[Change], int]:
    """Return the images that are different in two pod templates, and how many other fields are."""
    old, new = _images(before), _images(after)
    changed = [name for name in new if name in old and old[name] != new[name]]
    alone = len(new) == 1
    images = [image_change(subject, n, old[n], new[n], alone=alone) for n in changed]
    return images, sum(1 for _ in _differences(before, after)) - len(images)


def _images(template: JsonObject) -> dict[str, str]:
    spec = template.get("spec") or {}
    found = [each for kind in _LISTS for each in spec.get(kind) or ()]
    return {each["name"]: each.get("image", "") for each in found}


def _differences(before: JsonValue, after: JsonValue) -> Iterator[None]:
    """Yield once for each field that is different; named elements of lists are compared by name."""
    old, new = _named(before), _named(after)
    if old is None or new is None:
        if before != after:
            yield None
        return
    for key in old.keys() | new.keys():
        if key not in old or key not in new:
            yield None
        else:
            yield from _differences(old[key], new[key])


def _named(value: JsonValue) -> Mapping[Any, JsonValue] | None:
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and all(isinstance(e, dict) and "name" in e for e in value):
        return {each["name"]: each for each in value}
    return None

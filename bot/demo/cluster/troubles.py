"""What can go wrong in a cluster, by name, and how it is put right again.

A bad image, a crash loop and a leak come with a release: an image's tag says what its pods do, as
on the real test bed (`:bad…` cannot be pulled, `:crash…` crashes). Pure but for `change`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from bot.demo.cluster.controllers.objects import STOPPED
from bot.demo.cluster.metrics import LEAKS
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Key
from bot.demo.cluster.values import JsonObject

API_SERVER_DOWN = "api-server-down"
"""The one that is no change of an object."""
LEAK = "8Mi"
"""A minute."""
_TAG = re.compile(r":(?:bad-|crash-)?([\w.-]+)$")

Edit = Callable[[JsonObject], JsonObject]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A change of an object, and the change that takes it back."""

    begin: Edit
    end: Edit
    usual: str
    """Where, if nobody says: `namespace/deployment`, or a node."""


def change(registry: Registry, name: str, where: str, *, over: bool) -> None:
    """Begin the trouble, or end it, there or where it usually is.

    Raises:
        KeyError: there is no such trouble.
        ApiRefusalError: 404, there is nothing there.
    """
    trouble = TROUBLES[name]
    namespace, _, place = (where or trouble.usual).rpartition("/")
    resource = "deployments.apps" if namespace else "nodes"
    edit = trouble.end if over else trouble.begin
    registry.change(Key(resource, namespace, place), edit, manager="trouble")


def _tagged(prefix: str, deployment: JsonObject) -> JsonObject:
    def tagged(template: JsonObject) -> JsonObject:
        first, *others = template["spec"]["containers"]
        first = {**first, "image": _TAG.sub(rf":{prefix}\1", first["image"])}
        return {**template, "spec": {**template["spec"], "containers": [first, *others]}}

    return _templated(tagged, deployment)


def _leaking(amount: str, deployment: JsonObject) -> JsonObject:
    return _templated(partial(_annotated, LEAKS, amount), deployment)


def _templated(edit: Edit, item: JsonObject) -> JsonObject:
    return {**item, "spec": {**item["spec"], "template": edit(item["spec"]["template"])}}


def _annotated(name: str, value: str, item: JsonObject) -> JsonObject:
    """Return the object with the annotation; an empty value takes it away."""
    annotations = {**item["metadata"].get("annotations", {}), name: value}
    kept = {key: each for key, each in annotations.items() if each}
    return {**item, "metadata": {**item["metadata"], "annotations": kept}}


_MENDED = partial(_tagged, "")
TROUBLES: Mapping[str, Trouble] = {
    "bad-image": Trouble(partial(_tagged, "bad-"), _MENDED, "shop/checkout"),
    "crash-loop": Trouble(partial(_tagged, "crash-"), _MENDED, "shop/search"),
    "slow-leak": Trouble(partial(_leaking, LEAK), partial(_leaking, ""), "shop/web"),
    "node-down": Trouble(
        partial(_annotated, STOPPED, "true"), partial(_annotated, STOPPED, ""), "node-b"
    ),
}

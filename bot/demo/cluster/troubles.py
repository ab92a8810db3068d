"""What can go wrong in a cluster, by name, and how it is put right again.

A bad image, a crash loop, errors and a leak come with a release: an image's tag says what its pods
do, as on the real test bed (`:bad…` cannot be pulled, `:crash…` crashes, `:error-30…` answers three
requests in ten with an error, as metrics show).
"""

import re
from collections.abc import Callable, Mapping
from functools import partial

from bot.demo.cluster.controllers.hands import STOPPED
from bot.demo.cluster.metrics import LEAKS
from bot.demo.cluster.patches import merged
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Key
from bot.demo.cluster.values import Json

API_SERVER_DOWN = "api-server-down"
"""The one that is no change of an object."""
_TAG = re.compile(r":(?:bad-|crash-|error-30-)?([\w.-]+)$")


def change(registry: Registry, name: str, where: str, *, over: bool) -> None:
    """Begin the trouble, or end it, there or where it usually is. Raises KeyError, or 404."""
    usual, patch = TROUBLES[name]
    namespace, _, place = (where or usual).rpartition("/")
    key = Key("deployments.apps" if namespace else "nodes", namespace, place)
    registry.change(key, lambda x: merged(x, patch(x, over=over)), manager="trouble")


def _tagged(prefix: str, deployment: Json, *, over: bool) -> Json:
    first, *others = deployment["spec"]["template"]["spec"]["containers"]
    image = _TAG.sub(rf":{'' if over else prefix}\1", first["image"])
    return {"spec": {"template": {"spec": {"containers": [first | {"image": image}, *others]}}}}


def _leaking(a_minute: str, _: Json, *, over: bool) -> Json:
    return {"spec": {"template": _annotated(LEAKS, a_minute, _, over=over)}}


def _annotated(name: str, value: str, _: Json, *, over: bool) -> Json:
    return {"metadata": {"annotations": {name: None if over else value}}}


TROUBLES: Mapping[str, tuple[str, Callable[..., Json]]] = {
    "bad-image": ("shop/checkout", partial(_tagged, "bad-")),
    "crash-loop": ("shop/search", partial(_tagged, "crash-")),
    "error-spike": ("shop/web", partial(_tagged, "error-30-")),
    "slow-leak": ("shop/web", partial(_leaking, "8Mi")),
    "node-down": ("node-b", partial(_annotated, STOPPED, "true")),
}
"""Where each of them usually is, `namespace/deployment` or a node, and how it is patched there."""

"""What a cluster starts with, as data in the files beside this, and what can go wrong in it.

A bad image, a crash loop, errors and a leak come with a release: an image's tag says what its pods
do, as on the real test bed (`:bad…` cannot be pulled, `:crash…` crashes, `:error-30…` answers three
requests in ten with an error, as metrics show).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources

import orjson
import yaml

from bot.demo.cluster.controllers.hands import STOPPED
from bot.demo.cluster.metrics import LEAKS
from bot.demo.cluster.patches import STRATEGIC_MERGE, merged, patched
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Key
from bot.demo.cluster.values import Json, at

FOUNDATION = ("bootstrap", "namespace", "rights")
"""What every cluster has: Kubernetes' own, and the bot's rights of deploy/."""
SHOP = ("nodes", "shop", "people")
"""A shop on three nodes, and who may do what in it."""
RELEASES = "releases"
"""What is released in the shop next; how it went is what there is to see."""

_MANAGER = "quarterdeck-demo"


@dataclass(frozen=True, slots=True)
class Someone:
    """One of the people whom a newcomer may be; people.yaml gives their groups their rights."""

    name: str
    role: str
    groups: tuple[str, ...]
    namespace: str = ""
    """Which their kubeconfig names."""


PEOPLE = (
    Someone("ada", "sre", ("quarterdeck:admins",), "shop"),
    Someone("bob", "developer", ("quarterdeck:deployers",), "shop"),
    Someone("eve", "outsider", (), "shop"),
)


@cache
def read(*names: str) -> tuple[Json, ...]:
    """Return the objects of the named files, in their order."""
    folder = resources.files(__name__)
    texts = ((folder / f"{name}.yaml").read_text("utf-8") for name in names)
    return tuple(item for text in texts for item in yaml.load_all(text, yaml.CSafeLoader))


def put(registry: Registry, items: Iterable[Json]) -> None:
    """Create the objects. Raises: one of them is none that the cluster takes."""
    for item in items:
        key = registry.kinds.key_of(item)
        registry.create(key.resource, key.namespace, item, manager=_MANAGER)


async def settled(registry: Registry, items: Iterable[Json]) -> None:
    """Wait until each of the Deployments has all the pods that it wants."""
    for key in map(registry.kinds.key_of, items):
        while at(it := registry.get(key), "status.availableReplicas", 0) != it["spec"]["replicas"]:
            await registry.clock.sleep(0.05)


async def release(registry: Registry, patches: Iterable[Json]) -> None:
    """Patch the Deployments, each as soon as it has all the pods that it wants."""
    for body in patches:
        await settled(registry, [body])
        edit = partial(patched, content_type=STRATEGIC_MERGE, body=orjson.dumps(body))
        registry.change(registry.kinds.key_of(body), edit, manager=_MANAGER)


API_SERVER_DOWN = "api-server-down"
"""The one that is no change of an object."""
_TAG = re.compile(r":(?:bad-|crash-|error-30-)?([\w.-]+)$")


def trouble(registry: Registry, name: str, where: str, *, over: bool) -> None:
    """Begin the trouble, or end it, there or where it usually is. Raises KeyError, or 404."""
    usual, patch = TROUBLES[name]
    namespace, _, place = (where or usual).rpartition("/")
    key = Key("deployments.apps" if namespace else "nodes", namespace, place)
    registry.change(key, lambda x: merged(x, patch(x, over=over)), manager="trouble")


def _tagged(prefix: str, deployment: Json, *, over: bool) -> Json:
    first, *others = deployment["spec"]["template"]["spec"]["containers"]
    image = _TAG.sub(rf":{'' if over else prefix}\1", first["image"])
    return {"spec": {"template": {"spec": {"containers": [first | {"image": image}, *others]}}}}


def _leaking(a_minute: str, deployment: Json, *, over: bool) -> Json:
    return {"spec": {"template": _annotated(LEAKS, a_minute, deployment, over=over)}}


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

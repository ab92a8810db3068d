"""What makes the cluster move: one file per controller, each a function of what is stored.

It looks at one object and at what belongs to it, and does the next thing that is due; it may be
called at any time and any number of times. Rules and sentences are those of Kubernetes 1.37.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from bot.demo.cluster.controllers import (
    clusterroles,
    cronjob,
    daemonset,
    definitions,
    deployment,
    disruption,
    endpoints,
    garbage,
    job,
    kubelet,
    namespaces,
    nodes,
    replicaset,
    scheduler,
    statefulset,
)  # fmt: skip
from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.loop import EVERYTHING, Controller
from bot.demo.cluster.deletion import DEFINITIONS
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Key

_ROLES = "clusterroles.rbac.authorization.k8s.io"
Reconcile = Callable[[Hands, JsonObject], float | None]
ByKey = Callable[[Hands, Key], float | None]
Watch = Callable[[str, Key, JsonObject], Iterable[Key]]


def controllers(registry: Registry, authority: str = "") -> Sequence[Controller]:
    """Return all controllers; `authority` is the certificate of who signed the API server's."""
    hands = Hands(registry)
    keeper, near, itself = hands.keeper, hands.near, hands.itself
    place, home = partial(scheduler.concerned, hands), partial(namespaces.around, hands)
    rest, served = partial(garbage.concerned, hands), partial(_served, hands)
    table: Sequence[tuple[str, Reconcile, dict[str, Watch]]] = (
        ("deployments.apps", deployment.reconcile, {"replicasets.apps": keeper}),
        ("replicasets.apps", replicaset.reconcile, {"pods": keeper}),
        ("statefulsets.apps", statefulset.reconcile, {"pods": keeper}),
        ("daemonsets.apps", daemonset.reconcile, {"pods": keeper, "nodes": near}),
        ("jobs.batch", job.reconcile, {"pods": keeper}),
        ("cronjobs.batch", cronjob.reconcile, {"jobs.batch": keeper}),
        ("pods", kubelet.reconcile, {"nodes": hands.pods_of}),
        ("nodes", nodes.attend, {}),
        ("nodes", nodes.reconcile, {"leases.coordination.k8s.io": nodes.of, "pods": nodes.of}),
        ("services", endpoints.reconcile, {"pods": near}),
        ("poddisruptionbudgets.policy", disruption.reconcile, {"pods": near}),
        (_ROLES, clusterroles.reconcile, {_ROLES: near}),
        ("namespaces", partial(namespaces.reconcile, authority), {EVERYTHING: home}),
        ("", garbage.reconcile, {EVERYTHING: rest}),
    )
    by_key: Sequence[tuple[str, ByKey, dict[str, Watch]]] = (
        ("", scheduler.reconcile, {"pods": place, "nodes": place}),
        (DEFINITIONS, definitions.reconcile, {EVERYTHING: served}),
    )
    found: list[tuple[str, ByKey, dict[str, Watch]]]
    found = [(name, partial(_found, look), watches) for name, look, watches in table]
    return [
        Controller(
            {each: partial(watch, name) for each, watch in ({name: itself} | watches).items()},
            partial(look, hands),
        )
        for name, look, watches in (*found, *by_key)
    ]


def _found(reconcile: Reconcile, hands: Hands, key: Key) -> float | None:
    it = hands.find(key)
    return None if it is None else reconcile(hands, it)


def _served(hands: Hands, _resource: str, _key: Key, item: JsonObject) -> Iterable[Key]:
    return definitions.concerned(hands, item)

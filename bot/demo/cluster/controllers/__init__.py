"""What makes the cluster move: one file per controller, each a function of what is stored.

It looks at one object and at what belongs to it, and does the next thing that is due; it may be
called at any time and any number of times. Rules and sentences are those of Kubernetes 1.37.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeAlias

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
)
from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.loop import EVERYTHING, Controller
from bot.demo.cluster.registry import DEFINITIONS, Registry
from bot.demo.cluster.store import Key
from bot.demo.cluster.values import Json

_LEASES, _ROLES = "leases.coordination.k8s.io", "clusterroles.rbac.authorization.k8s.io"
Reconcile: TypeAlias = Callable[[Hands, Json], float | None]
Watch: TypeAlias = Callable[[Hands, str, Key, Json], Iterable[Key]]
"""Which keys of the controller's resource are looked at when the object at another changes."""
# What each controller is about, what it does, and what else it watches.
_TABLE: Sequence[tuple[str, Reconcile, dict[str, Watch]]] = (
    ("deployments.apps", deployment.reconcile, {"replicasets.apps": Hands.keeper}),
    ("replicasets.apps", replicaset.reconcile, {"pods": Hands.keeper}),
    ("statefulsets.apps", statefulset.reconcile, {"pods": Hands.keeper}),
    ("daemonsets.apps", daemonset.reconcile, {"pods": Hands.keeper, "nodes": Hands.near}),
    ("jobs.batch", job.reconcile, {"pods": Hands.keeper}),
    ("cronjobs.batch", cronjob.reconcile, {"jobs.batch": Hands.keeper}),
    ("pods", kubelet.reconcile, {"nodes": Hands.pods_of}),
    ("nodes", nodes.attend, {}),
    ("nodes", nodes.reconcile, {_LEASES: nodes.of, "pods": nodes.of}),
    ("services", endpoints.reconcile, {"pods": Hands.near}),
    ("poddisruptionbudgets.policy", disruption.reconcile, {"pods": Hands.near}),
    (_ROLES, clusterroles.reconcile, {_ROLES: Hands.near}),
    ("namespaces", namespaces.reconcile, {EVERYTHING: namespaces.around}),
    (DEFINITIONS, definitions.reconcile, {EVERYTHING: definitions.concerned}),
    ("", garbage.reconcile, {EVERYTHING: garbage.concerned}),
    ("", scheduler.reconcile, {"pods": scheduler.concerned, "nodes": scheduler.concerned}),
)


def controllers(registry: Registry, authority: str = "") -> Sequence[Controller]:
    """Return all controllers; `authority` is the certificate of who signed the API server's."""
    hands = Hands(registry, authority)
    found = []
    for name, reconcile, watches in _TABLE:
        every = {name: Hands.itself} | watches
        triggers = {each: partial(watch, hands, name) for each, watch in every.items()}
        found.append(Controller(triggers, partial(_look, hands, reconcile)))
    return found


def _look(hands: Hands, reconcile: Reconcile, key: Key) -> float | None:
    # What is of no resource is no object: a round of the scheduler.
    it = hands.find(key) if key.resource else {}
    return None if it is None else reconcile(hands, it)

"""What makes the cluster move: one file per controller, each a function of what is stored.

`reconcile(key)` looks at one object and at what belongs to it, and does the next thing that is due;
it may be called at any time and any number of times. What is decided is decided by pure functions
(objects, rolling, fitting, calendar). Rules and sentences are those of Kubernetes 1.37.
"""

from collections.abc import Callable, Mapping, Sequence
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
)
from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.loop import EVERYTHING, Controller, Trigger
from bot.demo.cluster.deletion import DEFINITIONS
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.store import Key

_LEASES, _ROLES = "leases.coordination.k8s.io", "clusterroles.rbac.authorization.k8s.io"
_BUDGETS = "poddisruptionbudgets.policy"
Reconcile = Callable[[Hands, Key], float | None]


def controllers(registry: Registry, authority: str = "") -> Sequence[Controller]:
    """Return all controllers; `authority` is the certificate of who signed the API server's."""
    hands = Hands(registry)
    its, keep, near = hands.itself, hands.keepers, hands.neighbours
    deployments, sets, jobs = "deployments.apps", "replicasets.apps", "jobs.batch"
    stateful, daemons, cron = "statefulsets.apps", "daemonsets.apps", "cronjobs.batch"
    placing = partial(scheduler.concerned, hands)
    home = partial(namespaces.surrounding, hands)
    table: Sequence[tuple[Reconcile, Mapping[str, Trigger]]] = (
        (deployment.reconcile, {deployments: its, sets: keep(deployments)}),
        (replicaset.reconcile, {sets: its, "pods": keep(sets)}),
        (statefulset.reconcile, {stateful: its, "pods": keep(stateful)}),
        (daemonset.reconcile, {daemons: its, "pods": keep(daemons), "nodes": near(daemons)}),
        (job.reconcile, {jobs: its, "pods": keep(jobs)}),
        (cronjob.reconcile, {cron: its, jobs: keep(cron)}),
        (scheduler.reconcile, {"pods": placing, "nodes": placing}),
        (kubelet.Kubelet(hands).reconcile, {"pods": its, "nodes": hands.pods_of}),
        (kubelet.attend, {"nodes": its}),
        (nodes.reconcile, {"nodes": its, _LEASES: nodes.holder, "pods": nodes.host}),
        (endpoints.reconcile, {"services": its, "pods": near("services")}),
        (disruption.reconcile, {_BUDGETS: its, "pods": near(_BUDGETS)}),
        (clusterroles.reconcile, {_ROLES: near(_ROLES)}),
        (partial(namespaces.reconcile, authority), {"namespaces": its, EVERYTHING: home}),
        (garbage.reconcile, {EVERYTHING: partial(garbage.concerned, hands)}),
        (
            definitions.reconcile,
            {DEFINITIONS: its, EVERYTHING: partial(definitions.concerned, hands)},
        ),
        (garbage.expire, {"events": its}),
    )
    return [
        Controller(next(iter(triggers)), triggers, partial(reconcile, hands))
        for reconcile, triggers in table
    ]

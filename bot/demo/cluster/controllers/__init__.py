"""What makes the cluster move: one file per controller, each a function of what is stored.

It looks at one object and at what belongs to it, and does the next thing that is due; it may be
called at any time and any number of times. Rules and sentences are those of Kubernetes 1.37.
"""

from collections.abc import Sequence

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
from bot.demo.cluster.registry import DEFINITIONS

_LEASES, _ROLES = "leases.coordination.k8s.io", "clusterroles.rbac.authorization.k8s.io"
CONTROLLERS: Sequence[Controller] = (
    Controller("deployments.apps", deployment.reconcile, {"replicasets.apps": Hands.keeper}),
    Controller("replicasets.apps", replicaset.reconcile, {"pods": Hands.keeper}),
    Controller("statefulsets.apps", statefulset.reconcile, {"pods": Hands.keeper}),
    Controller("daemonsets.apps", daemonset.reconcile, {"pods": Hands.keeper, "nodes": Hands.near}),
    Controller("jobs.batch", job.reconcile, {"pods": Hands.keeper}),
    Controller("cronjobs.batch", cronjob.reconcile, {"jobs.batch": Hands.keeper}),
    Controller("pods", kubelet.reconcile, {"nodes": Hands.pods_of}),
    Controller("nodes", nodes.attend, {}),
    Controller("nodes", nodes.reconcile, {_LEASES: nodes.of, "pods": nodes.of}),
    Controller("services", endpoints.reconcile, {"pods": Hands.near}),
    Controller("poddisruptionbudgets.policy", disruption.reconcile, {"pods": Hands.near}),
    Controller(_ROLES, clusterroles.reconcile, {_ROLES: Hands.near}),
    Controller("namespaces", namespaces.reconcile, {EVERYTHING: namespaces.around}),
    Controller(DEFINITIONS, definitions.reconcile, {EVERYTHING: definitions.concerned}),
    Controller("", garbage.reconcile, {EVERYTHING: garbage.concerned}),
    Controller("", scheduler.reconcile, dict.fromkeys(("pods", "nodes"), scheduler.concerned)),
)

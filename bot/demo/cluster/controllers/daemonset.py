"""DaemonSets: one pod on each node that takes it."""

from collections import defaultdict

from bot.demo.cluster.controllers.fitting import bears, selects
from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.objects import (
    age,
    available_in,
    counts,
    ended,
    leaving,
    pod_of,
    ready,
    share,
    soonest,
)
from bot.demo.cluster.controllers.pods import start, stop
from bot.demo.cluster.controllers.revisions import forget, newest
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.store import Key

_SOURCE, _HASH = "daemonset-controller", "controller-revision-hash"
_GENERATION = "deprecated.daemonset.template.generation"
_KEY = "node.kubernetes.io/"
# What a daemon bears beside what its template says: `daemonset_util.go` of the controller.
_BORNE = tuple(
    {"key": _KEY + key, "operator": "Exists", "effect": effect}
    for key, effect in (
        ("not-ready", "NoExecute"), ("unreachable", "NoExecute"), ("disk-pressure", "NoSchedule"),
        ("memory-pressure", "NoSchedule"), ("pid-pressure", "NoSchedule"),
        ("unschedulable", "NoSchedule"),
    )
)  # fmt: skip


def reconcile(hands: Hands, key: Key) -> float | None:
    """Create and delete pods until each node has what it should, and report on them."""
    it = hands.find(key)
    if it is None:
        return None
    update, known = newest(hands, it, _HASH)
    mark = update["metadata"]["labels"][_HASH]
    nodes = {node["metadata"]["name"]: node for node in hands.every("nodes")}
    by_node: dict[str, list[JsonObject]] = defaultdict(list)
    for pod in sorted(hands.claimed(it, "pods"), key=age):
        by_node[_node(pod)].append(pod)
    spec = _spec(it)
    takers = {name for name, node in nodes.items() if selects(spec, node) and not bears(spec, node)}
    if not leaving(it):
        _place(hands, it, takers, by_node, mark)
        _renew(hands, it, [by_node[name][:1] for name in sorted(takers)], mark)
    firsts = [pods[0] for name, pods in by_node.items() if name in takers and pods]
    waits = [
        available_in(pod, it["spec"].get("minReadySeconds", 0), hands.clock.now()) for pod in firsts
    ]
    available = waits.count(0.0)
    hands.report(it, {
        "observedGeneration": it["metadata"]["generation"],
        "desiredNumberScheduled": len(takers),
        "currentNumberScheduled": len(firsts),
        "numberMisscheduled": len(by_node.keys() - takers),
        "numberReady": sum(map(ready, firsts)),
    } | counts(
        updatedNumberScheduled=sum(_is(pod, mark) for pod in firsts),
        numberAvailable=available,
        numberUnavailable=len(takers) - available,
    ))  # fmt: skip
    live = {
        f"{key.name}-{pod['metadata']['labels'].get(_HASH)}"
        for pods in by_node.values()
        for pod in pods
    }
    forget(hands, it, known, live | {update["metadata"]["name"]})
    return soonest(waits)


def _place(
    hands: Hands, it: JsonObject, takers: set[str], by_node: dict[str, list[JsonObject]], mark: str
) -> None:
    for name in sorted(takers - by_node.keys()):
        labels = {_HASH: mark}
        if generation := it["metadata"].get("annotations", {}).get(_GENERATION):
            labels["pod-template-generation"] = generation
        start(hands, it, pod_of(it, labels, **_spec(it) | {"affinity": _only_on(name)}), _SOURCE)
    for name, pods in by_node.items():
        running = [pod for pod in pods if not leaving(pod) and not ended(pod)]
        over = pods if name not in takers else [*running[1:], *filter(ended, pods)]
        for pod in over:
            if not leaving(pod):
                stop(hands, it, pod, _SOURCE)


def _renew(hands: Hands, it: JsonObject, places: list[list[JsonObject]], mark: str) -> None:
    """Delete old pods; `places` has the pod of each node, or none."""
    strategy = it["spec"]["updateStrategy"]
    if strategy["type"] != "RollingUpdate":
        return
    budget = max(share(strategy["rollingUpdate"]["maxUnavailable"], len(places), up=True), 1)
    seconds, now = it["spec"].get("minReadySeconds", 0), hands.clock.now()
    pods = [pod for place in places for pod in place]
    fine = [p for p in pods if not leaving(p) and available_in(p, seconds, now) == 0]
    budget -= len(places) - len(fine)
    old = [pod for pod in pods if not leaving(pod) and not _is(pod, mark)]
    for pod in [p for p in old if p not in fine] + [p for p in old if p in fine][: max(budget, 0)]:
        stop(hands, it, pod, _SOURCE)


def _spec(it: JsonObject) -> JsonObject:
    spec: JsonObject = it["spec"]["template"]["spec"]
    return spec | {"tolerations": [*spec.get("tolerations", ()), *_BORNE]}


def _only_on(name: str) -> JsonObject:
    field = {"key": "metadata.name", "operator": "In", "values": [name]}
    terms = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}


def _node(pod: JsonObject) -> str:
    affinity = pod["spec"].get("affinity", {}).get("nodeAffinity", {})
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution", {})
    fields = [
        f for term in required.get("nodeSelectorTerms", ()) for f in term.get("matchFields", ())
    ]
    return str(pod["spec"].get("nodeName") or next((f["values"][0] for f in fields), ""))


def _is(pod: JsonObject, mark: str) -> bool:
    return bool(pod["metadata"]["labels"].get(_HASH) == mark)

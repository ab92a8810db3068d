"""DaemonSets: one pod on each node that takes it."""

from bot.demo.cluster.controllers.hands import Hands, age, ended, leaving, pod_of, ready, share
from bot.demo.cluster.controllers.scheduler import REQUIRED, bears, selects
from bot.demo.cluster.controllers.statefulset import HASH, forget, mark_of, newest
from bot.demo.cluster.values import Json, data


def reconcile(hands: Hands, it: Json) -> None:
    """Create and delete pods until each node has what it should, and report on them."""
    mark, template = newest(hands, it), it["spec"]["template"]["spec"]
    borne = [*template.get("tolerations", ()), *data("controllers")["daemon"]]
    spec = template | {"tolerations": borne}
    fit = [x for x in hands.every("nodes") if selects(spec, x) and not bears(spec, x)]
    takers = {node["metadata"]["name"] for node in fit}
    pods = sorted(hands.owned(it, "pods"), key=age, reverse=True)
    placed = {_node(pod): pod for pod in pods if _node(pod) in takers and not ended(pod)}
    fine = [pod for _, pod in sorted(placed.items()) if ready(pod) and not leaving(pod)]
    old = [pod for pod in placed.values() if mark_of(pod) != mark]
    rolling = it["spec"]["updateStrategy"].get("rollingUpdate")
    budget = share(rolling["maxUnavailable"], len(takers), up=True) if rolling else 0
    spare = max(budget - len(takers) + len(fine), 0)
    if not leaving(it):
        missing = sorted(takers - placed.keys())
        start = [pod_of(it, {HASH: mark}, **spec | _only(name)) for name in missing]
        stop = [pod for pod in pods if pod not in placed.values()]
        # Of an older revision the ill ones go, and of the others a few.
        stop += [pod for pod in old if rolling and pod not in fine]
        hands.adjust(it, start, stop + [pod for pod in fine if pod in old][:spare])
    readies = sum(map(ready, placed.values()))
    hands.report(it, {
        "observedGeneration": it["metadata"]["generation"],
        "desiredNumberScheduled": len(takers),
        "currentNumberScheduled": len(placed),
        "numberMisscheduled": len({_node(pod) for pod in pods} - takers),
        "numberReady": readies,
        "numberAvailable": readies or None,
        "numberUnavailable": len(takers) - readies or None,
        "updatedNumberScheduled": len(placed) - len(old) or None,
    })  # fmt: skip
    forget(hands, it, pods)


def _only(name: str) -> Json:
    field = {"key": "metadata.name", "operator": "In", "values": [name]}
    terms = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    return {"affinity": {"nodeAffinity": {REQUIRED: terms}}}


def _node(pod: Json) -> str:
    terms = pod["spec"]["affinity"]["nodeAffinity"][REQUIRED]["nodeSelectorTerms"]
    return str(terms[0]["matchFields"][0]["values"][0])


CONTROLLERS = [("daemonsets.apps", reconcile, {"pods": Hands.keeper, "nodes": Hands.near})]

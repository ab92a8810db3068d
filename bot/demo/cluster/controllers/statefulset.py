"""StatefulSets: numbered pods, one after the other or all at once.

And ControllerRevisions: the templates that a StatefulSet or a DaemonSet has had.
"""

from collections.abc import Sequence

from bot.demo.cluster.controllers.hands import Hands, ended, leaving, pod_of, ready, reference
from bot.demo.cluster.values import Json, digest

HASH = "controller-revision-hash"
_RESOURCE = "controllerrevisions.apps"


def reconcile(hands: Hands, it: Json) -> None:
    """Create, end or replace the pod whose turn it is, and report on all of them."""
    mark = newest(hands, it, "controller.kubernetes.io/hash")
    if not leaving(it):
        _step(hands, it, mark)
    pods, name = hands.owned(it, "pods"), it["metadata"]["name"]
    marks = [mark_of(pod) for pod in pods if not leaving(pod)]
    readies, updated = sum(map(ready, pods)), marks.count(mark)
    current = it.get("status", {}).get("currentRevision", f"{name}-{mark}")
    if updated == readies == len(pods) == it["spec"]["replicas"]:
        current = f"{name}-{mark}"
    hands.report(it, {
        "observedGeneration": it["metadata"]["generation"],
        "collisionCount": 0,
        "replicas": len(pods),
        "availableReplicas": readies,
        "currentRevision": current,
        "updateRevision": f"{name}-{mark}",
        "readyReplicas": readies or None,
        "updatedReplicas": updated or None,
        "currentReplicas": marks.count(current.removeprefix(f"{name}-")) or None,
    })  # fmt: skip
    forget(hands, it, pods)


def _step(hands: Hands, it: Json, mark: str) -> None:
    spec, wanted = it["spec"], range(it["spec"]["replicas"])
    named = {pod["metadata"]["name"]: pod for pod in hands.owned(it, "pods")}
    pods = dict(sorted((int(name.rpartition("-")[2]), pod) for name, pod in named.items()))
    waiting = [n for n in wanted if n not in pods or leaving(pods[n]) or not ready(pods[n])]
    missing = [n for n in waiting if n not in pods]
    stop = [pod for n, pod in sorted(pods.items(), reverse=True) if n not in wanted]
    over = bool(stop)
    if spec.get("podManagementPolicy") != "Parallel":
        # One after the other, and none behind a pod that is not ready.
        missing = [n for n in missing if n == waiting[0]]
        stop = [] if waiting else stop[:1]
    stop += [pod for pod in pods.values() if ended(pod)]
    if not (waiting or over) and spec["updateStrategy"]["type"] == "RollingUpdate":
        stop = [pod for pod in pods.values() if mark_of(pod) != mark][-1:]
    hands.adjust(it, [_pod(it, ordinal, mark) for ordinal in missing], stop)


def _pod(it: Json, ordinal: int, mark: str) -> Json:
    name = f"{it['metadata']['name']}-{ordinal}"
    labels = {"apps.kubernetes.io/pod-index": str(ordinal), HASH: mark}
    labels |= {"statefulset.kubernetes.io/pod-name": name}
    pod = pod_of(it, labels, hostname=name, subdomain=it["spec"].get("serviceName", ""))
    return pod | {"metadata": pod["metadata"] | {"name": name}}


def newest(hands: Hands, owner: Json, label: str = HASH) -> str:
    """Store the owner's template as its newest revision, and return the mark of that one's pods."""
    metadata, known = owner["metadata"], hands.owned(owner, _RESOURCE)
    data = {"spec": {"template": owner["spec"]["template"] | {"$patch": "replace"}}}
    mark, last = digest(data), max((each["revision"] for each in known), default=0)
    name = f"{metadata['name']}-{mark}"
    if same := next((each for each in known if each["metadata"]["name"] == name), None):
        # After a rollback it is the newest once more.
        hands.patch(same, {"revision": last + (same["revision"] != last)})
        return mark
    labels = owner["spec"]["template"]["metadata"].get("labels", {}) | {label: mark}
    about = {"name": name, "labels": labels, "ownerReferences": [reference(owner)]}
    about |= {"annotations": metadata.get("annotations", {})}
    item = {"metadata": about, "data": data, "revision": last + 1}
    hands.create(_RESOURCE, metadata["namespace"], item)
    return mark


def forget(hands: Hands, owner: Json, pods: Sequence[Json]) -> None:
    """Delete the oldest revisions that no pod has and that are beyond the owner's limit."""
    used = {f"{owner['metadata']['name']}-{mark_of(pod)}" for pod in pods}
    known = sorted(hands.owned(owner, _RESOURCE), key=lambda each: int(each["revision"]))
    unused = [each for each in known[:-1] if each["metadata"]["name"] not in used]
    for each in unused[: max(len(unused) - owner["spec"].get("revisionHistoryLimit", 10), 0)]:
        hands.delete(each)


def mark_of(pod: Json) -> str:
    """Return the mark of the pod's revision."""
    return str(pod["metadata"]["labels"].get(HASH, ""))


CONTROLLERS = [("statefulsets.apps", reconcile, {"pods": Hands.keeper})]

"""What a change means for pods, Services, budgets and autoscalers around it, in short sentences.

Pure: objects in, sentences out. What could not be read is not there, and nothing is said of it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.core.plan import Target
from bot.core.ports import JsonObject

How = Literal["evicted", "deleted", "replaced", "ended"]
_USED = {"configmaps": "configMap", "secrets": "secret", "persistentvolumeclaims": "pvc"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else is in a namespace, as far as the person may see it."""

    namespace: str = ""
    pods: Sequence[JsonObject] = ()
    services: Sequence[JsonObject] = ()
    budgets: Sequence[JsonObject] = ()
    autoscalers: Sequence[JsonObject] = ()


@dataclass(slots=True)
class Sentences:
    """What is said, each sentence once, in the order in which it came up."""

    reach: dict[str, None] = field(default_factory=dict)
    warnings: dict[str, None] = field(default_factory=dict)

    def tell(self, *texts: str) -> None:
        """Say what it takes along."""
        self.reach.update(dict.fromkeys(texts))

    def warn(self, *texts: str) -> None:
        """Say what speaks against it."""
        self.warnings.update(dict.fromkeys(texts))


def short(target: Target) -> str:
    """Return `deployment/web`."""
    return f"{target.kind.lower()}/{target.name}"


def counted(count: int, noun: str) -> str:
    """Return `1 pod` or `3 pods`."""
    if count == 1:
        return f"1 {noun}"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{count} {noun[:-1]}ies"
    return f"{count} {noun}{'es' if noun.endswith(('s', 'x', 'ch')) else 's'}"


def pods_leave(
    pods: Sequence[JsonObject], how: How, around: Surroundings, said: Sentences, *, place: str = ""
) -> None:
    """Say what it means for Services and budgets that these pods of the namespace leave.

    `place` is said behind their names, where there are several namespaces.
    """
    if not pods:
        return
    leaving = {pod["metadata"]["uid"] for pod in pods}
    for service in around.services:
        _service(
            service, leaving, around.pods, f"service/{service['metadata']['name']}{place}", said
        )
    for budget in around.budgets:
        covered = sum(selects(budget["spec"].get("selector"), pod) for pod in pods)
        if covered:
            allowed = (budget.get("status") or {}).get("disruptionsAllowed", 0)
            name = f"pdb/{budget['metadata']['name']}{place}"
            _budget(name, allowed, covered, how, said)


def _service(
    service: JsonObject, leaving: set[str], pods: Sequence[JsonObject], name: str, said: Sentences
) -> None:
    selector = service["spec"].get("selector")
    if not selector:
        return
    chosen = {"matchLabels": selector}
    ready = [pod for pod in pods if is_ready(pod) and selects(chosen, pod)]
    gone = sum(pod["metadata"]["uid"] in leaving for pod in ready)
    if gone and gone == len(ready):
        whole = "its only endpoint" if gone == 1 else f"all of its {gone} endpoints"
        said.warn(f"{name} loses {whole}.")
    elif gone:
        said.tell(f"{name} keeps {len(ready) - gone} of {counted(len(ready), 'endpoint')}.")


def _budget(name: str, allowed: int, covered: int, how: How, said: Sentences) -> None:
    disruptions = counted(allowed, "disruption")
    if how == "replaced":
        said.tell(f"{name} covers these pods; a rollout does not ask it.")
    elif how != "evicted":
        told = f"{name} (allows {disruptions} now) holds only evictions up, and not this."
        (said.warn if covered > allowed else said.tell)(told)
    elif not allowed:
        many = "1 eviction waits" if covered == 1 else f"{covered} evictions wait"
        said.warn(f"{name} allows 0 disruptions now: {many} until it does.")
    elif allowed < covered:
        said.tell(f"{name} lets {allowed} of {counted(covered, 'pod')} go at a time.")
    else:
        said.tell(f"{name} allows {disruptions} now.")


def scales(target: Target, before: int, after: int, around: Surroundings, said: Sentences) -> None:
    """Say what another number of replicas means, and which autoscaler will not have it."""
    if after > before:
        starts = "start" if after - before > 1 else "starts"
        said.tell(f"{counted(after - before, 'more pod')} of {short(target)} {starts}.")
    elif after < before:
        ends = "end" if before - after > 1 else "ends"
        said.tell(f"{counted(before - after, 'pod')} of {short(target)} {ends}.")
    for scaler in around.autoscalers:
        spec = scaler["spec"]
        reference = spec["scaleTargetRef"]
        if (reference["kind"], reference["name"]) != (target.kind, target.name):
            continue
        name = f"hpa/{scaler['metadata']['name']}"
        if not after:
            said.tell(f"{name} rests while there are 0 replicas.")
        else:
            limits = f"{spec.get('minReplicas', 1)} to {spec['maxReplicas']}"
            said.warn(f"{name} ({limits} replicas) will fight this: change its limits instead.")


def is_replaced(target: Target, live: JsonObject, count: int) -> str:
    """Return how the pods of a workload give way to those of its new template."""
    pods, name = counted(count, "pod"), short(target)
    spec = live["spec"]
    strategy = (spec.get("strategy") or spec.get("updateStrategy") or {}).get("type", "")
    match strategy:
        case "Recreate":
            return f"{pods} of {name} end before new ones start: nothing serves meanwhile."
        case "OnDelete":
            return f"{pods} of {name} change only when somebody deletes them."
        case _:
            are = "is" if count == 1 else "are"
            return f"{pods} of {name} {are} replaced, step by step."


def takes_along(kinds: Mapping[str, int], most: int = 6) -> str:
    """Return the objects that go with another one, by their kinds."""
    shown = [counted(count, kind) for kind, count in list(kinds.items())[:most]]
    rest = list(kinds.values())[most:]
    if rest:
        shown.append(f"{counted(sum(rest), 'object')} of {counted(len(rest), 'other kind')}")
    listed = ", ".join(shown[:-1]) + (" and " if len(shown) > 1 else "") + shown[-1]
    return f"Takes along {listed}."


def owned(uid: str, items: Iterable[tuple[str, JsonObject]]) -> dict[str, int]:
    """Return how many objects of each kind belong to one, or to what belongs to it."""
    children: dict[str, list[tuple[str, str]]] = {}
    for kind, item in items:
        for owner in item["metadata"].get("ownerReferences") or ():
            children.setdefault(owner["uid"], []).append((kind, item["metadata"]["uid"]))
    found, left, known = Counter[str](), [uid], {uid}
    while left:
        for kind, child in children.get(left.pop(), ()):
            if child not in known:
                known.add(child)
                left.append(child)
                found[kind] += 1
    return dict(found)


def users(target: Target, pods: Iterable[JsonObject]) -> list[JsonObject]:
    """Return the pods that use a ConfigMap, a Secret or a volume claim."""
    wanted = _USED.get(target.resource, "") if not target.group else ""
    return [pod for pod in pods if wanted and (wanted, target.name) in set(_uses(pod["spec"]))]


def _uses(spec: JsonObject) -> Iterator[tuple[str, str]]:
    for volume in spec.get("volumes") or ():
        sources = (volume.get("projected") or {}).get("sources") or ()
        for source in (volume, *sources):
            yield "configMap", (source.get("configMap") or {}).get("name", "")
            secret = source.get("secret") or {}
            yield "secret", secret.get("secretName") or secret.get("name", "")
            yield "pvc", (source.get("persistentVolumeClaim") or {}).get("claimName", "")
    for container in (*(spec.get("initContainers") or ()), *spec.get("containers", ())):
        for source in container.get("envFrom") or ():
            yield "configMap", (source.get("configMapRef") or {}).get("name", "")
            yield "secret", (source.get("secretRef") or {}).get("name", "")
        for variable in container.get("env") or ():
            value = variable.get("valueFrom") or {}
            yield "configMap", (value.get("configMapKeyRef") or {}).get("name", "")
            yield "secret", (value.get("secretKeyRef") or {}).get("name", "")


def is_ready(pod: JsonObject) -> bool:
    """Tell whether a Service sends requests to the pod."""
    conditions = (pod.get("status") or {}).get("conditions") or ()
    ending = "deletionTimestamp" in pod["metadata"]
    return not ending and any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def selects(selector: Mapping[str, Any] | None, item: JsonObject) -> bool:
    """Tell whether a LabelSelector selects the object; none selects nothing, an empty one all."""
    if selector is None:
        return False
    labels = item["metadata"].get("labels") or {}
    exact = (selector.get("matchLabels") or {}).items()
    return all(labels.get(key) == value for key, value in exact) and all(
        _meets(labels, each) for each in selector.get("matchExpressions") or ()
    )


def _meets(labels: Mapping[str, str], term: Mapping[str, Any]) -> bool:
    key, values = term["key"], term.get("values") or ()
    match term["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels

"""The kubelets: pods pull, start, become ready, crash, leak, end and are terminated.

An image's tag says what its pods do, as on the real test bed (KWOK): `:bad…` cannot be pulled,
`:crash…` crashes, a pod of a Job ends well, everything else becomes ready. How they end up is what
the bed's pods say of themselves, too.
"""

from itertools import count

from bot.demo.cluster.controllers.events import Told, tell
from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.controllers.objects import (
    STOPPED,
    condition,
    controller,
    ended,
    leaving,
    ready,
    with_condition,
)
from bot.demo.cluster.controllers.usage import until_out_of_memory
from bot.demo.cluster.refusals import JsonObject
from bot.demo.cluster.store import Key

_SOURCE = "kubelet"
# Seconds that the bed takes to pull and start, for what goes wrong and what goes well.
_TO_FAIL, _TO_START, _TO_END, _TO_STOP = 0.3, 0.4, 0.4, 0.2
# Seconds of back-off after a crash: doubled with each, up to the last.
_FIRST_BACK_OFF, _LAST_BACK_OFF = 10, 300
_LEASE_SECONDS, _RENEWAL = 40, 10
_CONDITIONS = (
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
    ("MemoryPressure", "False", "KubeletHasSufficientMemory",
     "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("NetworkUnavailable", "False", "RouteCreated", "RouteController created a route"),
)  # fmt: skip


def stopped(node: JsonObject) -> bool:
    """Tell whether the node's kubelet has been stopped."""
    return STOPPED in node["metadata"].get("annotations", {})


def attend(hands: Hands, key: Key) -> float | None:
    """Report that a node is well, and renew its lease."""
    node = hands.find(key)
    if node is None or stopped(node):
        return None
    now = hands.registry.stamp()
    if not ready(node):
        old: list[JsonObject] = node.get("status", {}).get("conditions", [])
        for kind, status, reason, message in _CONDITIONS:
            new = {"type": kind, "status": status, "reason": reason, "message": message}
            old = with_condition(old, new | {"lastHeartbeatTime": now}, now)
        node = hands.report(node, {"conditions": old, "phase": "Running"})
    times = {"renewTime": f"{hands.clock.now():%Y-%m-%dT%H:%M:%S.%fZ}"}
    spec = {"holderIdentity": key.name, "leaseDurationSeconds": _LEASE_SECONDS} | times
    if lease := hands.find(Key("leases.coordination.k8s.io", "kube-node-lease", key.name)):
        hands.change(lease, lambda x: x | {"spec": x["spec"] | times})
        return _RENEWAL
    owner = {"apiVersion": "v1", "kind": "Node", "name": key.name, "uid": node["metadata"]["uid"]}
    metadata = {"name": key.name, "ownerReferences": [owner]}
    item = {"metadata": metadata, "spec": spec}
    hands.create("leases.coordination.k8s.io", "kube-node-lease", item)
    return _RENEWAL


class Kubelet:
    """What takes care of the pods of all nodes."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._addresses = count(1)
        # Since when a pod is as it is: more exact than what is stored.
        self._since: dict[Key, tuple[str, float]] = {}

    def reconcile(self, _hands: Hands, key: Key) -> float | None:
        """Bring a pod to its next state when it is time; return the seconds until then."""
        pod = self._hands.find(key)
        if pod is None:
            self._since.pop(key, None)
            return None
        node = self._hands.find(Key("nodes", "", pod["spec"].get("nodeName", "")))
        if node is None or stopped(node):
            return None
        if leaving(pod):
            grace = pod["metadata"].get("deletionGracePeriodSeconds", 0)
            if (rest := self._left(key, pod, "ending", min(grace, _TO_STOP))) > 0:
                return rest
            self._hands.delete(pod, grace=0)
            return None
        return None if ended(pod) else self._next(key, pod, node)

    def _next(self, key: Key, pod: JsonObject, node: JsonObject) -> float | None:
        state, restarts, tag = _state(pod), _restarts(pod), _tag(pod)
        if state == "running" and not ready(pod):
            # Its node was away.
            self._run(pod, node)
            return None
        seconds = {
            "": 0.0,
            "ContainerCreating": _TO_FAIL if tag else _TO_START,
            "CrashLoopBackOff": float(_back_off(restarts)),
            "running": _until_end(pod),
        }.get(state)
        if seconds is None:
            return None
        if (rest := self._left(key, pod, f"{state} {restarts}", seconds)) > 0:
            return rest
        if state == "":
            self._create(pod)
        elif state == "running" and controller(pod).get("kind") == "Job":
            self._end(pod)
        elif tag == "bad":
            self._fail_to_pull(pod)
        elif tag == "crash" or state == "running":
            self._crash(pod, restarts + 1)
        else:
            self._run(pod, node)
        return None

    def _left(self, key: Key, pod: JsonObject, what: str, seconds: float) -> float:
        now, what = self._hands.clock.monotonic(), f"{pod['metadata']['uid']} {what}"
        if self._since.get(key, ("", 0.0))[0] != what:
            self._since[key] = (what, now)
        return self._since[key][1] + seconds - now

    def _create(self, pod: JsonObject) -> None:
        state = {"waiting": {"reason": "ContainerCreating"}}
        self._report(pod, "Pending", state, {"started": False})

    def _fail_to_pull(self, pod: JsonObject) -> None:
        self._report(pod, "Pending", {}, {"started": False}, reason="ImagePullBackOff")
        tell(self._hands, _SOURCE, pod, Told("Failed", "Error: ImagePullBackOff", "Warning"))

    def _crash(self, pod: JsonObject, restarts: int) -> None:
        now = self._hands.registry.stamp()
        last = {"exitCode": 137, "reason": "OOMKilled", "startedAt": now, "finishedAt": now}
        more = {"started": False, "restartCount": restarts, "lastState": {"terminated": last}}
        message = f"back-off {_back_off(restarts)}s restarting failed container"
        state = {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
        self._report(pod, "Running", state, more)
        told = Told("BackOff", "Back-off restarting failed container", "Warning")
        tell(self._hands, _SOURCE, pod, told)

    def _end(self, pod: JsonObject) -> None:
        now = self._hands.registry.stamp()
        over = {"exitCode": 0, "reason": "Completed", "startedAt": now, "finishedAt": now}
        containers = [
            each | {"ready": False, "started": False, "state": {"terminated": over}}
            for each in pod["status"]["containerStatuses"]
        ]
        self._hands.report(pod, {"phase": "Succeeded", "containerStatuses": containers})

    def _run(self, pod: JsonObject, node: JsonObject) -> None:
        now, status = self._hands.registry.stamp(), pod.get("status", {})
        addresses = node.get("status", {}).get("addresses", ())
        host = next((x["address"] for x in addresses if x["type"] == "InternalIP"), "127.0.0.1")
        ip = host if pod["spec"].get("hostNetwork") else status.get("podIP") or self._address()
        inner = {"hostIP": host, "hostIPs": [{"ip": host}], "podIP": ip, "podIPs": [{"ip": ip}]}
        over = {"exitCode": 0, "reason": "Completed", "startedAt": now, "finishedAt": now}
        before = [
            _container(each) | {"ready": True, "state": {"terminated": over}}
            for each in pod["spec"].get("initContainers", ())
        ]
        if before:
            inner["initContainerStatuses"] = before
        kept = [{k: v for k, v in x.items() if k != "started"} for x in _containers(pod)]
        state = {"running": {"startedAt": now}}
        inner["containerStatuses"] = [x | {"ready": True, "state": state} for x in kept]
        self._settle(pod, "Running", "True", inner)

    def _report(
        self, pod: JsonObject, phase: str, state: JsonObject, more: JsonObject, reason: str = ""
    ) -> None:
        containers = []
        for each in _containers(pod):
            if reason:
                message = f'Back-off pulling image "{each["image"]}"'
                state = {"waiting": {"reason": reason, "message": message}}
            containers.append(each | {"ready": False, "state": state} | more)
        self._settle(pod, phase, "False", {"containerStatuses": containers})

    def _settle(self, pod: JsonObject, phase: str, is_ready: str, status: JsonObject) -> None:
        now = self._hands.registry.stamp()
        conditions: list[JsonObject] = []
        for kind in ("Initialized", "Ready", "ContainersReady"):
            new: JsonObject = {"type": kind, "status": is_ready, "lastProbeTime": None}
            if kind == "Initialized":
                new["status"] = "True"
            elif is_ready == "False":
                new["reason"] = "ContainersNotReady"
            before = condition(pod, kind)
            conditions += with_condition([before] if before else [], new, now)
        conditions += filter(None, [condition(pod, "PodScheduled")])
        begun = pod.get("status", {}).get("startTime", now)
        self._hands.report(
            pod, status | {"phase": phase, "conditions": conditions, "startTime": begun}
        )

    def _address(self) -> str:
        number = next(self._addresses)
        return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"


def _tag(pod: JsonObject) -> str:
    tags = [each["image"].rpartition(":")[2] for each in pod["spec"]["containers"]]
    kinds = ("bad", "crash")
    return next((kind for kind in kinds if any(tag.startswith(kind) for tag in tags)), "")


def _container(container: JsonObject) -> JsonObject:
    start = {"imageID": "", "lastState": {}, "ready": False, "restartCount": 0}
    return {"image": container["image"], "name": container["name"]} | start


def _containers(pod: JsonObject) -> list[JsonObject]:
    known = pod.get("status", {}).get("containerStatuses")
    return known or [_container(each) for each in pod["spec"]["containers"]]


def _state(pod: JsonObject) -> str:
    """Return `running` or why the first container waits; empty before it does."""
    known = pod.get("status", {}).get("containerStatuses")
    state = known[0]["state"] if known else {}
    return "running" if "running" in state else state.get("waiting", {}).get("reason", "")


def _restarts(pod: JsonObject) -> int:
    return max((each["restartCount"] for each in _containers(pod)), default=0)


def _back_off(restarts: int) -> int:
    doubled: int = _FIRST_BACK_OFF * 2 ** (restarts - 1) if restarts else 0
    return min(doubled, _LAST_BACK_OFF)


def _until_end(pod: JsonObject) -> float | None:
    return _TO_END if controller(pod).get("kind") == "Job" else until_out_of_memory(pod)

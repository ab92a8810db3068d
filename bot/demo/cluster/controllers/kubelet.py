"""The kubelets: pods pull, start, become ready, crash, leak, end and are terminated.

An image's tag says what its pods do, as on the real test bed (KWOK): `:bad…` cannot be pulled,
`:crash…` crashes, a pod of a Job ends well, everything else becomes ready. How they end up is what
the bed's pods say of themselves, too.
"""

from collections.abc import Callable

from bot.demo.cluster.controllers.hands import STOPPED, Hands, controller, ended, leaving, ready
from bot.demo.cluster.metrics import until_out_of_memory
from bot.demo.cluster.store import Key
from bot.demo.cluster.values import Json

# Seconds of back-off after a crash: doubled with each, up to the last.
_FIRST_BACK_OFF, _LAST_BACK_OFF = 10, 300
Step = Callable[[Hands, Json, Json], None]


def reconcile(hands: Hands, pod: Json) -> float | None:
    """Bring a pod to its next state when it is time; return the seconds until then."""
    node = hands.find(Key("nodes", "", pod["spec"].get("nodeName", "")))
    if node is None or STOPPED in node["metadata"].get("annotations", {}):
        return None
    seconds, step = _next(pod)
    rest = hands.left(pod, seconds) if step else 0
    if step and rest <= 0:
        step(hands, pod, node)
    return rest if rest > 0 else None


def _next(pod: Json) -> tuple[float, Step | None]:
    """Return what becomes of the pod, and how many seconds after its last change."""
    if leaving(pod):
        return min(pod["metadata"].get("deletionGracePeriodSeconds", 0), 0.2), _terminate
    known = pod.get("status", {}).get("containerStatuses")
    first: Json = known[0] if known else {"state": {}}
    state = first["state"].get("waiting", {}).get("reason") or next(iter(first["state"]), "")
    images = " ".join(each["image"] for each in pod["spec"]["containers"])
    tag = next((tag for tag in ("bad", "crash") if f":{tag}" in images), "")
    if state == "running" and ready(pod):
        ends, leaks = controller(pod).get("kind") == "Job", until_out_of_memory(pod)
        return (0.4, _end) if ends else (leaks or 0, _crash if leaks else None)
    return {
        ("", tag): (0, _create),
        ("ContainerCreating", "bad"): (0.3, _fail_to_pull),
        ("ContainerCreating", "crash"): (0.3, _crash),
        ("ContainerCreating", ""): (0.4, _run),
        ("CrashLoopBackOff", "crash"): (_back_off(first.get("restartCount", 0)), _crash),
        ("CrashLoopBackOff", ""): (_back_off(first.get("restartCount", 0)), _run),
        # Its node was away.
        ("running", tag): (0, _run),
    }.get(("ended" if ended(pod) else state, tag), (0, None))


def _terminate(hands: Hands, pod: Json, _node: Json) -> None:
    hands.delete(pod, grace=0)


def _create(hands: Hands, pod: Json, _node: Json) -> None:
    _report(hands, pod, None, {"waiting": {"reason": "ContainerCreating"}})


def _fail_to_pull(hands: Hands, pod: Json, _node: Json) -> None:
    message = f'Back-off pulling image "{pod["spec"]["containers"][0]["image"]}"'
    _report(hands, pod, None, {"waiting": {"reason": "ImagePullBackOff", "message": message}})
    hands.tell(pod, "Failed", "Error: ImagePullBackOff", "Warning", "kubelet")


def _crash(hands: Hands, pod: Json, node: Json) -> None:
    restarts = 1 + pod["status"]["containerStatuses"][0]["restartCount"]
    message = f"back-off {_back_off(restarts)}s restarting failed container"
    state = {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
    last = {"terminated": _over(hands, 137, "OOMKilled")}
    _report(hands, pod, node, state, restartCount=restarts, lastState=last)
    hands.tell(pod, "BackOff", "Back-off restarting failed container", "Warning", "kubelet")


def _end(hands: Hands, pod: Json, _node: Json) -> None:
    over = {"ready": False, "state": {"terminated": _over(hands, 0, "Completed")}}
    containers = [each | over for each in pod["status"]["containerStatuses"]]
    hands.report(pod, {"phase": "Succeeded", "containerStatuses": containers})


def _run(hands: Hands, pod: Json, node: Json) -> None:
    _report(hands, pod, node, {"running": {"startedAt": hands.now()}}, ready=True)


def _running(hands: Hands, pod: Json, node: Json) -> Json:
    """Return the status of a pod with an address, the one that it has as long as it is there."""
    addresses = {each["type"]: each["address"] for each in node["status"].get("addresses", ())}
    host, number = addresses.get("InternalIP", "127.0.0.1"), next(hands.numbers)
    ip = pod["status"].get("podIP", f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
    where = {"hostIP": host, "hostIPs": [{"ip": host}], "podIP": ip, "podIPs": [{"ip": ip}]}
    return where | {"phase": "Running"}


def _report(hands: Hands, pod: Json, node: Json | None, state: Json, **more: object) -> None:
    """Tell of a pod's containers; without a node, it does not run yet."""
    before, now, fine = pod.get("status", {}), hands.now(), "ready" in more
    told = ("True",) if fine else ("False", "ContainersNotReady")
    rows = ("Initialized", "True"), ("Ready", *told), ("ContainersReady", *told)
    conditions = hands.conditions(pod, *rows, lastProbeTime=None)
    conditions.sort(key=lambda each: bool(each["type"] == "PodScheduled"))
    fresh = {"imageID": "", "lastState": {}, "ready": False, "restartCount": 0}
    known = {each["name"]: each for each in before.get("containerStatuses", ())}
    more |= {"ready": fine, "state": state}
    containers = [
        fresh | known.get(each["name"], {}) | {k: each[k] for k in ("name", "image")} | more
        for each in pod["spec"]["containers"]
    ]
    status = _running(hands, pod, node) if node else {"phase": "Pending"}
    status |= {"conditions": conditions, "containerStatuses": containers}
    hands.report(pod, {"startTime": now} | before | status)


def _over(hands: Hands, code: int, reason: str) -> Json:
    now = hands.now()
    return {"exitCode": code, "reason": reason, "startedAt": now, "finishedAt": now}


def _back_off(restarts: int) -> int:
    return int(min(_FIRST_BACK_OFF * 2 ** max(restarts - 1, 0), _LAST_BACK_OFF))


CONTROLLERS = [("pods", reconcile, {"nodes": Hands.pods_of})]

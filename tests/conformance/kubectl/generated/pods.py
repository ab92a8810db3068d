"""Generated pods: the spec and the labels, and a status to be written behind them."""

from hypothesis import strategies as st

from tests.conformance.kubectl.generated.atoms import (
    ANNOTATIONS,
    IP,
    LABELS,
    MEMORY,
    MESSAGE,
    QUANTITY,
    REASON,
    TIME,
    TRUTH,
    Json,
    some,
)
from tests.conformance.kubectl.generated.specs import pod_spec

_RUNNING = some({"running": some({"startedAt": TIME})})
_WAITING = some({"waiting": some({}, {"reason": REASON, "message": MESSAGE})})
_TERMINATED = some(
    {
        "terminated": some(
            {"exitCode": st.integers(0, 255), "startedAt": TIME, "finishedAt": TIME},
            {"reason": REASON, "message": MESSAGE, "signal": st.integers(0, 15)},
        )
    }
)
_STATE = st.one_of(_RUNNING, _WAITING, _TERMINATED)
_CONDITION = some(
    {
        "type": st.sampled_from(["Ready", "Initialized", "PodScheduled", "example.org/gate"]),
        "status": st.sampled_from(["True", "False", "Unknown"]),
    },
    {"reason": REASON, "message": MESSAGE, "lastTransitionTime": TIME},
)
_RESIZE = some(
    {"type": st.just("PodResizePending"), "status": st.just("True")},
    {"reason": st.sampled_from(["Infeasible", "Deferred"])},
)
_CONDITIONS = st.lists(
    st.one_of(_CONDITION, _RESIZE), max_size=4, unique_by=lambda one: one["type"]
)


@st.composite
def pod(draw: st.DrawFn) -> Json:
    """Return a pod without its name; its status is what a kubelet would write."""
    spec = draw(pod_spec())
    spec |= draw(
        some(
            {"restartPolicy": st.sampled_from(["Always", "OnFailure", "Never"])},
            {"readinessGates": st.just([{"conditionType": "example.org/gate"}])},
        )
    )
    status = draw(
        some(
            {
                "phase": st.sampled_from(["Pending", "Running", "Succeeded", "Failed", "Unknown"]),
                "conditions": _CONDITIONS,
                "containerStatuses": _statuses(spec["containers"]),
                "initContainerStatuses": _statuses(spec.get("initContainers") or []),
            },
            {
                "reason": REASON,
                "message": MESSAGE,
                "startTime": TIME,
                "hostIP": IP,
                "nominatedNodeName": st.just("generated-7"),
            },
        )
    )
    for address in draw(st.lists(IP, max_size=1)):
        status |= {"podIP": address, "podIPs": [{"ip": address}]}
        if draw(TRUTH):
            status["podIPs"].append({"ip": "fd00::1"})
    if "hostIP" in status:
        status["hostIPs"] = [{"ip": status["hostIP"]}]
    metadata = {"labels": draw(LABELS), "annotations": draw(ANNOTATIONS)}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status}


_HELD = some({}, {"cpu": QUANTITY, "memory": MEMORY})


def _statuses(containers: list[Json]) -> st.SearchStrategy[list[Json]]:
    """Return the states of some of the containers."""
    each = [
        some(
            {
                "name": st.just(container["name"]),
                "image": st.just(container["image"]),
                "imageID": st.sampled_from(["", "sha256:" + "0f" * 32]),
                "ready": TRUTH,
                "restartCount": st.integers(0, 99),
                "state": _STATE,
                "lastState": st.one_of(st.just({}), _TERMINATED),
            },
            {
                "containerID": st.just("containerd://" + "ab" * 32),
                "allocatedResources": _HELD,
                "resources": some({}, {"requests": _HELD, "limits": _HELD}),
            },
        )
        for container in containers
    ]
    return st.integers(0, len(each)).flatmap(lambda count: st.tuples(*each[:count]).map(list))

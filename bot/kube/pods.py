"""Which pod and which containers are meant when a log is asked for.

Pure. Rules: kubectl 1.37 `pkg/util/podutils` and `pkg/cmd/util/podcmd`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.core.ports import JsonObject

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
_PHASES = {"Running": 0, "Unknown": 1, "Pending": 2}
_NEVER = "9999"


def best_for_logs(pods: Sequence[JsonObject]) -> list[JsonObject]:
    """Return the pods with the one whose log says most first.

    Scheduled before waiting, running before pending, ready before not, longest ready first,
    more restarts first, older first.
    """
    return sorted(pods, key=_logging_rank)


def container_names(pod: JsonObject, *, init: bool = True) -> list[str]:
    """Return the names of the pod's containers: init ones first, then its own, then ephemeral."""
    spec = pod["spec"]
    kinds = ("initContainers", "containers", "ephemeralContainers")
    return [c["name"] for kind in kinds[0 if init else 1 :] for c in spec.get(kind) or ()]


def described_containers(pod: JsonObject) -> str:
    """Return the names as errors list them, such as `app, debug (ephem), setup (init)`."""
    return ", ".join(_described(pod["spec"]))


def selector_of(item: JsonObject) -> str:
    """Return the label selector of a workload's or a Service's pods; empty where it has none."""
    selector = (item.get("spec") or {}).get("selector") or {}
    if item["kind"] in ("Service", "ReplicationController"):
        return ",".join(f"{key}={selector[key]}" for key in sorted(selector))
    return label_selector(selector)


def label_selector(selector: Mapping[str, Any]) -> str:
    """Return a LabelSelector as the text that the API takes, sorted by key."""
    labels = selector.get("matchLabels") or {}
    terms = [(key, f"{key}={value}") for key, value in labels.items()]
    terms += [(one["key"], _expression(one)) for one in selector.get("matchExpressions") or ()]
    # One key may stand in several terms; they keep their order.
    return ",".join(term for _, term in sorted(terms, key=lambda pair: pair[0]))


def _expression(expression: Mapping[str, Any]) -> str:
    key, operator = expression["key"], expression["operator"]
    if operator == "Exists":
        return str(key)
    if operator == "DoesNotExist":
        return f"!{key}"
    values = ",".join(sorted(expression["values"]))
    return f"{key} {'in' if operator == 'In' else 'notin'} ({values})"


def _described(spec: Mapping[str, Any]) -> Iterator[str]:
    for kind, mark in (
        ("containers", ""),
        ("ephemeralContainers", " (ephem)"),
        ("initContainers", " (init)"),
    ):
        for container in spec.get(kind) or ():
            yield container["name"] + mark


def _logging_rank(pod: JsonObject) -> tuple[object, ...]:
    status = pod.get("status") or {}
    ready = _condition(status, "Ready")
    is_ready = ready.get("status") == "True"
    since = ready.get("lastTransitionTime") or _NEVER
    restarts = [c.get("restartCount", 0) for c in status.get("containerStatuses") or ()]
    return (
        not pod["spec"].get("nodeName"),
        _PHASES.get(status.get("phase", ""), 0),
        not is_ready,
        since if is_ready else "",
        -max(restarts, default=0),
        pod["metadata"].get("creationTimestamp") or _NEVER,
    )


def _condition(status: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    return next((c for c in status.get("conditions") or () if c["type"] == kind), {})

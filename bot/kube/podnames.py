"""How the pods of a workload are named, those that are gone included."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import UsageError
from bot.core.ports import JsonObject, Reader
from bot.kube.history import newest_replica_set, number_of, owned
from bot.kube.revisions import keepers
from bot.kube.workloads import Workload

# The tail that makes a name of its own out of another one's (apimachinery's `names` package).
_GENERATED = "-[a-z0-9]{5}"
_NUMBERED = "-[0-9]+"


@dataclass(frozen=True, slots=True)
class PodNames:
    """Whole names, or names of owners and the pattern of what their pods add to them."""

    names: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """One template of a Deployment, as its ReplicaSet keeps it."""

    replica_set: str
    revision: int
    made: str
    """When its ReplicaSet was made, as the API server writes it."""
    replicas: int
    reused: bool
    """Whether it was taken up again after another one, at a time that nothing tells."""

    @property
    def pods(self) -> PodNames:
        """Return the names of its pods."""
        return PodNames(owners=(self.replica_set,), tail=_GENERATED)


async def pods_of(cluster: Reader, workload: Workload, since: datetime) -> PodNames:
    """Return the names that the pods of a workload have, or had since then.

    Raises:
        UsageError: it has no pods.
        ForbiddenError: the person may not list the ReplicaSets of a Deployment.
    """
    name = workload.name
    match workload.resource.kind:
        case "Pod":
            return PodNames(names=(name,))
        case "StatefulSet":
            return PodNames(owners=(name,), tail=_NUMBERED)
        case "DaemonSet" | "ReplicaSet" | "Job" | "ReplicationController":
            return PodNames(owners=(name,), tail=_GENERATED)
        case "Deployment":
            templates = await templates_of(cluster, workload)
            recent = (one.replica_set for one in _recent(templates, since))
            return PodNames(owners=tuple(recent), tail=_GENERATED)
        case _:
            raise UsageError(
                f"error: {workload.told} has no pods of its own",
                next_step="Name a Deployment, StatefulSet, DaemonSet, Job or Pod.",
            )


async def templates_of(cluster: Reader, workload: Workload) -> tuple[Template, ...]:
    """Return the templates that a Deployment has had, the present one first, then the newest.

    Raises:
        ForbiddenError: the person may not list ReplicaSets.
    """
    sets = owned(workload.item, await keepers(cluster, workload.resource, workload.item))
    present = newest_replica_set(workload.item, sets)
    numbered = sorted(sets, key=lambda each: (each is present, number_of(each) or 0), reverse=True)
    return tuple(_template(each) for each in numbered)


def _recent(templates: Sequence[Template], since: datetime) -> Iterator[Template]:
    """Yield those that had pods since then: up to the first that was there before, and no longer.

    One that was taken up again may have been away; what came before it may have run then.
    """
    for one in templates:
        yield one
        made = datetime.fromisoformat(one.made) if one.made else since
        if made < since and not one.reused:
            return


def _template(each: JsonObject) -> Template:
    metadata = each["metadata"]
    earlier = "deployment.kubernetes.io/revision-history"
    return Template(
        metadata["name"],
        number_of(each) or 0,
        metadata.get("creationTimestamp", ""),
        int((each.get("status") or {}).get("replicas", 0)),
        reused=bool((metadata.get("annotations") or {}).get(earlier)),
    )

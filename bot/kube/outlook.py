"""What a plan means beyond its own fields: its difference, what it takes along, what warns of it.

Read as the person who asks, in parallel; what they may not see is passed over in silence, since a
change must not depend on more rights than its own.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bot.core.errors import ForbiddenError, KubernetesError, NotFoundError
from bot.core.plan import Apply, Create, Delete, Evict, Merge, Outlook, Patch, Step, Target
from bot.core.ports import JsonObject, Reader
from bot.kube.differing import unified
from bot.kube.draining import controller_of
from bot.kube.foreseeing import (
    How,
    Sentences,
    Surroundings,
    counted,
    is_replaced,
    pods_leave,
    scales,
    selects,
    short,
    takes_along,
    users,
)
from bot.kube.ownership import keepers
from bot.kube.pods import selector_of
from bot.kube.surveying import OWNERS, Survey

# So many objects are tried and compared: a card has to come.
_TRIED = 20
_OWN = ("creationTimestamp", "generation", "resourceVersion", "uid")
_WORKLOADS = ("deployments", "statefulsets", "daemonsets", "replicasets")


@dataclass(frozen=True, slots=True)
class _Prospect:
    """One step, its object now, and its object after it; each as far as it could be found out."""

    step: Step
    live: JsonObject | None = None
    """The object itself, also where the step is about a subresource."""
    before: JsonObject | None = None
    """What the step is about."""
    after: JsonObject | None = None
    refusal: str = ""
    """Why a dry run of the step was refused."""

    @property
    def target(self) -> Target:
        return self.step.target


async def outlook(cluster: Reader, steps: Sequence[Step], *, diff: bool) -> Outlook:
    """Return what the steps mean, in sentences short enough for a phone.

    `diff` says whether the difference is wanted, too; the steps are tried for it in any case, with
    a dry run on the API server.
    """
    survey, said = Survey(cluster), Sentences()
    chosen = list(islice((step for step in steps if not _is_of_pods(step)), _TRIED))
    prospects = await asyncio.gather(*(_prospect(survey, step) for step in chosen))
    for prospect in prospects:
        _warn(prospect, said)
    await asyncio.gather(*(_foresee(survey, prospect, said) for prospect in prospects))
    await _foresee_pods(survey, [step for step in steps if _is_of_pods(step)], said)
    texts = [_difference(prospect) for prospect in prospects] if diff else []
    left = sum(not _is_of_pods(step) for step in steps) - len(chosen)
    if left:
        said.tell(f"{counted(left, 'object')} more were not looked at.")
    return Outlook(tuple(said.reach), tuple(said.warnings), "".join(texts))


def _is_of_pods(step: Step) -> bool:
    pod = (step.target.group, step.target.resource) == ("", "pods")
    return isinstance(step, Evict) or (isinstance(step, Delete) and pod)


async def _prospect(survey: Survey, step: Step) -> _Prospect:
    if isinstance(step, Delete | Evict):
        return _Prospect(step, await survey.object(step.target))
    part = "" if isinstance(step, Apply) else step.subresource
    if not step.target.name or (part and isinstance(step, Create)):
        return _Prospect(step)  # a name that is made up, a token: there is nothing to compare
    live = survey.object(step.target) if step.target.uid else _nothing()
    found, tried = await asyncio.gather(live, _tried(survey.cluster, step))
    if isinstance(tried, str):
        return _Prospect(step, found, refusal=tried)
    return _Prospect(step, found, *tried)


async def _nothing() -> None:
    return None


async def _tried(
    cluster: Reader, step: Patch | Merge | Apply | Create
) -> tuple[JsonObject | None, JsonObject | None] | str:
    """Return the object before and after a dry run, or why that was refused.

    Nothing where it is not for us to say: what an earlier step makes is not there yet, and what
    has changed is told when it counts.
    """
    try:
        return await cluster.tried(replace(step, dry_run=True))
    except (ForbiddenError, NotFoundError):
        return None, None
    except KubernetesError as error:
        untriable = error.reason == "BadRequest" and "dry run" in error.message
        stale = error.code == 422 and not error.causes
        return (None, None) if untriable or stale else error.text


def _warn(prospect: _Prospect, said: Sentences) -> None:
    if prospect.refusal:
        first = prospect.refusal.splitlines()[0].removeprefix("error: ")
        said.warn(f"The API server would refuse this now: {first}")
    if prospect.live is not None:
        deleted = isinstance(prospect.step, Delete)
        said.warn(*keepers(prospect.target, prospect.live, deleted=deleted))


async def _foresee(survey: Survey, prospect: _Prospect, said: Sentences) -> None:
    target, live = prospect.target, prospect.live
    if live is None:
        return
    if isinstance(prospect.step, Delete):
        await _deleted(survey, prospect.step, live, said)
    elif target.resource in _WORKLOADS and target.group == "apps":
        await _changed(survey, prospect, said)
    elif target.resource in ("configmaps", "secrets") and _differs(prospect, "data"):
        await _used(survey, prospect, said)


def _differs(prospect: _Prospect, name: str) -> bool:
    before, after = prospect.before, prospect.after
    return before is not None and after is not None and before.get(name) != after.get(name)


async def _changed(survey: Survey, prospect: _Prospect, said: Sentences) -> None:
    before, after, live = prospect.before, prospect.after, prospect.live
    if before is None or after is None or live is None:
        return
    old, new = before.get("spec") or {}, after.get("spec") or {}
    around = await survey.around(prospect.target.namespace)
    pods = [pod for pod in around.pods if _is_of(pod, live)]
    counts = old.get("replicas", 0), new.get("replicas", 0)
    if counts[0] != counts[1]:
        scales(prospect.target, *counts, around, said)
        pods_leave(_last(pods, counts[0] - counts[1]), "ended", around, said)
    if old.get("template") != new.get("template") and not new.get("paused"):
        said.tell(is_replaced(prospect.target, live, len(pods)))
        if pods:
            _give_way(pods, live, around, said)


def _give_way(
    pods: Sequence[JsonObject], live: JsonObject, around: Surroundings, said: Sentences
) -> None:
    """Say which budgets cover pods that are replaced, and which Services lose them all at once."""
    at_once = (live["spec"].get("strategy") or {}).get("type") == "Recreate"
    services = around.services if at_once else ()
    pods_leave(pods, "replaced", replace(around, services=services), said)


def _last(pods: Sequence[JsonObject], count: int) -> Sequence[JsonObject]:
    """Return the pods that a controller ends first: those that serve nothing, then the others."""
    from_worst = sorted(pods, key=lambda pod: (pod.get("status") or {}).get("phase") == "Running")
    return from_worst[: max(count, 0)]


async def _used(survey: Survey, prospect: _Prospect, said: Sentences) -> None:
    pods = users(prospect.target, (await survey.around(prospect.target.namespace)).pods)
    if not pods:
        return
    use, name = "uses" if len(pods) == 1 else "use", short(prospect.target)
    if isinstance(prospect.step, Delete):
        said.warn(f"{counted(len(pods), 'pod')} {use} {name}, and cannot start again without it.")
    else:
        said.tell(f"{counted(len(pods), 'pod')} {use} {name}; variables follow at a restart only.")


async def _deleted(survey: Survey, step: Delete, live: JsonObject, said: Sentences) -> None:
    target = step.target
    if target.resource == "namespaces":
        counts = await survey.contents(target.name)
    elif target.resource == "customresourcedefinitions":
        counts = await survey.instances(live)
    elif step.propagation == "Orphan":
        said.tell(f"What {short(target)} owns stays, without an owner.")
        return
    else:
        counts = await survey.owned(target)
        await _pods_of(survey, step, live, said)
    if counts:
        said.tell(takes_along(counts))


async def _pods_of(survey: Survey, step: Delete, live: JsonObject, said: Sentences) -> None:
    target = step.target
    if target.resource in ("configmaps", "secrets", "persistentvolumeclaims"):
        await _used(survey, _Prospect(step, live), said)
    elif target.resource in OWNERS and live.get("spec"):
        around = await survey.around(target.namespace)
        pods_leave([pod for pod in around.pods if _is_of(pod, live)], "ended", around, said)


async def _foresee_pods(survey: Survey, steps: Sequence[Step], said: Sentences) -> None:
    spaces = dict.fromkeys(step.target.namespace for step in steps)
    around = await asyncio.gather(*(survey.around(space) for space in spaces))
    if steps and isinstance(steps[0], Evict):
        counts = Counter(step.target.namespace for step in steps)
        places = ", ".join(f"{space} {count}" for space, count in counts.most_common(5))
        more = f" and {len(counts) - 5} more namespaces" if len(counts) > 5 else ""
        said.tell(
            f"{counted(len(steps), 'pod')} {'goes' if len(steps) == 1 else 'go'}: {places}{more}."
        )
    ways = {step.target.uid: _how(step) for step in steps}
    for there in around:
        place = f" in {there.namespace}" if len(around) > 1 else ""
        found: dict[How, list[JsonObject]] = {}
        for pod in there.pods:
            if (how := ways.get(pod["metadata"]["uid"])) is not None:
                found.setdefault(how, []).append(pod)
        for how, pods in found.items():
            pods_leave(pods, how, there, said, place=place)
            _unreplaced(pods, said)


def _how(step: Step) -> How:
    return "evicted" if isinstance(step, Evict) and not step.delete else "deleted"


def _unreplaced(pods: Iterable[JsonObject], said: Sentences) -> None:
    bare = [pod["metadata"]["name"] for pod in pods if controller_of(pod) is None]
    if bare:
        does = "does not come back: nothing owns it" if len(bare) == 1 else "do not come back"
        named = f"pod/{bare[0]}" if len(bare) == 1 else f"{len(bare)} pods without an owner"
        said.warn(f"{named} {does}.")


def _is_of(pod: JsonObject, workload: JsonObject) -> bool:
    """Tell whether a pod is of the workload, by the labels that the workload goes by."""
    if not selector_of(workload):
        return _owned_by(pod, workload)
    selector = workload["spec"].get("selector") or {}
    flat = workload.get("kind") == "ReplicationController"
    return selects({"matchLabels": selector} if flat else selector, pod)


def _owned_by(pod: JsonObject, workload: JsonObject) -> bool:
    """Tell whether the workload is the pod's own controller."""
    owner = controller_of(pod)
    return owner is not None and owner["uid"] == workload["metadata"]["uid"]


def _difference(prospect: _Prospect) -> str:
    if isinstance(prospect.step, Delete | Evict) or prospect.after is None:
        return ""
    before = None if prospect.before is None else _written(prospect.before)
    return unified(prospect.target, before, _written(prospect.after))


def _written(state: JsonObject) -> JsonObject:
    """Return the object without what the API server alone writes."""
    metadata = {k: v for k, v in (state.get("metadata") or {}).items() if k not in _OWN}
    return {**state, "metadata": metadata}

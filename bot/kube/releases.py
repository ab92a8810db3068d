"""When Deployments were rolled out, as far as their ReplicaSets tell.

A ReplicaSet is made when a template is rolled out for the first time. One that is taken up again,
as `rollout undo` does, keeps that time and gets a new revision: when that was, nothing tells, so it
is never told as a moment.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.ports import JsonObject, Query, Reader
from bot.core.releases import Found, Release, Seen
from bot.kube.history import number_of

# More would take longer than a picture may wait; each has a whole pod template.
_MOST = 1_000
_EARLIER = "deployment.kubernetes.io/revision-history"
# What a ReplicaSet adds to its name for each of its pods.
_POD = re.compile(r"(?P<set>.+)-[a-z0-9]{5}")


@dataclass(frozen=True, slots=True)
class ReplicaSetReleases:
    """The rollouts that the ReplicaSets of a cluster show to one person."""

    cluster: Reader

    async def between(self, seen: Sequence[Seen], since: datetime, until: datetime) -> Found:
        """Return the rollouts of these workloads that began in that time.

        Raises:
            ForbiddenError: the person may not list ReplicaSets there.
        """
        releases: list[Release] = []
        undated: list[str] = []
        for one in seen:
            sets = await self._sets(one.namespace)
            found = told(one, sets, since, until)
            releases += found.releases
            undated += found.undated
            if len(sets) >= _MOST:
                undated.append(
                    f"{one.namespace} has more ReplicaSets than are looked at: "
                    "rollouts may be missing."
                )
        return Found(tuple(sorted(releases, key=lambda each: each.began)), tuple(undated))

    async def _sets(self, namespace: str) -> list[JsonObject]:
        resource = await self.cluster.resource("replicasets.apps")
        found: list[JsonObject] = []
        async for page in self.cluster.pages(Query(resource, namespace)):
            found += ({"kind": resource.kind, **each} for each in page["items"] or ())
            if len(found) >= _MOST:
                break
        return found


def when(moment: datetime) -> str:
    """Return a moment in UTC as it is said of a rollout."""
    return f"{moment.day} {moment:%b %H:%M}"


def told(seen: Seen, sets: Iterable[JsonObject], since: datetime, until: datetime) -> Found:
    """Return what a namespace's ReplicaSets tell of the rollouts of these workloads."""
    owned = defaultdict(list)
    for each in sets:
        if (owner := _deployment(each)) and number_of(each):
            owned[owner].append(each)
    releases: list[Release] = []
    undated: list[str] = []
    for owner, mine in sorted(owned.items()):
        if not _is_seen(seen, owner, mine):
            continue
        releases += (
            Release(seen.namespace, owner, _first_revision(each), _made(each))
            for each in mine
            if since <= _made(each) <= until
        )
        undated += _taken_up_again(owner, mine, since, until)
    return Found(tuple(releases), tuple(undated))


def _is_seen(seen: Seen, owner: str, mine: Sequence[JsonObject]) -> bool:
    if not seen.deployments and not seen.pods:
        return True
    names = {match["set"] for pod in seen.pods if (match := _POD.fullmatch(pod))}
    return owner in seen.deployments or any(each["metadata"]["name"] in names for each in mine)


def _taken_up_again(
    owner: str, mine: Sequence[JsonObject], since: datetime, until: datetime
) -> Iterator[str]:
    """Yield a sentence where the present revision is an earlier template, taken up in that time.

    It has a higher revision than the newest ReplicaSet, so it came after that one was made.
    """
    present = max(mine, key=lambda each: number_of(each) or 0)
    newest = max(map(_made, mine))
    if _earlier(present) and since <= newest <= until:
        yield (
            f"{owner} went back to the template of revision {_first_revision(present)} after "
            f"{when(newest)}; the moment is not known."
        )


def _deployment(each: JsonObject) -> str:
    owners = each["metadata"].get("ownerReferences") or ()
    controllers = (one for one in owners if one.get("controller"))
    return next((one["name"] for one in controllers if one.get("kind") == "Deployment"), "")


def _first_revision(each: JsonObject) -> int:
    """Return the revision that the ReplicaSet was made for."""
    earlier = _earlier(each)
    return earlier[0] if earlier else number_of(each) or 0


def _earlier(each: JsonObject) -> list[int]:
    noted = (each["metadata"].get("annotations") or {}).get(_EARLIER, "")
    return [int(text) for text in noted.split(",") if text.strip().isdecimal()]


def _made(each: JsonObject) -> datetime:
    return datetime.fromisoformat(each["metadata"]["creationTimestamp"])

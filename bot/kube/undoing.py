"""Which revision a workload goes back to. Pure.

A revision's number moves with every rollback, and the controller may not have numbered the newest
template yet. So the revision is chosen by what keeps it, among the old ones alone, once the
controller has seen the object as it is. kubectl's own choice, by number alone, is the other one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.core.errors import QuarterdeckError, choose_from
from bot.core.ports import JsonObject
from bot.kube.history import newest_replica_set, number_of, owned, plain_template

RESTARTED = "kubectl.kubernetes.io/restartedAt"


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision that is kept, by its present number."""

    number: int
    kept: JsonObject

    @property
    def template(self) -> JsonObject:
        """Return its pod template as the workload would have it."""
        if self.kept["kind"] != "ReplicaSet":
            stored = (self.kept["data"].get("spec") or {}).get("template") or {}
            return {name: value for name, value in stored.items() if name != "$patch"}
        return plain_template(self.kept["spec"]["template"])


def revisions_of(workload: JsonObject, found: Iterable[JsonObject]) -> list[Revision]:
    """Return the workload's own revisions, the oldest first."""
    numbered = [(number_of(each), each) for each in owned(workload, found)]
    known = [Revision(number, each) for number, each in numbered if number is not None]
    return sorted(known, key=lambda each: each.number)


def chosen(workload: JsonObject, found: Iterable[JsonObject], to: int = 0) -> Revision:
    """Return the revision of that number; 0: the newest old one that is not a mere restart.

    Raises:
        QuarterdeckError: there is none, or it cannot be told yet.
    """
    revisions = revisions_of(workload, found)
    if to:
        return _numbered(revisions, to)
    now = current(workload, revisions)
    # While it is paused, its controller keeps no revision of what is new.
    if revisions and now is None and not workload["spec"].get("paused"):
        raise _too_early(workload)
    old = [each for each in reversed(revisions) if now is None or each.kept is not now.kept]
    here = _without_restart(workload["spec"]["template"])
    different = [each for each in old if _without_restart(each.template) != here]
    if not different:
        raise _nothing(workload, restarts=len(old))
    return different[0]


def chosen_by_number(workload: JsonObject, found: Iterable[JsonObject], to: int = 0) -> Revision:
    """Return kubectl's choice: the revision of that number; 0: the second highest one.

    Raises:
        QuarterdeckError: there is none.
    """
    revisions = revisions_of(workload, found)
    if to:
        return _numbered(revisions, to)
    if len(revisions) < 2:
        raise _nothing(workload, restarts=0)
    return revisions[-2]


def current(workload: JsonObject, revisions: Sequence[Revision]) -> Revision | None:
    """Return the revision that the workload is at; None: the controller has not kept it yet."""
    metadata, status = workload["metadata"], workload.get("status") or {}
    if status.get("observedGeneration", 0) < metadata.get("generation", 0):
        return None
    if workload["kind"] != "Deployment":
        # Both controllers give the present template the highest number.
        return revisions[-1] if revisions else None
    newest = newest_replica_set(workload, owned(workload, (each.kept for each in revisions)))
    return next((each for each in revisions if each.kept is newest), None)


def is_at(workload: JsonObject, revision: Revision) -> bool:
    """Tell whether the workload has the revision's template already."""
    return plain_template(workload["spec"]["template"]) == plain_template(revision.template)


def _numbered(revisions: Sequence[Revision], to: int) -> Revision:
    match = next((each for each in revisions if each.number == to), None)
    if match is None:
        raise QuarterdeckError(
            f"error: unable to find specified revision {to} in history",
            next_step=choose_from(str(each.number) for each in revisions) if revisions else "",
        )
    return match


def _nothing(workload: JsonObject, *, restarts: int) -> QuarterdeckError:
    text = "error: no last revision to roll back to"
    if workload["kind"] == "Deployment":
        name = workload["metadata"]["name"]
        text = f'error: no rollout history found for deployment "{name}"'
    next_step = "Its older revisions are restarts of the same template." if restarts else ""
    return QuarterdeckError(text, next_step=next_step)


def _too_early(workload: JsonObject) -> QuarterdeckError:
    kind, name = workload["kind"].lower(), workload["metadata"]["name"]
    return QuarterdeckError(
        f'error: the last change of {kind} "{name}" has not been seen by its controller yet',
        next_step="Try again in a moment, or name the revision with --to-revision.",
    )


def _without_restart(template: JsonObject) -> JsonObject:
    bare = plain_template(template)
    metadata = dict(bare.get("metadata") or {})
    kept = {k: v for k, v in (metadata.pop("annotations", None) or {}).items() if k != RESTARTED}
    metadata |= {"annotations": kept} if kept else {}
    return {**bare, "metadata": metadata}

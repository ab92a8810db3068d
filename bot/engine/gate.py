"""The gate of a plan: the policy's word on each step's real target, then the cluster's.

Asked before a plan is shown, and again at its press before anything is sent. The cluster is asked
as the person, with access reviews, so that a refusal comes before the card and not after it. They
only explain: the API server's answer to the real call stays the authority, and where a cluster
reviews nothing, that answer comes alone.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.core.access import Asked, Grant, Lack
from bot.core.command import Access, Command, Effect
from bot.core.errors import ForbiddenError, NotFoundError, RefusedError, Sought
from bot.core.plan import Apply, Plan, Step, subresource_of, verb_of
from bot.core.ports import Connection, JsonObject, Resource
from bot.core.request import Request
from bot.engine.admission import Admission

REVIEW = "selfsubjectaccessreviews.authorization.k8s.io"
_READS = frozenset({"get", "list", "watch"})
# So many missing rights are named in one refusal.
_NAMED = 5

Open = Callable[[Grant], Connection]


@dataclass(frozen=True, slots=True)
class _Need:
    """One right on one object, and who needs it where."""

    grant: Grant
    access: Access
    name: str

    @property
    def lack(self) -> Lack:
        return Lack(self.access, self.grant.namespace)

    def spec(self) -> JsonObject:
        """Return the question of an access review."""
        attributes = {
            "namespace": self.grant.namespace,
            "verb": self.access.verb,
            "group": self.access.group,
            "resource": self.access.resource,
            "subresource": self.access.subresource,
            "name": self.name,
        }
        return {"resourceAttributes": {key: value for key, value in attributes.items() if value}}


@dataclass(frozen=True, slots=True)
class PlanGate:
    """Asks both authorities whether a person may carry a plan out."""

    admission: Admission

    async def admit(self, request: Request, plan: Plan, reach: Open) -> tuple[Grant, ...]:
        """Return a grant for each step, or refuse all of them.

        Raises:
            RefusedError: the policy says no, or the cluster gives the person no such right.
            UnreachableError: the cluster did not answer.
        """
        needs = [self._needs(request, step) for step in plan.steps]
        await self._review(request, [need for of_step in needs for need in of_step], reach)
        return tuple(of_step[0].grant for of_step in needs)

    async def admit_unseen(
        self, request: Request, grant: Grant, command: Command[Any], sought: Sought, reach: Open
    ) -> None:
        """Refuse to change an object that is not there as if it were there.

        So whoever may not change such objects learns nothing of which there are.

        Raises:
            RefusedError: the person could not have changed it.
        """
        found = await reach(grant).resource(sought.type)
        needs = []
        for right in _rights_over(found, command):
            name = sought.name if right.resource == found.plural else ""
            asked = _asked(command.effect, grant.context, sought.namespace, right, name)
            needs.append(_Need(self._granted(request, asked), right, name))
        await self._review(request, needs, reach)

    def _needs(self, request: Request, step: Step) -> list[_Need]:
        return [
            _Need(self._granted(request, asked_of(step, access)), access, step.target.name)
            for access in rights_of(step)
        ]

    def _granted(self, request: Request, asked: Asked) -> Grant:
        # What belongs to no namespace is in none, whatever the place's default is.
        grant = self.admission.settled(request, asked)
        return replace(grant, context=asked.context, namespace=asked.namespace)

    async def _review(self, request: Request, needs: Sequence[_Need], reach: Open) -> None:
        if request.plain:
            return  # kubectl asks for nothing beforehand
        unlike = {
            (need.grant.context, *need.spec()["resourceAttributes"].items()): need for need in needs
        }
        asked = list(unlike.values())
        allowed = await asyncio.gather(*(_allowed(reach(need.grant), need) for need in asked))
        lacks = {need.lack: need for need, yes in zip(asked, allowed, strict=True) if not yes}
        if lacks:
            raise self._refusal(lacks)

    def _refusal(self, lacks: dict[Lack, _Need]) -> RefusedError:
        text = "\n".join(
            f"error: forbidden: you cannot {said(lack)}" for lack in list(lacks)[:_NAMED]
        )
        advice = dict.fromkeys(
            self.admission.gate.advise(need.grant.actor.identity, lack)
            for lack, need in lacks.items()
        )
        return RefusedError(text, next_step=" ".join(list(advice)[:_NAMED]))


def rights_of(step: Step) -> tuple[Access, ...]:
    """Return the rights that the API server will ask for."""
    target = step.target
    right = Access(verb_of(step), target.resource, target.group, subresource_of(step))
    # An apply that makes a new object is a creation too.
    creates = isinstance(step, Apply) and not target.uid
    return (right, replace(right, verb="create")) if creates else (right,)


def asked_of(step: Step, access: Access | None = None) -> Asked:
    """Return what a step asks of the policy."""
    target = step.target
    right = access or rights_of(step)[0]
    return _asked(step.effect, target.context, target.namespace, right, target.name)


def said(lack: Lack) -> str:
    """Return what is missing in the API server's own words."""
    access = lack.access
    where = f'in the namespace "{lack.namespace}"' if lack.namespace else "at the cluster scope"
    return f'{access.verb} resource "{access.whole}" in API group "{access.group}" {where}'


async def review(cluster: Connection, access: Access, namespace: str) -> bool:
    """Tell whether the cluster gives a right in a namespace; empty: in all of them.

    Raises:
        UnreachableError: the cluster did not answer.
    """
    attributes = {
        "namespace": namespace,
        "verb": access.verb,
        "group": access.group,
        "resource": access.resource,
        "subresource": access.subresource,
    }
    spec = {"resourceAttributes": {key: value for key, value in attributes.items() if value}}
    answer = await cluster.review(REVIEW, spec)
    return (answer.get("status") or {}).get("allowed") is True


def _asked(effect: Effect, context: str, namespace: str, access: Access, name: str) -> Asked:
    resource = f"{access.resource}.{access.group}" if access.group else access.resource
    return Asked(
        effect,
        context,
        namespace,
        resource=resource,
        subresource=access.subresource,
        name=name,
        cluster_scoped=not namespace,
    )


def _rights_over(found: Resource, command: Command[Any]) -> list[Access]:
    """Return what changing an object of that type needs; else what the command needs at all."""
    needed = [one for one in command.access if one.verb not in _READS and not one.optional]
    over = [
        replace(one, resource=found.plural, group=found.group)
        for one in needed
        if one.resource in ("*", found.plural)
    ]
    return over or needed


async def _allowed(cluster: Connection, need: _Need) -> bool:
    try:
        answer = await cluster.review(REVIEW, need.spec())
    except (ForbiddenError, NotFoundError):
        # Who may not ask, or whom nobody answers, hears it from the real call.
        return True
    status = answer.get("status") or {}
    return bool(status.get("allowed"))

"""In which form the bot may impersonate in a cluster, and whether it holds more than it should.

On the wire the two forms are one; what differs is which rights the bot holds. So it asks the API
server about itself, which everybody may.
"""

import re
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Protocol

from bot.core.command import Access
from bot.core.health import Finding, State
from bot.core.ports import JsonObject
from bot.policy.model import Policy
from bot.rbac.everybody import EVERYBODYS
from bot.rbac.needs import (
    AUTHENTICATION,
    CLASSIC,
    CONSTRAINED,
    FIRST_CONSTRAINED,
    Identities,
    becoming,
    identities,
    is_added,
    needed,
)
from bot.rbac.rights import Right, beyond, lacking, of_rules

_NAMED = 5
"""How many rights a finding spells out."""
_APPLY = "Apply what `quarterdeck rbac render{}` prints to that cluster."


class Form(StrEnum):
    """How the bot may become somebody in a cluster."""

    CLASSIC = "classic"
    """It may do whatever they may."""
    CONSTRAINED = "constrained"
    """It may do what they may, and of that no more than a list says."""
    BOTH = "both"
    """As the classic one: the API server takes whichever lets the request through."""
    NONE = "none"


class Own(Protocol):
    """What asks a cluster about the bot itself."""

    async def may(self, verb: str, group: str, resource: str, name: str = "") -> bool:
        """Return whether the bot may do that in the whole cluster."""
        ...

    async def rules(self, namespace: str) -> list[JsonObject]:
        """Return the rules that apply to the bot in a namespace."""
        ...


def read_version(text: str) -> tuple[int, int]:
    """Return (1, 37) of `v1.37.2`; (0, 0) where no version stands there."""
    found = re.match(r"v?(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


async def form_of(own: Own, who: Identities) -> Form:
    """Return the form in which the bot may become the first of its users."""
    classic = await own.may(CLASSIC, "", "users", who.users[0])
    constrained = await own.may(CONSTRAINED, AUTHENTICATION, "users", who.users[0])
    if classic:
        return Form.BOTH if constrained else Form.CLASSIC
    return Form.CONSTRAINED if constrained else Form.NONE


async def examine(
    own: Own, policy: Policy, cluster: str, accesses: Collection[Access], version: tuple[int, int]
) -> list[Finding]:
    """Return what is to be said of the bot's own rights in one cluster of the policy.

    `version` is the cluster's, as (1, 37).
    """
    who = identities(policy, cluster)
    form = await form_of(own, who)
    if form is Form.NONE:
        text = f"The bot may not act as {who.users[0]} there: it may not impersonate that user."
        return [Finding(State.BROKEN, text, _APPLY.format(""))]
    held = await _held(own, policy)
    wanted = {*EVERYBODYS}
    if form is not Form.CONSTRAINED:
        wanted |= needed(policy, (), constrained=False, cluster=cluster)
    if form is not Form.CLASSIC:
        wanted |= needed(policy, accesses, constrained=True, cluster=cluster)
    verb = CONSTRAINED if form is Form.CONSTRAINED else CLASSIC
    return [
        _of_form(form, who, version),
        *await _missing(own, lacking(held, becoming(who, verb)), form),
        *_excess(beyond(held, wanted)),
    ]


def _of_form(form: Form, who: Identities, version: tuple[int, int]) -> Finding:
    whom = f"{len(who.users)} users and {len(who.groups)} groups"
    if form is Form.BOTH:
        text = "The bot holds the classic form of impersonation beside the constrained one,"
        step = f"{_APPLY.format(' --constrained')} It takes the place of the classic role."
        return Finding(State.LACKING, f"{text} so nothing caps what it may do as people.", step)
    if form is Form.CONSTRAINED and version < FIRST_CONSTRAINED:
        text = "The bot is given the constrained form of impersonation, which Kubernetes before"
        step = f"{_APPLY.format('')} It prints the classic form."
        return Finding(State.LACKING, f"{text} 1.36 does not turn on by itself.", step)
    said = f"The bot impersonates in the {form} form: {whom}."
    if form is Form.CLASSIC and version >= FIRST_CONSTRAINED:
        said += " This cluster also has the constrained one, which caps what it may do as them."
    return Finding(State.GOOD, said)


async def _held(own: Own, policy: Policy) -> frozenset[Right]:
    """Return the bot's rights in the namespaces that the policy names, and in the cluster's own."""
    bound = (name for channel in policy.channels.values() for name in channel.namespaces)
    namespaces = dict.fromkeys((policy.own_namespace, "default", "kube-system", *bound))
    everywhere: frozenset[Right] | None = None
    found: set[Right] = set()
    for namespace in namespaces:
        rules = await own.rules(namespace)
        # An answer does not say where a rule comes from: what is there everywhere is the cluster's.
        there = frozenset(of_rules(rules))
        everywhere = there if everywhere is None else everywhere & there
        found.update(of_rules(rules, namespace))
    common = everywhere or frozenset()
    return common | {right for right in found if not any(one.covers(right) for one in common)}


async def _missing(own: Own, missing: Iterable[Right], form: Form) -> list[Finding]:
    # A list of rules may be incomplete where RBAC is not alone; the question itself is not.
    refused = [
        right
        for right in missing
        if not await own.may(right.verb, right.group, right.resource, right.name)
    ]
    if not refused:
        return []
    text = f"The bot may not act for all whom the policy names: it lacks {_listed(refused)}."
    option = " --constrained" if form is Form.CONSTRAINED else ""
    return [Finding(State.BROKEN, text, _APPLY.format(option))]


def _excess(beyond_needs: Iterable[Right]) -> list[Finding]:
    found = list(beyond_needs)
    excess = [right for right in found if not is_added(right)]
    if not excess:
        types = dict.fromkeys(right.type for right in found)
        added = f" As people it may also read {', '.join(types)}." if types else ""
        text = "The bot itself may do nothing there but that, hold its Lease and discover."
        return [Finding(State.GOOD, text + added)]
    text = f"The bot itself may do more there than it should: {_listed(excess)}."
    step = "Take the role away that gives it; `quarterdeck rbac check --context …` says the rest."
    return [Finding(State.LACKING, text, step)]


def _listed(rights: Collection[Right]) -> str:
    told = [str(right) for right in rights][:_NAMED]
    more = len(rights) - len(told)
    return ", ".join(told) + (f" and {more} more" if more else "")

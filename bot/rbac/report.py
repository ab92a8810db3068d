"""What the bot's rights lack, and what of them nobody needs, compared with what it should hold."""

from collections.abc import Collection, Iterable, Iterator

from bot.core.command import Access
from bot.core.ports import JsonObject
from bot.policy.model import Policy
from bot.rbac.bindings import Rbac, Subject
from bot.rbac.everybody import EVERYBODYS
from bot.rbac.needs import (
    CLASSIC,
    CONSTRAINED,
    OF_AUTO_ROLLBACK,
    OF_WATCHER,
    READ,
    is_added,
    is_done,
    meant,
    needed,
)
from bot.rbac.readable import OF_VIEW, each
from bot.rbac.rights import Right, beyond, lacking, of_access, of_rules

TIERS = ("viewer", "operator", "deployer", "admin")
RESTART_ONLY = "quarterdeck-restart-only"
"""The admission policy of components/restart, and its binding."""
_WORKLOADS = ("deployments", "statefulsets", "daemonsets")


def compare(
    found: Collection[JsonObject],
    account: Subject,
    policy: Policy,
    cluster: str,
    accesses: Collection[Access],
) -> list[str]:
    """Return a line for each right that is missing or unused, in roles, bindings and policies."""
    rbac = Rbac(found)
    return [
        *_of_bot(rbac.rights(account), policy, cluster, accesses),
        *_of_identities(rbac),
        *_of_tiers(rbac, accesses),
        *_of_restart(rbac, found),
    ]


def _of_bot(
    held: frozenset[Right], policy: Policy, cluster: str, accesses: Collection[Access]
) -> Iterator[str]:
    constrained = any(right.verb == CONSTRAINED for right in held)
    wanted = needed(policy, accesses, constrained=constrained, cluster=cluster)
    yield from (f"missing: the bot may not {right}" for right in lacking(held, wanted))
    for right in beyond(held, wanted | EVERYBODYS):
        if is_added(right):
            continue
        if constrained and right.verb == CLASSIC:
            yield f"unused: the bot may {right}, so the constrained form caps nothing"
        else:
            yield f"unused: the bot may {right}, and nothing needs it"


def _of_identities(rbac: Rbac) -> Iterator[str]:
    for name, accesses in (("watcher", OF_WATCHER), ("auto-rollback", OF_AUTO_ROLLBACK)):
        held = frozenset(of_rules(rbac.rules(f"quarterdeck:{name}")))
        wanted = [of_access(access) for access in accesses]
        role = f"the role quarterdeck:{name}"
        yield from (f"missing: {role} may not {right}" for right in lacking(held, wanted))
        yield from (f"unused: {role} may {right}" for right in beyond(held, wanted))


def _of_tiers(rbac: Rbac, accesses: Iterable[Access]) -> Iterator[str]:
    """Yield what commands declare and no tier grants, nor the built-in role that tiers hold."""
    granted = {*_READS, *EVERYBODYS}
    for tier in TIERS:
        granted |= frozenset(of_rules(rbac.rules(f"quarterdeck:{tier}")))
    # Which types a phrase may name is the tiers' choice, and no command's need.
    asked = (of_access(one) for one in accesses if not one.optional)
    named = [
        right for one in asked if one.resource != "*" for right in meant(one) if is_done(right)
    ]
    named = [right for right in named if right not in _OF_NO_TIER]
    yield from (f"missing: no tier may {right}" for right in lacking(granted, named))


# Whoever is to do this gets a role of their own for it: deploy/rbac.yaml grants it to no tier.
_OF_NO_TIER = frozenset(
    Right("create", group, resource)
    for group, resource in (
        *(("", kind) for kind in ("resourcequotas", "secrets", "serviceaccounts")),
        ("scheduling.k8s.io", "priorityclasses"),
    )
)
# The cluster fills it in: what `view` reads there is not in our manifests.
_READS = frozenset(
    Right(verb, group, resource)
    for group, resource in (*each(OF_VIEW), ("", "pods/log"))
    for verb in READ
)


def _of_restart(rbac: Rbac, found: Iterable[JsonObject]) -> Iterator[str]:
    held = frozenset(of_rules(rbac.rules("quarterdeck:operator")))
    wide = [kind for kind in _WORKLOADS if Right("patch", "apps", kind) in held]
    there = {one["kind"] for one in found if _is_in_force(one)}
    if wide and len(there) < 2:
        yield (
            f"missing: operators may patch {', '.join(wide)}, and the admission policy"
            f" {RESTART_ONLY} with its binding is not there: they can run any code"
        )


def _is_in_force(found: JsonObject) -> bool:
    """Say whether an object is the policy, or the binding by which it refuses."""
    spec = found.get("spec") or {}
    refuses = "Deny" in spec.get("validationActions", ()) or spec.get("failurePolicy") == "Fail"
    return bool(found["metadata"]["name"] == RESTART_ONLY and refuses)

"""What the bot needs of a cluster: whom it becomes there, and what it does as them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.core.command import Access
from bot.policy.decide import DOMAIN
from bot.policy.kinds import untouchable
from bot.policy.model import FIXED_USER, Mode, Policy
from bot.rbac.readable import OF_TIERS, OF_VIEW, SCALABLE, each
from bot.rbac.rights import Right, of_access

WATCHER = "quarterdeck:watcher"
"""As whom the bot follows rollouts and keeps the journal."""
AUTO_ROLLBACK = "quarterdeck:auto-rollback"
"""As whom the bot rolls back without a press."""
TIER_GROUPS = tuple(
    f"quarterdeck:{tier}" for tier in ("viewers", "operators", "deployers", "admins")
)
"""The groups of the tiers of deploy/rbac.yaml."""
EXTRAS = (f"{DOMAIN}/person", f"{DOMAIN}/request")
LEASE = "quarterdeck-leader"
_MEANT = {"": (OF_VIEW, OF_TIERS), "scale": (SCALABLE,)}
"""The types that `*` stands for, by the subresource that is declared with it."""
READ = ("get", "list", "watch")
FIRST_CONSTRAINED = (1, 36)
"""The first version of Kubernetes on which constrained impersonation is on by default."""

CLASSIC, CONSTRAINED = "impersonate", "impersonate:user-info"
ON = "impersonate-on:user-info:"
AUTHENTICATION = "authentication.k8s.io"

# What the bot's own identities do, as their ClusterRoles in deploy/rbac.yaml grant it.
OF_WATCHER = tuple(
    Access(verb, resource, group)
    for group, resources in (
        ("apps", ("deployments", "replicasets", "statefulsets", "daemonsets")),
        ("", ("pods", "events")),
    )
    for resource in resources
    for verb in READ
)
OF_AUTO_ROLLBACK = (
    *(Access(verb, "deployments", "apps") for verb in ("get", "list", "patch")),
    *(Access(verb, "replicasets", "apps") for verb in ("get", "list")),
    *(Access(verb, "pods") for verb in ("get", "list")),
    *(Access("get", of) for of in ("configmaps", "serviceaccounts", "persistentvolumeclaims")),
)
# What is asked as the person around every command: may they, what may they, is the namespace there.
OF_ENGINE = (
    Access("create", "selfsubjectaccessreviews", "authorization.k8s.io"),
    Access("create", "selfsubjectrulesreviews", "authorization.k8s.io"),
    Access("get", "namespaces"),
)


@dataclass(frozen=True, slots=True)
class Identities:
    """Whom the bot becomes in one cluster, and nobody else."""

    users: tuple[str, ...]
    groups: tuple[str, ...]


def identities(policy: Policy, cluster: str = "default") -> Identities:
    """Return whom the policy sends to a cluster, beside the bot's own identities.

    The groups of the shipped tiers are always there. In the mode `users` the users are those that
    the policy names one by one: RBAC has no patterns for the others.
    """
    own = (WATCHER, AUTO_ROLLBACK)
    if policy.mode(cluster) is Mode.USERS:
        people: Iterable[str] = (str(person.user) for person in policy.people if person.user)
    else:
        people = (FIXED_USER,)
    bindings = (*policy.usergroups.values(), *policy.domains.values())
    bound = [*(one.groups for one in policy.people), *(one.groups for one in bindings)]
    named = sorted({group for groups in bound for group in groups} - {*TIER_GROUPS})
    return Identities((*sorted(set(people)), *own), (*TIER_GROUPS, *named))


def becoming(who: Identities, verb: str) -> Iterator[Right]:
    """Yield the rights to become somebody, in the classic or in the constrained form."""
    group = AUTHENTICATION if verb == CONSTRAINED else ""
    yield from (Right(verb, group, "users", user) for user in who.users)
    yield from (Right(verb, group, "groups", name) for name in who.groups)
    yield from (Right(verb, AUTHENTICATION, f"userextras/{key}") for key in EXTRAS)


def ceiling(accesses: Iterable[Access]) -> frozenset[Right]:
    """Return what the bot may do as anybody in the constrained form: what commands declare.

    Where a phrase names the type itself, the types of `readable` are meant. What the policy does
    for nobody, a terminal's user does without the bot's rights. No Secret is read, whoever could.
    """
    declared = (*accesses, *OF_ENGINE, *OF_WATCHER, *OF_AUTO_ROLLBACK)
    return frozenset(
        Right(f"{ON}{right.verb}", right.group, right.resource)
        for access in declared
        for right in meant(of_access(access))
        if is_done(right)
    )


def is_done(right: Right) -> bool:
    """Say whether the bot is to be able to do it as people: no more than the policy ever allows."""
    resource, _, part = right.resource.partition("/")
    if resource == "secrets" and right.verb in READ:
        return False
    return not untouchable(Access(right.verb, resource, right.group, part))


def meant(right: Right) -> Iterator[Right]:
    """Yield what a right means: one for each type, where the phrase names the type itself."""
    head, slash, subresource = right.resource.partition("/")
    if head != "*":
        yield right
        return
    for group, resource in each(*_MEANT[subresource]):
        yield Right(right.verb, group, f"{resource}{slash}{subresource}")


def is_added(right: Right) -> bool:
    """Say whether a right is to read a type as people, which `rbac render --also` adds.

    It only lifts the cap for that type: who may read it is RBAC's matter. Secrets are never taken
    for granted.
    """
    verb = right.verb.removeprefix(ON)
    named = "*" not in (right.group, right.resource) and "/" not in right.resource
    return verb != right.verb and verb in READ and named and right.resource != "secrets"


def leases(namespace: str) -> frozenset[Right]:
    """Return what the bot does with its own Lease."""
    group, kind = "coordination.k8s.io", "leases"
    held = (Right(verb, group, kind, LEASE, namespace) for verb in ("get", "update"))
    # RBAC cannot name an object that is still to be created.
    return frozenset({Right("create", group, kind, "", namespace), *held})


def needed(
    policy: Policy, accesses: Iterable[Access], *, constrained: bool, cluster: str = "default"
) -> frozenset[Right]:
    """Return every right that the bot's ServiceAccount needs in a cluster."""
    who = identities(policy, cluster)
    capped = ceiling(accesses) if constrained else frozenset()
    verb = CONSTRAINED if constrained else CLASSIC
    return frozenset(becoming(who, verb)) | capped | leases(policy.own_namespace)

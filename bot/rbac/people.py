"""Which bindings of a cluster apply to the people of a policy, in either mode."""

from collections.abc import Iterable, Iterator

from bot.policy.model import FIXED_USER, Mode, Policy
from bot.rbac.bindings import Rbac, Subject
from bot.rbac.needs import AUTO_ROLLBACK, WATCHER

# The API server adds it to everybody; what Kubernetes binds to it is not a right of a person.
_EVERYBODY = "system:authenticated"
# No user of a cluster has such a name: bindings to one of these people are not looked for.
_EACH_ADDRESS = "each one's own address"


def subjects(policy: Policy, cluster: str) -> Iterator[tuple[str, Subject]]:
    """Yield whom a policy sends to a cluster, each under a heading.

    People come in both modes; the one that is the cluster's own is named as such.
    """
    yield from _people(policy, policy.mode(cluster))
    yield from _bot()


def listed(found: Iterable[tuple[str, Subject]], rbac: Rbac) -> Iterator[str]:
    """Yield a heading for each subject, and a line for each binding that applies to it."""
    for heading, subject in found:
        yield heading
        applying = [one for one in rbac.bindings(subject) if not one.name.startswith("system:")]
        yield from (f"  {binding}" for binding in sorted(applying, key=str))
        if not applying:
            yield "  no binding applies"


def _people(policy: Policy, mode: Mode) -> Iterator[tuple[str, Subject]]:
    for person in policy.people:
        name = person.name or person.slack
        yield _headed(name, Mode.GROUPS, mode, FIXED_USER, person.groups)
        if person.user:
            yield _headed(name, Mode.USERS, mode, str(person.user), person.groups)
    bound = {f"user group {name}": given for name, given in policy.usergroups.items()}
    bound |= {f"everybody of {domain}": given for domain, given in policy.domains.items()}
    for name, given in bound.items():
        yield _headed(name, Mode.GROUPS, mode, FIXED_USER, given.groups)
        yield _headed(name, Mode.USERS, mode, _EACH_ADDRESS, given.groups)


def _headed(
    name: str, mode: Mode, of_cluster: Mode, user: str, groups: tuple[str, ...]
) -> tuple[str, Subject]:
    now = ", as the policy says" if mode is of_cluster else ""
    carried = f" with {', '.join(groups)}" if groups else ""
    return f"{name}, mode {mode}{now}: {user}{carried}", Subject(user, (*groups, _EVERYBODY))


def _bot() -> Iterator[tuple[str, Subject]]:
    for name in (WATCHER, AUTO_ROLLBACK):
        yield f"the bot itself: {name}", Subject(name, (_EVERYBODY,))

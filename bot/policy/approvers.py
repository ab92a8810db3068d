"""Who may approve a change, break the glass, and hold a place: what the policy's lists say of it.

Pure. Of each list the first entry that matches the place holds. Whoever is named there needs no
right of their own in the cluster; where nobody is, whoever could make a change may approve it, and
only the bot's admins hold anything.
"""

from collections.abc import Iterable, Sequence, Set

from bot.core.errors import RefusedError
from bot.core.proposal import Jury
from bot.core.request import Person, Standing
from bot.policy.gates import matches
from bot.policy.limits import Site
from bot.policy.model import Mode, Named, Policy
from bot.policy.people import identify, slack_id

ADMINS = "quarterdeck:admins"
"""Whose members may freeze and lock everywhere."""
EVERYWHERE = "*"
"""The name of all clusters together."""


def jury_of(policy: Policy, site: Site) -> Jury:
    """Return who may approve a change there."""
    return _jury(policy.approvers, site) or Jury(anyone=True)


def on_call_of(policy: Policy, site: Site) -> Jury:
    """Return who may break the glass there; without an entry nobody."""
    return _jury(policy.on_call, site) or Jury()


def sits_on(policy: Policy, person: Person, jury: Jury) -> bool:
    """Tell whether somebody is one of the jury, as far as the policy knows them."""
    if person.standing is not Standing.MEMBER:
        return False
    return (
        jury.anyone
        or slack_id(person) in jury.people
        or _meet(person.usergroups, jury.usergroups)
        or _meet(_groups(policy, person), jury.groups)
    )


def may_hold(policy: Policy, person: Person, site: Site) -> bool:
    """Tell whether somebody may freeze and lock there; in all clusters only the bot's admins."""
    if person.standing is Standing.MEMBER and ADMINS in _groups(policy, person):
        return True
    jury = jury_of(policy, site)
    named = EVERYWHERE not in site.contexts and not jury.anyone
    return named and sits_on(policy, person, jury)


def usergroups_of(policy: Policy) -> frozenset[str]:
    """Return the ids of the user groups whose members may approve something."""
    entries = (*policy.approvers, *policy.on_call)
    return frozenset(group for entry in entries for group in entry.usergroups)


def _jury(entries: Sequence[Named], site: Site) -> Jury | None:
    entry = next((entry for entry in entries if _is_about(entry, site)), None)
    return None if entry is None else Jury(entry.people, entry.usergroups, entry.groups)


def _is_about(entry: Named, site: Site) -> bool:
    in_cluster = not entry.clusters or _meet(site.contexts, entry.clusters)
    return in_cluster and (not entry.namespaces or matches(site.namespace, entry.namespaces))


def _groups(policy: Policy, person: Person) -> tuple[str, ...]:
    try:
        identity = identify(policy, person, Mode.GROUPS)
    except RefusedError:
        return ()  # whom the policy names twice is in no group for certain
    return identity.groups if identity else ()


def _meet(one: Iterable[str] | Set[str], other: Iterable[str]) -> bool:
    return not set(one).isdisjoint(other)

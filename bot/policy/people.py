"""Who a person of the workspace is to a cluster: the first rule of the policy that matches them.

Pure. The rules, in order: the entry of their Slack id; the user groups that they are in, whose
Kubernetes groups add up; the domain of their confirmed e-mail address. Only members of the
workspace are anybody.
"""

from dataclasses import dataclass

from bot.core.errors import RefusedError
from bot.core.proposal import Party
from bot.core.request import Impersonated, Person, Standing, read_email
from bot.policy.model import FIXED_USER, Mode, Policy

_BY_MEMBERS = "Ask a member of the workspace to do it."
_LATER = "Try again in a minute. If it stays so, `quarterdeck doctor` says what is missing."
_STRANGERS = {
    Standing.GUEST: ("Guests of the workspace are not served here.", _BY_MEMBERS),
    Standing.BOT: ("Bots are not served here.", _BY_MEMBERS),
    Standing.DEACTIVATED: ("A deactivated account is not served here.", _BY_MEMBERS),
    Standing.FOREIGN: ("People of another organisation are not served here.", _BY_MEMBERS),
    Standing.UNKNOWN: ("Slack did not say who you are, so nothing was done.", _LATER),
}


@dataclass(frozen=True, slots=True)
class _Match:
    """What the policy gives to a person."""

    groups: tuple[str, ...]
    user: str
    """Empty: the policy allows them none."""


def identify(policy: Policy, person: Person, mode: Mode) -> Impersonated | None:
    """Return who the person is to a cluster of that mode; None: the policy does not name them.

    Raises:
        RefusedError: the person is nobody whom a policy can name, or it names them twice.
    """
    _refuse_strangers(person)
    match = _explicit(policy, person) or _by_usergroup(policy, person) or _by_domain(policy, person)
    if match is None:
        return None
    user = FIXED_USER if mode is Mode.GROUPS else match.user
    if not user:
        raise RefusedError(
            "This cluster knows people by their e-mail addresses, and the policy has none for you.",
            next_step=f"Ask the bot's admins to add a user to people, for {slack_id(person)}.",
        )
    return Impersonated(_ours(user), tuple(map(_ours, match.groups)))


def party(policy: Policy, person: Person) -> Party:
    """Return who somebody is among those who ask and approve.

    Accounts that the policy gives one user, or that have one confirmed address, are one human
    being: whoever asks with the one approves nothing with the other.
    """
    entry = policy.person(slack_id(person))
    user = read_email(entry.user or "") if entry else ""
    name = person.name or (entry.name if entry else "")
    return Party(person.key, user or read_email(person.email) or person.key, name)


def usergroups(policy: Policy, person: Person) -> frozenset[str]:
    """Return the ids of the user groups that decide who the person is: none if an entry does."""
    named = policy.person(slack_id(person)) is not None
    return frozenset() if named else frozenset(policy.usergroups)


def slack_id(person: Person) -> str:
    """Return the person's id in Slack."""
    return person.key.partition("/")[2]


def _refuse_strangers(person: Person) -> None:
    if person.standing is not Standing.MEMBER:
        text, next_step = _STRANGERS[person.standing]
        raise RefusedError(text, next_step=next_step)


def _explicit(policy: Policy, person: Person) -> _Match | None:
    slack = slack_id(person)
    entries = [entry for entry in policy.people if entry.slack == slack]
    if len(entries) > 1:
        raise _ambiguous(person)
    return _Match(entries[0].groups, entries[0].user or "") if entries else None


def _by_usergroup(policy: Policy, person: Person) -> _Match | None:
    named = [policy.usergroups[one] for one in person.usergroups if one in policy.usergroups]
    groups = tuple(dict.fromkeys(group for binding in named for group in binding.groups))
    return _Match(groups, _allowed_email(policy, person)) if named else None


def _by_domain(policy: Policy, person: Person) -> _Match | None:
    email = _allowed_email(policy, person)
    return _Match(policy.domains[_domain(email)].groups, email) if email else None


def _allowed_email(policy: Policy, person: Person) -> str:
    """Return the person's address if its domain is allowed and it is nobody else's user."""
    email = person.email if person.email == read_email(person.email) else ""
    if _domain(email) not in policy.domains:
        return ""
    if any(entry.user and entry.user.lower() == email for entry in policy.people):
        # Whoever has an entry of their own does not come here: it is somebody else's.
        raise _ambiguous(person)
    return email


def _domain(email: str) -> str:
    return email.rpartition("@")[2]


def _ours(name: str) -> str:
    # The policy's schema says so already. system:masters passes every check there is.
    if name.startswith("system:"):
        raise RefusedError(
            "The policy gives an identity of the cluster's own (system:), so nothing was done.",
            next_step="Ask the bot's admins to run `quarterdeck policy check`.",
        )
    return name


def _ambiguous(person: Person) -> RefusedError:
    return RefusedError(
        "Two entries of the policy may mean you, so neither counts.",
        next_step=f"Ask the bot's admins to name {slack_id(person)} in people, once.",
    )

"""What the policy says to a question, as a word and a sentence, for whoever writes policies."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import IntEnum

from bot.core.access import Asked, Grant
from bot.core.command import Effect
from bot.core.errors import RefusedError, UsageError
from bot.core.proposal import Consent
from bot.core.request import Person, Place, Request, Surface
from bot.policy.approvers import on_call_of
from bot.policy.decide import decide, site_of
from bot.policy.forms import is_slack_user
from bot.policy.model import Policy, PolicyPerson
from bot.policy.types import is_cluster_scoped, resource_of

_WAITS_FOR = {
    Consent.APPROVE: "somebody else's approval",
    Consent.APPROVE_TWO: "two others' approval",
}
_READS = frozenset({"get", "list", "watch"})
_DELETES = frozenset({"delete", "deletecollection"})
_ENTERS = frozenset({"exec", "attach", "portforward"})


class Word(IntEnum):
    """How a question ends, the mildest first."""

    ALLOWED = 0
    CONFIRM = 1
    APPROVE = 2
    APPROVE_TWO = 3
    REFUSED = 4

    def __str__(self) -> str:
        """Return it as it is written in expectations."""
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The policy's answer."""

    word: Word
    reason: str = ""
    next_step: str = ""
    grant: Grant | None = None
    """None: there is none to go on with."""


def judged(policy: Policy, request: Request, asked: Asked) -> Verdict:
    """Return what the policy says."""
    try:
        grant = decide(policy, request, asked)
    except RefusedError as error:
        return Verdict(Word.REFUSED, error.text, error.next_step)
    if grant.consent is Consent.NONE:
        return Verdict(Word.ALLOWED, grant=grant)
    return Verdict(Word[grant.consent.name], _waits(policy, asked, grant), grant=grant)


def _waits(policy: Policy, asked: Asked, grant: Grant) -> str:
    """Return whose approval a change waits for, and who may go on without; mostly nobody's."""
    if not grant.consent.needed:
        return ""
    placed = replace(asked, context=grant.context, namespace=grant.namespace)
    place = f"this in {grant.namespace}" if grant.namespace else "this"
    said = f"The policy wants {_WAITS_FOR[grant.consent]} for {place}: {grant.jury.words()}."
    on_call = on_call_of(policy, site_of(placed)).words()
    return f"{said} Who may break the glass: {on_call}."


def person_called(policy: Policy, who: str) -> Person:
    """Return the person of a Slack id, of a short name or of a confirmed e-mail address.

    Raises:
        UsageError: it is none of them.
    """
    entry = next((entry for entry in policy.people if _is_called(entry, who)), None)
    if entry is not None:
        return Person(f"/{entry.slack}", entry.name)
    if "@" in who:
        return Person("/", email=who.lower())
    if is_slack_user(who):
        return Person(f"/{who}")
    raise UsageError(
        f"error: the policy calls nobody {who}",
        next_step="Give a Slack id, an e-mail address, or a name that stands in people.",
    )


def request_of(person: Person, channel: str) -> Request:
    """Return a request of the person in that channel, or in none."""
    place = Place(Surface.SLASH, channel)
    return Request("explain", person, place, "", datetime.now(UTC))


def question(verb: str, resource: str, context: str = "", namespace: str = "") -> Asked:
    """Return what an RBAC verb on a type, such as `create pods/exec`, asks of the policy."""
    typed, _, subresource = resource.partition("/")
    whole = resource_of(typed)
    scoped = is_cluster_scoped(whole)
    return Asked(
        effect_of(verb, subresource),
        context,
        "" if scoped else namespace,
        resource=whole,
        subresource=subresource,
        cluster_scoped=scoped,
    )


def effect_of(verb: str, subresource: str = "") -> Effect:
    """Return the most that an RBAC verb can do."""
    if subresource in _ENTERS:
        return Effect.ENTER
    if verb in _READS:
        return Effect.READ
    return Effect.DESTROY if verb in _DELETES else Effect.CHANGE


def _is_called(entry: PolicyPerson, who: str) -> bool:
    return who == entry.slack or (entry.name != "" and who == entry.name) or _same(entry.user, who)


def _same(user: str | None, who: str) -> bool:
    return user is not None and user.lower() == who.lower()

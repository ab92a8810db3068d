"""What the policy says to a request, with its reason.

Pure: policy and request in, grant out; the cluster's RBAC decides afterwards and alone.
"""

from collections.abc import Callable, Set

from bot.core.access import Asked, Audience, Binding, Default, Grant, Rights, placed
from bot.core.command import Effect
from bot.core.errors import RefusedError
from bot.core.request import (
    Actor,
    Impersonated,
    Person,
    Place,
    Reach,
    Request,
    Standing,
    Surface,
)
from bot.policy.limits import Site, refuse_beyond, refuse_untouchable
from bot.policy.model import FIXED_USER, Channel, Gate, Policy

# Under this domain stand the extras of an impersonated request.
DOMAIN = "quarterdeck.dev"
_BY_MEMBERS = "Ask a member of the workspace to do it."
_AT_HOME = "Type it in a channel of your own organisation alone."
_LATER = "Try again in a minute. If it stays so, `quarterdeck doctor` says what is missing."
_STRANGERS = {
    Standing.GUEST: ("Guests of the workspace change nothing here.", _BY_MEMBERS),
    Standing.BOT: ("Bots change nothing here.", _BY_MEMBERS),
    Standing.DEACTIVATED: ("A deactivated account changes nothing here.", _BY_MEMBERS),
    Standing.FOREIGN: ("People of another organisation change nothing here.", _BY_MEMBERS),
    Standing.UNKNOWN: ("Slack did not say who you are, so nothing is changed.", _LATER),
}
_STRANGE_PLACES = {
    Reach.SHARED: (
        "This channel is shared with another organisation, so nothing is changed from here.",
        _AT_HOME,
    ),
    Reach.UNKNOWN: (
        "Slack did not say who reads along in this channel, so nothing is changed from here.",
        _LATER,
    ),
}


class PolicyGate:
    """Admits by the policy as it is at that moment."""

    def __init__(self, policy: Callable[[], Policy]) -> None:
        self._policy = policy

    def admit(self, request: Request, asked: Asked) -> Grant:
        """Return the grant of the policy.

        Raises:
            RefusedError: the policy says no.
        """
        return decide(self._policy(), request, asked)

    def rights(self, request: Request) -> Rights:
        """Return what the policy knows of the person.

        Raises:
            RefusedError: it knows nothing.
        """
        return rights(self._policy(), request)


def decide(policy: Policy, request: Request, asked: Asked) -> Grant:
    """Return the grant for a request from Slack.

    Raises:
        RefusedError: the person is not known, or person or place are not for such a change.
    """
    actor = _actor(policy, request)
    if asked.effect > Effect.READ:
        _refuse_strangers(request.person, request.place)
    channel = policy.channels.get(request.place.channel)
    place = Default(channel.contexts[0], channel.namespaces[0]) if channel else None
    context, namespace, origin = placed(asked, place)
    context = context or "default"
    names = {context, asked.also, "default"} if context in ("default", asked.also) else {context}
    _refuse_other_clusters(policy, names, context)
    shown_here = _belongs(channel, names, namespace) and not asked.all_namespaces
    refuse_untouchable(policy, asked)
    gate = Gate.NONE
    if asked.effect > Effect.READ:
        if channel is None or not shown_here:
            raise _not_here(request.place, channel, namespace)
        site = Site(names, "" if asked.cluster_scoped else namespace)
        gate = refuse_beyond(policy, channel, _groups(actor), asked, site)
    return Grant(
        actor,
        context,
        namespace,
        explicit_namespace=bool(asked.namespace),
        audience=Audience.CHANNEL if shown_here else Audience.PERSON,
        may_share=bool(channel and channel.share and not shown_here),
        origin=origin,
        confirm=gate is not Gate.NONE,
    )


def rights(policy: Policy, request: Request) -> Rights:
    """Return who the person is to the clusters, and the channels that are bound.

    Raises:
        RefusedError: the person is not known.
    """
    bindings = (
        Binding(channel, context, bound.namespaces)
        for channel, bound in policy.channels.items()
        for context in bound.contexts
    )
    return Rights(_actor(policy, request), tuple(bindings))


def _actor(policy: Policy, request: Request) -> Actor:
    team, _, user = request.person.key.partition("/")
    entry = policy.person(user)
    if entry is None:
        raise RefusedError(
            f"You are not in this bot's policy: your Slack id is {user} in workspace {team}.",
            next_step=f"Ask its admins to add: people: [{{slack: {user}, groups: [...]}}]",
        )
    extras = (
        (f"{DOMAIN}/person", request.person.key),
        (f"{DOMAIN}/request", request.id),
    )
    return Actor(request.person, Impersonated(FIXED_USER, entry.groups, extras))


def _groups(actor: Actor) -> tuple[str, ...]:
    return actor.identity.groups if isinstance(actor.identity, Impersonated) else ()


def _refuse_other_clusters(policy: Policy, names: Set[str], context: str) -> None:
    if policy.clusters and not names & policy.clusters.keys():
        raise RefusedError(
            f"The policy does not name the cluster {context}, so it is not used from here.",
            next_step="`config get-contexts` lists those that are.",
        )


def _refuse_strangers(person: Person, place: Place) -> None:
    refusal = _STRANGERS.get(person.standing) or _STRANGE_PLACES.get(place.reach)
    if refusal:
        text, next_step = refusal
        raise RefusedError(text, next_step=next_step)


def _belongs(channel: Channel | None, names: Set[str], namespace: str) -> bool:
    if channel is None:
        return False
    return bool(names & set(channel.contexts)) and namespace in channel.namespaces


def _not_here(place: Place, channel: Channel | None, namespace: str) -> RefusedError:
    if place.surface is Surface.DIRECT:
        return RefusedError(
            "Changes are not made in direct messages, where nobody else sees them.",
            next_step="Type it in the channel of that namespace.",
        )
    if channel is None:
        return RefusedError(
            f"This channel ({place.channel}) is bound to no namespace, so nothing changes here.",
            next_step="Type it in a channel that the policy binds, or ask to bind this one.",
        )
    bound = ", ".join(channel.namespaces)
    if namespace in channel.namespaces:
        clusters = ", ".join(channel.contexts)
        return RefusedError(
            f"This channel is for {bound} in the cluster {clusters}, and in no other.",
            next_step="Type it in a channel of that cluster.",
        )
    return RefusedError(
        f"Namespace {namespace} is not changed from this channel, which is for {bound}.",
        next_step="Type it in that namespace's channel.",
    )

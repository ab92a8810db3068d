"""What the policy says to a request, with its reason.

Pure: policy and request in, grant out; the cluster's RBAC decides afterwards and alone.
"""

from collections.abc import Callable

from bot.core.access import Asked, Audience, Grant
from bot.core.command import Effect
from bot.core.errors import RefusedError
from bot.core.request import Actor, Impersonated, Place, Request, Surface
from bot.policy.model import FIXED_USER, Channel, Policy

# Under this domain stand the extras of an impersonated request.
DOMAIN = "quarterdeck.dev"


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


def decide(policy: Policy, request: Request, asked: Asked) -> Grant:
    """Return the grant for a request from Slack.

    Raises:
        RefusedError: the person is not known, or the place is not for such a change.
    """
    actor = _actor(policy, request)
    channel = policy.channels.get(request.place.channel)
    context = asked.context or (channel.cluster if channel else "default")
    namespace = asked.namespace or (channel.namespaces[0] if channel else "")
    shown_here = _belongs(channel, (context, asked.also), namespace) and not asked.all_namespaces
    if asked.effect > Effect.READ and not shown_here:
        raise _not_here(request.place, channel, namespace)
    return Grant(
        actor,
        context,
        namespace,
        explicit_namespace=bool(asked.namespace),
        audience=Audience.CHANNEL if shown_here else Audience.PERSON,
    )


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


def _belongs(channel: Channel | None, names: tuple[str, str], namespace: str) -> bool:
    if channel is None:
        return False
    return channel.cluster in names and namespace in channel.namespaces


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
        return RefusedError(
            f"This channel is for {bound} in the cluster {channel.cluster}, and in no other.",
            next_step="Type it in a channel of that cluster.",
        )
    return RefusedError(
        f"Namespace {namespace} is not changed from this channel, which is for {bound}.",
        next_step="Type it in that namespace's channel.",
    )

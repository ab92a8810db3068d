"""What the policy says to a request, with its reason.

Pure: policy and request in, grant out; the cluster's RBAC decides afterwards and alone.
"""

from collections.abc import Callable, Set
from datetime import datetime

from bot.core.access import Asked, Audience, Binding, Default, Grant, Known, Lack, Rights, placed
from bot.core.command import Effect
from bot.core.errors import RefusedError
from bot.core.proposal import Consent, Hold, Jury, Party, Weekly
from bot.core.request import Actor, Identity, Impersonated, Place, Reach, Request, Surface
from bot.core.signals import Signal
from bot.core.task import Task
from bot.policy.approvers import jury_of, may_hold, on_call_of, sits_on, usergroups_of
from bot.policy.freezes import calendar, frozen
from bot.policy.limits import Site, admins, refuse_beyond, refuse_untouchable
from bot.policy.model import Channel, Policy
from bot.policy.newcomers import introduction
from bot.policy.people import identify, party, usergroups
from bot.policy.signals import signals_of
from bot.policy.tasks import tasks_of
from bot.policy.tiers import advise
from bot.policy.whoami import known

# Under this domain stand the extras of an impersonated request.
DOMAIN = "quarterdeck.dev"
_AT_HOME = "Type it in a channel of your own organisation alone."
_LATER = "Try again in a minute. If it stays so, `quarterdeck doctor` says what is missing."
_STRANGE_PLACES = {
    Reach.SHARED: (
        "This channel is shared with another organisation, so nothing is changed from here.",
        _AT_HOME,
    ),
    Reach.ARCHIVED: (
        "This channel is archived, so nothing is changed from here.",
        "Type it in a channel that is in use.",
    ),
    Reach.ABSENT: (
        "I am not in this channel, so nothing is changed from here.",
        "Invite me with `/invite`, and type it again.",
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

    def known(self, request: Request, asked: Asked, actor: Actor) -> Known:
        """Return how the policy knows the person, and what it allows where they ask."""
        return known(self._policy(), request, asked, actor)

    def advise(self, identity: Identity, lack: Lack) -> str:
        """Return whom to ask for a right that the cluster refuses, and for what."""
        return advise(identity, lack, admins(self._policy()))

    def usergroups(self, request: Request) -> frozenset[str]:
        """Return the ids of the user groups that decide who the person is, or that approve."""
        policy = self._policy()
        return usergroups(policy, request.person) | usergroups_of(policy)

    def party(self, request: Request) -> Party:
        """Return who the person is among those who ask and approve."""
        return party(self._policy(), request.person)

    def sits(self, request: Request, asked: Asked, jury: Jury) -> bool:
        """Tell whether the person is one of the jury, and of those whom the policy names by now."""
        policy = self._policy()
        juries = (jury, jury_of(policy, site_of(asked)))
        return all(sits_on(policy, request.person, one) for one in juries)

    def on_call(self, request: Request, asked: Asked) -> bool:
        """Tell whether the person may break the glass there."""
        policy = self._policy()
        return sits_on(policy, request.person, on_call_of(policy, site_of(asked)))

    def tasks(self) -> tuple[Task, ...]:
        """Return every task of the policy."""
        return tasks_of(self._policy())

    def frozen(self, asked: Asked, now: datetime) -> Hold | None:
        """Return what the calendar of the policy holds there at that moment."""
        return frozen(self._policy(), asked.context, site_of(asked), now)

    def calendar(self, now: datetime) -> tuple[Weekly, ...]:
        """Return the calendar of the policy."""
        return calendar(self._policy(), now)

    def signals(self) -> tuple[Signal, ...]:
        """Return what the policy measures of every app."""
        return signals_of(self._policy())

    def may_hold(self, request: Request, context: str, namespace: str, also: str = "") -> bool:
        """Tell whether the person may freeze and lock there."""
        site = site_of(Asked(Effect.CHANGE, context, namespace, also=also))
        return may_hold(self._policy(), request.person, site)

    def rights(self, request: Request, also: str = "") -> Rights:
        """Return what the policy knows of the person; `also` is the default context's own name.

        Raises:
            RefusedError: it knows nothing.
        """
        return rights(self._policy(), request, also)


def decide(policy: Policy, request: Request, asked: Asked) -> Grant:
    """Return the grant for a request from Slack.

    Raises:
        RefusedError: the person is not known, or person or place are not for such a change.
    """
    channel = policy.channels.get(request.place.channel)
    place = Default(channel.contexts[0], channel.namespaces[0]) if channel else None
    context, namespace, origin = placed(asked, place)
    context = context or "default"
    actor = _actor(policy, request, asked, context)
    if asked.effect > Effect.READ:
        _refuse_strange_places(request.place)
    names = _names(context, asked.also)
    _refuse_other_clusters(policy, names, context)
    shown_here = _belongs(channel, names, namespace) and not asked.all_namespaces
    refuse_untouchable(policy, asked)
    gate, jury, on_call = Consent.NONE, Jury(), False
    if asked.effect > Effect.READ:
        if channel is None or not shown_here:
            raise _not_here(request.place, channel, namespace)
        site = Site(names, "" if asked.cluster_scoped else namespace)
        gate = refuse_beyond(policy, channel, _groups(actor), asked, site)
        jury = jury_of(policy, site) if gate.needed else jury
        on_call = on_call_of(policy, site) != Jury()
    strangers = request.place.reach in (Reach.SHARED, Reach.UNKNOWN)
    return Grant(
        actor,
        context,
        namespace,
        explicit_namespace=bool(asked.namespace),
        audience=Audience.CHANNEL if shown_here and not strangers else Audience.PERSON,
        may_share=bool(channel and channel.share and not shown_here and not strangers),
        origin=origin,
        consent=gate,
        jury=jury,
        on_call=on_call,
    )


def site_of(asked: Asked) -> Site:
    """Return the place that a question about one object names itself."""
    names = _names(asked.context or "default", asked.also)
    return Site(names, "" if asked.cluster_scoped else asked.namespace)


def rights(policy: Policy, request: Request, also: str = "") -> Rights:
    """Return who the person is to the clusters, and the channels that are bound.

    Raises:
        RefusedError: the person is not known.
    """
    bindings = (
        Binding(channel, context, bound.namespaces)
        for channel, bound in policy.channels.items()
        for context in bound.contexts
    )
    asked = Asked(Effect.READ, also=also)
    return Rights(_actor(policy, request, asked, "default"), tuple(bindings))


def _actor(policy: Policy, request: Request, asked: Asked, context: str) -> Actor:
    """Return who the person is to the context."""
    other_name = {"default": asked.also, asked.also: "default"}.get(context, "")
    mode = policy.mode(context, other_name)
    identity = identify(policy, request.person, mode)
    if identity is None:
        raise introduction(policy, request, mode, asked.namespace)
    extras = (
        (f"{DOMAIN}/person", request.person.key),
        (f"{DOMAIN}/request", request.id),
    )
    return Actor(request.person, Impersonated(identity.user, identity.groups, extras))


def _names(context: str, also: str) -> Set[str]:
    return {context, also, "default"} if context in ("default", also) else {context}


def _groups(actor: Actor) -> tuple[str, ...]:
    return actor.identity.groups if isinstance(actor.identity, Impersonated) else ()


def _refuse_other_clusters(policy: Policy, names: Set[str], context: str) -> None:
    if policy.clusters and not names & policy.clusters.keys():
        raise RefusedError(
            f"The policy does not name the cluster {context}, so it is not used from here.",
            next_step="`config get-contexts` lists those that are.",
        )


def _refuse_strange_places(place: Place) -> None:
    if place.reach in _STRANGE_PLACES:
        text, next_step = _STRANGE_PLACES[place.reach]
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

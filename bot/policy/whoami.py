"""What the policy would say to somebody who asks how it knows them, and what their place is for.

Pure. It explains and decides nothing: who somebody is to a cluster stands in their grant.
"""

from bot.core.access import Asked, Here, Known
from bot.core.command import Effect
from bot.core.request import Actor, Person, Request
from bot.policy.model import Policy


def known(policy: Policy, request: Request, asked: Asked, actor: Actor) -> Known:
    """Return how the policy knows the person, and what it allows where they ask."""
    channel = policy.channels.get(request.place.channel)
    here = Here()
    if channel is not None:
        here = Here(channel.contexts, channel.namespaces, Effect(channel.ceiling))
    mode = policy.mode(asked.context, asked.also)
    return Known(actor, _source(policy, request.person), mode, here)


def _source(policy: Policy, person: Person) -> str:
    """Return what names the person, in the policy's own words; the first that matches counts."""
    slack = person.key.partition("/")[2]
    if policy.person(slack) is not None:
        return f"people, by your Slack id {slack}"
    if groups := [group for group in person.usergroups if group in policy.usergroups]:
        return f"usergroups, by your membership in {', '.join(groups)}"
    domain = person.email.rpartition("@")[2]
    return f"domains, by your confirmed address in {domain}" if domain in policy.domains else ""

"""How far a change may go: never touched, channel, tier, gate; each refusal says who can help.

Pure. Everything here takes away: the cluster's RBAC decides afterwards and alone.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from bot.core.access import Asked
from bot.core.command import Effect
from bot.core.errors import RefusedError
from bot.core.proposal import Consent
from bot.policy.gates import gate_of, is_protected, matches
from bot.policy.kinds import forbidden
from bot.policy.model import Channel, Policy, Tier

_DOES = {
    Effect.READ: "read",
    Effect.CHANGE: "change things",
    Effect.ENTER: "enter containers",
    Effect.DESTROY: "delete things",
}


@dataclass(frozen=True, slots=True)
class Site:
    """Where a request acts: the names of its cluster, and its namespace."""

    contexts: Set[str]
    namespace: str


def refuse_untouchable(policy: Policy, asked: Asked) -> None:
    """Refuse what is done for nobody.

    Raises:
        RefusedError: the type is one that is never touched.
    """
    if forbidden(policy, asked):
        kind = f"{asked.resource}/{asked.subresource}" if asked.subresource else asked.resource
        raise RefusedError(
            f"Objects of the type {kind} are not touched from here, whoever asks.",
            next_step="Whoever has the right in the cluster does it with kubectl.",
        )


def refuse_beyond(
    policy: Policy, channel: Channel, groups: Sequence[str], asked: Asked, site: Site
) -> Consent:
    """Return the gate of a change, unless channel or tier do not let it through.

    Raises:
        RefusedError: it is more than the channel or the tier of the person is for.
    """
    if asked.effect > channel.ceiling:
        raise RefusedError(
            f"The policy does not let anybody {_DOES[asked.effect]} from this channel.",
            next_step=f"Type it in a channel that is for it, or ask {admins(policy)}.",
        )
    if asked.cluster_scoped and not channel.cluster_scoped:
        raise RefusedError(
            "This channel is for namespaces, and what you name belongs to none.",
            next_step=f"Type it in a channel that is for it, or ask {admins(policy)}.",
        )
    if asked.effect > ceiling_of(policy, groups):
        raise RefusedError(
            f"The policy does not let you {_DOES[asked.effect]}: your tier ends below that.",
            next_step=f"Ask {admins(policy)} for a group of a higher tier.",
        )
    return consent_of(policy, asked, site)


def consent_of(policy: Policy, asked: Asked, site: Site) -> Consent:
    """Return what a change waits for, whoever asks."""
    guarded = asked.cluster_scoped or is_protected(policy, site.namespace, asked.name)
    return gate_of(policy, asked.effect, site.namespace, guarded, site.contexts)


def refuse_argv(policy: Policy, namespace: str, argv: Sequence[str]) -> None:
    """Refuse a command inside of a container that is on no list.

    Raises:
        RefusedError: no line of the policy's `exec.allow` is this command.
    """
    for rule in policy.exec.allow:
        named = not rule.namespaces or matches(namespace, rule.namespaces)
        if named and _same(rule.argv, argv):
            return
    raise RefusedError(
        f"The policy allows no such command in containers of {namespace}.",
        next_step=f"Ask {admins(policy)} to add it to exec: {{allow: [{{argv: [...]}}]}}.",
    )


def ceiling_of(policy: Policy, groups: Iterable[str]) -> Effect:
    """Return the most that somebody of these groups does; whoever is in no tier only reads."""
    if not policy.tiers:
        return Effect.DESTROY
    return max((tier.ceiling for tier in tiers_of(policy, groups)), default=Effect.READ)


def tiers_of(policy: Policy, groups: Iterable[str]) -> tuple[Tier, ...]:
    """Return the tiers that these groups belong to."""
    held = set(groups)
    return tuple(tier for tier in policy.tiers.values() if not held.isdisjoint(tier.groups))


def admins(policy: Policy) -> str:
    """Return whom to ask for more, as the middle of a sentence."""
    where = f" (channel {policy.admin_channel})" if policy.admin_channel else ""
    return f"the bot's admins{where}"


def _same(rule: Sequence[str], argv: Sequence[str]) -> bool:
    # An option where a word was left open could make a harmless program run another one.
    return len(rule) == len(argv) and all(
        ours == word or (ours == "*" and word != "" and not word.startswith("-"))
        for ours, word in zip(rule, argv, strict=True)
    )

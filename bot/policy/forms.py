"""The words that may stand in a policy file: ids, names, groups and effects, each with its form."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from bot.core.command import Effect


def _not_the_clusters_own(name: str) -> str:
    # system:masters passes every check there is.
    if name.startswith("system:"):
        raise ValueError("identities of the cluster's own (system:) are not given to people")
    return name


def _effect(word: object) -> object:
    if isinstance(word, Effect):
        return word
    if isinstance(word, str) and word in _EFFECTS:
        return Effect[word.upper()]
    raise ValueError(f"the effects are {', '.join(_EFFECTS)}")


_EFFECTS = tuple(effect.name.lower() for effect in Effect)

# The form of Slack's ids (Slack's API types: C channel, G private group, D direct, U and W user,
# S user group).
SlackUser = Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{2,}$")]
SlackChannel = Annotated[str, Field(pattern=r"^[CGD][A-Z0-9]{2,}$")]
SlackUserGroup = Annotated[str, Field(pattern=r"^S[A-Z0-9]{2,}$")]

# DNS labels (RFC 1123), as Kubernetes takes them for namespaces; a pattern may also hold `*`.
Namespace = Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
NamespacePattern = Annotated[str, Field(pattern=r"^[-a-z0-9*]{1,63}$")]
NamePattern = Annotated[str, Field(pattern=r"^[-a-z0-9.:*]{1,253}$")]

ContextName = Annotated[str, Field(pattern=r"^\S+$")]
TierName = Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]

# Printable ASCII without a space: what an impersonation header carries unchanged.
Group = Annotated[str, Field(pattern=r"^[!-~]+$"), AfterValidator(_not_the_clusters_own)]
# `Impersonate-User` of a person is an e-mail address; its case is the cluster's business.
Email = Annotated[str, Field(pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")]
MailDomain = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]

# A type as kubectl writes it, perhaps with its group and a subresource: `pods/exec`,
# `deployments.apps`, `*.cert-manager.io`. Without a group, the types of that name in every group.
Kind = Annotated[
    str, Field(pattern=r"^([a-z0-9-]+(\.[a-z0-9.-]+)?|\*\.[a-z0-9.-]+)(/([a-z]+|\*))?$")
]

EffectName = Annotated[
    Effect,
    BeforeValidator(_effect),
    PlainSerializer(lambda effect: effect.name.lower(), return_type=str),
    WithJsonSchema({"enum": list(_EFFECTS)}),
]

"""The words that may stand in a policy file: ids, names, groups and effects, each with its form."""

import re
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from bot.core.command import Effect

# The form of Slack's ids (Slack's API types: C channel, G private group, D direct, U and W user,
# S user group).
_USER = r"^[UW][A-Z0-9]{2,}$"
_CHANNEL = r"^[CGD][A-Z0-9]{2,}$"
_USER_GROUP = r"^S[A-Z0-9]{2,}$"

# DNS labels (RFC 1123), as Kubernetes takes them for namespaces; a pattern may also hold `*`.
_LABEL = r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"
_LABELS = r"^[-a-z0-9*]{1,63}$"
_NAMES = r"^[-a-z0-9.:*]{1,253}$"
_CONTEXT = r"^\S+$"

# Printable ASCII without a space: what an impersonation header carries unchanged.
_GROUP = r"^[!-~]+$"
# `Impersonate-User` of a person is an e-mail address; its case is the cluster's business.
_EMAIL = r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
_DOMAIN = r"^[a-z0-9-]+(\.[a-z0-9-]+)+$"
_PARAMETER = r"^[a-z][a-z0-9_-]{0,62}$"
# What stands behind a dollar in a template of PromQL, where a dash is a minus.
_PLACE = r"^[a-z][a-z0-9_]{0,62}$"
_SHORT_NAME = r"^[a-z0-9._-]*$"
_HOUR = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
_ZONE = r"^[A-Za-z][A-Za-z0-9_+/-]{0,63}$"
_KIND = r"^([a-z0-9-]+(\.[a-z0-9.-]+)?|\*\.[a-z0-9.-]+)(/[a-z]+)?$"

FORMS = {
    _USER: "a Slack user id, such as U0123456789",
    _CHANNEL: "a Slack channel id, such as C0123456789, never a channel's name",
    _USER_GROUP: "a Slack user group's id, such as S0123456789, never its name",
    _LABEL: "a name of lower-case letters, digits and dashes, such as shop-test",
    _LABELS: "a namespace, in which * stands for any letters, such as kube-*",
    _NAMES: "an object's name, in which * stands for any letters, such as postgres-*",
    _CONTEXT: "a context's name, such as default",
    _GROUP: "a Kubernetes group, such as quarterdeck:viewers",
    _EMAIL: "an e-mail address, such as ada@example.com",
    _DOMAIN: "a mail domain in lower case, such as example.com",
    _PARAMETER: "a parameter's name in lower case, such as app",
    _PLACE: "a parameter's name in lower case without dashes, such as queue",
    _SHORT_NAME: "a short name in lower case, such as ada",
    _HOUR: "a time of the day, such as 17:00",
    _ZONE: "a time zone, such as Europe/Berlin",
    _KIND: "a type's plural, such as secrets, pods/exec, deployments.apps or *.cert-manager.io",
}
"""What each pattern stands for, as the end of a sentence that says what must be written."""


def is_slack_user(text: str) -> bool:
    """Tell whether a text has the form of a Slack user's id."""
    return re.search(_USER, text) is not None


def _not_the_clusters_own(name: str) -> str:
    # system:masters passes every check there is.
    if name.startswith("system:"):
        raise ValueError("names an identity of the cluster's own (system:), which nobody is given")
    return name


def _effect(word: object) -> object:
    if isinstance(word, Effect):
        return word
    if isinstance(word, str) and word in _EFFECTS:
        return Effect[word.upper()]
    raise ValueError("must be 'read', 'change', 'enter' or 'destroy'")


def _a_number(version: object) -> object:
    if isinstance(version, bool):  # which Python takes for a number: True is 1
        return str(version)
    return version


def _a_known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"must be {FORMS[_ZONE]}; there is no {name}") from error
    return name


_EFFECTS = tuple(effect.name.lower() for effect in Effect)

Version = Annotated[Literal[1], BeforeValidator(_a_number)]
SlackUser = Annotated[str, Field(pattern=_USER)]
SlackChannel = Annotated[str, Field(pattern=_CHANNEL)]
SlackUserGroup = Annotated[str, Field(pattern=_USER_GROUP)]
Namespace = Annotated[str, Field(pattern=_LABEL)]
NamespacePattern = Annotated[str, Field(pattern=_LABELS)]
NamePattern = Annotated[str, Field(pattern=_NAMES)]
ContextName = Annotated[str, Field(pattern=_CONTEXT)]
TierName = Annotated[str, Field(pattern=_LABEL)]
Group = Annotated[
    str,
    Field(pattern=_GROUP, json_schema_extra={"not": {"pattern": "^system:"}}),
    AfterValidator(_not_the_clusters_own),
]
Email = Annotated[str, Field(pattern=_EMAIL)]
MailDomain = Annotated[str, Field(pattern=_DOMAIN)]
ParameterName = Annotated[str, Field(pattern=_PARAMETER)]
PlaceName = Annotated[str, Field(pattern=_PLACE)]
TaskName = Annotated[str, Field(pattern=_LABEL)]
Hour = Annotated[str, Field(pattern=_HOUR)]
TimeZone = Annotated[str, Field(pattern=_ZONE), AfterValidator(_a_known_zone)]
SignalName = Annotated[str, Field(pattern=_PARAMETER)]
ShortText = Annotated[str, Field(max_length=150)]
ShortName = Annotated[str, Field(pattern=_SHORT_NAME)]

# A type as kubectl writes it, perhaps with its group and a subresource. Without a group: the types
# of that name in every group; without a subresource: all of them.
Kind = Annotated[str, Field(pattern=_KIND)]

EffectName = Annotated[
    Effect,
    BeforeValidator(_effect),
    PlainSerializer(lambda effect: effect.name.lower(), return_type=str),
    WithJsonSchema({"enum": list(_EFFECTS)}),
]

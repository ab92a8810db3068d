"""The policy file: people, channels, tiers, gates, and what is never touched.

It only narrows: rights are the cluster's own RBAC, and a group named here has none of its own.
"""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from bot.core.command import Effect
from bot.core.errors import UsageError
from bot.core.measures import UNITS, read_unit
from bot.core.parameters import Parameter, ParameterType
from bot.core.proposal import Consent
from bot.core.task import PLACE
from bot.policy.forms import (
    ContextName,
    EffectName,
    Email,
    Group,
    Hour,
    Kind,
    MailDomain,
    NamePattern,
    Namespace,
    NamespacePattern,
    ParameterName,
    PlaceName,
    ShortName,
    ShortText,
    SignalName,
    SlackChannel,
    SlackUser,
    SlackUserGroup,
    TaskName,
    TierName,
    TimeZone,
    Version,
)
from bot.prometheus.templates import PLACES, check

# Every impersonated person of a cluster in groups mode is this one user: no binding names it, all
# rights come from groups.
FIXED_USER = "quarterdeck:user"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Mode(StrEnum):
    """As whom a cluster sees people."""

    GROUPS = "groups"
    """As the fixed user with the person's groups; the person stands in an extra."""
    USERS = "users"
    """As the person's own user, an e-mail address, with their groups."""


class Cluster(_Model):
    """How people are presented to one cluster."""

    mode: Mode = Mode.GROUPS
    """groups: as one fixed user with the person's groups; users: as the person's own user."""


class Channel(_Model):
    """What a channel is for."""

    cluster: ContextName = "default"
    """A context's name; `default` is the default context."""
    clusters: tuple[ContextName, ...] = ()
    """Several contexts, in place of `cluster`; the first is meant when none is typed."""
    namespaces: tuple[Namespace, ...] = Field(min_length=1)
    """The first is meant when none is typed; answers about others are private."""
    ceiling: EffectName = Field(default=Effect.DESTROY, json_schema_extra={"default": "destroy"})
    """The most that is done from here: read, change, enter or destroy."""
    cluster_scoped: StrictBool = False
    """Whether objects outside of namespaces, such as nodes, may be changed from here."""
    share: StrictBool = False
    """Whether people may show answers here that are private to them."""

    @property
    def contexts(self) -> tuple[str, ...]:
        """Return every context of the channel, the default one first."""
        return self.clusters or (self.cluster,)

    @model_validator(mode="after")
    def _one_way_to_name_clusters(self) -> "Channel":
        if self.clusters and self.cluster not in ("default", *self.clusters):
            raise _wrong(("cluster",), "stands beside clusters; write one of them")
        return self


class PolicyPerson(_Model):
    """One person, bound by their Slack id."""

    slack: SlackUser
    """Their Slack id, never a name."""
    groups: tuple[Group, ...] = ()
    """The Kubernetes groups that their requests carry."""
    user: Email | None = None
    """Their Kubernetes user in clusters of the mode `users`."""
    name: ShortName = ""
    """A short name for `quarterdeck policy explain`; it decides nothing."""

    @model_validator(mode="after")
    def _somebody_to_the_cluster(self) -> "PolicyPerson":
        if not self.groups and self.user is None:
            raise _wrong(("groups",), "is missing, and so is user; a person needs one of them")
        return self


class Binding(_Model):
    """What the people of a Slack user group or of a mail domain are given."""

    groups: tuple[Group, ...] = Field(min_length=1)
    """The Kubernetes groups that their requests carry."""


Rate = Annotated[int, Field(strict=True, ge=0, le=100_000)]


class PerMinute(_Model):
    """How many requests of each effect a person may make in a minute; without a number: any."""

    read: Rate | None = None
    change: Rate | None = None
    enter: Rate | None = None
    destroy: Rate | None = None

    def of(self, effect: Effect) -> int | None:
        """Return the number for an effect; None: any."""
        rates = (self.read, self.change, self.enter, self.destroy)
        return rates[effect]


class Tier(_Model):
    """What people of some Kubernetes groups may do at most through the bot, and how often."""

    groups: tuple[Group, ...] = Field(min_length=1)
    """The Kubernetes groups whose members are in this tier."""
    ceiling: EffectName
    """The most that they do: read, change, enter or destroy."""
    per_minute: PerMinute = PerMinute()
    """How many requests of each effect each person may make in a minute."""


class GateRule(_Model):
    """One line of the gates; the first that matches holds."""

    clusters: tuple[ContextName, ...] = ()
    """Without any: every cluster."""
    namespaces: tuple[NamespacePattern, ...] = ()
    """Without any: every namespace."""
    effect: Literal["change", "enter", "destroy"] | None = None
    """Without one: every change."""
    gate: Consent
    """none, confirm (by the person), approve (by another) or approve-two (by two others)."""


class Named(_Model):
    """Some people for some places; of a list, the first entry that matches a place holds."""

    clusters: tuple[ContextName, ...] = ()
    """Without any: every cluster."""
    namespaces: tuple[NamespacePattern, ...] = ()
    """Without any: every namespace, and what belongs to none."""
    people: tuple[SlackUser, ...] = ()
    """Their Slack ids, never names."""
    usergroups: tuple[SlackUserGroup, ...] = ()
    """The members of Slack user groups, by their ids."""
    groups: tuple[Group, ...] = ()
    """Those whose requests carry one of these Kubernetes groups."""

    @model_validator(mode="after")
    def _somebody(self) -> "Named":
        if not (self.people or self.usergroups or self.groups):
            text = "is missing, and so are usergroups and groups; somebody has to be named"
            raise _wrong(("people",), text)
        return self


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The days of a week, as `datetime` counts them."""


class Freeze(_Model):
    """A time of every week at which nobody changes anything in some places."""

    clusters: tuple[ContextName, ...] = ()
    """Without any: every cluster."""
    namespaces: tuple[NamespacePattern, ...] = ()
    """Without any: every namespace, and what belongs to none."""
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = ()
    """On which days it begins; without any: on every day."""
    from_: Hour = Field(default="00:00", alias="from")
    """When it begins, on the clock on the wall."""
    to: Hour = "24:00"
    """When it ends; what is not later than `from` is of the next day."""
    timezone: TimeZone = "UTC"
    """Whose clock that is."""
    reason: Annotated[ShortText, Field(min_length=1)]
    """Why: whoever is stopped reads it."""

    @model_validator(mode="after")
    def _begins_on_its_day(self) -> "Freeze":
        if self.from_ == "24:00":
            raise _wrong(("from",), "is 24:00; write 00:00 and the day after")
        return self


class Approvals(_Model):
    """How approvals are collected."""

    # A day: who approves later approves what nobody remembers.
    minutes: Annotated[int, Field(strict=True, ge=1, le=1440)] = 60
    """How long a change waits for somebody else's approval."""


class Protected(_Model):
    """What no change touches without somebody else's approval; a `*` stands for any letters."""

    namespaces: tuple[NamespacePattern, ...] = ()
    """In addition to those of Kubernetes itself, and to the bot's own."""
    names: tuple[NamePattern, ...] = ()
    """Names of objects of any type, in any namespace."""


class Never(_Model):
    """What the bot changes for nobody, whatever their rights are."""

    kinds: tuple[Kind, ...] = ()
    """In addition to those that are built in, such as `clusterroles` and `pods/proxy`."""


class ExecRule(_Model):
    """One command that may be run inside of containers."""

    argv: tuple[str, ...] = Field(min_length=1)
    """Its words; a word `*` stands for any one word that does not begin with a dash."""
    namespaces: tuple[NamespacePattern, ...] = ()
    """Without any: every namespace."""

    @model_validator(mode="after")
    def _a_program_is_named(self) -> "ExecRule":
        if self.argv[0] in ("", "*"):
            raise _wrong(("argv", 0), "must name the program; only later words may be *")
        return self


class Exec(_Model):
    """What may be run inside of containers; as long as nothing is allowed, nothing is."""

    allow: tuple[ExecRule, ...] = ()
    """The commands; the first that matches is enough."""


class PolicyParameter(_Model):
    """One value that a task or a signal needs."""

    type: ParameterType = "word"
    """name: as Kubernetes names objects; word: one word that is no flag; integer; number;
    duration: such as 1h30m; text: any text in one line, for signals alone."""
    allowed: tuple[str, ...] = ()
    """The values that may stand there; without any: every one of its type."""
    default: str = ""
    """The value where none is given; without one it must be."""
    minimum: int | float | None = None
    """The least number."""
    maximum: int | float | None = None
    """The greatest number."""
    summary: ShortText = ""
    """The question that is asked for it."""

    @model_validator(mode="after")
    def _of_one_type(self) -> "PolicyParameter":
        known = replace(self.known("value"), default="")
        for place, value in _placed(self.allowed, self.default):
            try:
                known.check(value)
            except UsageError as error:
                text = error.text.removeprefix("error: value ")
                raise _wrong(place, text) from error
        return self

    def known(self, name: str) -> Parameter:
        """Return it as the rest of the house knows it."""
        limits = (self.allowed, self.default, self.minimum, self.maximum)
        return Parameter(name, self.type, *limits, self.summary)


class Task(_Model):
    """Phrases that are run together by a name, as one change under the same gates."""

    summary: ShortText = ""
    """What it is for."""
    parameters: dict[ParameterName, PolicyParameter] = {}
    """Its values, by the names that stand in braces in the phrases."""
    phrases: tuple[str, ...] = Field(min_length=1)
    """What would be typed, such as `rollout restart deploy/{app} -n shop`."""

    @model_validator(mode="after")
    def _values_are_words(self) -> "Task":
        for name, parameter in self.parameters.items():
            if parameter.type == "text":
                text = "is text, which may be several words or a flag; a task takes word"
                raise _wrong(("parameters", name, "type"), text)
        return self

    @model_validator(mode="after")
    def _braces_are_parameters(self) -> "Task":
        for index, phrase in enumerate(self.phrases):
            for name in PLACE.findall(phrase):
                if name not in self.parameters:
                    text = f"names {{{name}}}, which is not among the parameters"
                    raise _wrong(("phrases", index), text)
        return self


class Signal(_Model):
    """One thing that `prom app` shows of every app.

    Expressions hold `$namespace`, `$name`, `$pods`, `$window`, `$range`, `$namespace_label` and its
    parameters, without quotes.
    """

    title: ShortText
    """What it is called in the table."""
    expressions: tuple[str, ...] = Field(min_length=1)
    """PromQL, one for each way of naming; the first that there is data for holds."""
    unit: str = "number"
    """What it is measured in, such as `seconds`, `bytes/s`, `ratio` or `number`."""
    request: tuple[str, ...] = ()
    """PromQL for what was asked for, likewise."""
    limit: tuple[str, ...] = ()
    """PromQL for what it is limited to, likewise."""
    warning: float | None = None
    """From which value on it deserves a look."""
    critical: float | None = None
    """From which value on something is wrong."""
    parameters: dict[PlaceName, PolicyParameter] = {}
    """What is typed as NAME=VALUE, and stands in the templates as `$` and its name."""

    @model_validator(mode="after")
    def _readable(self) -> "Signal":
        if read_unit(self.unit) is None:
            raise _wrong(("unit",), f"is no unit; there are {', '.join(UNITS)}")
        parameters = tuple(one.known(name) for name, one in self.parameters.items())
        for name in set(self.parameters) & set(PLACES):
            raise _wrong(("parameters", name), "is the name of a place that is filled already")
        for field in ("expressions", "request", "limit"):
            for index, template in enumerate(getattr(self, field)):
                try:
                    check(template, parameters)
                except ValueError as error:
                    raise _wrong((field, index), f"is no template of PromQL: {error}") from error
        return self


class Metrics(_Model):
    """What is shown of apps by what is measured."""

    signals: dict[SignalName, Signal] = {}
    """Beside the built-in ones, by name; of the same name it takes their place."""


class Policy(_Model):
    """The whole policy file."""

    version: Version
    """The version of this file's form."""
    clusters: dict[ContextName, Cluster] = {}
    """The contexts that people may use, by their names; empty: every one of the kubeconfig."""
    admin_channel: SlackChannel | None = None
    """Where the bot tells what is wrong with itself, such as a policy that cannot be read."""
    own_namespace: Namespace = "quarterdeck"
    """The bot's own namespace, which is always protected."""
    channels: dict[SlackChannel, Channel] = {}
    """What each channel is for, by its id."""
    people: tuple[PolicyPerson, ...] = ()
    """Explicit bindings; they win over the others."""
    usergroups: dict[SlackUserGroup, Binding] = {}
    """What the members of a Slack user group are given, by its id."""
    domains: dict[MailDomain, Binding] = {}
    """What people with a confirmed e-mail address of exactly that domain are given."""
    tiers: dict[TierName, Tier] = {}
    """Without any, tiers limit nothing; with any, whoever is in none of them only reads."""
    gates: tuple[GateRule, ...] = ()
    """What changes wait for; the first rule that matches holds."""
    approvers: tuple[Named, ...] = ()
    """Who approves changes; where nobody is named, whoever could make the change."""
    on_call: tuple[Named, ...] = ()
    """Who may break the glass: make a change without the approvals that it needs."""
    approval_channel: SlackChannel | None = None
    """Where approvals are asked for that come from no channel, as from a terminal."""
    approvals: Approvals = Approvals()
    """How long changes wait for approval."""
    freezes: tuple[Freeze, ...] = ()
    """When nobody changes anything in some places, week by week."""
    protected: Protected = Protected()
    """What no change touches without somebody else's approval."""
    never: Never = Never()
    """What the bot changes for nobody."""
    exec: Exec = Exec()
    """What may be run inside of containers."""
    tasks: dict[TaskName, Task] = {}
    """What people run by a name: phrases with limited values, under the same gates."""
    metrics: Metrics = Metrics()
    """What `prom app` and `prom compare` show of every app."""

    @model_validator(mode="after")
    def _each_once(self) -> "Policy":
        _refuse_twice("slack", [person.slack for person in self.people])
        _refuse_twice("name", [person.name for person in self.people])
        for name, group in self._repeated_groups():
            raise _wrong(("tiers", name, "groups"), f"names {group}, as an earlier tier does")
        return self

    @model_validator(mode="after")
    def _users_have_names(self) -> "Policy":
        if any(cluster.mode is Mode.USERS for cluster in self.clusters.values()):
            for index, person in enumerate(self.people):
                if person.user is None:
                    text = "is missing; a cluster has the mode users, so each person needs one"
                    raise _wrong(("people", index, "user"), text)
        return self

    @property
    def knows_somebody(self) -> bool:
        """Return whether anybody can be answered."""
        return bool(self.people or self.usergroups or self.domains)

    def summary(self) -> str:
        """Return what it names, such as `1 person, 2 channels`."""
        parts = (
            (len(self.people), "person", "people"),
            (len(self.usergroups), "user group", "user groups"),
            (len(self.domains), "mail domain", "mail domains"),
            (len(self.channels), "channel", "channels"),
            (len(self.tiers), "tier", "tiers"),
            (len(self.approvers), "entry of approvers", "entries of approvers"),
            (len(self.freezes), "weekly freeze", "weekly freezes"),
        )
        named = [f"{n} {one if n == 1 else many}" for n, one, many in parts if n]
        return ", ".join(named) or "nobody and nothing"

    def person(self, slack: str) -> PolicyPerson | None:
        """Return the entry of a Slack user id."""
        return next((person for person in self.people if person.slack == slack), None)

    def mode(self, context: str, also: str = "") -> Mode:
        """Return how people are presented to a context, which may have a second name."""
        named = self.clusters.get(context) or self.clusters.get(also)
        return named.mode if named else Mode.GROUPS

    def _repeated_groups(self) -> Iterable[tuple[str, str]]:
        seen: set[str] = set()
        for name, tier in self.tiers.items():
            yield from ((name, group) for group in tier.groups if group in seen)
            seen.update(tier.groups)


def _placed(allowed: tuple[str, ...], default: str) -> Iterable[tuple[tuple[str | int, ...], str]]:
    """Yield what must be a value of the parameter, with its place."""
    yield from ((("allowed", index), value) for index, value in enumerate(allowed))
    if default:
        yield ("default",), default


def _refuse_twice(field: str, values: list[str]) -> None:
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value in seen:
            raise _wrong(("people", index, field), f"is {value}, as an earlier entry is")
        seen.update(filter(None, [value]))


def _wrong(place: tuple[str | int, ...], text: str) -> PydanticCustomError:
    """Return an error about a field further inside; the reader of the file finds its line."""
    return PydanticCustomError("policy", "{text}", {"text": text, "place": place})

"""The policy file: people and their Kubernetes groups, channels and their namespaces.

It only narrows: rights are the cluster's own RBAC, and a group named here has none of its own.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.core.errors import ConfigurationError


def _not_the_clusters_own(group: str) -> str:
    # system:masters passes every check there is.
    if group.startswith("system:"):
        raise ValueError("groups of the cluster's own (system:) are not given to people")
    return group


# The form of Slack's ids (Slack's API types: C channel, G private group, D direct, U and W user).
SlackUser = Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{2,}$")]
SlackChannel = Annotated[str, Field(pattern=r"^[CGD][A-Z0-9]{2,}$")]
Namespace = Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
Group = Annotated[str, Field(pattern=r"^[!-~]+$"), AfterValidator(_not_the_clusters_own)]

# Every impersonated person is this one user: no binding names it, all rights come from groups.
FIXED_USER = "quarterdeck:user"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cluster(_Model):
    """How people are presented to one cluster."""

    mode: Literal["groups"] = "groups"
    """The fixed user with the person's groups; the person stands in an extra."""


class Channel(_Model):
    """What a channel is for."""

    cluster: str = "default"
    """A context's name; `default` is the default context."""
    namespaces: tuple[Namespace, ...] = Field(min_length=1)
    """The first is meant when none is typed; answers about others are private."""
    share: bool = False
    """Whether people may show answers here that are private to them."""


class PolicyPerson(_Model):
    """One person and the groups that their requests carry."""

    slack: SlackUser
    groups: tuple[Group, ...] = Field(min_length=1)


class Policy(_Model):
    """The whole policy file."""

    version: Literal[1]
    clusters: dict[str, Cluster] = {}
    """The contexts that people may use, by their names; empty: every one of the kubeconfig."""
    channels: dict[SlackChannel, Channel] = {}
    people: tuple[PolicyPerson, ...] = ()

    @field_validator("people")
    @classmethod
    def _each_person_once(cls, people: tuple[PolicyPerson, ...]) -> tuple[PolicyPerson, ...]:
        seen: set[str] = set()
        for person in people:
            if person.slack in seen:
                raise ValueError(f"{person.slack} is listed twice")
            seen.add(person.slack)
        return people

    def person(self, slack: str) -> PolicyPerson | None:
        """Return the entry of a Slack user id."""
        return next((person for person in self.people if person.slack == slack), None)


class _Loader(yaml.CSafeLoader):
    """PyYAML's, but a key that stands twice is an error: the second would win unseen."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: list[object] = []
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            if name in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"{name!r} stands twice", problem_mark=key.start_mark
                )
            seen.append(name)
        return super().construct_mapping(node, deep)


def read_policy(path: Path) -> Policy:
    """Return the policy that the file holds.

    Raises:
        ConfigurationError: the file is missing or wrong; the text names the field.
    """
    try:
        document = yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506 - a safe loader
    except OSError as error:
        raise ConfigurationError(f"error: policy {path}: {error.strerror}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"error: policy {path}: line {line}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"error: policy {path}: {error}") from error
    try:
        return Policy.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the document"
        raise ConfigurationError(f"error: policy {path}: {where}: {first['msg']}") from error

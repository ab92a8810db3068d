"""Who types in Slack, and the policy under which they do."""

from collections.abc import Mapping, Sequence

from bot.core.request import Person, Place, Surface
from bot.policy.model import Policy
from tests.conformance.changes.case import Who

GROUPS: Mapping[Who, str] = {
    Who.OPERATOR: "quarterdeck:admins",
    Who.READER: "quarterdeck:operators",
    Who.STRANGER: "quarterdeck:viewers",
}
"""The Kubernetes group of who types in Slack; the stage binds each to what its person may do."""
PEOPLE = {who: Person(f"T1/U{who.name}") for who in GROUPS}
COLLEAGUE = Person("T1/UCOLLEAGUE")
"""Approves what the operator may not change alone."""
CHANNEL = Place(Surface.SLASH, "CTWINS")


def policy(namespaces: Sequence[str]) -> Policy:
    """Return a policy under which nothing that both may do waits for anybody else."""
    groups = {PEOPLE[who]: group for who, group in GROUPS.items()}
    groups[COLLEAGUE] = GROUPS[Who.OPERATOR]
    people = [
        {"slack": person.key.partition("/")[2], "groups": [group]}
        for person, group in groups.items()
    ]
    channel = {"namespaces": list(namespaces), "cluster_scoped": True}
    return Policy.model_validate(
        {
            "version": 1,
            "channels": {CHANNEL.channel: channel},
            "people": people,
            "gates": [{"gate": "confirm"}],
        }
    )

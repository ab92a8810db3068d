"""Effective right = person ∩ channel ∩ policy: what each of them takes away, and who can help."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.core.access import Asked
from bot.core.command import Effect
from bot.core.errors import RefusedError
from bot.core.proposal import Consent, Jury
from bot.core.request import Person, Place, Request, Surface
from bot.policy.decide import decide
from bot.policy.limits import admins, ceiling_of, refuse_argv
from bot.policy.model import Policy
from tests.every import every

READ, CHANGE, ENTER, DESTROY = Effect
TIERS = {
    "viewer": {"groups": ["viewers"], "ceiling": "read"},
    "operator": {"groups": ["operators"], "ceiling": "change"},
    "admin": {"groups": ["admins"], "ceiling": "destroy"},
}
WHOLE: dict[str, Any] = {
    "version": 1,
    "admin_channel": "C0ADMIN",
    "channels": {
        "C0READ": {"namespaces": ["shop"], "ceiling": "read"},
        "C0SHOP": {"namespaces": ["shop", "prod", "kube-system"], "ceiling": "change"},
        "C0OPS": {"namespaces": ["shop"], "cluster_scoped": True},
    },
    "people": [
        {"slack": "U0VIC", "groups": ["viewers"]},
        {"slack": "U0OPS", "groups": ["viewers", "operators"]},
        {"slack": "U0ADM", "groups": ["admins"]},
        {"slack": "U0OUT", "groups": ["team-x"]},
    ],
    "tiers": TIERS,
    "gates": [{"namespaces": ["prod"], "gate": "approve"}],
    "protected": {"names": ["db"]},
    "never": {"kinds": ["secrets"]},
}


def asked_of(person: str, channel: str, asked: Asked, **changed: object) -> str:
    """Return nothing when it is granted, else the refusal."""
    policy = Policy.model_validate({**WHOLE, **changed})
    place, now = Place(Surface.SLASH, channel), datetime(2026, 1, 1, tzinfo=UTC)
    try:
        decide(policy, Request("r-1", Person(f"T1/{person}"), place, "", now), asked)
    except RefusedError as error:
        return f"{error.text} {error.next_step}"
    return ""


@every(
    ("person", "channel", "asked", "reason"),
    [
        ("U0VIC", "C0SHOP", Asked(READ), ""),
        ("U0VIC", "C0SHOP", Asked(CHANGE), "your tier ends below that"),
        ("U0OPS", "C0SHOP", Asked(CHANGE), ""),
        ("U0OPS", "C0READ", Asked(READ), ""),
        ("U0OPS", "C0READ", Asked(CHANGE), "does not let anybody change things from this channel"),
        ("U0ADM", "C0READ", Asked(CHANGE), "does not let anybody change things from this channel"),
        ("U0ADM", "C0SHOP", Asked(DESTROY), "not let anybody delete things from this channel"),
        ("U0OPS", "C0OPS", Asked(DESTROY), "does not let you delete things: your tier"),
        ("U0ADM", "C0OPS", Asked(DESTROY), ""),
        ("U0OUT", "C0OPS", Asked(READ), ""),
        ("U0OUT", "C0OPS", Asked(CHANGE), "your tier ends below that"),
        ("U0OPS", "C0SHOP", Asked(CHANGE, namespace="prod"), ""),
        ("U0OPS", "C0SHOP", Asked(READ, namespace="prod"), ""),
        ("U0ADM", "C0OPS", Asked(CHANGE, name="web"), ""),
        ("U0ADM", "C0OPS", Asked(CHANGE, resource="secrets"), "type secrets are not touched"),
        (
            "U0ADM",
            "C0OPS",
            Asked(CHANGE, resource="roles.rbac.authorization.k8s.io"),
            "type roles.rbac.authorization.k8s.io are not touched",
        ),
        (
            "U0ADM",
            "C0OPS",
            Asked(READ, resource="nodes", subresource="proxy", cluster_scoped=True),
            "type nodes/proxy are not touched",
        ),
        (
            "U0OPS",
            "C0SHOP",
            Asked(CHANGE, resource="nodes", name="n1", cluster_scoped=True),
            "what you name belongs to none",
        ),
    ],
)
def test_each_part_takes_away_and_says_so(
    person: str, channel: str, asked: Asked, reason: str
) -> None:
    sentence = asked_of(person, channel, asked)
    assert (reason in sentence) if reason else sentence == ""
    assert not reason or "channel C0ADMIN" in sentence or "with kubectl" in sentence


def test_without_tiers_the_cluster_alone_says_how_far_people_go() -> None:
    assert asked_of("U0OUT", "C0OPS", Asked(DESTROY), tiers={}) == ""
    assert ceiling_of(Policy(version=1), ()) is DESTROY


def test_of_several_tiers_the_highest_counts() -> None:
    policy = Policy.model_validate({"version": 1, "tiers": TIERS})
    assert ceiling_of(policy, ["viewers", "operators"]) is CHANGE
    assert ceiling_of(policy, []) is READ


CAROL, ANYONE = Jury(people=("U0CAROL",)), Jury(anyone=True)


@every(
    ("person", "channel", "asked", "consent", "jury"),
    [
        ("U0ADM", "C0OPS", Asked(READ), Consent.NONE, Jury()),
        ("U0ADM", "C0OPS", Asked(CHANGE, name="web"), Consent.CONFIRM, Jury()),
        ("U0ADM", "C0OPS", Asked(DESTROY, name="web"), Consent.CONFIRM, Jury()),
        ("U0ADM", "C0OPS", Asked(CHANGE, name="db"), Consent.APPROVE, ANYONE),
        ("U0ADM", "C0OPS", Asked(ENTER), Consent.APPROVE, ANYONE),
        ("U0ADM", "C0SHOP", Asked(CHANGE, namespace="kube-system"), Consent.APPROVE, ANYONE),
        ("U0OPS", "C0SHOP", Asked(CHANGE, namespace="prod"), Consent.APPROVE, CAROL),
        ("U0OPS", "C0SHOP", Asked(READ, namespace="prod"), Consent.NONE, Jury()),
        (
            *("U0ADM", "C0OPS"),
            Asked(CHANGE, resource="nodes", name="n1", cluster_scoped=True),
            *(Consent.APPROVE, ANYONE),
        ),
    ],
)
def test_a_grant_says_what_the_change_waits_for_and_who_may_give_it(
    person: str, channel: str, asked: Asked, consent: Consent, jury: Jury
) -> None:
    approvers = [{"namespaces": ["prod"], "people": ["U0CAROL"]}]
    policy = Policy.model_validate({**WHOLE, "approvers": approvers})
    place, now = Place(Surface.SLASH, channel), datetime(2026, 1, 1, tzinfo=UTC)
    grant = decide(policy, Request("r-1", Person(f"T1/{person}"), place, "", now), asked)
    assert (grant.consent, grant.jury) == (consent, jury)


@every(
    ("argv", "namespace", "allowed"),
    [
        (["cat", "/etc/hosts"], "shop", True),
        (["cat", "/etc/hosts"], "shop-test", True),
        (["cat", "/etc/hosts"], "prod", False),
        (["cat", "/etc/shadow"], "shop", False),
        (["cat"], "shop", False),
        (["cat", "/etc/hosts", "/etc/shadow"], "shop", False),
        (["ls", "/tmp"], "prod", True),
        (["ls", "-R"], "prod", False),
        (["ls", ""], "prod", False),
        (["ls", "*"], "prod", True),
        (["LS", "/tmp"], "prod", False),
        (["/bin/ls", "/tmp"], "prod", False),
        ([], "prod", False),
    ],
)
def test_only_listed_commands_run_inside_of_containers(
    argv: list[str], namespace: str, allowed: bool
) -> None:
    rules = [
        {"argv": ["cat", "/etc/hosts"], "namespaces": ["shop*"]},
        {"argv": ["ls", "*"]},
    ]
    policy = Policy.model_validate({"version": 1, "exec": {"allow": rules}})
    if allowed:
        refuse_argv(policy, namespace, argv)
        return
    with pytest.raises(RefusedError, match=f"no such command in containers of {namespace}"):
        refuse_argv(policy, namespace, argv)


def test_as_long_as_nothing_is_listed_nothing_runs_inside_of_containers() -> None:
    with pytest.raises(RefusedError):
        refuse_argv(Policy(version=1), "shop", ["true"])


def test_who_can_help_is_named_with_their_channel_where_there_is_one() -> None:
    assert admins(Policy(version=1)) == "the bot's admins"
    assert admins(Policy.model_validate(WHOLE)) == "the bot's admins (channel C0ADMIN)"

"""The policy file: what is accepted, and what it means."""

from pathlib import Path

import pytest

from bot.core.command import Effect
from bot.core.proposal import Consent
from bot.policy.model import Mode, Policy
from bot.policy.reading import EXAMPLES, parse_policy, read_policy

EXAMPLE = Path(__file__).parents[2] / "deploy" / "policy.yaml"
GOOD = """
version: 1
channels:
  C0SHOP: {namespaces: [shop, shop-test]}
  G0PROD: {cluster: prod, namespaces: [shop]}
people:
- {slack: U0ADA, groups: [quarterdeck:operators, quarterdeck:viewers]}
- {slack: W0VIC, groups: [quarterdeck:viewers]}
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "policy.yaml"
    file.write_text(text)
    return file


def test_a_policy_is_read_as_it_stands(tmp_path: Path) -> None:
    policy = read_policy(written(tmp_path, GOOD))
    ada = policy.person("U0ADA")
    assert ada is not None
    assert ada.groups == ("quarterdeck:operators", "quarterdeck:viewers")
    assert policy.person("U0EVE") is None
    assert policy.channels["C0SHOP"].cluster == "default"
    assert policy.channels["G0PROD"].cluster == "prod"
    assert policy.channels["C0SHOP"].namespaces == ("shop", "shop-test")


WHOLE = """
version: 1
clusters: {default: {mode: groups}, prod: {mode: users}}
admin_channel: C0ADMIN
channels:
  C0SHOP: {clusters: [default, prod], namespaces: [shop], ceiling: change}
people:
- {slack: U0ADA, name: ada, groups: [quarterdeck:operators], user: Ada@example.com}
usergroups: {S0SRE: {groups: [quarterdeck:viewers]}}
domains: {example.com: {groups: [quarterdeck:viewers]}}
tiers:
  viewer: {groups: [quarterdeck:viewers], ceiling: read, per_minute: {read: 30, change: 0}}
gates:
- {namespaces: [prod-*], effect: change, gate: approve}
- {gate: none}
protected: {namespaces: [kube-*], names: [db, postgres-*]}
never: {kinds: [secrets, pods/exec, '*.cert-manager.io']}
exec: {allow: [{argv: [cat, '*'], namespaces: [shop]}]}
"""


def test_every_part_of_a_policy_is_read_as_it_stands(tmp_path: Path) -> None:
    policy = read_policy(written(tmp_path, WHOLE))
    assert policy.channels["C0SHOP"].contexts == ("default", "prod")
    assert policy.channels["C0SHOP"].ceiling is Effect.CHANGE
    assert (policy.mode("prod"), policy.mode("other")) == (Mode.USERS, Mode.GROUPS)
    assert policy.mode("main", also="prod") is Mode.USERS
    assert [tier.per_minute.of(effect) for tier in policy.tiers.values() for effect in Effect] == [
        *(30, 0, None, None)
    ]
    assert [rule.gate for rule in policy.gates] == [Consent.APPROVE, Consent.NONE]
    assert Policy.model_validate(policy.model_dump()) == policy


def test_each_part_is_shown_in_a_form_that_is_valid() -> None:
    assert set(EXAMPLES) == set(Policy.model_fields)
    policy = parse_policy("\n".join(EXAMPLES.values()).encode())
    assert isinstance(policy, Policy)
    assert policy.model_fields_set == set(Policy.model_fields)


def test_the_policy_that_is_shipped_can_be_read() -> None:
    read_policy(EXAMPLE)


def test_a_policy_cannot_be_changed_by_whoever_reads_it(tmp_path: Path) -> None:
    policy = read_policy(written(tmp_path, GOOD))
    with pytest.raises(ValueError, match="frozen"):
        policy.people = ()

"""The policy file: what is accepted, and which field is named when it is wrong."""

from pathlib import Path

import pytest

from bot.core.command import Effect
from bot.core.errors import ConfigurationError
from bot.policy.model import Gate, Mode, Policy
from bot.policy.reading import read_policy

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
    assert [rule.gate for rule in policy.gates] == [Gate.APPROVE, Gate.NONE]
    assert Policy.model_validate(policy.model_dump()) == policy


def test_the_policy_that_is_shipped_can_be_read() -> None:
    read_policy(EXAMPLE)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "the document: "),
        ("[]", "the document: "),
        ("version: 2", "version: "),
        ("channels: {}", "version: "),
        ("version: 1\nchanels: {}", "chanels: "),
        ("version: 1\nchannels: {shop: {namespaces: [shop]}}", "channels.shop"),
        ("version: 1\nchannels: {'#shop': {namespaces: [shop]}}", "channels.#shop"),
        ("version: 1\nchannels: {C0SHOP: {}}", "channels.C0SHOP.namespaces: "),
        ("version: 1\nchannels: {C0SHOP: {namespaces: []}}", "channels.C0SHOP.namespaces: "),
        ("version: 1\nchannels: {C0SHOP: {namespaces: [Shop]}}", "channels.C0SHOP.namespaces.0: "),
        ("version: 1\nchannels: {C0SHOP: {namespaces: [../x]}}", "channels.C0SHOP.namespaces.0: "),
        ("version: 1\nchannels: {C0SHOP: {namespaces: shop}}", "channels.C0SHOP.namespaces: "),
        (
            "version: 1\nchannels: {C0SHOP: {namespaces: [shop], cluser: x}}",
            "channels.C0SHOP.cluser: ",
        ),
        ("version: 1\npeople: [{slack: ada, groups: [a]}]", "people.0.slack: "),
        ("version: 1\npeople: [{slack: U0ADA, groups: []}]", "people.0.groups: "),
        ("version: 1\npeople: [{slack: U0ADA}]", "people.0.groups: "),
        ("version: 1\npeople: [{slack: U0ADA, groups: ['system:masters']}]", "people.0.groups.0: "),
        ("version: 1\npeople: [{slack: U0ADA, groups: [' system:masters']}]", "people.0.groups.0"),
        ('version: 1\npeople: [{slack: U0ADA, groups: ["a\\nb"]}]', "people.0.groups.0: "),
        (
            "version: 1\npeople: [{slack: U0A, groups: [a]}, {slack: U0A, groups: [b]}]",
            "people.1.slack: U0A is listed twice",
        ),
        ("version: 1\nclusters: {default: {mode: user}}", "clusters.default.mode: "),
        (
            "version: 1\nclusters: {a: {mode: users}}\npeople: [{slack: U0A, groups: [b]}]",
            "people.0.user: a cluster has the mode users, so each person needs a user",
        ),
        ("version: 1\npeople: [{slack: U0A, user: ada}]", "people.0.user: "),
        ("version: 1\npeople: [{slack: U0A, user: 'system:admin'}]", "people.0.user: "),
        ("version: 1\nusergroups: {sre: {groups: [a]}}", "usergroups.sre"),
        ("version: 1\nusergroups: {S0SRE: {groups: []}}", "usergroups.S0SRE.groups: "),
        ("version: 1\ndomains: {'*.example.com': {groups: [a]}}", r"domains.\*.example.com"),
        ("version: 1\ndomains: {Example.com: {groups: [a]}}", "domains.Example.com"),
        (
            "version: 1\ndomains: {example.com: {groups: ['system:masters']}}",
            "domains.example.com.groups.0: .*system:",
        ),
        (
            "version: 1\ntiers: {a: {groups: [a], ceiling: all}}",
            "tiers.a.ceiling: .*the effects are read, change, enter, destroy",
        ),
        ("version: 1\ntiers: {a: {groups: [a]}}", "tiers.a.ceiling: "),
        (
            "version: 1\ntiers: {a: {groups: [x], ceiling: read}, b: {groups: [x], ceiling: read}}",
            "tiers.b.groups: x belongs to an earlier tier already",
        ),
        (
            "version: 1\ntiers: {a: {groups: [a], ceiling: read, per_minute: {read: -1}}}",
            "tiers.a.per_minute.read: ",
        ),
        (
            "version: 1\ntiers: {a: {groups: [a], ceiling: read, per_minute: {read: true}}}",
            "tiers.a.per_minute.read: ",
        ),
        ("version: 1\ngates: [{effect: read, gate: confirm}]", "gates.0.effect: "),
        ("version: 1\ngates: [{effect: change, gate: three}]", "gates.0.gate: "),
        ("version: 1\nnever: {kinds: ['*']}", "never.kinds.0: "),
        ("version: 1\nnever: {kinds: [Secret]}", "never.kinds.0: "),
        ("version: 1\nexec: {allow: [{argv: []}]}", "exec.allow.0.argv: "),
        ("version: 1\nexec: {allow: [{argv: ['*', ls]}]}", "exec.allow.0.argv.0: the program"),
        ("version: 1\nadmin_channel: '#ops'", "admin_channel: "),
        (
            "version: 1\nchannels: {C0A: {cluster: a, clusters: [b], namespaces: [x]}}",
            "channels.C0A.cluster: write cluster or clusters, not both",
        ),
        ("version: 1\nchannels: {C0A: {share: 'yes', namespaces: [x]}}", "channels.C0A.share: "),
    ],
)
def test_what_is_wrong_is_named_by_its_field(tmp_path: Path, text: str, where: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ConfigurationError, match=f"^error: policy {file}: {where}"):
        read_policy(file)


def test_text_that_is_no_yaml_is_named_by_its_line(tmp_path: Path) -> None:
    file = written(tmp_path, "version: 1\npeople: [\n")
    with pytest.raises(ConfigurationError, match=f"policy {file}: line 3: did not find"):
        read_policy(file)


@pytest.mark.parametrize("name", ["none.yaml", "."], ids=["missing", "folder"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"error: policy .*: (No such file|Is a directory)"
    ):
        read_policy(tmp_path / name)


def test_one_key_twice_is_refused(tmp_path: Path) -> None:
    channels = "channels:\n  C0SHOP: {namespaces: [shop]}\n  C0SHOP: {namespaces: [prod]}\n"
    text = f"version: 1\n{channels}"
    with pytest.raises(ConfigurationError, match="line 4: 'C0SHOP' stands twice"):
        read_policy(written(tmp_path, text))


def test_a_policy_cannot_be_changed_by_whoever_reads_it(tmp_path: Path) -> None:
    policy = read_policy(written(tmp_path, GOOD))
    with pytest.raises(ValueError, match="frozen"):
        policy.people = ()

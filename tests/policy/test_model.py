"""The policy file: what is accepted, and which field is named when it is wrong."""

from pathlib import Path

import pytest

from bot.core.errors import ConfigurationError
from bot.policy.model import read_policy

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
            "people: .*U0A is listed twice",
        ),
        ("version: 1\nclusters: {default: {mode: users}}", "clusters.default.mode: "),
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

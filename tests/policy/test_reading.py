"""Broken and hostile policy files (T12, T29): one sentence each, with the line and the form."""

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import ConfigurationError
from bot.policy.documents import MOST_BYTES, Fault
from bot.policy.model import Policy
from bot.policy.reading import parse_policy, read_policy
from tests.every import every

CORPUS = Path(__file__).parent / "corpus"
EXPECTED = yaml.load((CORPUS.parent / "corpus.expected.yaml").read_bytes(), yaml.CSafeLoader)


def test_the_corpus_and_its_expectations_are_the_same_files() -> None:
    assert {file.stem for file in CORPUS.iterdir()} == set(EXPECTED)
    assert len(EXPECTED) > 100


@every("name", EXPECTED)
def test_each_broken_file_is_answered_with_one_sentence_and_its_line(name: str) -> None:
    file = CORPUS / f"{name}.yaml"
    line, says = EXPECTED[name]["line"], EXPECTED[name]["says"]
    with pytest.raises(ConfigurationError) as caught:
        read_policy(file)
    assert caught.value.text == f"error: policy {file}: line {line}: {says}"
    assert says.isprintable()
    assert len(says) < 280


@every("name", [name for name in EXPECTED if name.startswith(("gate", "person"))])
def test_the_valid_form_of_the_part_is_shown(name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_policy(CORPUS / f"{name}.yaml")
    form = caught.value.next_step.removeprefix("The valid form: ")
    assert isinstance(parse_policy(f"version: 1\n{form}\n".encode()), Policy)


def test_everything_that_is_wrong_is_found_at_once() -> None:
    found = parse_policy(
        b"version: 1\nchanels: {}\npeople:\n- {slack: ada, groups: [a]}\ngates: x\n"
    )
    assert isinstance(found, tuple)
    assert [fault.line for fault in found] == [2, 4, 5]


@pytest.mark.parametrize("name", ["none.yaml", ".", "pipe"])
def test_what_is_no_file_is_named(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    if name == "pipe":
        file = Path("/dev/null")  # whoever reads a device or a pipe may wait for ever
    with pytest.raises(ConfigurationError, match=rf"^error: policy {file}: there is no such file"):
        read_policy(file)


def test_a_file_with_a_byte_order_mark_is_read() -> None:
    assert parse_policy(b"\xef\xbb\xbfversion: 1\r\n") == Policy(version=1)


@given(st.text() | st.binary())
def test_whatever_is_written_is_a_policy_or_a_sentence(content: str | bytes) -> None:
    found = parse_policy(content.encode("utf-8", "ignore") if isinstance(content, str) else content)
    assert isinstance(found, Policy) or all(isinstance(fault, Fault) for fault in found)


documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*Policy.model_fields, "C0123456789", "groups", "ceiling", "x"]), inner
        )
    ),
    max_leaves=12,
)


@given(documents)
def test_whatever_stands_in_the_fields_is_a_policy_or_sentences(document: object) -> None:
    content = yaml.safe_dump({"version": 1, "people": document, "tiers": document}).encode()
    found = parse_policy(content)
    if not isinstance(found, Policy):
        assert found
        lines = content.count(b"\n") + 1
        assert all(0 < fault.line <= lines and "\n" not in fault.sentence for fault in found)


@pytest.mark.parametrize(
    "content",
    [
        b"".join(b"k%d: 1\n" % number for number in range(25_000)),
        b"people:\n" + b"- x\n" * 60_000,
        b"x: " + b"[" * 200_000,
        b"? " * 130_000,
    ],
    ids=["fields", "entries", "brackets", "keys"],
)
def test_a_file_full_of_faults_is_answered_soon_and_with_its_first_ones(content: bytes) -> None:
    began = time.process_time()
    found = parse_policy(b"version: 1\n" + content)
    assert isinstance(found, tuple)
    assert 1 <= len(found) <= 20
    assert found[0].line <= 3
    assert time.process_time() - began < 5


def test_a_policy_of_thousands_of_people_is_within_the_limit() -> None:
    people = "".join(f"- {{slack: U{n:09}, groups: [quarterdeck:viewers]}}\n" for n in range(4000))
    content = f"version: 1\npeople:\n{people}".encode()
    assert len(content) < MOST_BYTES
    policy = parse_policy(content)
    assert isinstance(policy, Policy)
    assert len(policy.people) == 4000

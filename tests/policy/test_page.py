"""docs/policy.md says what the policy file is: its examples are read, its lists are complete."""

import re
from pathlib import Path

import pytest

from bot.core.proposal import Consent
from bot.policy.documents import read_document
from bot.policy.expectations import read_expectations
from bot.policy.gates import PROTECTED
from bot.policy.kinds import BUILT_IN
from bot.policy.model import Policy
from bot.policy.reading import parse_policy
from bot.policy.schema import policy_schema

PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text("utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
WORDS = set(re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```$", "", PAGE, flags=re.M | re.S)))


@pytest.mark.parametrize("text", [text for text in BLOCKS if text.startswith("version:")])
def test_each_policy_on_the_page_is_one(text: str) -> None:
    assert isinstance(parse_policy(text.encode()), Policy)


def test_the_expectations_on_the_page_can_be_read(tmp_path: Path) -> None:
    [text] = [text for text in BLOCKS if text.startswith("- ")]
    file = tmp_path / "policy.test.yaml"
    file.write_text(text)
    assert len(read_expectations(file)) == len(read_document(text.encode()).value)


def test_every_field_stands_on_the_page() -> None:
    schema = policy_schema()
    models = [schema, *(node for node in schema["$defs"].values() if "properties" in node)]
    assert {name for model in models for name in model["properties"]} <= WORDS


def test_the_page_says_what_is_never_touched_and_what_is_always_protected() -> None:
    assert set(BUILT_IN) | set(PROTECTED) | {str(gate) for gate in Consent} <= WORDS

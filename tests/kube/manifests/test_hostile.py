"""What is wrong with a manifest is one sentence with its place, said at once, without a value.

What is expanded or followed down takes minutes and gigabytes: such a test does not come to its end.
"""

from pathlib import Path

import pytest
import yaml

from bot.core.errors import UsageError
from bot.core.request import MANIFEST_BYTES, Attachment
from bot.kube.manifests import read_manifests
from tests.every import every
from tests.kube.manifests.hostile import HOSTILE

CORPUS = Path(__file__).parent / "corpus"
EXPECTED = yaml.load((CORPUS.parent / "corpus.expected.yaml").read_bytes(), yaml.CSafeLoader)


def refusal(name: str, content: bytes) -> UsageError:
    with pytest.raises(UsageError) as caught:
        read_manifests([Attachment(name, content)])
    return caught.value


def test_the_corpus_and_its_expectations_are_the_same_files() -> None:
    assert {file.name for file in CORPUS.iterdir()} == set(EXPECTED)
    assert len(EXPECTED) + len(HOSTILE) > 110


@every("name", EXPECTED)
def test_each_file_is_refused_with_one_sentence_and_what_to_do(name: str) -> None:
    error = refusal(name, (CORPUS / name).read_bytes())
    assert error.text == f"error: {name}{EXPECTED[name]['says']}"
    assert error.next_step == EXPECTED[name]["instead"]
    assert (error.text + error.next_step).isprintable()
    assert "hunter" not in error.text + error.next_step


@every("name", HOSTILE)
def test_what_is_too_much_is_refused_before_it_costs_anything(name: str) -> None:
    content, says = HOSTILE[name]
    error = refusal("much.yaml", content)
    assert error.text.startswith(f"error: much.yaml{says}")
    assert error.next_step
    assert len(error.text) < 200


def test_the_limit_is_that_of_all_files_together() -> None:
    half = Attachment("half.yaml", b"#" * (MANIFEST_BYTES // 2 + 1))
    assert read_manifests([half]) == ()
    with pytest.raises(UsageError, match=r"error: 2 files: it has 257 kB of at most 256 kB"):
        read_manifests([half, half])

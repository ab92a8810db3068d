"""What is typed to the bot is answered as the real kubectl answers it, on a real control plane."""

import pytest

from tests.conformance.kubectl.case import Case
from tests.conformance.kubectl.cases import compared, different
from tests.conformance.kubectl.comparing import Answer
from tests.conformance.kubectl.typist import Typist

pytestmark = pytest.mark.peers


@pytest.mark.parametrize("case", compared(), ids=str)
def test_the_answer_is_kubectls(case: Case, typist: Typist) -> None:
    heard = typist.begin(case).result()
    assert not heard.mismatches, "\n".join(heard.mismatches)


@pytest.mark.parametrize("case", different(), ids=str)
def test_a_deliberate_difference_is_still_one(case: Case, typist: Typist) -> None:
    heard = typist.begin(case).result()
    assert case.theirs in heard.kubectl.stdout + heard.kubectl.stderr
    if case.ours:
        assert heard.runs.ours == Answer(1, "", f"{case.ours}\n")

"""What cannot be read is refused in kubectl's own words, and what differs is written down."""

import re

import pytest

from bot.core.errors import QuarterdeckError, RefusedError, UsageError
from bot.grammar.bind import read
from tests.conformance.grammar.cases import phrases
from tests.conformance.grammar.conftest import Kubectl
from tests.conformance.grammar.mistakes import DIFFERENT, REFUSED_ALIKE
from tests.conformance.grammar.verbs import OPTIONS, Verbs

pytestmark = pytest.mark.peers

VERBS = Verbs()
_SUGGESTION = re.compile(r"^\t(?P<verb>\S+)\n", re.MULTILINE)


@pytest.mark.parametrize("phrase", phrases(REFUSED_ALIKE))
def test_kubectl_refuses_in_the_same_words(phrase: str, kubectl: Kubectl) -> None:
    heard = kubectl(phrase)
    assert (heard.code, heard.calls) == (1, [])
    assert _refused(phrase, UsageError).text == _without_missing_verbs(heard.stderr)


@pytest.mark.parametrize(
    ("phrase", "ours", "theirs", "reason"), DIFFERENT, ids=[case[0] for case in DIFFERENT]
)
def test_a_deliberate_difference_is_still_one(
    phrase: str, ours: str, theirs: str, reason: str, kubectl: Kubectl
) -> None:
    assert _refused(phrase, UsageError).text == ours
    assert kubectl(phrase).stderr.startswith(theirs), reason


def test_kubectl_starts_every_refused_verb(kubectl: Kubectl) -> None:
    known = kubectl("__complete ''").stdout
    for verb in ("edit", "port-forward", "cp", "attach", "debug", "replace", "proxy", "run"):
        assert f"{verb}\t" in known
        assert _refused(f"{verb} pod web", RefusedError).next_step


def _refused(phrase: str, kind: type[QuarterdeckError]) -> QuarterdeckError:
    with pytest.raises(kind) as caught:
        read(phrase, VERBS)
    return caught.value


def _without_missing_verbs(stderr: str) -> str:
    """Return the text without the suggestions that would not work here, a deliberate difference."""
    there = {phrase.split(" ")[0] for phrase in OPTIONS}
    kept = _SUGGESTION.sub(lambda found: found[0] if found["verb"] in there else "", stderr)
    return kept.removesuffix("\n").removesuffix("\n\nDid you mean this?")

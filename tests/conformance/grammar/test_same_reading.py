"""Each phrase means to us what it means to kubectl, whose requests say what it understood."""

import pytest

from bot.grammar.bind import read
from tests.conformance.grammar.cases import HELP, READ_ALIKE, phrases
from tests.conformance.grammar.conftest import Kubectl
from tests.conformance.grammar.expected import decisive, expected, shown
from tests.conformance.grammar.verbs import Verbs

pytestmark = pytest.mark.peers

VERBS = Verbs()


@pytest.mark.parametrize("phrase", phrases(READ_ALIKE))
def test_kubectl_asks_for_what_we_understood(phrase: str, kubectl: Kubectl) -> None:
    bound = read(phrase, VERBS)
    heard = kubectl(phrase)
    assert decisive(heard.calls, bound) == expected(bound), heard.stderr
    if bound.command.phrase == "get" and heard.stdout:
        assert heard.stdout.split("\n")[0].split() == shown(bound)


@pytest.mark.parametrize(("phrase", "topic"), HELP.items())
def test_kubectl_helps_where_we_do(phrase: str, topic: str, kubectl: Kubectl) -> None:
    bound = read(phrase, VERBS)
    heard = kubectl(phrase)
    assert (bound.command.phrase, " ".join(bound.options.arguments)) == ("help", topic)
    assert heard.code == 0
    assert f"Usage:\n  kubectl {topic}".rstrip() in heard.stdout

"""What `create` makes of its flags is what kubectl makes of them, to the letter."""

import shlex
from collections import defaultdict
from collections.abc import Mapping

import pytest

from bot.terminal import Terminal
from tests.conformance.generators.answers import Answer, ours
from tests.conformance.generators.phrases import phrases, words_about
from tests.conformance.generators.recordings import asked, recorded

RECORDED = recorded()
SAVED = """apiVersion: v1
kind: Service
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"kind":"Service","apiVersion":"v1","metadata":{"name":"db","labels":{"app":"db"}},"spec":{"selector":{"app":"db"},"type":"ExternalName","externalName":"a"},"status":{"loadBalancer":{}}}
  labels:
    app: db
  name: db
spec:
  externalName: a
  selector:
    app: db
  type: ExternalName
status:
  loadBalancer: {}
"""
# Where we answer otherwise on purpose; docs/differences.md says why.
DIFFERENT = {
    "create cm settings --from-env-file=half.env": Answer(
        1, "", "error: env file half.env has no value for TZ at line 2\n"
    ),
    "create secret generic db --from-env-file=latin.env": Answer(
        1, "", "error: env file latin.env contains invalid utf8 bytes at line 1\n"
    ),
    "create deployment '' --image=a": Answer(1, "", "error: name must be specified\n"),
    "create service clusterip '' --tcp=80": Answer(1, "", "error: name must be specified\n"),
    "create service externalname db --external-name=a --save-config": Answer(0, SAVED, ""),
}


def by_command() -> Mapping[str, list[str]]:
    """Return the phrases by the words that name their command, aliases apart."""
    found = defaultdict(list)
    for phrase in phrases():
        if phrase not in DIFFERENT:
            words = phrase.split()
            found[" ".join(words[: 3 if words[1] in ("service", "svc", "secret") else 2])].append(
                phrase
            )
    return found


COMMANDS = by_command()


def test_every_phrase_is_recorded() -> None:
    assert set(RECORDED) == set(phrases())
    assert len(RECORDED) > 230


@pytest.mark.parametrize("command", COMMANDS)
async def test_the_bot_answers_as_kubectl_answered(command: str, terminal: Terminal) -> None:
    for phrase in COMMANDS[command]:
        answer = await ours(terminal, shlex.split(words_about(phrase)))
        assert answer == RECORDED[phrase], phrase


@pytest.mark.parametrize("phrase", DIFFERENT)
async def test_a_deliberate_difference_is_one(phrase: str, terminal: Terminal) -> None:
    answer = await ours(terminal, shlex.split(words_about(phrase)))
    assert answer == DIFFERENT[phrase] != RECORDED[phrase]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("create ingress web --rule=a/b=c=d:80", "error: rule a/b=c=d:80 is invalid and should be"),
        ("expose -k .", "error: -k is refused: a kustomization may fetch and run what it names"),
        ("expose deploy/web --overrides={}", "error: unknown flag: --overrides"),
        ("create sa web -o jsonpath={.kind}", "error: -o jsonpath does not work for changes"),
    ],
)
async def test_what_kubectl_does_in_vain_is_refused(
    phrase: str, text: str, terminal: Terminal
) -> None:
    answer = await ours(terminal, shlex.split(phrase))
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith(text)


@pytest.mark.peers
@pytest.mark.parametrize("command", COMMANDS)
def test_kubectl_answers_as_it_did(command: str) -> None:
    for phrase, answer in asked(COMMANDS[command]).items():
        assert answer == RECORDED[phrase], phrase

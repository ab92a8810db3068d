"""A line bound to one command: read once, shown, and read back to the same."""

import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import Registry
from bot.commands.get import Options as GetOptions
from bot.core.command import flags_of
from bot.core.errors import RefusedError, UsageError
from bot.grammar.bind import Bound, read
from tests.every import every

COMMANDS = Registry()
# Words that are near to meaning something, so that a property test reaches past the first check.
NAMES = [flag.name for command in COMMANDS.all() for flag in flags_of(command.options)]
WORDS = st.one_of(
    st.sampled_from(
        shlex.split(
            "get logs scale rollout status help kubectl deck pods deploy/web -n shop -nshop -A"
            " -A=false -owide -o=yaml -- - --help '|' grep -v head -3 --replicas=5 --tail 7"
            " --since=1h \"''\" \"'a b'\""
        )
    ),
    st.sampled_from([f"--{name}" for name in NAMES]),
    st.text(max_size=8),
)


def bound(text: str) -> Bound:
    return read(text, COMMANDS)


@every(
    ("text", "namespace", "options"),
    [
        ("get pods -n shop", "shop", {"arguments": ("pods",)}),
        ("kubectl get pods -nshop", "shop", {"arguments": ("pods",)}),
        ("k -n shop get pods", "shop", {"arguments": ("pods",)}),
        ("get --namespace=shop pods -owide", "shop", {"output": "wide"}),
        ("get pods -A=true", "", {"all_namespaces": True}),
        ("get pods -L app,tier -L zone", "", {"label_columns": ("app", "tier", "zone")}),
        ("get -- -n", "", {"arguments": ("-n",)}),
        ("get pods --chunk-size=0x10", "", {"chunk_size": 16}),
    ],
)
def test_a_phrase_is_bound_as_kubectl_binds_it(
    text: str, namespace: str, options: dict[str, Any]
) -> None:
    found = bound(text)
    assert isinstance(found.options, GetOptions)
    assert found.common.namespace == namespace
    assert {name: getattr(found.options, name) for name in options} == options


@every("text", [example for c in COMMANDS.all() for example in c.examples])
def test_every_example_reads_back_to_itself(text: str) -> None:
    found = bound(text)
    assert bound(found.canonical) == found


@given(st.lists(WORDS, max_size=8), st.booleans())
def test_what_was_authorised_is_what_runs(words: list[str], quoted: bool) -> None:
    text = shlex.join(words) if quoted else " ".join(words)
    try:
        found = bound(text)
    except (UsageError, RefusedError):
        return
    assert bound(found.canonical) == found
    assert bound(found.canonical).canonical == found.canonical


@given(st.text())
def test_no_input_raises_anything_but_a_usage_error(text: str) -> None:
    try:
        assert bound(text).command.phrase
    except (UsageError, RefusedError) as error:
        said = error.text
    else:
        said = "bound"
    assert said


@pytest.mark.parametrize(
    ("text", "next_step"),
    [
        ("edit deploy/web", "scale"),
        ("exec web -- sh", "help"),
        ("get pods --as=root", "as you"),
        ("get pods --token=x", "as you"),
        ("get pods --kubeconfig=/etc/passwd", "--context"),
        ("get pods -o go-template={{.}}", "-o yaml"),
        ("get --raw=/api", "get TYPE NAME"),
    ],
)
def test_a_refusal_says_what_to_do_instead(text: str, next_step: str) -> None:
    with pytest.raises(RefusedError) as caught:
        bound(text)
    assert next_step in caught.value.next_step


@pytest.mark.parametrize(
    "typed", ["--from-literal=password=hunter2", "--from-literal password=hunter2"]
)
def test_a_secret_value_is_bound_and_stands_in_no_phrase(typed: str) -> None:
    found = bound(f"create secret generic db {typed} -n shop")
    assert found.options.from_literal == ("password=hunter2",)
    assert found.canonical == "create secret generic db '--from-literal=<hidden>' -n shop"
    assert (
        "hunter2"
        not in bound("create secret docker-registry x --docker-password=hunter2").canonical
    )

"""What is shown, authorised and recorded reads back to the same, whatever a command declares."""

import shlex
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.command import flags_of
from bot.core.errors import RefusedError, UsageError
from bot.grammar.bind import Bound, bind, read
from tests.conformance.grammar.cases import READ_ALIKE, phrases
from tests.conformance.grammar.verbs import OPTIONS, Verbs
from tests.every import every

VERBS = Verbs()


@every(
    ("typed", "canonical"),
    [
        pytest.param("kubectl -n shop get pods", "get pods -n shop", id="phrase-first"),
        pytest.param("get po -nshop -owide", "get po -n shop -o wide", id="letters"),
        pytest.param("get --namespace=shop po", "get po -n shop", id="long-names-are-shortened"),
        pytest.param("get po -n a -n b", "get po -n b", id="the-last-one-counts"),
        pytest.param(
            "get po -A=1 --watch=false", "get po --all-namespaces=1 --watch=false", id="bool"
        ),
        pytest.param("get po -L a -L b,c", "get po -L a -L b,c", id="lists-are-kept"),
        pytest.param("get po -l 'a in (b)'", "get po -l 'a in (b)'", id="quotes"),
        pytest.param("get po -l ''", "get po -l ''", id="empty"),
        pytest.param("get -- po", "get po", id="a-terminator-without-need"),
        pytest.param("get po -- -x", "get po -- -x", id="a-terminator-with-need"),
        pytest.param("exec p -- ls -l", "exec p -- ls -l", id="command"),
        pytest.param("exec p -c app -- ls", "exec p -c app -- ls", id="command-with-a-flag"),
        pytest.param("exec p ls", "exec p ls", id="command-without-a-terminator"),
        pytest.param("delete po --cascade w", "delete po w --cascade", id="a-flag-alone"),
        pytest.param("top pods", "top pod", id="alias"),
        pytest.param("get po --sort_by x", "get po --sort-by=x", id="underscore"),
        pytest.param("get po|grep -iv 'a b'", "get po | grep -i -v 'a b'", id="filter"),
        pytest.param("get po | head -3", "get po | head -n 3", id="head"),
        pytest.param("rollout status --help", "help rollout status", id="help"),
        pytest.param("", "help", id="nothing"),
    ],
)
def test_a_phrase_is_shown_as_it_was_understood(typed: str, canonical: str) -> None:
    assert read(typed, VERBS).canonical == canonical


@every("typed", phrases(READ_ALIKE))
def test_what_kubectl_understands_reads_back_to_the_same(typed: str) -> None:
    bound = read(typed, VERBS)
    assert read(bound.canonical, VERBS) == bound


_FLAGS = [flag for options in OPTIONS.values() for flag in flags_of(options)]
_WORD = st.one_of(
    st.sampled_from([word for phrase in OPTIONS for word in phrase.split()]),
    st.sampled_from(["--", "-", "", "pods", "web", "-n", "-nshop", "a=b", "it's", "a b", "|"]),
    st.sampled_from([f"--{flag.name}" for flag in _FLAGS]),
    st.sampled_from([f"-{flag.short}" for flag in _FLAGS if flag.short]),
    st.builds("--{}={}".format, st.sampled_from([f.name for f in _FLAGS]), st.text(max_size=5)),
    st.text(max_size=6),
)


@given(st.sampled_from(list(OPTIONS)), st.lists(_WORD, max_size=8), st.data())
def test_what_was_authorised_is_what_runs(
    phrase: str, words: list[str], data: st.DataObject
) -> None:
    position = data.draw(st.integers(0, len(words)))
    try:
        bound = bind([*words[:position], *phrase.split(), *words[position:]], VERBS)
    except (UsageError, RefusedError):
        return
    assert read(bound.canonical, VERBS) == bound


@given(st.lists(_WORD, max_size=8))
def test_a_line_binds_as_its_words_do(words: list[str]) -> None:
    line = shlex.join(words)
    assert _outcome(lambda: read(line, VERBS)) == _outcome(lambda: bind(words, VERBS))


def _outcome(attempt: Callable[[], Bound]) -> Bound | str:
    try:
        return attempt()
    except (UsageError, RefusedError) as error:
        return error.text

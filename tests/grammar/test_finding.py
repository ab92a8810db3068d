import pytest

from bot.commands import Registry
from bot.core.command import Family
from bot.core.errors import RefusedError, UsageError
from bot.grammar.bind import read
from bot.grammar.finding import find, suggest
from tests.conformance.grammar.verbs import Verbs
from tests.every import every

VERBS = Verbs()


@every(
    ("words", "phrase", "rest"),
    [
        ("get pods -n shop", "get", "pods -n shop"),
        ("kubectl get pods", "get", "pods"),
        ("k get pods", "get", "pods"),
        ("$ kubectl get pods", "get", "pods"),
        ("kubectl $ kubectl get pods", "get", "pods"),
        ("kubectl kubectl get pods", "get", "pods"),
        ("kubectl help get", "help", "get"),
        ("-n shop get pods", "get", "-n shop pods"),
        ("-A get pods", "", "-A get pods"),
        ("--token x get pods", "get", "--token x pods"),
        ("-v 8 get pods", "get", "-v 8 pods"),
        ("--insecure-skip-tls-verify get pods", "get", "--insecure-skip-tls-verify pods"),
        ("rollout status web", "rollout status", "web"),
        ("rollout -n shop status web", "rollout status", "-n shop web"),
        ("rollout -h status", "rollout", "-h status"),
        ("rollout -- status", "rollout", "-- status"),
        ("rollout web status", "rollout", "web status"),
        ("-- get pods", "", "-- get pods"),
        ("-n get", "", "-n get"),
        ("top po web", "top pod", "web"),
        ("deck get pods", "get", "pods"),
        ("", "", ""),
    ],
)
def test_a_command_is_found_where_cobra_finds_it(words: str, phrase: str, rest: str) -> None:
    found = find(words.split(), VERBS)
    assert (found.phrase, found.rest) == (phrase, rest.split())


def test_errors_name_the_program_that_was_typed() -> None:
    assert find(["deck", "get"], VERBS).program is Family.DECK
    with pytest.raises(UsageError, match=r'^error: unknown command "quux" for "deck"$'):
        read("deck quux", VERBS)


@every(
    ("phrase", "instead"),
    [
        ("edit deploy/web", "`set image` or `scale` or `label` or `annotate` or `apply`"),
        ("-n shop port-forward web 80", "`logs` or `exec` or `get`"),
        ("kubectl cp a b", "`exec` or `logs`"),
        ("attach web", "`logs` or `exec`"),
        ("debug web", "`describe` or `events` or `logs`"),
        ("replace -f x", "`apply`"),
        ("proxy", "`get` or `describe`"),
        ("run web --image=x", "`apply`"),
        ("config set-context x", "--context"),
        ("cluster-info dump", "`get` or `logs` or `events`"),
        ("taint node n1 a=b:NoSchedule", "`help`"),
        ("edit --help", "`set image`"),
    ],
)
def test_a_refused_verb_is_named_with_what_works_here(phrase: str, instead: str) -> None:
    with pytest.raises(RefusedError, match="is refused: ") as caught:
        read(phrase, VERBS)
    assert instead in caught.value.next_step


@pytest.mark.parametrize("typed", ["prom help graph", "prom graph --help", "help prom graph"])
def test_the_page_of_a_metrics_command_is_asked_for_in_any_order(typed: str) -> None:
    bound = read(typed, Registry())
    assert bound.command.phrase == "help"
    assert bound.options.arguments == ("prom", "graph")


def test_only_phrases_that_are_there_are_offered() -> None:
    class OneVerb(Verbs):
        def phrases(self) -> tuple[str, ...]:
            return ("scale", "help")

    with pytest.raises(RefusedError) as caught:
        read("edit deploy/web", OneVerb())
    assert caught.value.next_step == "Use `scale` instead."
    assert suggest("gt", OneVerb()) == ()


@pytest.mark.parametrize(
    ("phrase", "text", "next_step"),
    [
        (
            "rollout",
            'error: "rollout" does nothing by itself',
            "`rollout history`, `rollout pause`",
        ),
        ("top", 'error: "top" does nothing by itself', "`top node`, `top pod`"),
        ("rollout stauts", "error: unknown command", "`rollout status`"),
        ("gt", "error: unknown command", "`help`"),
        ("restart deploy/web", "error: unknown command", "Did you mean `rollout restart`?"),
        ("status", "error: unknown command", "Did you mean `rollout status`?"),
        ("pods", "error: unknown command", "Or did you mean `get pods`?"),
        ("Nodes", "error: unknown command", "Did you mean `get nodes`?"),
        ("get --bogus", "error: unknown flag: --bogus", "`help get`"),
        ("get --selectro a", "error: unknown flag: --selectro", "`--selector`"),
        ("scale web", "error: required flag", "--replicas"),
    ],
)
def test_a_mistake_is_told_with_what_to_type(phrase: str, text: str, next_step: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(phrase, VERBS)
    assert caught.value.text.startswith(text)
    assert next_step in caught.value.next_step

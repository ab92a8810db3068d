"""Tasks: which values may stand where, and what is asked for."""

import pytest

from bot.core.errors import UsageError
from bot.core.parameters import Parameter
from bot.core.reply import Choice
from bot.core.task import Task, UnansweredError, called
from tests.every import every

APP = Parameter("app", "name", ("web", "api"))
COUNT = Parameter("replicas", "integer", minimum=1, maximum=9)
IMAGE = Parameter("image", default="web:1")
SCALE = Task("scale", ("scale deploy/{app} --replicas={replicas} -n shop",), (APP, COUNT))


def test_values_stand_where_their_names_stood() -> None:
    [phrase] = SCALE.filled({"app": "web", "replicas": "3"})
    assert phrase == "scale deploy/web --replicas=3 -n shop"


def test_what_is_not_given_has_its_default() -> None:
    task = Task("t", ("set image deploy/web web={image}",), (IMAGE,))
    assert task.filled({}) == ("set image deploy/web web=web:1",)
    assert task.filled({"image": "web:2"}) == ("set image deploy/web web=web:2",)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"app": "db"}, "error: app must be one of web, api, not 'db'"),
        ({"app": "web", "replicas": "0"}, "error: replicas must be at least 1, not '0'"),
        ({"app": "web", "replicas": "10"}, "error: replicas must be at most 9, not '10'"),
        ({"app": "web", "replicas": "three"}, "error: replicas must be an integer, not 'three'"),
        ({"size": "9"}, "error: the task scale has no parameter 'size'"),
    ],
)
def test_another_value_is_answered_with_those_that_may_stand_there(
    given: dict[str, str], text: str
) -> None:
    with pytest.raises(UsageError) as raised:
        SCALE.filled(given)
    assert raised.value.text == text
    assert raised.value.next_step


@every(
    "hostile",
    ["web -n kube-system", "--all", "-f", "web;ls", "a\nb", "$(id)", "'", "{app}", "we\u0430b", ""],
)
@every("kind", ["name", "word", "integer", "number", "duration"])
def test_a_value_is_one_word_that_is_no_flag(hostile: str, kind: str) -> None:
    parameter = Parameter("value", kind)  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        Task("t", ("get pods {value}",), (parameter,)).filled({"value": hostile})


def unanswered(given: dict[str, str], typed: str = "") -> UnansweredError:
    with pytest.raises(UnansweredError) as raised:
        SCALE.filled(given, typed)
    return raised.value


def test_one_of_a_few_values_is_chosen() -> None:
    choices = unanswered({"replicas": "3"}, "run scale replicas=3").choices
    assert (choices.question, choices.options) == (
        "Which app?",
        (
            Choice("web", "run scale app=web replicas=3"),
            Choice("api", "run scale app=api replicas=3"),
        ),
    )


@pytest.mark.parametrize(
    ("given", "missing"), [({}, "app and replicas"), ({"app": "web"}, "replicas")]
)
def test_whatever_else_is_missing_is_asked_for_by_a_form(
    given: dict[str, str], missing: str
) -> None:
    error = unanswered(given, "run scale")
    usage = "run scale app=web|api replicas=INTEGER"
    assert error.text == f"error: the task scale needs {missing}: {usage}"
    assert error.choices.options == (Choice("Fill in…", "run scale", incomplete=True),)


def test_flags_that_were_typed_stay_behind_the_values() -> None:
    call = called(["scale", "app=web"], (SCALE,), "run scale app=web -n ops | head -3")
    assert call.needs_form
    assert [one.name for one in call.open] == ["replicas"]
    assert call.completed({"replicas": "3"}) == "run scale replicas=3 app=web -n ops | head -3"


def test_more_values_than_a_row_of_buttons_has_are_asked_for_by_a_form() -> None:
    task = Task("t", ("get pods {app}",), (Parameter("app", allowed=tuple("abcdef")),))
    assert called(["t"], (task,), "run t").needs_form
    assert not called(["t", "app=a"], (task,), "run t app=a").needs_form


def test_a_sample_is_valid() -> None:
    assert SCALE.sample() == ("scale deploy/web --replicas=1 -n shop",)

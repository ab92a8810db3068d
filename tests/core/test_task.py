"""Tasks: which values may stand where, and what is asked for."""

import pytest

from bot.core.errors import UsageError
from bot.core.task import Parameter, Task, UnansweredError

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


@pytest.mark.parametrize(
    "hostile",
    ["web -n kube-system", "--all", "-f", "web;ls", "a\nb", "$(id)", "'", "{app}", "we\u0430b", ""],
)
@pytest.mark.parametrize("kind", ["name", "word", "integer"])
def test_a_value_is_one_word_that_is_no_flag(hostile: str, kind: str) -> None:
    parameter = Parameter("value", kind)  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        Task("t", ("get pods {value}",), (parameter,)).filled({"value": hostile})


def test_what_is_missing_is_asked_for_with_the_values_that_are_known() -> None:
    with pytest.raises(UnansweredError) as raised:
        SCALE.filled({})
    assert raised.value.choices is not None
    assert [one.phrase for one in raised.value.choices.options] == [
        "run scale app=web",
        "run scale app=api",
    ]
    with pytest.raises(UnansweredError) as other:
        SCALE.filled({"app": "web"})
    assert other.value.choices is None
    assert other.value.next_step == "run scale app=web|api replicas=INTEGER"


def test_a_sample_is_valid() -> None:
    assert SCALE.sample() == ("scale deploy/web --replicas=1 -n shop",)

"""Environment variables: what a word asks for, and what the list is like afterwards."""

from typing import Any

import pytest

from bot.core.errors import UsageError
from bot.kube.changing.variables import (
    changed,
    clash,
    differences,
    fits,
    name_of,
    read_wishes,
    reference,
    split,
)
from tests.every import every

A, B = {"name": "A", "value": "1"}, {"name": "B", "value": "2"}
SECRET = {"name": "P", "valueFrom": {"secretKeyRef": {"name": "sec", "key": "pass"}}}


@every(
    ("existing", "words", "result"),
    [
        ([A], ["B=2"], [A, B]),
        ([A, B], ["A=3"], [{"name": "A", "value": "3"}, B]),
        ([A, B], ["A-"], [B]),
        ([A, B, A], ["A=3"], [{"name": "A", "value": "3"}, B]),
        ([B, A, A], ["B-"], [A, A]),
        ([A], ["A="], [{"name": "A"}]),
        ([A], ["B=2", "B=3"], [A, B]),
        ([A], ["X-"], [A]),
        ([A], ["B-=2"], [A, {"name": "B-", "value": "2"}]),
    ],
)
def test_variables_keep_their_order_and_new_ones_follow(
    existing: Any, words: list[str], result: Any
) -> None:
    assert changed(existing, read_wishes(words)) == result


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("1A=2", '"1A" is not a valid key name: a valid environment variable name must consist'),
        ("nope", "unknown environment variable: nope"),
        ("-", "variables are not read from standard input here"),
    ],
)
def test_what_is_no_variable_is_refused(word: str, said: str) -> None:
    with pytest.raises(UsageError, match="error: ") as error:
        read_wishes([word])
    assert said in error.value.text


def test_one_variable_is_not_set_and_removed_at_once() -> None:
    with pytest.raises(UsageError, match="can not both modify and remove the same environment"):
        read_wishes(["A-", "A=1"])


def test_objects_stand_before_variables() -> None:
    assert split(["deploy/web", "A=1", "B-"]) == (["deploy/web"], ["A=1", "B-"])
    with pytest.raises(UsageError, match="all resources must be specified before environment"):
        split(["A=1", "deploy/web"])


def test_what_would_be_overwritten_is_told_but_for_what_stays_as_it_is() -> None:
    assert clash([A, B], read_wishes(["A=1", "C=3"])) == ""
    expected = "'A' already has a value (1), and --overwrite is false"
    assert clash([A, B], read_wishes(["A=9", "B=9"])) == expected
    assert "hunter2" not in clash([SECRET], read_wishes(["P=hunter3"]))


@pytest.mark.parametrize(
    ("name", "spec", "does"),
    [
        ("web", "*", True),
        ("web", "w*", True),
        ("web", "w*b", True),
        ("web", "web", True),
        ("web", "we", False),
        ("web", "*x*", False),
        ("w.b", "w?b", False),
    ],
)
def test_a_star_stands_for_any_text(name: str, spec: str, does: bool) -> None:
    assert fits(name, spec) is does


def test_a_preview_names_a_secret_and_not_what_is_in_it() -> None:
    told = list(differences([A], [{"name": "A", "value": "2"}, SECRET]))
    assert told == [("A", "1", "2"), ("P", "none", "secret sec, key pass")]
    assert reference({"fieldRef": {"fieldPath": "spec.nodeName"}}) == "field path spec.nodeName"
    assert name_of("db.host-name") == "DB_HOST_NAME"

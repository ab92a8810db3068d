"""How taints are read, and what becomes of those that a node has; texts of kubectl 1.37.1."""

from typing import Any

import pytest

from bot.core.errors import QuarterdeckError, UsageError
from bot.kube.tainting import Tainting, is_taint, read_taints, tainted
from tests.every import every

NAME = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
    " alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for"
    " validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)


def taint(key: str, value: str = "", effect: str = "NoSchedule") -> dict[str, Any]:
    return {"effect": effect, "key": key, **({"value": value} if value else {})}


def read(*words: str, overwrite: bool = False) -> Tainting:
    return read_taints(words, overwrite=overwrite)


@every(
    ("words", "text"),
    [
        ("a=b:Foo", "invalid taint effect: Foo, unsupported taint effect"),
        ("a:Foo-", "invalid taint effect: Foo, unsupported taint effect"),
        ("a=b", f"invalid taint spec: a=b, name part {NAME}"),
        (
            "=b:NoSchedule",
            f"invalid taint spec: =b:NoSchedule, name part must be non-empty; name part {NAME}",
        ),
        ("a=b:NoSchedule:x", "invalid taint spec: a=b:NoSchedule:x"),
        ("a=b=c:NoSchedule", "invalid taint spec: a=b=c:NoSchedule"),
        ("a", "invalid taint spec: a"),
        ("/b:NoExecute", "invalid taint spec: /b:NoExecute, prefix part must be non-empty"),
        (
            "a=c:NoSchedule a=d:NoSchedule",
            "duplicated taints with the same key and effect: {a d NoSchedule <nil>}",
        ),
    ],
)  # fmt: skip
def test_what_is_no_taint_is_refused_in_kubectls_words(words: str, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(*words.split())
    assert caught.value.text == f"error: {text}\nSee 'kubectl taint -h' for help and examples"


@pytest.mark.parametrize(
    ("words", "clash"),
    [("a=c:NoSchedule a-", "a="), ("a=c:NoSchedule a:NoSchedule-", "a=NoSchedule")],
)
def test_a_taint_is_not_set_and_removed_at_once(words: str, clash: str) -> None:
    with pytest.raises(UsageError, match=f"in the same command: {clash}$"):
        read(*words.split())


@pytest.mark.parametrize(
    ("before", "words", "after", "said"),
    [
        ([], "a=b:NoSchedule", [taint("a", "b")], "tainted"),
        ([taint("z")], "a:NoSchedule", [taint("a"), taint("z")], "tainted"),
        ([taint("a"), taint("z")], "a-", [taint("z")], "untainted"),
        ([taint("a"), taint("a", "", "NoExecute")], "a:NoExecute-", [taint("a")], "untainted"),
        ([taint("a"), taint("a", "", "NoExecute")], "a-", [], "untainted"),
        ([taint("z"), taint("y")], "a:NoSchedule z- y-", [taint("a")], "modified"),
        ([taint("a")], "a:NoExecute", [taint("a", "", "NoExecute"), taint("a")], "tainted"),
    ],
)  # fmt: skip
def test_what_a_node_has_afterwards(
    before: list[dict[str, Any]], words: str, after: list[dict[str, Any]], said: str
) -> None:
    assert tainted("n", before, read(*words.split())) == (after, said)


def test_what_is_there_is_replaced_only_on_demand() -> None:
    before = [taint("a", "x"), taint("b")]
    with pytest.raises(QuarterdeckError) as caught:
        tainted("n", before, read("a=y:NoSchedule", "b:NoSchedule"))
    assert caught.value.text == (
        "error: node n already has a,b taint(s) with same effect(s) and --overwrite is false"
    )
    changed = tainted("n", before, read("a=y:NoSchedule", overwrite=True))
    assert changed == ([taint("a", "y"), taint("b")], "modified")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("x:NoSchedule-", 'error: taint "x:NoSchedule" not found'),
        ("x- y-", 'taint "x" not found\ntaint "y" not found'),
    ],
)
def test_what_is_not_there_is_not_removed(words: str, text: str) -> None:
    with pytest.raises(QuarterdeckError) as caught:
        tainted("n", [taint("a")], read(*words.split()))
    assert caught.value.text == text


def test_a_taint_is_told_from_a_name() -> None:
    assert [is_taint(word) for word in ("node-a", "a-", "a=b", "a:NoSchedule")] == [
        False, True, True, True,
    ]  # fmt: skip

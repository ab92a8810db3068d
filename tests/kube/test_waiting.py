"""What `wait --for` is read as, and when it has come true."""

from typing import Any

import pytest

from bot.core.errors import QuarterdeckError, UsageError
from bot.kube.waiting import Condition, Gone, There, Value, holds, read_conditions
from tests.every import every

READY = {"type": "Ready", "status": "True"}


def item(*conditions: Any, generation: int | None = None, **status: Any) -> dict[str, Any]:
    metadata = {"name": "web"} | ({} if generation is None else {"generation": generation})
    return {"metadata": metadata, "status": {"conditions": list(conditions), **status}}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("delete", Gone()),
        ("Delete", Gone()),
        ("create", There()),
        ("condition=Ready", Condition("Ready", "true")),
        ("condition=Ready=false", Condition("Ready", "false")),
        ("condition=Ready=", Condition("Ready", "")),
    ],
)
def test_what_is_waited_for_is_read(typed: str, wanted: object) -> None:
    assert read_conditions([typed]) == [wanted]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("jsonpath={.status.phase}", ""),
        ("jsonpath={.status.phase}=Running", "Running"),
        ("jsonpath='{.status.phase}'='Running'", "Running"),
        ("jsonpath=.status.phase=Running", "Running"),
        ('jsonpath={.items[?(@.type=="x")].status}=True', "True"),
    ],
)
def test_a_path_is_told_from_its_value(typed: str, value: str) -> None:
    typed = typed.replace("'{", "{").replace("}'", "}")
    [found] = read_conditions([typed])
    assert isinstance(found, Value)
    assert found.value == value


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ([], "error: unrecognized condition: []"),
        (["nonsense"], 'error: unrecognized condition: "nonsense"'),
        (["jsonpath"], 'error: unrecognized condition: "jsonpath"'),
        (["jsonpath="], "error: jsonpath expression cannot be empty"),
        (["jsonpath={.a}=b=c"], "error: jsonpath wait format must be"),
        (["jsonpath={.a}="], "error: jsonpath wait has to have a value after equal sign"),
        (["jsonpath={.a"], "error: "),
    ],
)
def test_what_cannot_be_read_is_refused_in_kubectls_words(typed: list[str], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_conditions(typed)
    assert caught.value.text.startswith(said)


@every(
    ("wanted", "found", "met"),
    [
        (Condition("Ready", "true"), item(READY), True),
        (Condition("ready", "True"), item(READY), True),
        (Condition("Ready", "false"), item(READY), False),
        (Condition("Available", "true"), item(READY), False),
        (Condition("Ready", "true"), {"metadata": {}}, False),
        (Condition("Ready", "true"), item(READY, generation=2, observedGeneration=1), False),
        (Condition("Ready", "true"), item(READY, generation=2, observedGeneration=2), True),
        (Condition("Ready", "true"), item({**READY, "observedGeneration": 1}, generation=2), False),
        (
            Condition("Ready", "true"),
            item({**READY, "observedGeneration": 2}, generation=2, observedGeneration=1),
            True,
        ),
    ],
)
def test_a_condition_holds_for_the_generation_that_was_seen(
    wanted: Condition, found: Any, met: bool
) -> None:
    assert holds(wanted, found) is met


@every(
    ("typed", "status", "met"),
    [
        ("jsonpath={.status.phase}=Running", {"phase": "Running"}, True),
        ("jsonpath={.status.phase}=Running", {"phase": "Pending"}, False),
        ("jsonpath={.status.phase}=Running", {}, False),
        ("jsonpath={.status.phase}", {"phase": "Pending"}, True),
        ("jsonpath={.status.phase}", {}, False),
        ("jsonpath={.status.replicas}=3", {"replicas": 3}, True),
        ("jsonpath={.status.ready}=true", {"ready": True}, True),
        ("jsonpath={.status.phase}=Running", {"phase": " Running "}, True),
    ],
)
def test_a_value_is_compared_as_it_would_be_printed(
    typed: str, status: dict[str, Any], met: bool
) -> None:
    [wanted] = read_conditions([typed])
    assert isinstance(wanted, Value)
    assert holds(wanted, {"metadata": {}, "status": status}) is met


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("jsonpath={.status.list[*]}=1", "matches more than one value"),
        ("jsonpath={.status.map}=1", "jsonpath leads to a nested object or list"),
    ],
)
def test_a_path_to_no_single_value_is_an_error(typed: str, said: str) -> None:
    [wanted] = read_conditions([typed])
    assert isinstance(wanted, Value)
    with pytest.raises(QuarterdeckError, match=said):
        holds(wanted, {"status": {"list": [1, 2], "map": {"a": 1}}})

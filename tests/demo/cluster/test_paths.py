"""Values are found where paths say."""

from typing import Any

import pytest

from bot.demo.cluster.values import at, found
from tests.every import every

ITEM = {
    "spec": {"size": 0, "tags": ["a", "b"], "none": None, "a.b": "dotted"},
    "status": {"conditions": [{"type": "Ready", "status": "True"}, {"type": "Old"}]},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [("spec.size", 0), ("spec.none", "?"), ("spec.size.more", "?"), ("other", "?")],
)
def test_a_dotted_path_gives_the_default_where_nothing_is(path: str, value: Any) -> None:
    assert at(ITEM, path, "?") == value


@every(
    ("path", "value"),
    [
        (".spec.size", 0),
        (".spec.tags[1]", "b"),
        (".spec.tags[-1]", "b"),
        (".spec.tags[9]", None),
        (r".spec.a\.b", "dotted"),
        ('.status.conditions[?(@.type=="Ready")].status', "True"),
        ('.status.conditions[?(@.type=="Gone")].status', None),
        (".spec.size.more", None),
    ],
)
def test_a_json_path_gives_the_value_that_it_finds(path: str, value: Any) -> None:
    assert found(ITEM, path) == ([] if value is None else [value])


def test_a_json_path_may_find_several_values() -> None:
    assert found(ITEM, ".spec.tags[*]") == ["a", "b"]

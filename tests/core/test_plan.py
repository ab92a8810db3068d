"""A plan that waits is the plan that was shown, in every byte that it sends."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.command import Effect
from bot.core.plan import Change, Operation, Patch, Plan, Target, dump_plan, load_plan
from tests.every import every

WEB = Target("ctx", "apps", "v1", "deployments", "Deployment", "shop", "web", "uid-1")
NODE = Target("ctx", "", "v1", "nodes", "Node", "", "n1", "uid-2")

values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
operations = st.builds(
    Operation, st.sampled_from(["test", "add", "replace", "remove"]), st.text(), values
)
steps = st.builds(
    Patch,
    st.sampled_from([WEB, NODE]),
    st.lists(operations, max_size=4).map(tuple),
    st.sampled_from(["", "scale"]),
    st.sampled_from(Effect),
    st.booleans(),
)
plans = st.builds(
    Plan,
    st.text(),
    st.lists(steps, max_size=3).map(tuple),
    st.lists(st.builds(Change, *[st.text()] * 4), max_size=3).map(tuple),
    st.lists(st.text(), max_size=3).map(tuple),
)


def bodies(plan: Plan) -> list[bytes]:
    return [step.body() for step in plan.steps if isinstance(step, Patch)]


@given(plans)
def test_a_kept_plan_comes_back_equal_and_sends_the_same_bytes(plan: Plan) -> None:
    loaded = load_plan(dump_plan(plan))
    assert loaded == plan
    assert bodies(loaded) == bodies(plan)
    assert dump_plan(loaded) == dump_plan(plan)


@every(
    "value",
    ["5", 5, 5.0, True, None, "2026-01-01T00:00:00Z", "1e3", {"replicas": "5"}, [1, "1", 1.0]],
    ids=repr,
)
def test_no_value_changes_its_type_on_the_way(value: object) -> None:
    plan = Plan("p", (Patch(WEB, (Operation("add", "/a", value),)),), (), ())
    [step] = load_plan(dump_plan(plan)).steps
    assert isinstance(step, Patch)
    [sent] = orjson.loads(step.body())
    assert (sent["value"], type(sent["value"])) == (value, type(value))


def test_a_removal_has_no_value_and_a_null_is_one() -> None:
    patch = Patch(WEB, (Operation("remove", "/a"), Operation("add", "/b", None)))
    assert orjson.loads(patch.body()) == [
        {"op": "remove", "path": "/a"},
        {"op": "add", "path": "/b", "value": None},
    ]


def step(effect: Effect) -> Patch:
    return Patch(WEB, (), effect=effect)


@pytest.mark.parametrize(
    ("effects", "highest"),
    [
        ([], Effect.READ),
        ([Effect.CHANGE], Effect.CHANGE),
        ([Effect.CHANGE, Effect.DESTROY, Effect.READ], Effect.DESTROY),
    ],
    ids=["none", "one", "several"],
)
def test_a_plan_is_as_dangerous_as_its_worst_step(effects: list[Effect], highest: Effect) -> None:
    assert Plan("p", tuple(map(step, effects)), (), ()).effect is highest


def test_an_object_is_named_as_kubectl_names_it() -> None:
    assert WEB.qualified == "deployment.apps/web"
    assert NODE.qualified == "node/n1"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Change("deploy/web", "replicas", "3", "5"), "replicas 3 → 5"),
        (Change("pod/db-0", "", "there", "deleted"), "there → deleted"),
    ],
    ids=["field", "object"],
)
def test_a_change_of_a_whole_object_names_no_field(change: Change, told: str) -> None:
    assert change.told == told

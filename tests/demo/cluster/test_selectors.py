"""Selectors choose as the API server's do; what it says of unreadable ones is in the recordings."""

import pytest

from bot.demo.cluster.kinds import KINDS, Kind
from bot.demo.cluster.refusals import ApiRefusalError
from bot.demo.cluster.selectors import (
    fields_match,
    labels_match,
    requirements_of,
    selector_matches,
)
from bot.demo.cluster.values import Json
from tests.every import every

BY_RESOURCE = {kind.resource: kind for kind in KINDS}
CUSTOM = Kind("Widget", "widgets", "example.org", custom=True)


def labelled(**labels: str) -> Json:
    return {"metadata": {"name": "one", "labels": labels}}


@every(
    ("text", "chosen"),
    [
        ("", "abc"),
        ("app=web", "a"),
        ("app in (web,api)", "ab"),
        ("app notin (web)", "bc"),
        ("app!=web", "bc"),
        ("app", "ab"),
        ("!app", "c"),
        ("app, n=3", "b"),
        ("app in (in, notin,)", ""),
    ],
)
def test_a_label_selector_chooses_by_every_one_of_its_conditions(text: str, chosen: str) -> None:
    objects = {
        "a": labelled(app="web", n="2"),
        "b": labelled(app="api", n="3"),
        "c": {"metadata": {"name": "c"}},
    }
    matches = labels_match(text)
    assert "".join(name for name, item in objects.items() if matches(item)) == chosen


def test_an_object_selector_is_shown_as_kubectl_writes_it() -> None:
    selector: Json = {
        "matchLabels": {"tier": "front", "app": "web"},
        "matchExpressions": [
            {"key": "zone", "operator": "In", "values": ["b", "a"]},
            {"key": "old", "operator": "DoesNotExist"},
            {"key": "kept", "operator": "Exists"},
            {"key": "team", "operator": "NotIn", "values": ["x"]},
        ],
    }
    shown = ",".join(map(str, requirements_of(selector)))
    assert shown == "app=web,kept,!old,team notin (x),tier=front,zone in (a,b)"


@pytest.mark.parametrize(
    ("selector", "met"),
    [
        ({}, True),
        ({"matchLabels": {"app": "web"}}, True),
        ({"matchLabels": {"app": "api"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}, False),
    ],
)
def test_labels_meet_an_object_selector(selector: Json, met: bool) -> None:
    assert selector_matches(selector, {"app": "web"}) is met


@pytest.mark.parametrize(
    ("resource", "text", "item"),
    [
        ("pods", "spec.hostNetwork=false", {"spec": {}}),
        ("pods", "spec.hostNetwork=true", {"spec": {"hostNetwork": True}}),
        ("nodes", "spec.unschedulable!=true", {"spec": {}}),
        ("jobs.batch", "status.successful=2", {"status": {"succeeded": 2}}),
        ("events", "source=kubelet", {"source": {"component": "kubelet"}}),
    ],
)
def test_a_field_selector_knows_what_an_unset_field_is(
    resource: str, text: str, item: Json
) -> None:
    assert fields_match(BY_RESOURCE[resource], text)(item)


@pytest.mark.parametrize(
    "text", ["app in (web", "app web", "app=web,", "-app=web", "n>1", "a=b c", "!a=b"]
)
def test_a_label_selector_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ApiRefusalError, match="unable to parse requirement") as refused:
        labels_match(text)
    assert (refused.value.code, refused.value.reason) == (400, "BadRequest")


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (CUSTOM, "spec.size=1", "field label not supported: spec.size"),
        (BY_RESOURCE["pods"], "spec.size=1", "field label not supported: spec.size"),
        (BY_RESOURCE["pods"], "metadata.name", "can't understand 'metadata.name'"),
        (BY_RESOURCE["leases.coordination.k8s.io"], "spec.x=1", "is not a known field selector"),
    ],
)
def test_a_field_that_nothing_is_chosen_by_is_refused(kind: Kind, text: str, message: str) -> None:
    with pytest.raises(ApiRefusalError, match=message) as refused:
        fields_match(kind, text)
    assert (refused.value.code, refused.value.reason) == (400, "BadRequest")

"""What is valid passes, and a check that the recordings do not reach says what is wrong."""

import pytest

from bot.demo.cluster.admission import CHECKS, filled, mistakes
from bot.demo.cluster.kinds import KINDS, Kind
from bot.demo.cluster.values import Json, data, wrong
from tests.every import every

BY_KIND = {kind.kind: kind for kind in KINDS}


def deployment(**spec: object) -> Json:
    template = {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "app", "image": "web:1"}]},
    }
    made = {"selector": {"matchLabels": {"app": "web"}}, "template": template} | spec
    return filled(BY_KIND["Deployment"], {"metadata": {"name": "web"}, "spec": made})


def test_a_valid_object_has_no_mistakes() -> None:
    assert mistakes(BY_KIND["Deployment"], deployment(), None) == []
    assert mistakes(BY_KIND["Deployment"], deployment(replicas=3), deployment()) == []


def test_all_mistakes_are_told_at_once_and_in_order() -> None:
    found = mistakes(BY_KIND["Deployment"], deployment(replicas=-1, minReadySeconds=-2), None)
    assert [each.field for each in found] == ["spec.replicas", "spec.minReadySeconds"]
    assert found[0].reason == "FieldValueInvalid"


def test_only_the_name_and_labels_of_a_custom_resource_are_looked_at() -> None:
    kind = Kind("Pod", "pods", "x.org", custom=True)
    item = {"metadata": {"name": "A", "labels": {"a": "b c"}}, "spec": {}}
    assert [each.field for each in mistakes(kind, item, None)] == [
        "metadata.name",
        "metadata.labels",
    ]


@pytest.mark.parametrize(
    ("part", "allowed"),
    [
        ({"containers": [{"name": "app", "image": "web:2"}]}, True),
        ({"activeDeadlineSeconds": 5}, True),
        ({"containers": [{"name": "app", "image": "web:1", "tty": True}]}, False),
        ({"nodeName": "node-1"}, False),
        ({"restartPolicy": "Never"}, False),
    ],
)
def test_of_a_pod_little_may_change(part: Json, allowed: bool) -> None:
    spec = {"containers": [{"name": "app", "image": "web:1"}]}
    before, after = (
        filled(BY_KIND["Pod"], {"metadata": {"name": "one"}, "spec": each})
        for each in (spec, spec | part)
    )
    assert (mistakes(BY_KIND["Pod"], after, before) == []) is allowed


@every(
    ("value", "form", "valid"),
    [
        ("web-1", "dns_label", True),
        ("web.1", "dns_label", False),
        ("web.example.org", "subdomain", True),
        ("Web", "subdomain", False),
        ("example.org/app", "label_key", True),
        ("example.org/", "label_key", False),
        ("", "label_value", True),
        ("x" * 64, "label_value", False),
        ("ca.crt", "config_key", True),
    ],
)
def test_a_value_has_its_form(value: str, form: str, valid: bool) -> None:
    assert (wrong(value, form) == []) is valid


def checks_in(rules: object) -> set[str]:
    match rules:
        case dict():
            return {name for each in rules.values() for name in checks_in(each)}
        case list():
            return {name for each in rules for name in (each if isinstance(each, dict) else [each])}
        case _:
            return set()


def test_every_check_is_used_and_every_check_that_is_used_exists() -> None:
    rules = data("validation")
    assert checks_in(rules["kinds"]) | checks_in(rules["metadata"]) == CHECKS | {"required"}


def test_every_check_has_its_sentence() -> None:
    assert set(data("validation")["sentences"]) == CHECKS | {"required"}

"""Defaults fill in what is not said; whole objects are compared in the recordings."""

import pytest

from bot.demo.cluster.admission import filled
from bot.demo.cluster.kinds import KINDS, Kind
from bot.demo.cluster.refusals import ApiRefusalError
from bot.demo.cluster.values import Json

BY_KIND = {kind.kind: kind for kind in KINDS}


def pod(**container: object) -> Json:
    spec = {"containers": [{"name": "app", "image": "web:1", **container}]}
    return filled(BY_KIND["Pod"], {"metadata": {"name": "one"}, "spec": spec})


def resources(**amounts: dict[str, object]) -> Json:
    return pod(resources=amounts)


@pytest.mark.parametrize(
    ("item", "quality"),
    [
        (resources(), "BestEffort"),
        (resources(requests={"cpu": "1"}), "Burstable"),
        (resources(limits={"cpu": "1"}), "Burstable"),
        (resources(limits={"cpu": "1000m", "memory": "1024Mi"}), "Guaranteed"),
        (resources(limits={"cpu": 1, "memory": "1Gi"}, requests={"cpu": "0.5"}), "Burstable"),
    ],
)
def test_a_pods_class_follows_from_what_it_asks_for(item: Json, quality: str) -> None:
    assert item["status"]["qosClass"] == quality


def test_what_was_filled_in_stays_as_it_is() -> None:
    once = pod(ports=[{"containerPort": 80}], livenessProbe={"httpGet": {"port": 80}})
    assert filled(BY_KIND["Pod"], once) == once


def test_an_object_that_is_handed_in_is_not_changed() -> None:
    item: Json = {"metadata": {"name": "a"}, "spec": {"ports": [{"port": 80}]}}
    filled(BY_KIND["Service"], item)
    assert item == {"metadata": {"name": "a"}, "spec": {"ports": [{"port": 80}]}}


def test_two_objects_share_nothing_that_was_filled_in() -> None:
    metrics = [filled(BY_KIND["HorizontalPodAutoscaler"], {}) for _ in range(2)]
    metrics[0]["spec"]["metrics"].append("x")
    assert len(metrics[1]["spec"]["metrics"]) == 1


def test_empty_values_are_dropped_but_not_those_of_a_map() -> None:
    item: Json = {
        "metadata": {"name": "a", "labels": {"x": ""}, "annotations": {}},
        "data": {"y": ""},
    }
    found = filled(BY_KIND["ConfigMap"], item)
    assert found == {"metadata": {"name": "a", "labels": {"x": ""}}, "data": {"y": ""}}


def test_a_texts_secret_takes_the_place_of_its_data() -> None:
    item: Json = {"data": {"x": "b2xk", "y": "eQ=="}, "stringData": {"x": "new"}}
    assert filled(BY_KIND["Secret"], item)["data"] == {"x": "bmV3", "y": "eQ=="}


def test_a_quantity_that_is_none_is_refused() -> None:
    with pytest.raises(ApiRefusalError, match="quantities must match") as refused:
        resources(limits={"cpu": "lots"})
    assert refused.value.code == 400


def test_a_custom_resource_is_left_as_it_is() -> None:
    kind = Kind("Pod", "pods", "x.org", custom=True)
    item: Json = {"spec": {"empty": []}}
    assert filled(kind, item) is item

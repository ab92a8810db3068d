"""What a pod asks for, as the scheduler counts it."""

from typing import Any

import pytest

from bot.core.units import parse_quantity
from bot.kube.describe.resources import container_resource, percent, pod_total, totals
from tests.every import every


def asking(cpu: str, **more: Any) -> dict[str, Any]:
    return {"name": more.pop("name", "app"), "resources": {"requests": {"cpu": cpu}}, **more}


def pod(*containers: Any, init: Any = (), status: Any = None, **spec: Any) -> dict[str, Any]:
    held = {"containers": list(containers), "initContainers": list(init), **spec}
    return {"spec": held, "status": status or {}}


ALWAYS = {"restartPolicy": "Always"}
PODS = {
    "nothing": (pod(), None),
    "the containers together": (pod(asking("100m"), asking("1")), "1100m"),
    "a greater init container": (pod(asking("100m"), init=[asking("1")]), "1"),
    "a smaller init container": (pod(asking("2"), init=[asking("1")]), "2"),
    "init containers one after the other": (
        pod(asking("100m"), init=[asking("1"), asking("700m")]),
        "1",
    ),
    "a sidecar beside the containers": (
        pod(asking("100m"), init=[asking("1", **ALWAYS)]),
        "1100m",
    ),
    "an init container beside the sidecar before it": (
        pod(asking("100m"), init=[asking("1", **ALWAYS), asking("3")]),
        "4",
    ),
    "an init container without the sidecar behind it": (
        pod(asking("100m"), init=[asking("3"), asking("1", **ALWAYS)]),
        "3",
    ),
    "the overhead": (pod(asking("1"), overhead={"cpu": "250m"}), "1250m"),
    "the pod's own in place of its containers'": (
        pod(asking("1"), resources={"requests": {"cpu": "3"}}),
        "3",
    ),
    "the pod's own and the overhead": (
        pod(asking("1"), resources={"requests": {"cpu": "3"}}, overhead={"cpu": "1"}),
        "4",
    ),
}


@every(("found", "cpu"), PODS.values(), ids=PODS)
def test_a_pod_requests_what_it_needs_at_its_peak(found: Any, cpu: str | None) -> None:
    held = pod_total(found, "requests").get("cpu")
    assert (held and str(held)) == cpu


def test_the_overhead_is_no_limit_of_what_has_none() -> None:
    assert pod_total(pod(asking("1"), overhead={"cpu": "1"}), "limits") == {}


@pytest.mark.parametrize(
    ("state", "cpu"),
    [
        ({"resources": {"requests": {"cpu": "3"}}}, "3"),
        ({"resources": {"requests": {"cpu": "1"}}}, "2"),
        ({"allocatedResources": {"cpu": "5"}}, "5"),
    ],
    ids=["greater", "smaller", "allocated"],
)
def test_while_it_is_resized_a_container_counts_with_the_most(state: Any, cpu: str) -> None:
    found = pod(asking("2"), status={"containerStatuses": [{"name": "app", **state}]})
    assert str(pod_total(found, "requests", from_status=True)["cpu"]) == cpu
    assert str(pod_total(found, "requests")["cpu"]) == "2"


def test_a_resize_that_the_node_refused_is_not_counted() -> None:
    refused = [{"type": "PodResizePending", "status": "True", "reason": "Infeasible"}]
    states = [
        {"name": "held", "resources": {"requests": {"cpu": "1"}}},
        {"name": "promised", "allocatedResources": {"cpu": "3"}},
    ]
    asked = [asking("9", name=name) for name in ("held", "promised", "unknown")]
    found = pod(*asked, status={"conditions": refused, "containerStatuses": states})
    assert str(pod_total(found, "requests", from_status=True)["cpu"]) == "4"


def test_a_pod_counts_with_the_greatest_of_three_sums() -> None:
    states = [
        {"name": "growing", "resources": {"requests": {"cpu": "1"}}},
        {"name": "shrinking", "resources": {"requests": {"cpu": "5"}}},
    ]
    asked = [asking("4", name="growing"), asking("1", name="shrinking")]
    found = pod(*asked, status={"containerStatuses": states})
    # Not 9, the sum of each container's most.
    assert str(pod_total(found, "requests", from_status=True)["cpu"]) == "6"


def test_a_sum_is_written_in_the_family_of_its_first_part() -> None:
    found = [
        {"spec": {"containers": [{"name": "a", "resources": {"limits": {"memory": text}}}]}}
        for text in ("1Gi", "1M")
    ]
    assert str(totals(found, "limits")["memory"]) == str(parse_quantity("1074741824").value)


@pytest.mark.parametrize(
    ("part", "whole", "resource", "expected"),
    [
        ("250m", "1", "cpu", 25),
        ("1m", "3", "cpu", 0),
        ("999m", "1", "cpu", 99),
        ("1Gi", "4Gi", "memory", 25),
        ("1500m", "0", "cpu", -(2**63)),
        ("5", "4", "memory", 125),
    ],
)
def test_a_share_is_cut_to_whole_per_cent(
    part: str, whole: str, resource: str, expected: int
) -> None:
    assert percent(parse_quantity(part), parse_quantity(whole), resource) == expected


@pytest.mark.parametrize(
    ("resource", "divisor", "expected"),
    [
        ("limits.cpu", "0", "2"),
        ("limits.cpu", "1m", "1500"),
        ("requests.cpu", "1", "0"),
        ("limits.memory", "1Mi", "2"),
        ("limits.memory", "1", "1500000"),
        ("limits.example.org/gpu", "1", ""),
        ("nonsense", "1", ""),
    ],
)
def test_a_resource_is_told_in_its_divisor_and_rounded_up(
    resource: str, divisor: str, expected: str
) -> None:
    container = {"resources": {"limits": {"cpu": "1500m", "memory": "1500k"}}}
    assert container_resource({"resource": resource, "divisor": divisor}, container) == expected

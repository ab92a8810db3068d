"""What nodes and pods use, as kubectl's rows."""

from typing import Any

import pytest

from bot.core.units import parse_quantity
from bot.kube.usage import (
    UNKNOWN,
    measured,
    node_columns,
    node_rows,
    pod_columns,
    pod_rows,
    sum_rows,
)

BOTH = measured(swap=False)


def node(name: str, cpu: str, memory: str = "1Gi") -> dict[str, Any]:
    return {"metadata": {"name": name}, "usage": {"cpu": cpu, "memory": memory}}


def pod(name: str, *used: str, namespace: str = "shop") -> dict[str, Any]:
    containers = [
        {"name": f"c{at}", "usage": {"cpu": cpu, "memory": "1Mi"}} for at, cpu in enumerate(used)
    ]
    return {"metadata": {"name": name, "namespace": namespace}, "containers": containers}


def room(**cpu: str) -> dict[str, Any]:
    return {
        name.replace("_", "-"): {"cpu": parse_quantity(text), "memory": parse_quantity("4Gi")}
        for name, text in cpu.items()
    }


@pytest.mark.parametrize(
    ("cpu", "memory", "cells"),
    [
        ("250m", "1Gi", ("250m", "25%", "1024Mi", "25%")),
        ("1", "4Gi", ("1000m", "100%", "4096Mi", "100%")),
        ("1n", "1", ("1m", "0%", "0Mi", "0%")),
        ("999500u", "1048575", ("1000m", "100%", "0Mi", "0%")),
        ("0", "0", ("0m", "0%", "0Mi", "0%")),
    ],
)
def test_a_node_is_shown_with_its_share(cpu: str, memory: str, cells: tuple[str, ...]) -> None:
    [row] = node_rows([node("a", cpu, memory)], room(a="1"), BOTH, "")
    assert row == ("a", *cells, "")


def test_a_node_without_metrics_comes_last_and_is_unknown() -> None:
    rows = node_rows([node("z", "1")], room(z="2", b="2", a="2"), BOTH, "")
    assert [row[0] for row in rows] == ["z", "a", "b"]
    assert rows[1] == ("a", *[UNKNOWN] * 4, "")


@pytest.mark.parametrize(
    ("sort_by", "order"), [("", ["a", "b"]), ("cpu", ["b", "a"]), ("memory", ["a", "b"])]
)
def test_the_greatest_comes_first_where_it_is_sorted_by_use(sort_by: str, order: list[str]) -> None:
    metrics = [node("b", "2", "1Gi"), node("a", "1", "2Gi")]
    rows = node_rows(metrics, room(a="4", b="4"), BOTH, sort_by)
    assert [row[0] for row in rows] == order


def test_swap_has_columns_of_its_own() -> None:
    resources = measured(swap=True)
    assert node_columns(resources)[-3:] == ("SWAP(bytes)", "SWAP(%)", "")
    [row] = node_rows([node("a", "1")], room(a="1"), resources, "")
    assert row[-3:] == (UNKNOWN, UNKNOWN, "")


@pytest.mark.parametrize(
    ("namespaces", "containers", "rows"),
    [
        (False, False, [("web", "300m", "2Mi", "")]),
        (True, False, [("shop", "web", "300m", "2Mi", "")]),
        (False, True, [("web", "c0", "100m", "1Mi", ""), ("web", "c1", "200m", "1Mi", "")]),
    ],
)
def test_a_pod_is_the_sum_of_its_containers(
    namespaces: bool, containers: bool, rows: list[tuple[str, ...]]
) -> None:
    columns = pod_columns(BOTH, namespaces=namespaces, containers=containers)
    found = pod_rows(
        [pod("web", "100m", "200m")], BOTH, "", namespaces=namespaces, containers=containers
    )
    assert found == rows
    assert len(columns) == len(rows[0])


def test_pods_are_sorted_by_namespace_only_where_it_is_shown() -> None:
    metrics = [pod("b", "1", namespace="a"), pod("a", "1", namespace="b")]
    together = pod_rows(metrics, BOTH, "", namespaces=False, containers=False)
    assert [row[0] for row in together] == ["a", "b"]
    apart = pod_rows(metrics, BOTH, "", namespaces=True, containers=False)
    assert [row[1] for row in apart] == ["b", "a"]


def test_a_sum_stands_below_a_ruler() -> None:
    ruler, total = sum_rows([pod("a", "100m"), pod("b", "1", "1")], BOTH, 3)
    assert ruler == ("", "________", "________", "")
    assert total == ("", "2100m", "3Mi", "")

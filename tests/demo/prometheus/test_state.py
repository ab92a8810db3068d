"""The demo's metrics say of objects what the exporter of the real test bed says of them."""

from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import pytest

from bot.demo.cluster import scenes
from bot.demo.cluster.box import Box
from bot.demo.prometheus import state
from tests.clock import IdleClock
from tests.metrics.state import families

RESOURCES = {
    "pods": "pods",
    "deployments": "deployments.apps",
    "replicasets": "replicasets.apps",
    "nodes": "nodes",
}
Found = dict[tuple[str, frozenset[tuple[str, str]]], float]
# What the exporter tells of nodes and priorities is what few ask for.
MORE = ("kernel_version", "container_runtime_version", "priority_class", "host_network", "node")


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    async with Box(tmp_path, scene=scenes.SHOP, clock=IdleClock()) as running:
        await scenes.settled(running.registry, scenes.read(scenes.RELEASES))
        yield running


def found(rows: Iterator[tuple[str, Mapping[str, str], float]]) -> Found:
    """Return the rows by name and labels; a label without a value is none."""
    return {
        (name, frozenset((key, text) for key, text in labels.items() if text)): float(value)
        for name, labels, value in rows
    }


def by_the_exporter(box: Box, names: set[str]) -> Iterator[tuple[str, Mapping[str, str], float]]:
    objects = {plural: box.registry.store.list(name) for plural, name in RESOURCES.items()}
    for family in families(objects):
        for sample in family.samples if family.name in names else ():
            assert isinstance(sample.value, int | float)
            yield family.name, without(family.name, sample.labels), sample.value


def by_the_demo(box: Box) -> Iterator[tuple[str, Mapping[str, str], float]]:
    for plural, resource in RESOURCES.items():
        for each in box.registry.store.list(resource):
            for name, labels, value in state.rows(plural, each):
                assert isinstance(value, int | float)
                yield name, without(name, labels), value


def without(name: str, labels: Mapping[str, str]) -> Mapping[str, str]:
    """Return the labels without those that only the exporter tells."""
    extra = MORE if name.endswith(("_info", "_requests", "_limits")) else ()
    return {key: text for key, text in labels.items() if key not in extra}


async def test_both_say_the_same_of_every_object(box: Box) -> None:
    ours = found(by_the_demo(box))
    theirs = found(by_the_exporter(box, {name for name, _ in ours}))
    assert len(theirs) > 300
    assert {key: (ours.get(key), theirs.get(key)) for key in ours.keys() ^ theirs.keys()} == {}
    assert {key: (ours[key], theirs[key]) for key in ours if ours[key] != theirs[key]} == {}

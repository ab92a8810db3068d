"""A list that is sorted by a field of its objects holds the values, and not the objects."""

import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.commands.get import Options, run
from bot.core.ports import Form, Query, Reader, Resource, Scope, Whereabouts
from bot.core.reply import Table
from tests.clock import ManualClock

PODS = Resource("", "v1", "pods", "Pod", namespaced=True)
PAGES, ROWS, OBJECT_BYTES = 20, 50, 4000


class Endless:
    """A server with far more pods than anybody wants to hold."""

    def __init__(self) -> None:
        self.forms: set[Form] = set()

    async def resources(self) -> tuple[Resource, ...]:
        raise NotImplementedError

    async def category(self, _name: str) -> tuple[Resource, ...]:
        return ()

    async def resource(self, _typed: str) -> Resource:
        return PODS

    async def pages(
        self, _query: Query, form: Form, *, limit: int
    ) -> AsyncIterator[dict[str, Any]]:
        assert limit > 0
        self.forms.add(form)
        for page in range(PAGES):
            numbers = range(page * ROWS, (page + 1) * ROWS)
            yield {
                "kind": "Table",
                "columnDefinitions": [{"name": "Name", "type": "string", "format": "name"}],
                "rows": [{"cells": [f"pod-{n}"], "object": pod(n)} for n in numbers],
            }


def pod(number: int) -> dict[str, Any]:
    rest = "".join(chr(97 + (number + at) % 26) for at in range(OBJECT_BYTES))
    return {"spec": {"nodeName": f"node-{(number * 7919) % 1000:04}", "rest": rest}}


async def nowhere() -> Whereabouts:
    raise AssertionError("get needs no other place")


@pytest.mark.parametrize("path", [".spec.nodeName", "{.spec.nodeName}"])
async def test_sorting_by_a_spec_field_does_not_hold_the_objects(path: str) -> None:
    server = Endless()
    cluster = cast(Reader, server)
    scope = Scope(cluster, "here", "shop", True, ManualClock(), datetime.now(UTC), nowhere)
    tracemalloc.start()
    try:
        parts = [p async for p in run(scope, Options(("pods",), sort_by=path))]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    [table] = [part for part in parts if isinstance(part, Table)]
    assert len(table.rows) == PAGES * ROWS
    nodes = [pod(int(name.removeprefix("pod-")))["spec"]["nodeName"] for (name, *_) in table.rows]
    assert nodes == sorted(nodes)
    assert server.forms == {Form.TABLE_OBJECTS}
    # Room for a few pages at a time and the sorted rows, far from room for every object.
    assert peak < PAGES * ROWS * OBJECT_BYTES / 3

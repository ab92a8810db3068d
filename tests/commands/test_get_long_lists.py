"""Of a long list that is sorted, or fills a template, the values are held and not the objects."""

import re
import string
import tracemalloc
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, NoReturn, cast

import pytest

from bot.commands.get import Options, run
from bot.core.ports import Form, Query, Reader, Resource, Scope
from bot.core.reply import Part, Table, Text
from bot.core.request import Person
from bot.engine.recording import Visible
from bot.render.plain import plain_text
from tests.clock import ManualClock
from tests.engine.rig import Ledger

PODS = Resource("", "v1", "pods", "Pod", namespaced=True)
PAGES, ROWS, OBJECT_BYTES = 20, 50, 4000
# Room for a few pages at a time and what is printed, far from room for every object.
ROOM_BYTES = PAGES * ROWS * OBJECT_BYTES / 3
ALPHABETS = string.ascii_lowercase * (OBJECT_BYTES // 26 + 2)


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
            if form is Form.OBJECTS:
                yield {"kind": "PodList", "items": [pod(n) for n in numbers]}
                continue
            yield {
                "kind": "Table",
                "columnDefinitions": [{"name": "Name", "type": "string", "format": "name"}],
                "rows": [{"cells": [f"pod-{n}"], "object": pod(n)} for n in numbers],
            }


def pod(number: int) -> dict[str, Any]:
    rest = ALPHABETS[number % 26 :][:OBJECT_BYTES]
    spec = {"nodeName": f"node-{(number * 7919) % 1000:04}", "rest": rest}
    return {"metadata": {"name": f"pod-{number}"}, "spec": spec}


async def nowhere() -> NoReturn:
    raise AssertionError("get needs no other place, and no menu")


async def answered(
    server: Endless, options: Options, keep: Callable[[Part], Any]
) -> tuple[list[Any], int]:
    """Return what was kept of each part, and the most memory that it took.

    Other threads of the tests can only add to that, so that the least of a few counts.
    """
    for _ in range(3):
        kept, peak = await _measured(server, options, keep)
        if peak < ROOM_BYTES:
            break
    return kept, peak


async def _measured(
    server: Endless, options: Options, keep: Callable[[Part], Any]
) -> tuple[list[Any], int]:
    scope = Scope(
        *(cast(Reader, server), "here", "shop", True, ManualClock(), datetime.now(UTC)),
        *(nowhere, nowhere, Visible(Ledger(), Person("T1/UADA"), all=False)),
        *(cast(Any, None), cast(Any, nowhere), cast(Any, nowhere), cast(Any, None)),
    )
    tracemalloc.start()
    try:
        kept = [keep(part) async for part in run(scope, options)]
        return kept, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def node(number: int) -> str:
    found: str = pod(number)["spec"]["nodeName"]
    return found


@pytest.mark.parametrize("path", [".spec.nodeName", "{.spec.nodeName}"])
async def test_sorting_by_a_spec_field_does_not_hold_the_objects(path: str) -> None:
    server = Endless()
    parts, peak = await answered(server, Options(("pods",), sort_by=path), lambda part: part)
    rows = [row for part in parts if isinstance(part, Table) for row in part.rows]
    assert len(rows) == PAGES * ROWS
    assert sum(isinstance(part, Table) for part in parts) > 1, "others wait while all are drawn"
    nodes = [node(int(name.removeprefix("pod-"))) for (name, *_) in rows]
    assert nodes == sorted(nodes)
    assert server.forms == {Form.TABLE_OBJECTS}
    assert peak < ROOM_BYTES


NAMES = "{range .items[*]}{.metadata.name}{end}"
SORTED = ".spec.nodeName"


@pytest.mark.parametrize(
    "options",
    [
        Options(("pods",), output=f"jsonpath={NAMES}"),
        Options(("pods",), output=f"jsonpath={NAMES}", sort_by=SORTED),
        Options(("pods",), output="jsonpath-as-json={.items[*].metadata.name}"),
        Options(("pods",), output="jsonpath={.items[?(@.spec.nodeName)].metadata.name}"),
        Options(("pods",), output="custom-columns=N:.metadata.name", sort_by=SORTED),
        Options(("pods",), output="name", sort_by=SORTED),
        Options(("pods",), output="json", sort_by=SORTED),
        Options(("pods",), output="yaml", sort_by=SORTED),
    ],
    ids=lambda options: f"{options.output} {options.sort_by}",
)
async def test_no_more_of_an_object_is_held_than_will_be_printed(options: Options) -> None:
    def names(part: Part) -> list[str]:
        text = part.text if isinstance(part, Text) else plain_text([part])
        return re.findall(r"pod-\d+", text)

    found, peak = await answered(Endless(), options, names)
    printed = [name for some in found for name in some]
    assert len(set(printed)) == len(printed) == PAGES * ROWS
    numbers = [int(name.removeprefix("pod-")) for name in printed]
    assert numbers == sorted(numbers, key=node if options.sort_by else int)
    assert peak < ROOM_BYTES

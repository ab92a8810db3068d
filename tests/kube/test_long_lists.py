"""A page that takes long to parse: it arrives whole, and holds nobody up."""

import asyncio
from typing import Any, cast

import orjson
import pytest

from bot.core.ports import Form
from bot.kube.slices import SLICE_BYTES
from bot.kube.transport import Call, Transport
from tests.clock import ManualClock
from tests.kube.rig import PODS, reader

Json = dict[str, Any]
ROWS = 300
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class Instant:
    """A server that needs no time at all."""

    def __init__(self, answer: Json) -> None:
        self.body = orjson.dumps(answer)
        assert len(self.body) > 3 * SLICE_BYTES

    async def request(self, _call: Call, _hear: object) -> bytes:
        return self.body


def metadata(number: int) -> Json:
    return {
        "name": f"web-{number}",
        "namespace": "shop",
        "uid": f"u-{number}",
        "resourceVersion": "7",
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "labels": {"app": "web"},
        "annotations": {LAST_APPLIED: "secret" * 200},
        "managedFields": [{"manager": "kubectl", "fieldsV1": {"f:data": "x" * 1000}}],
    }


def table() -> Json:
    objects = [
        {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata(n)}
        for n in range(ROWS)
    ]
    return {"kind": "Table", "rows": [{"cells": [n], "object": o} for n, o in enumerate(objects)]}


def pods() -> Json:
    return {"kind": "SecretList", "items": [{"metadata": metadata(n)} for n in range(ROWS)]}


async def pages(answer: Json, form: Form, clock: ManualClock) -> list[Json]:
    cluster = reader(cast(Transport, Instant(answer)), clock)
    return [page async for page in cluster.pages(PODS, form)]


@pytest.mark.parametrize("form", [Form.TABLE, Form.TABLE_OBJECTS])
async def test_every_row_is_there_and_masked(form: Form, clock: ManualClock) -> None:
    rows = [row for page in await pages(table(), form, clock) for row in page["rows"]]
    assert [row["cells"] for row in rows] == [[n] for n in range(ROWS)]
    metadata = [row["object"]["metadata"] for row in rows]
    assert {each["annotations"][LAST_APPLIED] for each in metadata} == {"<masked>"}


async def test_every_item_is_there_and_masked(clock: ManualClock) -> None:
    items = [item for page in await pages(pods(), Form.OBJECTS, clock) for item in page["items"]]
    assert [item["metadata"]["name"] for item in items] == [f"web-{n}" for n in range(ROWS)]
    shown = {item["metadata"]["annotations"][LAST_APPLIED] for item in items}
    assert shown == {"<masked>"}


@pytest.mark.parametrize(
    ("form", "kept"),
    [(Form.TABLE, 0), (Form.TABLE_OBJECTS, ROWS)],
)
async def test_managed_fields_are_kept_only_where_somebody_may_ask_for_them(
    form: Form, kept: int, clock: ManualClock
) -> None:
    rows = [row for page in await pages(table(), form, clock) for row in page["rows"]]
    assert sum("managedFields" in row["object"]["metadata"] for row in rows) == kept


async def test_a_page_of_rows_is_one_page_and_whole_objects_come_a_few_at_a_time(
    clock: ManualClock,
) -> None:
    assert len(await pages(table(), Form.TABLE, clock)) == 1
    assert len(await pages(table(), Form.TABLE_OBJECTS, clock)) > 3
    assert len(await pages(pods(), Form.OBJECTS, clock)) > 3


async def test_others_have_their_turn_while_a_page_is_parsed(clock: ManualClock) -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    await pages(table(), Form.TABLE, clock)
    task.cancel()
    assert turns >= 3

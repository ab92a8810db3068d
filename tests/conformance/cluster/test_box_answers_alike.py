"""The box answers every case as the real control plane did when it was recorded."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.conformance.cluster.cases import cases
from tests.conformance.cluster.connection import Connection, connected
from tests.conformance.cluster.recordings import Placed, difference, recorded, text
from tests.conformance.cluster.runner import run

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def box(hurried: Path) -> AsyncIterator[Connection]:
    """Open one way for all cases, which need a tenth of their time to open one each."""
    async with connected(hurried) as connection:
        yield connection


@pytest.mark.parametrize("placed", cases(), ids=str)
async def test_the_box_answers_as_recorded(placed: Placed, box: Connection) -> None:
    expected = recorded(placed)
    found = text(await run(placed.case, box, json.loads(expected)))
    assert not difference(expected, found), difference(expected, found)

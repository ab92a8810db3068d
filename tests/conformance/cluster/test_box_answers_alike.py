"""The box answers every case as the real control plane did when it was recorded."""

import json
from pathlib import Path

import pytest

from tests.conformance.cluster.cases import cases
from tests.conformance.cluster.connection import connected
from tests.conformance.cluster.recordings import Placed, difference, recorded, text
from tests.conformance.cluster.runner import run


@pytest.mark.parametrize("placed", cases(), ids=str)
async def test_the_box_answers_as_recorded(placed: Placed, hurried: Path) -> None:
    expected = recorded(placed)
    async with connected(hurried) as connection:
        found = text(await run(placed.case, connection, json.loads(expected)))
    assert not difference(expected, found), difference(expected, found)

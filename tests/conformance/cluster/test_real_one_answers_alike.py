"""A real control plane still answers every case as it did when it was recorded."""

import pytest

from tests.cluster.bed import Bed
from tests.conformance.cluster.cases import cases
from tests.conformance.cluster.connection import connected
from tests.conformance.cluster.recordings import Placed, difference, recorded, text
from tests.conformance.cluster.runner import run


@pytest.mark.parametrize("placed", cases(), ids=str)
async def test_the_real_control_plane_answers_as_recorded(placed: Placed, bed: Bed) -> None:
    expected = recorded(placed)
    async with connected(bed.kubeconfig) as connection:
        found = text(await run(placed.case, connection))
    assert not difference(expected, found), difference(expected, found)

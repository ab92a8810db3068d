"""A real control plane still answers every case as it did when it was recorded."""

import json

import pytest

from tests.cluster.bed import Bed
from tests.conformance.cluster.cases import cases
from tests.conformance.cluster.connection import connected
from tests.conformance.cluster.recordings import Placed, difference, recorded, text
from tests.conformance.cluster.runner import CaseError, run

pytestmark = pytest.mark.peers

RUNS = 2
"""Real controllers act on caches that are a moment old: on a busy machine one now and then deletes
a pod twice, or tells it twice. What the recording says must come in one of so many runs."""


@pytest.mark.parametrize("placed", cases(), ids=str)
async def test_the_real_control_plane_answers_as_recorded(placed: Placed, bed: Bed) -> None:
    expected = recorded(placed)
    differences: list[str] = []
    async with connected(bed.kubeconfig) as connection:
        while len(differences) < RUNS:
            try:
                found = text(await run(placed.case, connection, json.loads(expected)))
                differences.append(difference(expected, found))
            except CaseError as error:
                differences.append(str(error))
            if not differences[-1]:
                return
    pytest.fail("\n\n".join(differences))

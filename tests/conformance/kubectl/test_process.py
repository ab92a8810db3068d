"""The program itself: kubectl's two streams and its exit code, from a process of its own."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cluster.bed import Bed
from tests.conformance.kubectl.comparing import Runs, mismatches
from tests.conformance.kubectl.typist import process, run

pytestmark = pytest.mark.peers

PHRASES = (
    "get pods -n shop -o name",
    "get pods/db-0 pods/nope -n shop",
    "get deploy web -n shop -o yaml",
    "get pods -n nowhere",
    "get pods --bogus",
    "logs deploy/cart -n shop --tail=2",
    "rollout status deploy/web deploy/nope -n shop",
    "scale deploy/web -n shop --replicas=4 --dry-run=server",
)


@pytest.mark.parametrize("phrase", PHRASES)
async def test_the_program_writes_to_kubectls_streams_and_exits_with_its_code(
    phrase: str, bed: Bed, tmp_path: Path
) -> None:
    kubectl = replace(bed.kubectl, home=tmp_path)
    environment = dict(kubectl.environment()) | {"PATH": os.defpath}
    theirs = [str(kubectl.binary), *phrase.split(" ")]
    before = await run(theirs, environment)
    ours = await run(process(phrase), environment)
    runs = Runs(before, ours, await run(theirs, environment))
    assert mismatches(runs) == []

"""describe of generated objects, whole texts beside kubectl's, and of every kind there is."""

import re
from collections.abc import Iterator

import pytest

from bot.kube.describe.kinds import _DESCRIPTIONS
from tests.cluster.bed import Bed
from tests.conformance.kubectl.case import Case
from tests.conformance.kubectl.generated.crowd import (
    BATCH,
    BATCHES,
    COUNT,
    DESCRIBED,
    HOSTILE,
    NAMESPACE,
    NODES,
    crowded,
    nodes,
    phrase,
)
from tests.conformance.kubectl.typist import Typist, typist

# What is typed for each kind that has a description of its own, in kubectl's table.
TYPED = {
    kind: f"{kind.lower()}.{group}" if group else kind.lower() for group, kind in _DESCRIPTIONS
}
OTHERS = (
    *("apiservices", "flowschemas", "prioritylevelconfigurations", "crds", "controllerrevisions"),
    "leases",
)


@pytest.fixture(scope="module", name="typed")
def _typed(bed: Bed) -> Iterator[Typist]:
    with crowded(bed.kubectl), typist(bed.kubectl) as found:
        yield found


def _described(text: str) -> int:
    return len(re.findall(r"^Name: ", text, re.MULTILINE))


@pytest.mark.parametrize("batch", range(COUNT // NODES))
def test_generated_nodes_are_described_as_kubectl_describes_them(batch: int, typed: Typist) -> None:
    with nodes(typed.kubectl, batch):
        heard = typed.begin(Case(phrase("nodes", batch), "time-goes-on")).result()
    assert not heard.mismatches, "\n".join(heard.mismatches)
    assert _described(heard.runs.ours.stdout) == NODES


@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.parametrize("kind", DESCRIBED)
def test_generated_objects_are_described_as_kubectl_describes_them(
    kind: str, batch: int, typed: Typist
) -> None:
    heard = typed.begin(Case(phrase(kind, batch), "time-goes-on")).result()
    assert not heard.mismatches, "\n".join(heard.mismatches)
    assert _described(heard.runs.ours.stdout) == BATCH


@pytest.mark.parametrize(
    "typing",
    [
        f"{phrase('pods', 0)} --show-events",
        *(f"events -n {NAMESPACE} --for pod/generated-{at}" for at in range(HOSTILE, BATCH)),
        f"describe pod generated-5 -n {NAMESPACE}",
    ],
)
def test_generated_events_are_shown_as_kubectl_shows_them(typing: str, typed: Typist) -> None:
    heard = typed.begin(Case(typing)).result()
    assert not heard.mismatches, "\n".join(heard.mismatches)
    assert "generated-" in heard.runs.ours.stdout


@pytest.mark.parametrize("kind", [*TYPED.values(), *OTHERS])
def test_every_kind_is_described_as_kubectl_describes_it(kind: str, typed: Typist) -> None:
    where = f"-n {NAMESPACE}" if kind in ("node", "secret", "configmap") else "-A"
    heard = typed.begin(Case(f"describe {kind} {where}", "time-goes-on")).result()
    assert not heard.mismatches, "\n".join(heard.mismatches)
    assert _described(heard.runs.ours.stdout) >= 1


def test_enough_is_described() -> None:
    assert COUNT >= 100
    assert len(TYPED) + len(OTHERS) >= 25

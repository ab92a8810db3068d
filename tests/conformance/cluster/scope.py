"""docs/simulated-cluster.md: the scope, written down from the table of kinds and from the cases."""

from collections.abc import Iterator
from pathlib import Path

from bot.demo.cluster.kinds import ALL_VERBS, KINDS, Kind
from tests.conformance.cluster.cases import cases, rooms

DOCUMENT = Path(__file__).parents[3] / "docs" / "simulated-cluster.md"
_HEAD = """\
<!-- Generated: python -m tests.conformance.cluster scope -->
# The simulated cluster

`quarterdeck demo` and the fast tests run on a small Kubernetes in one process
(`bot/demo/cluster/`). It speaks the Kubernetes API over HTTPS and WebSocket as far as the bot uses
it, and no further: kinds and paths outside of this page are answered with 404 or 501 and a Status
that says so; fields that have no effect are named below. OpenAPI is outside, so kubectl needs
`--validate=false` to apply; and so are terminals, so `kubectl exec` goes without `-t`.

## What it serves

| Kind | API | Verbs | Subresources |
|---|---|---|---|
"""
_CASES = """
`metrics.k8s.io/v1beta1` tells the usage of nodes and pods, and a CustomResourceDefinition's objects
are served without a schema.

## What is kept and has no effect

These are stored and returned, and nothing acts on them:

- of workloads `minReadySeconds`, a StatefulSet's `partition` and claims, a Deployment's scaling in
  proportion in the middle of a rollout, and the adoption of pods that no controller owns;
- a Job's `activeDeadlineSeconds`, `ttlSecondsAfterFinished`, `podFailurePolicy` and indexes;
- a CronJob's `concurrencyPolicy` and `startingDeadlineSeconds`;
- of pods their probes, affinity to other pods, topology constraints and volumes;
- a HorizontalPodAutoscaler, which scales nothing.

## What is held equal

Each sentence is a case of `tests/conformance/cluster/`: the same requests go to the simulated
cluster and to a real control plane (Kubernetes 1.37.2), whose answers were recorded first. Status
codes, reasons, messages, Table cells, objects, patches and end states must be equal; names, times,
uids and resourceVersions are ignored.
"""


def scope() -> str:
    """Return the whole document."""
    kinds = "".join(map(_kind, KINDS))
    found = cases()
    rooms_ = "".join(
        f"\n### {title.rstrip('.')}\n\n" + "".join(f"- {each}\n" for each in _sentences(room))
        for room, title in rooms().items()
    )
    return f"{_HEAD}{kinds}{_CASES}\nThere are {len(found)} cases.\n{rooms_}"


def _kind(kind: Kind) -> str:
    verbs = "all" if set(kind.verbs) == set(ALL_VERBS) else ", ".join(sorted(kind.verbs))
    more = ", ".join(f"`{name}`" for name in kind.subresources)
    return f"| {kind.kind} | `{kind.api_version}` | {verbs} | {more} |\n"


def _sentences(room: str) -> Iterator[str]:
    return (placed.case.sentence for placed in cases() if placed.room == room)

"""Waits until a cluster is at rest: nothing that somebody has changed is still on its way."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from tests.cluster.peers import ClusterError
from tests.cluster.workloads import unsettled

Item = dict[str, Any]

MOVING = "deployments,statefulsets,daemonsets,replicasets,pods"
SECONDS = 60
PAUSE = 0.5
"""Seconds between two looks at what is not as it should be, and may stay so."""


def await_rest(
    look: Callable[[], list[Item]], seconds: float = SECONDS, pause: float = PAUSE
) -> None:
    """Return when nothing of what a look finds is on its way any more.

    What does not become as it should be is at rest, too, once it does not change.

    Raises:
        ClusterError: something still is on its way; the message names it.
    """
    deadline, before = time.monotonic() + seconds, dict[str, str]()
    while True:
        found = look()
        on_their_way, now = list(_on_their_way(found)), _versions(found)
        if not on_their_way and (now == before or not unsettled(found)):
            return
        if time.monotonic() >= deadline:
            raise ClusterError(f"not at rest: {'; '.join(on_their_way or unsettled(found))}")
        before = now
        threading.Event().wait(pause)


def _on_their_way(items: list[Item]) -> Iterator[str]:
    for item in items:
        metadata, status = item["metadata"], item.get("status", {})
        name = f"{item['kind']} {metadata['namespace']}/{metadata['name']}"
        if "deletionTimestamp" in metadata:
            yield f"{name} ends"
        elif item["kind"] != "Pod" and status.get("observedGeneration") != metadata["generation"]:
            yield f"{name} was not looked at by its controller"


def _versions(items: list[Item]) -> dict[str, str]:
    return {item["metadata"]["uid"]: item["metadata"]["resourceVersion"] for item in items}

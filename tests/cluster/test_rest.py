"""When a cluster is at rest."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cluster.peers import ClusterError
from tests.cluster.rest import await_rest
from tests.cluster.test_workloads import Item, pod, ready


def seen(item: Item, version: str = "1", **metadata: Any) -> list[Item]:
    own = {**item["metadata"], "uid": "u-1", "resourceVersion": version, **metadata}
    return [{**item, "metadata": own}]


def looks(*found: list[Item]) -> tuple[Callable[[], list[Item]], list[list[Item]]]:
    """Return what finds one after the other, the last one again and again, and what is left."""
    left = list(found)
    return lambda: left.pop(0) if len(left) > 1 else left[0], left


READY, NEW = pod(status=ready()), pod()
REPLICA_SET: Item = {"kind": "ReplicaSet", "metadata": {"namespace": "shop", "name": "web-7d4b"}}


def replica_set(observed: int) -> list[Item]:
    return seen({**REPLICA_SET, "status": {"observedGeneration": observed}}, generation=2)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param([seen(NEW), seen(READY, "2")], id="new"),
        pytest.param([seen(READY, deletionTimestamp="now"), []], id="ends"),
        pytest.param([replica_set(1), replica_set(2)], id="controller"),
        pytest.param([seen(NEW, "1"), seen(NEW, "2"), seen(NEW, "2")], id="stays"),
    ],
)
def test_it_is_waited_for_what_is_on_its_way(found: list[list[Item]]) -> None:
    look, left = looks(*found, seen(READY, deletionTimestamp="never looked at"))
    await_rest(look, pause=0)
    assert len(left) == 1


@pytest.mark.parametrize(
    ("found", "words"),
    [
        pytest.param(seen(READY, deletionTimestamp="now"), "Pod shop/web-1 ends", id="ends"),
        pytest.param(replica_set(1), "ReplicaSet shop/web-7d4b was not looked at", id="controller"),
    ],
)
def test_what_does_not_come_to_rest_is_named(found: list[Item], words: str) -> None:
    with pytest.raises(ClusterError, match=f"not at rest: {words}"):
        await_rest(lambda: found, seconds=0, pause=0)

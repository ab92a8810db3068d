"""A small cluster for each test, in which no look of a controller may fail unseen."""

from collections.abc import AsyncIterator

import pytest
import structlog

from tests.demo.cluster.controllers.world import World, node


@pytest.fixture
async def world() -> AsyncIterator[World]:
    with structlog.testing.capture_logs() as logs:
        world = World()
        spaces = [
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
            for name in ("default", "shop", "kube-node-lease")
        ]
        await world.make(*spaces, node("node-a"), node("node-b"))
        yield world
        await world.stop()
    assert [each for each in logs if each["event"] == "a look failed"] == []

"""The box that answers the cases: empty, and in a hurry, so that no timeline holds up the tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clock import HurriedClock
from tests.cluster.boxes import running_box

SPEED = 20


@pytest.fixture(scope="session")
def hurried() -> Iterator[Path]:
    """Yield the administrator's kubeconfig of a box whose time runs twenty times as fast."""
    with running_box(("nodes",), HurriedClock(SPEED)) as running:
        yield running.box.kubeconfig

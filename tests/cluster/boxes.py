"""The simulated cluster in this process, in a thread of its own; as a bed, furnished like the real.

Tests that call kubectl hold up their own loop; the box goes on meanwhile.
"""

import asyncio
import sys
import tempfile
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from bot.core.clock import Clock, SystemClock
from bot.demo.cluster.box import Box
from bot.demo.prometheus.box import Observatory
from tests.clock import IdleClock
from tests.cluster.bed import Bed, Monitors, attached
from tests.cluster.behaviour import write_logs
from tests.cluster.kubectl import Kubectl
from tests.cluster.nodes import nodes
from tests.cluster.workloads import furnish

T = TypeVar("T")

VERSION = "v1.37.2"
SECONDS = 30
"""The longest that anything usually takes that is asked of the box's thread."""
KUBECTL = Path(sys.executable).with_name("kubectl")


@dataclass(frozen=True, slots=True)
class RunningBox:
    """A box, and the loop of its thread."""

    box: Box
    loop: asyncio.AbstractEventLoop

    def do(self, work: Coroutine[Any, Any, T], seconds: float = SECONDS) -> T:
        """Return what comes of the work, which is done in the box's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(seconds)

    def kubectl(self, home: Path) -> Kubectl:
        """Return kubectl as the administrator."""
        return Kubectl(KUBECTL, self.box.kubeconfig, home)


@contextmanager
def running_box(scene: Sequence[str] = (), clock: Clock | None = None) -> Iterator[RunningBox]:
    """Start a box, and end it and its thread when the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    with tempfile.TemporaryDirectory(prefix="quarterdeck-box-") as home:
        running = RunningBox(Box(Path(home), scene=scene, clock=clock or SystemClock()), loop)
        try:
            running.do(running.box.__aenter__())
            try:
                yield running
            finally:
                running.do(running.box.__aexit__(None, None, None))
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(SECONDS)
            loop.close()


@contextmanager
def observed(running: RunningBox) -> Iterator[Monitors]:
    """Measure the box until the block ends, in its own loop."""
    observatory = Observatory(running.box.registry, running.box.clock)
    running.do(observatory.__aenter__())
    try:
        yield Monitors(observatory.url, observatory.alerts_url)
    finally:
        running.do(observatory.__aexit__())


def objects(running: RunningBox) -> list[Any]:
    """Return all that the box holds now, without a request for each type; it is only to be read.

    A copy would take longer than most examples, and the box never changes what it has stored.
    """

    async def read() -> list[Any]:
        held: list[Any] = []
        running.box.registry.store.listen(lambda change: held.append(change.object), anew=True)()
        return held

    return running.do(read())


@contextmanager
def boxed_bed(clock: IdleClock | None = None) -> Iterator[Bed]:
    """Start a box that is furnished as the real bed is, and end it when the block ends."""
    with (
        running_box(clock=clock) as running,
        tempfile.TemporaryDirectory(prefix="quarterdeck-bed-") as home,
    ):
        write_logs(running.box.logs, datetime.now(UTC))
        kubectl = running.kubectl(Path(home))
        furnish(kubectl, nodes(VERSION), simulated=partial(objects, running))
        bed = attached(kubectl, Path(home))
        box = running.box
        bed = replace(bed, audit_log=box.audit_log, logs=box.logs, simulated=True, clock=clock)
        bed = replace(bed, observed=partial(observed, running), objects=partial(objects, running))
        with clock.hold() if clock else nullcontext():
            yield bed

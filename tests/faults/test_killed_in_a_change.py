"""Killed at any moment of a change, the bot has made each step once or not at all, and says so."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest

from bot.audit.chain import read_keys
from bot.auditor import verified
from bot.core.clock import SystemClock
from bot.core.proposal import Stage
from bot.store.audit import AuditStore
from tests.cluster.bed import Bed
from tests.cluster.boxes import boxed_bed
from tests.engine.rig import Answer
from tests.faults import doomed
from tests.store.migrated import ROOT, migrated

BEFORE, AFTER = 2, 4


class Later(SystemClock):
    """The machine's clock once whoever died is known to be gone."""

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=60)


@dataclass(frozen=True)
class Change:
    """One change, and where it leaves its traces."""

    bed: Bed
    folder: Path
    names: Sequence[str]

    @property
    def phrase(self) -> str:
        return f"scale deploy {' '.join(self.names)} --replicas={AFTER} -n shop"

    @property
    def url(self) -> str:
        return migrated(self.folder)

    @property
    def ticket(self) -> str:
        file = self.folder / "ticket"
        return file.read_text() if file.exists() else ""

    def reset(self) -> None:
        self.bed.kubectl("scale", "deploy", *self.names, f"--replicas={BEFORE}", "-n", "shop")

    def state(self) -> list[tuple[int, int]]:
        """Return generation and replicas of each."""
        found = self.bed.kubectl.items("deploy", "-n", "shop")
        named = {one["metadata"]["name"]: one for one in found}
        return [
            (named[name]["metadata"]["generation"], named[name]["spec"]["replicas"])
            for name in self.names
        ]

    async def until(self, moment: int) -> tuple[int, str]:
        """Run it in a process of its own; return how that ended, and what it said."""
        asked = {
            "store": self.url,
            "kubeconfig": str(self.bed.bot_kubeconfig),
            "phrase": self.phrase,
            "moment": moment,
            "ticket": str(self.folder / "ticket"),
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.doomed", orjson.dumps(asked).decode()),
            cwd=ROOT,
            # What is killed leaves the certificate of its cluster behind.
            env={**os.environ, "TMPDIR": str(self.folder)},
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await process.communicate()
        return process.returncode or 0, said.decode()


async def found_out(change: Change, before: list[tuple[int, int]]) -> Stage | None:
    """Let another replica find out what became of it, and hold that against the cluster."""
    async with AsyncExitStack() as stack:
        other, _ = await doomed.replica(
            stack, change.url, str(change.bed.bot_kubeconfig), Later(), "second"
        )
        await other.minder.look()
        case = await other.proposals.get(change.ticket) if change.ticket else None
        after = change.state()
        steps = [new[0] - old[0] for old, new in zip(before, after, strict=True)]
        assert set(steps) <= {0, 1}
        assert [replicas for _, replicas in after] == [AFTER if step else BEFORE for step in steps]
        if case is None or case.stage is Stage.WAITING:
            assert sum(steps) == 0
        elif case.stage is Stage.DONE:
            assert all(steps)
        else:
            assert case.stage is Stage.FAILED
            assert f"{sum(steps)} of {len(steps)} steps were done" in case.words
        await pressed_again(other, change, case.stage if case else None, after)
        verdict = await verified(AuditStore(other.store), read_keys(doomed.KEY), {})
        assert verdict.findings == []
        return case.stage if case else None


async def pressed_again(
    other: doomed.Replica, change: Change, stage: Stage | None, before: list[tuple[int, int]]
) -> None:
    answer = Answer()
    await other.engine.confirm(change.ticket or "none", doomed.request(""), answer)
    if stage is Stage.WAITING:
        assert answer.code == 0
        assert [old[0] + 1 for old in before] == [new[0] for new in change.state()]
    else:
        assert answer.code == 1
        assert change.state() == before


async def every_moment(bed: Bed, folder: Path, names: Sequence[str]) -> list[Stage | None]:
    """Kill it at each moment in turn; return what each came to."""
    stages: list[Stage | None] = []
    for moment in range(1, 200):
        place = folder / str(moment)
        place.mkdir()
        change = Change(bed, place, names)
        change.reset()
        before = change.state()
        code, said = await change.until(moment)
        if code == 0:
            assert int(said.split()[0]) == moment - 1, said
            return stages
        assert code == -signal.SIGKILL
        stages.append(await found_out(change, before))
    raise AssertionError("it never came to its end")


@pytest.mark.peers
@pytest.mark.timeout(300)
async def test_one_step_is_made_once_or_not_at_all(bed: Bed, tmp_path: Path) -> None:
    stages = await every_moment(bed, tmp_path, ["web"])
    assert {Stage.WAITING, Stage.FAILED, Stage.DONE} <= set(stages)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(20))
async def test_several_steps_are_each_made_once_or_not_at_all(seed: int, tmp_path: Path) -> None:
    chosen = random.Random(seed)
    with boxed_bed() as box:
        everything = box.kubectl.out("get", "deploy", "-n", "shop", "-o", "name").split()
        names = [name.partition("/")[2] for name in everything]
        await every_moment(box, tmp_path, chosen.sample(names, chosen.randint(1, len(names))))

"""Everybody who is measured, on one cluster."""

import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import orjson

from benchmarks.alone import Findings
from benchmarks.filling import NAMESPACES
from benchmarks.inside import Bot, Inside
from benchmarks.outside import Outside, output
from benchmarks.raw import Raw, raw_session
from bot.wiring import keep_turns_short
from tests.cluster.bed import Bed


@dataclass(frozen=True, slots=True)
class Stand:
    """The ways to ask that cluster; connections and caches are warm after the first answer."""

    bed: Bed
    bot: Bot
    session: aiohttp.ClientSession

    def inside(self, phrase: str, count: int) -> Inside:
        """Return the bot, which answers with so many lines at the least."""
        return Inside(self.bot, phrase, count)

    def raw(self, namespace: str, *, metadata: bool = False) -> Raw:
        """Return the raw request for a namespace's pods; an empty one is all of them."""
        scope = f"/namespaces/{namespace}" if namespace else ""
        count = NAMESPACES[namespace] if namespace else sum(NAMESPACES.values())
        parameters = {} if metadata else {"includeObject": "None"}
        return Raw(self.session, f"/api/v1{scope}/pods", parameters, count)

    def kubectl(self, phrase: str) -> Outside:
        """Return a kubectl process, as the cluster's administrator."""
        kubectl = self.bed.kubectl
        return Outside((str(kubectl.binary), *phrase.split()), kubectl.environment())

    def terminal(self, phrase: str) -> Outside:
        """Return a process of the bot's terminal, as the cluster's administrator."""
        command = (sys.executable, "-m", "bot", "run", "--", *phrase.split())
        return Outside(command, self.bed.kubectl.environment())

    def alone(self, phrase: str, count: int) -> Findings:
        """Return what a process that answers this phrase alone finds out about itself."""
        self.stir()
        command = [sys.executable, "-m", "benchmarks.alone", str(self.bed.bot_kubeconfig)]
        found = output([*command, str(count), phrase], dict(os.environ))
        return Findings(**orjson.loads(found))

    def stir(self) -> None:
        """Change a pod, as it happens all the time in a cluster that lives.

        Nothing else writes in this one; its server forgets the list's version in its cache when
        it compacts etcd, every five minutes, and reads the pages after the first from etcd then.
        """
        [first, *_] = self.bed.kubectl.out("get", "pods", "-n=small", "-o=name").split()
        self.bed.kubectl.out("annotate", "-n=small", "--overwrite", first, f"at={time.time()}")


@asynccontextmanager
async def standing(bed: Bed) -> AsyncIterator[Stand]:
    """Set up a stand until the block ends."""
    bot = Bot(str(bed.bot_kubeconfig))
    try:
        async with raw_session(bed.bot_kubeconfig) as session:
            keep_turns_short()
            yield Stand(bed, bot, session)
    finally:
        await bot.close()

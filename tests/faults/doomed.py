"""A bot's engine that makes one change and is killed (SIGKILL) at the n-th moment of it.

A moment is right before or right after the store, the record or the API server is asked to keep
or to do something. What it is given is one JSON object, as its only argument; a change that came to
its end says how many moments there were.
"""

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bot.audit.chain import read_keys
from bot.audit.recorder import Recorder, Writer
from bot.commands import Registry
from bot.core.audit import Entry
from bot.core.clock import Clock, SystemClock
from bot.core.plan import Step
from bot.core.ports import JsonObject
from bot.core.proposal import Case, Pressed, Proposed, Stage, Vote
from bot.core.reply import Proposal
from bot.core.request import Person, Place, Request, Surface
from bot.engine.admission import Admission, MemoryDefaults
from bot.engine.dispatch import Engine
from bot.engine.minding import Minder
from bot.engine.reading import Phrasebook
from bot.engine.waiting import MemoryProposals, NoBoard, Waiting
from bot.kube.fleet import Fleet, Options
from bot.policy.decide import PolicyGate
from bot.policy.model import Policy
from bot.store.audit import AuditStore
from bot.store.engine import Options as StoreOptions
from bot.store.engine import Store, open_store
from bot.store.holds import Holds
from bot.store.proposals import Proposals
from bot.store.sealing import Sealer
from tests.engine.rig import Answer, Members

KEY = "the-key-of-the-record-of-a-bot-that-dies"
ADA, SHOP = Person("T1/UADA"), Place(Surface.SLASH, "CSHOP")
POLICY = Policy.model_validate(
    {
        "version": 1,
        "channels": {"CSHOP": {"namespaces": ["shop"]}},
        "people": [{"slack": "UADA", "groups": ["quarterdeck:operators"]}],
    }
)


@dataclass
class Doom:
    """Counts the moments, and kills the process at one of them."""

    at: int
    passed: int = 0

    def near(self) -> None:
        self.passed += 1
        if self.passed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


class DoomedProposals(Proposals):
    """The store's, with a moment around each call that changes it."""

    doom: Doom

    async def put(self, proposed: Proposed) -> Case:
        self.doom.near()
        case = await super().put(proposed)
        self.doom.near()
        return case

    async def approve(self, ticket: str, vote: Vote) -> Pressed:
        self.doom.near()
        pressed = await super().approve(ticket, vote)
        self.doom.near()
        return pressed

    async def progress(self, ticket: str, step: int, *, sent: bool) -> None:
        self.doom.near()
        await super().progress(ticket, step, sent=sent)
        self.doom.near()

    async def finish(self, ticket: str, stage: Stage, words: str) -> None:
        self.doom.near()
        await super().finish(ticket, stage, words)
        self.doom.near()


@dataclass
class DoomedRecorder:
    """The record, with a moment around each entry that must stand there."""

    recorder: Recorder
    doom: Doom

    async def write(self, entry: Entry) -> None:
        self.doom.near()
        await self.recorder.write(entry)
        self.doom.near()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.recorder, name)


@dataclass
class DoomedConnection:
    """A cluster, with a moment around each step that is sent to it."""

    connection: Any
    doom: Doom

    async def send(self, step: Step) -> JsonObject:
        self.doom.near()
        answer: JsonObject = await self.connection.send(step)
        self.doom.near()
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)


@dataclass
class DoomedFleet:
    """All clusters, doomed."""

    fleet: Fleet
    doom: Doom

    def open(self, *asked: Any) -> Any:
        return DoomedConnection(self.fleet.open(*asked), self.doom)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.fleet, name)


@dataclass
class Replica:
    """An engine on a store and a cluster, and what looks after its proposals."""

    engine: Engine
    minder: Minder
    proposals: Proposals
    store: Store


async def replica(
    stack: AsyncExitStack, url: str, kubeconfig: str, clock: Clock, name: str, at: int = 0
) -> tuple[Replica, Doom]:
    """Start one until the stack ends; it dies at that moment, and not at all at 0."""
    doom = Doom(at)
    store = await stack.enter_async_context(open_store(StoreOptions.model_validate({"url": url})))
    fleet = Fleet(Options(kubeconfig=kubeconfig), clock, environment={})
    stack.push_async_callback(fleet.close)
    keys = read_keys(KEY)
    recorder = Recorder(AuditStore(store), Writer(keys, clock, lambda *_: None, name, "test"))
    stack.push_async_callback(recorder.close)
    proposals = DoomedProposals(store, clock, Sealer(), name)
    proposals.doom = doom
    waiting = Waiting(proposals, Holds(store, clock), NoBoard(), MemoryProposals(clock))
    clusters: Any = DoomedFleet(fleet, doom)
    admission = Admission(PolicyGate(lambda: POLICY), clusters, MemoryDefaults(), Members())
    ledger: Any = DoomedRecorder(recorder, doom)
    engine = Engine(Phrasebook(Registry()), admission, waiting, clock, ledger)
    return Replica(engine, Minder(admission, waiting, ledger, clock), proposals, store), doom


def request(text: str) -> Request:
    """Return what is typed, or without a text a press; no rollout is followed after that."""
    return Request("r-1", ADA, SHOP, text, SystemClock().now(), plain=not text)


async def main(asked: dict[str, Any]) -> None:
    """Type the phrase and confirm it."""
    async with AsyncExitStack() as stack:
        mine, doom = await replica(
            stack, asked["store"], asked["kubeconfig"], SystemClock(), "first", asked["moment"]
        )
        answer = Answer()
        await mine.engine.serve(request(asked["phrase"]), answer)
        [ticket] = [part.ticket for part in answer.parts if isinstance(part, Proposal)]
        Path(asked["ticket"]).write_text(ticket)
        pressed = Answer()
        await mine.engine.confirm(ticket, request(""), pressed)
        print(doom.passed, pressed.text)


if __name__ == "__main__":
    asyncio.run(main(orjson.loads(sys.argv[1])))

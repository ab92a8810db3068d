"""A whole bot without Slack: phrases go in as people, and a scripted API server is asked."""

import os
import secrets
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from aiohttp import web

from bot.audit.record import told
from bot.commands import Registry
from bot.core.approvals import Board
from bot.core.audit import Entry, Wanted
from bot.core.clock import Clock
from bot.core.errors import QuarterdeckError, StoreError
from bot.core.ports import Acquaintance, Heading, JsonObject, Outcome
from bot.core.reply import Aside, Part, Problem, Proposal
from bot.core.request import Person, Place, Request, Standing, Surface
from bot.engine.admission import Admission, AsTheyCome, MemoryDefaults
from bot.engine.dispatch import Engine
from bot.engine.lookups import Lookups
from bot.engine.minding import Minder
from bot.engine.monitoring import Instruments
from bot.engine.reading import Phrasebook
from bot.engine.waiting import Waiting, in_memory
from bot.grammar.finding import Catalogue
from bot.kube.fleet import Fleet, Options
from bot.policy.decide import PolicyGate
from bot.policy.model import Policy
from bot.policy.rates import Rates
from bot.render.plain import plain_text
from tests.clock import ManualClock
from tests.kube.files import kubeconfig
from tests.kube.server import ApiServer, api_server

ADA, VIC, EVE = (Person(f"T1/U{name}") for name in ("ADA", "VIC", "EVE"))
SHOP = Place(Surface.SLASH, "CSHOP")
LOBBY = Place(Surface.SLASH, "CLOBBY")
POLICY = {
    "version": 1,
    "channels": {"CSHOP": {"namespaces": ["shop", "shop-test"]}},
    "people": [
        {"slack": "UADA", "groups": ["quarterdeck:viewers", "quarterdeck:operators"]},
        {"slack": "UVIC", "groups": ["quarterdeck:viewers"]},
    ],
    "approvers": [{"namespaces": ["shop"], "people": ["UADA", "UVIC"]}],
}


@dataclass
class Answer:
    """What one request drew, and how it ended: an outlet that keeps everything."""

    headings: list[Heading] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    async def open(self, heading: Heading) -> None:
        self.headings.append(heading)

    async def draw(self, part: Part) -> None:
        self.parts.append(part)

    async def close(self, outcome: Outcome) -> str:
        self.outcomes.append(outcome)
        return ""

    @property
    def text(self) -> str:
        return plain_text(self.parts)

    @property
    def code(self) -> int:
        [outcome] = self.outcomes
        return outcome.exit_code

    @property
    def asides(self) -> list[str]:
        return [part.text for part in self.parts if isinstance(part, Aside)]

    @property
    def problem(self) -> QuarterdeckError:
        [problem] = [part for part in self.parts if isinstance(part, Problem)]
        return problem.error

    @property
    def proposal(self) -> Proposal:
        [proposal] = [part for part in self.parts if isinstance(part, Proposal)]
        return proposal


@dataclass
class Ledger:
    """Keeps what it is told, until its store is broken."""

    entries: list[Entry] = field(default_factory=list)
    bugs: list[str] = field(default_factory=list)
    broken: str = ""
    """Why nothing can be written."""

    @property
    def lines(self) -> list[tuple[str, int, tuple[str, ...]]]:
        """The request, the exit code and the audit ids of what has ended."""
        return [
            (one.request, one.result.exit_code, tuple(call.audit_id for call in one.calls))
            for one in self.entries
            if one.result
        ]

    async def write(self, entry: Entry) -> None:
        if self.broken:
            raise StoreError(self.broken)
        self.entries.append(entry)

    def note(self, entry: Entry) -> None:
        if not self.broken:
            self.entries.append(entry)

    async def search(self, wanted: Wanted) -> Sequence[JsonObject]:
        found = [told(entry) for entry in self.entries]
        return [one for one in found if one["who"]["person"] == wanted.person or not wanted.person]

    def bug(self, request: Request) -> None:
        self.bugs.append(request.id)


class Members:
    """An acquaintance to whom everybody is a member of the workspace."""

    async def introduce(
        self, request: Request, _within: float, _usergroups: Collection[str] = ()
    ) -> Request:
        return replace(request, person=replace(request.person, standing=Standing.MEMBER))


@dataclass
class Bot:
    """An engine, and the ways to speak to it."""

    engine: Engine
    server: ApiServer
    clock: Clock
    ledger: Ledger
    policies: list[Policy]
    """The last one holds."""
    waiting: Waiting
    admission: Admission

    @property
    def minder(self) -> Minder:
        """Return what looks after what waits."""
        return Minder(self.admission, self.waiting, self.ledger, self.clock)

    def request(self, text: str, who: Person = ADA, place: Place = SHOP) -> Request:
        seen = place.surface is not Surface.TERMINAL
        now = self.clock.now()
        return Request(secrets.token_hex(4), who, place, text, now, pictures=seen)

    async def say(self, text: str, who: Person = ADA, place: Place = SHOP) -> Answer:
        answer = Answer()
        await self.engine.serve(self.request(text, who, place), answer)
        return answer

    async def press(self, ticket: str, who: Person = ADA, place: Place = SHOP) -> Answer:
        answer = Answer()
        await self.engine.confirm(ticket, self.request("", who, place), answer)
        return answer


SCALED = 'deployment.apps/{0} scaled\ndeployment "{0}" successfully rolled out\n'
"""What is said of a deployment that was scaled."""


async def _rolled_out(request: web.BaseRequest) -> web.StreamResponse:
    """Answer with the one deployment that is asked for, whose rollout is over."""
    name = request.query["fieldSelector"].removeprefix("metadata.name=")
    status = {"observedGeneration": 1, "replicas": 5, "updatedReplicas": 5, "availableReplicas": 5}
    item = {
        "metadata": {"name": name, "generation": 1},
        "spec": {"replicas": 5, "template": {}},
        "status": status,
    }
    return web.json_response({"metadata": {"resourceVersion": "9"}, "items": [item]})


@asynccontextmanager
async def bot(
    folder: Path,
    *,
    catalogue: Catalogue | None = None,
    policy: dict[str, Any] | None = None,
    seconds: float | None = None,
    url: str = "",
    clock: Clock | None = None,
    others: Mapping[str, str] = MappingProxyType({}),
    acquaintance: Acquaintance | None = None,
    board: Board | None = None,
    access: Path | None = None,
    instruments: Instruments | None = None,
) -> AsyncIterator[Bot]:
    """Run an engine on a scripted API server, or on what is at that URL, until the block ends.

    `access` is a kubeconfig of another cluster instead; `others` are further contexts and their
    servers' URLs; people are as a test says they are, unless an acquaintance knows them. The clock
    stands still unless another is given.
    """
    clock, ledger = clock or ManualClock(), Ledger()
    policies = [Policy.model_validate(policy or POLICY)]
    async with api_server() as server:
        for namespace in ("shop", "shop-test"):
            path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
            server.on(path, _rolled_out)
        files = [access or kubeconfig(folder / "config", url or server.url, name="main")]
        for name, address in others.items():
            files.append(kubeconfig(folder / f"config-{len(files)}", address, name=name))
        paths = os.pathsep.join(map(str, files))
        fleet = Fleet(Options(kubeconfig=paths), clock, environment={})
        book, gate = Phrasebook(catalogue or Registry()), PolicyGate(lambda: policies[-1])
        known = acquaintance or AsTheyCome()
        admission = Admission(gate, fleet, MemoryDefaults(), known)
        lookups, waiting = Lookups(admission, clock, ledger), in_memory(clock)
        waiting = replace(waiting, board=board or waiting.board)
        engine = Engine(
            *(book, admission, waiting, clock, ledger),
            seconds=seconds,
            lookups=lookups,
            rates=Rates(lambda: policies[-1], clock),
            instruments=instruments,
        )
        try:
            yield Bot(engine, server, clock, ledger, policies, waiting, admission)
        finally:
            await lookups.close()
            await fleet.close()

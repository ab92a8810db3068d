"""What stands behind the buttons, the forms and the Home tab: in memory, or scripted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.commands import Registry
from bot.core.access import Audience, Binding, Grant, Rights
from bot.core.command import Command
from bot.core.errors import RefusedError, StoreError
from bot.core.ports import Heading, Menu
from bot.core.request import Actor, Impersonated, Request
from bot.core.task import Call
from bot.slack.desks import Beyond
from tests.slack.scripted import PUBLIC

VIEWER = Impersonated("quarterdeck:user", ("quarterdeck:viewers",))


@dataclass
class MemoryResults:
    """Keeps results until the test forgets them; `broken` makes it fail as a store does."""

    items: dict[str, bytes] = field(default_factory=dict)
    broken: StoreError | None = None

    async def put(self, owner: str, payload: bytes) -> str:
        if self.broken:
            raise self.broken
        number = f"result-{len(self.items)}"
        self.items[number] = payload
        return number

    async def get(self, id: str) -> bytes | None:
        if self.broken:
            raise self.broken
        return self.items.get(id)


@dataclass
class ScriptedJudge:
    """Says of everything what stands in `heading`; refuses the people in `refused`."""

    heading_now: Heading = PUBLIC
    refused: Sequence[str] = ()
    recorded: list[Request] = field(default_factory=list)
    """What was shown to its place, as whoever showed it would ask for it."""

    async def heading(self, request: Request) -> Heading:
        if request.person.key.partition("/")[2] in self.refused:
            raise RefusedError("You are not in this bot's policy.")
        return self.heading_now

    async def shared(self, request: Request) -> None:
        self.recorded.append(request)

    async def called(self, request: Request) -> Call | None:
        return None


@dataclass
class ScriptedLookups:
    """Lists what stands here, whoever asks."""

    clusters: tuple[str, ...] = ("prod",)
    listed: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {
            "namespaces": ("ops", "shop"),
            "types": ("pods", "deployments", "services"),
            "pods": ("web-1", "web-2", "db-0"),
            "deployments": ("web", "db"),
        }
    )
    hidden: Sequence[str] = ()
    """The phrases that are for nobody."""
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def contexts(self) -> tuple[str, ...]:
        return self.clusters

    async def place(self, request: Request) -> Grant:
        actor = Actor(request.person, VIEWER)
        return Grant(actor, self.clusters[0], "shop", False, Audience.CHANNEL)

    async def namespaces(self, request: Request, context: str) -> tuple[str, ...]:
        return self._list("namespaces", context)

    async def types(self, request: Request, context: str) -> tuple[str, ...]:
        return self._list("types", context)

    async def names(
        self, request: Request, context: str, namespace: str, kind: str
    ) -> tuple[str, ...]:
        return self._list(kind, context, namespace)

    async def menu(self, request: Request, context: str = "", namespace: str = "") -> Menu:
        return self

    def offers(self, command: Command[Any]) -> bool:
        return command.phrase not in self.hidden

    async def version(self, request: Request, context: str) -> str:
        return "v1.37.2"

    def _list(self, kind: str, *where: str) -> tuple[str, ...]:
        self.asked.append((kind, *where))
        return self.listed.get(kind, ())


@dataclass
class ScriptedRights:
    """Gives everybody the same rights, but for the people in `strangers`."""

    bindings: tuple[Binding, ...] = ()
    strangers: Sequence[str] = ()

    async def rights(self, request: Request) -> Rights:
        if request.person.key.partition("/")[2] in self.strangers:
            raise RefusedError("You are not in this bot's policy.", next_step="Ask its admins.")
        return Rights(Actor(request.person, VIEWER), self.bindings)


@dataclass
class Backstage:
    """All of it, to be scripted by a test."""

    results: MemoryResults = field(default_factory=MemoryResults)
    judge: ScriptedJudge = field(default_factory=ScriptedJudge)
    lookups: ScriptedLookups = field(default_factory=ScriptedLookups)
    rights: ScriptedRights = field(default_factory=ScriptedRights)

    def beyond(self) -> Beyond:
        commands = Registry().all()
        return Beyond(self.results, self.judge, self.lookups, self.rights, commands)

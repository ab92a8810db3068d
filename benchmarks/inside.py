"""The bot, asked as Slack asks it: typed text into the engine, drawn parts out of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from benchmarks.cost import Cost, WrongAnswerError, in_process
from bot.commands import Registry
from bot.core.audit import Entry, Wanted
from bot.core.clock import SystemClock
from bot.core.ports import Heading, JsonObject, Outcome
from bot.core.reply import Part, Problem
from bot.core.request import Impersonated, Person, Place, Request, Surface
from bot.engine.admission import Admission, AsTheyCome, MemoryDefaults
from bot.engine.dispatch import Engine
from bot.engine.monitoring import Instruments
from bot.engine.reading import Phrasebook
from bot.engine.waiting import in_memory
from bot.kube.fleet import Fleet, Options
from bot.policy.decide import PolicyGate
from bot.policy.model import FIXED_USER, Policy
from bot.render.plain import PlainRenderer

TEAM, USER, GROUP = "T0BENCH01", "U0BENCH01", "quarterdeck:admins"
ID = "benchmark"
IDENTITY = Impersonated(
    FIXED_USER,
    (GROUP,),
    (("quarterdeck.dev/person", f"{TEAM}/{USER}"), ("quarterdeck.dev/request", ID)),
)
"""Whom the policy below makes of the person: the raw request is sent as the same."""


@dataclass(slots=True)
class Page:
    """An outlet that draws the answer as text and keeps all of it."""

    text: list[str] = field(default_factory=list)
    problem: str = ""
    _renderer: PlainRenderer = field(default_factory=PlainRenderer)

    async def open(self, heading: Heading) -> None:
        """Begin: a page has no heading."""

    async def draw(self, part: Part) -> None:
        """Add what the part adds to standard output."""
        if isinstance(part, Problem):
            self.problem = part.error.text
        self.text.append(self._renderer.feed(part)[0])

    async def close(self, outcome: Outcome) -> str:
        """Add the rows that waited for wider ones."""
        self.text.append(self._renderer.finish())
        return ""


class _NoLedger:
    async def write(self, entry: Entry) -> None:
        return

    def note(self, entry: Entry) -> None:
        return

    async def search(self, wanted: Wanted) -> Sequence[JsonObject]:
        return ()

    def bug(self, request: Request) -> None:
        raise  # noqa: PLE0704 - called while the exception is handled


class Bot:
    """The bot's engine on one cluster, with a policy that knows one person."""

    def __init__(self, kubeconfig: str, instruments: Instruments | None = None) -> None:
        clock = SystemClock()
        policy = Policy.model_validate(
            {"version": 1, "people": [{"slack": USER, "groups": [GROUP]}]}
        )
        self._fleet = Fleet(Options(kubeconfig=kubeconfig), clock, environment={})
        self._engine = Engine(
            Phrasebook(Registry()),
            Admission(PolicyGate(lambda: policy), self._fleet, MemoryDefaults(), AsTheyCome()),
            in_memory(clock),
            clock,
            _NoLedger(),
            instruments=instruments,
        )

    async def answer(self, text: str) -> str:
        """Return the whole answer to what was typed.

        Raises:
            WrongAnswerError: a part of it failed.
        """
        page = Page()
        place, person = Place(Surface.SLASH), Person(f"{TEAM}/{USER}")
        await self._engine.serve(Request(ID, person, place, text, datetime.now(UTC)), page)
        if page.problem:
            raise WrongAnswerError(f"{text}: {page.problem}")
        return "".join(page.text)

    async def close(self) -> None:
        """Close its connections."""
        await self._fleet.close()


@dataclass(frozen=True, slots=True)
class Inside:
    """One phrase, typed to the bot."""

    bot: Bot
    phrase: str
    lines: int
    """The least that the answer must have."""

    async def ask(self) -> Cost:
        """Type it and wait for the whole answer."""
        return await in_process(self._answered())

    async def _answered(self) -> None:
        lines = (await self.bot.answer(self.phrase)).count("\n")
        if lines < self.lines:
            raise WrongAnswerError(f"{self.phrase}: {lines} lines, where {self.lines} are due")

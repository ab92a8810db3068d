"""Commands that exist in tests only, for what no real command does on purpose."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.command import Command, Effect
from bot.core.plan import Plan
from bot.core.ports import Scope
from bot.core.reply import Part, Text


@dataclass(frozen=True, slots=True)
class Options:
    arguments: tuple[str, ...] = ()


Work = Callable[[Scope, Options], AsyncIterator[Part]]
Planner = Callable[[Scope, Options], Awaitable[Plan]]


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """A few commands by their one-word phrases."""

    commands: dict[str, Command[Any]]

    def phrases(self) -> Sequence[str]:
        return tuple(self.commands)

    def find(self, words: Sequence[str]) -> Command[Any] | None:
        return self.commands.get(words[0]) if words else None


def reads(phrase: str, work: Work, seconds: int = 30) -> Catalogue:
    """Return a catalogue of one command that reads."""
    command = Command(phrase, "", Effect.READ, Options, (), run=work, seconds=seconds)
    return Catalogue({phrase: command})


def plans(phrase: str, planner: Planner) -> Catalogue:
    """Return a catalogue of one command that plans a change."""
    return Catalogue({phrase: Command(phrase, "", Effect.CHANGE, Options, (), plan=planner)})


@dataclass
class Endless:
    """Prints a line, says that it runs, and waits until it is ended."""

    running: asyncio.Event
    ended: asyncio.Event

    async def __call__(self, _scope: Scope, _options: object) -> AsyncIterator[Part]:
        yield Text("first\n")
        self.running.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()

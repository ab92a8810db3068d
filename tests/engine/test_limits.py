"""What ends before it is done says so: a partial answer, a follower's lifetime, a Stop."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.core.command import Command, Effect, switch
from tests.clock import IdleClock
from tests.engine import rig
from tests.engine.commands import Catalogue, Endless
from tests.engine.rig import ADA, Answer


@dataclass(frozen=True, slots=True)
class Options:
    arguments: tuple[str, ...] = ()
    follow: bool = switch("f", help="Go on.")


def endless() -> tuple[Catalogue, Endless]:
    work = Endless(asyncio.Event(), asyncio.Event())
    command = Command("wait", "", Effect.READ, Options, (), run=work)
    return Catalogue({"wait": command}), work


@pytest.mark.parametrize(
    ("phrase", "text", "next_step"),
    [
        (
            "wait",
            "first\nerror: timed out waiting for the condition\n",
            "What stands here is only a part. Ask for less, with -n, -l or --tail.",
        ),
        (
            "wait -f",
            "first\nThis is as long as I follow; what comes later is not here.\n",
            "Type the command again to go on.",
        ),
    ],
)
async def test_the_deadline_says_what_is_missing(
    tmp_path: Path, phrase: str, text: str, next_step: str
) -> None:
    catalogue, _ = endless()
    async with rig.bot(tmp_path, catalogue=catalogue, clock=IdleClock()) as bot:
        answer = await bot.say(phrase)
    assert (answer.text, answer.problem.next_step) == (text, next_step)


@pytest.mark.parametrize(
    ("phrase", "word", "follows"), [("wait", "Cancelled.", False), ("wait -f", "Stopped.", True)]
)
async def test_a_follower_is_stopped_and_anything_else_cancelled(
    tmp_path: Path, phrase: str, word: str, follows: bool
) -> None:
    catalogue, work = endless()
    async with rig.bot(tmp_path, catalogue=catalogue) as bot:
        request, answer = bot.request(phrase), Answer()
        serving = asyncio.create_task(bot.engine.serve(request, answer))
        await work.running.wait()
        assert await bot.engine.cancel(request.id, ADA)
        await serving
    assert answer.problem.text == word
    assert [heading.follows for heading in answer.headings] == [follows]

"""What is half typed, or one word too long, is answered in a sentence and never with a bug."""

import re

from bot.commands import Registry
from bot.core.errors import QuarterdeckError
from bot.core.reply import Problem
from bot.grammar.bind import read
from tests.engine.rig import Bot
from tests.every import every

PHRASES = Registry().phrases()
VERBS = {phrase.partition(" ")[0] for phrase in PHRASES}
REST = (
    *("", " ''", " x", " x y", " x y z", " /", " x/", " /x", " a/b/c", " pods", " pods x"),
    *(" -l", " -l x", " -n", " -n ''", " -o", " -o x", " -f", " -f x", " -A", " --", " -- x"),
    *(" --context x", " --all-contexts", " --dry-run x", " =", " x=", " x- y-", " ,", " pods,"),
)
QUOTED = re.compile("`([^`]*)`")


@every("phrase", PHRASES)
async def test_nothing_half_typed_is_a_bug(bot: Bot, phrase: str) -> None:
    for rest in REST:
        before = len(bot.ledger.bugs)
        await bot.say(f"{phrase}{rest}")
        assert len(bot.ledger.bugs) == before, f"{phrase}{rest}"


@every("phrase", PHRASES)
async def test_the_next_step_of_a_command_alone_is_read_as_it_stands(bot: Bot, phrase: str) -> None:
    answer = await bot.say(phrase)
    for part in answer.parts:
        if isinstance(part, Problem):
            for typed in QUOTED.findall(part.error.next_step):
                assert _is_read(typed), (phrase, typed)


def _is_read(typed: str) -> bool:
    if typed.partition(" ")[0] not in VERBS:
        return True  # a name or a flag
    try:
        read(typed, Registry())
    except QuarterdeckError:
        return False
    return True

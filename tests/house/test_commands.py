"""Each verb is one file, declared whole: its phrase, its examples, its right."""

import shlex
from pathlib import Path
from typing import Any

import pytest

from bot.commands import Registry
from bot.core.command import Command, Effect
from bot.core.request import Surface
from bot.grammar.bind import read
from bot.grammar.normalise import normalise
from bot.grammar.raw import raw_line
from bot.kube.impersonation import OPEN_PATHS
from tests.engine.rig import bot
from tests.engine.test_menus import RULES
from tests.every import every

REGISTRY = Registry()
FOLDER = Path(__file__).parents[2] / "bot" / "commands"
PHRASES = REGISTRY.phrases()
COMMANDS = [pytest.param(command, id=command.phrase) for command in REGISTRY.all()]
OF_OTHERS = {"run"}
"""Whose rights are those of the commands that they stand for."""
WITHOUT_RIGHT = [
    pytest.param(command, id=command.phrase)
    for command in REGISTRY.all()
    if not command.access and command.phrase not in OF_OTHERS
]


def test_each_file_is_a_command_and_each_command_a_file() -> None:
    files = {path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__"}
    assert {phrase.replace(" ", "_").replace("-", "_") for phrase in PHRASES} == files
    assert tuple(sorted(command.phrase for command in REGISTRY.all())) == PHRASES


@every("command", COMMANDS)
def test_it_is_found_by_the_phrase_that_it_declares(command: Command[Any]) -> None:
    assert REGISTRY.find(command.phrase.split(" ")) is command
    assert read(command.phrase + " --help", REGISTRY).command.phrase == "help"


@every("command", COMMANDS)
def test_it_says_what_it_is_for(command: Command[Any]) -> None:
    assert command.summary[:1].isupper()
    assert not command.summary.endswith(".")


@every("command", COMMANDS)
def test_it_has_examples_that_mean_itself(command: Command[Any]) -> None:
    assert command.examples
    for example in command.examples:
        bound = read(normalise(example, Surface.SLASH), REGISTRY)
        assert bound.command is command
        again = read(raw_line(shlex.split(example), REGISTRY), REGISTRY)
        assert again.options == bound.options


@every("command", COMMANDS)
def test_each_flag_says_what_it_is_for(command: Command[Any]) -> None:
    assert [flag.name for flag in command.flags if not flag.help] == []


@every("command", COMMANDS)
def test_what_changes_things_plans_and_what_reads_runs(command: Command[Any]) -> None:
    assert (command.plan is not None) == (command.effect is not Effect.READ)
    assert command.effect is Effect.READ or command.access or command.phrase in OF_OTHERS


@pytest.mark.parametrize("command", WITHOUT_RIGHT)
async def test_without_an_access_rule_it_asks_for_nothing_that_needs_one(
    command: Command[Any], tmp_path: Path
) -> None:
    async with bot(tmp_path) as running:
        for example in command.examples:
            answer = await running.say(example)
            assert answer.code == 0, answer.text
        assert {asked.path for asked in running.server.asked} <= OPEN_PATHS | {RULES}

"""`run` and `tasks`: phrases of the policy, as one plan under the same gates."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.core.errors import RefusedError
from bot.core.reply import Choices
from tests.engine import rig
from tests.engine.rig import ADA, POLICY, VIC, Bot
from tests.engine.test_changing import SCALE, scale
from tests.kube.server import body

OTHER = SCALE.replace("/web/", "/api/")
TASKS = {
    "size": {
        "summary": "Set the size of an app",
        "parameters": {
            "app": {"type": "name", "allowed": ["web", "api"], "summary": "Which app?"},
            "replicas": {"type": "integer", "minimum": 1, "maximum": 5, "default": "2"},
        },
        "phrases": ["scale deploy/{app} --replicas={replicas}"],
    },
    "both": {"phrases": ["scale deploy/web --replicas=5", "scale deploy/api --replicas=5"]},
    "elsewhere": {"phrases": ["scale deploy/web --replicas=5 -n kube-system"]},
    "reading": {"phrases": ["version"]},
}


@pytest_asyncio.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with rig.bot(tmp_path, policy={**POLICY, "tasks": TASKS}) as running:
        for path, name in ((SCALE, "web"), (OTHER, "api")):
            named = {**scale(3)["metadata"], "name": name}
            running.server.on(path, body({**scale(3), "metadata": named}))
        yield running


def patches(bot: Bot) -> list[str]:
    return [asked.path for asked in bot.server.asked if asked.changes]


async def test_it_is_one_plan_that_is_confirmed_once(bot: Bot) -> None:
    shown = await bot.say("run both")
    assert [change.after for change in shown.proposal.plan.changes] == ["5", "5"]
    assert shown.proposal.plan.phrase == "run both"
    assert patches(bot) == []
    done = await bot.press(shown.proposal.ticket)
    assert done.text.startswith("deployment.apps/web scaled\ndeployment.apps/api scaled\n")
    assert patches(bot) == [SCALE, OTHER]


async def test_values_are_limited(bot: Bot) -> None:
    assert (await bot.say("run size app=web replicas=4")).proposal.plan.changes[0].after == "4"
    assert (await bot.say("run size app=web")).proposal.plan.changes[0].after == "2"
    refused = await bot.say("run size app=db")
    assert refused.problem.text == "error: app must be one of web, api, not 'db'"
    assert "at most 5" in (await bot.say("run size app=web replicas=6")).problem.text


async def test_what_is_missing_is_asked_for(bot: Bot) -> None:
    answer = await bot.say("run size")
    [asked] = [part for part in answer.parts if isinstance(part, Choices)]
    assert (asked.question, [one.label for one in asked.options]) == ("Which app?", ["web", "api"])
    assert answer.code == 1


async def test_only_what_one_may_run_here_is_listed_and_run(bot: Bot) -> None:
    listed = (await bot.say("tasks")).text
    assert "size" in listed
    assert "[replicas=INTEGER]" in listed
    assert "elsewhere" not in listed
    refused = await bot.say("run elsewhere")
    assert refused.problem.text == "error: there is no task 'elsewhere' for you here"
    assert refused.problem.next_step == "`tasks` lists those that there are."


async def test_a_task_that_changes_nothing_is_none(bot: Bot) -> None:
    assert (await bot.say("run reading")).problem.text == "error: `version` is no change"


@pytest.mark.parametrize("words", ["size app", "size app=web app=api", "", "size app=web size=1"])
async def test_mistakes_are_answered_with_how_it_is_typed(bot: Bot, words: str) -> None:
    answer = await bot.say(f"run {words}")
    assert answer.code == 1
    assert answer.problem.next_step


async def test_kubectls_own_run_is_refused_by_its_name(bot: Bot) -> None:
    for who in (ADA, VIC):
        answer = await bot.say("kubectl run web --image=nginx", who)
        assert isinstance(answer.problem, RefusedError)
        assert answer.problem.text.startswith('error: "run" is refused')

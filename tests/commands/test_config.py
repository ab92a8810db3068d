"""`config get-contexts` and `config current-context`: what the policy lets a person use."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.core.errors import RefusedError
from bot.core.request import Place, Surface
from bot.policy.model import Policy
from tests.engine import rig
from tests.engine.rig import POLICY, Bot

ALONE = Place(Surface.DIRECT, "DADA")
LISTED = (
    "CURRENT   NAME   CLUSTER   AUTHINFO   NAMESPACE\n"
    "*         main   main      main       \n"
    "          prod   prod      prod       \n"
)


@pytest_asyncio.fixture
async def bot(tmp_path: Path) -> AsyncIterator[rig.Bot]:
    async with rig.bot(tmp_path, others={"prod": "http://127.0.0.1:1"}) as running:
        yield running


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("config get-contexts", LISTED),
        ("config get-contexts -o name", "main\nprod\n"),
        ("config get-contexts prod --no-headers", "      prod   prod   prod   \n"),
        ("config current-context", "main\n"),
    ],
)
async def test_contexts_are_listed_and_no_cluster_is_asked(
    bot: Bot, phrase: str, text: str
) -> None:
    answer = await bot.say(phrase)
    assert (answer.text, answer.code) == (text, 0)
    assert bot.server.asked == []


async def test_a_context_that_is_not_there_is_told_after_the_others(bot: Bot) -> None:
    answer = await bot.say("config get-contexts nope main -o name")
    assert (answer.text, answer.code) == ("main\nerror: context nope not found\n", 1)


async def test_only_what_the_policy_names_is_listed(bot: Bot) -> None:
    bot.policies.append(Policy.model_validate({**POLICY, "clusters": {"default": {}}}))
    assert (await bot.say("config get-contexts -o name")).text == "main\n"
    assert (await bot.say("config get-contexts prod")).code == 1


async def test_the_current_one_is_the_one_that_holds_for_the_person(bot: Bot) -> None:
    await bot.say("use prod/shop", place=ALONE)
    assert (await bot.say("config current-context", place=ALONE)).text == "prod\n"
    assert (await bot.say("config current-context")).text == "main\n"


@pytest.mark.parametrize("verb", ["view", "set-context", "use-context", "get-clusters", "unset"])
async def test_the_other_verbs_of_config_stay_refused(bot: Bot, verb: str) -> None:
    answer = await bot.say(f"config {verb}")
    assert isinstance(answer.problem, RefusedError)
    assert answer.problem.next_step == "Use `use` or `config get-contexts` instead."

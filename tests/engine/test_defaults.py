"""Where a request goes when it does not say so: the channel's word, then the person's."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.core.access import Audience
from bot.core.request import Person, Place, Surface
from bot.policy.model import Policy
from tests.engine import rig
from tests.engine.rig import ADA, LOBBY, POLICY, SHOP, VIC, Answer, Bot

ALONE = Place(Surface.DIRECT, "DADA")


@pytest_asyncio.fixture
async def bot(tmp_path: Path) -> AsyncIterator[rig.Bot]:
    async with rig.bot(tmp_path, others={"prod": "http://127.0.0.1:1"}) as running:
        yield running


def where(answer: Answer) -> list[tuple[str, str]]:
    return [(heading.context, heading.namespace) for heading in answer.headings]


async def place_of(bot: Bot, phrase: str, place: Place, who: Person = ADA) -> tuple[str, str]:
    heading = await bot.engine.heading(bot.request(phrase, who, place))
    return heading.context, heading.namespace


@pytest.mark.parametrize("place", [ALONE, LOBBY], ids=["direct", "unbound"])
async def test_a_persons_default_counts_where_the_place_has_none(bot: Bot, place: Place) -> None:
    assert await place_of(bot, "get pods", place) == ("main", "default")
    answer = await bot.say("use prod/shop", place=place)
    assert (answer.text, answer.code) == (
        "Your default is prod/shop, for as long as this process lasts.\n",
        0,
    )
    assert await place_of(bot, "get pods", place) == ("prod", "shop")


async def test_the_channels_default_beats_the_persons(bot: Bot) -> None:
    answer = await bot.say("use prod/ops")
    assert answer.text.endswith("Here the channel's own default beats it.\n")
    assert await place_of(bot, "get pods", SHOP) == ("main", "shop")


async def test_what_is_typed_beats_both(bot: Bot) -> None:
    await bot.say("use prod/ops", place=ALONE)
    assert await place_of(bot, "get pods -n other", ALONE) == ("prod", "other")
    assert await place_of(bot, "get pods --context main", ALONE) == ("main", "default")
    assert await place_of(bot, "get pods --context prod", ALONE) == ("prod", "ops")


async def test_a_default_is_its_persons_alone(bot: Bot) -> None:
    await bot.say("use prod/ops", place=ALONE)
    assert await place_of(bot, "get pods", LOBBY, VIC) == ("main", "default")


async def test_a_namespace_alone_is_one_of_the_cluster_that_holds(bot: Bot) -> None:
    await bot.say("use prod/ops", place=ALONE)
    await bot.say("use shop", place=ALONE)
    assert await place_of(bot, "get pods", ALONE) == ("prod", "shop")


async def test_a_context_with_a_slash_alone_has_its_own_namespace(bot: Bot) -> None:
    await bot.say("use prod/", place=ALONE)
    assert await place_of(bot, "get pods", ALONE) == ("prod", "default")


async def test_a_context_whose_name_holds_slashes_can_be_used(tmp_path: Path) -> None:
    name = "arn:aws:eks:eu-1:1:cluster/prod"
    async with rig.bot(tmp_path, others={name: "http://127.0.0.1:1"}) as bot:
        await bot.say(f"use {name}/shop", place=ALONE)
        assert await place_of(bot, "get pods", ALONE) == (name, "shop")
        await bot.say(f"use {name}", place=ALONE)
        assert await place_of(bot, "get pods", ALONE) == (name, "default")


async def test_a_default_can_be_forgotten(bot: Bot) -> None:
    assert (await bot.say("use --clear", place=ALONE)).text == "You had no default.\n"
    await bot.say("use prod/ops", place=ALONE)
    assert (await bot.say("use --clear", place=ALONE)).text == "Your default is forgotten.\n"
    assert await place_of(bot, "get pods", ALONE) == ("main", "default")


async def test_use_alone_says_what_holds_and_why(bot: Bot) -> None:
    nobody = "Here main/default holds: neither the channel nor you have a default.\n"
    assert (await bot.say("use", place=ALONE)).text == nobody
    await bot.say("use prod/ops", place=ALONE)
    assert (await bot.say("use", place=ALONE)).text == "Here prod/ops holds: it is your default.\n"
    assert (await bot.say("use")).text == (
        "Here main/shop holds: it is this channel's default.\n"
        "Your own default, prod/ops, does not count here.\n"
    )
    assert (await bot.say("use -n x", place=ALONE)).text == "Here prod/x holds: you typed it.\n"


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("use nope/shop", 'error: context "nope" does not exist\n'),
        ("use Shop", 'error: "Shop" cannot be the name of a namespace\n'),
        ("use prod/../x", 'error: context "prod/.." does not exist\n'),
        ("use ''", "error: a namespace may not be empty\n"),
        ("use a b", "error: expected 'use [CONTEXT/]NAMESPACE' or 'use --clear'\n"),
        ("use a --clear", "error: expected 'use [CONTEXT/]NAMESPACE' or 'use --clear'\n"),
    ],
)
async def test_what_cannot_be_used_changes_nothing(bot: Bot, phrase: str, text: str) -> None:
    answer = await bot.say(phrase, place=ALONE)
    assert (answer.text, answer.code) == (text, 1)
    assert await place_of(bot, "get pods", ALONE) == ("main", "default")


async def test_its_answer_is_for_the_person_alone_and_shown_to_nobody_again(bot: Bot) -> None:
    [heading] = (await bot.say("use")).headings
    assert (heading.audience, heading.seal, heading.shareable) == (Audience.PERSON, "", False)


async def test_a_default_that_the_policy_no_longer_allows_counts_no_more(bot: Bot) -> None:
    await bot.say("use prod/ops", place=ALONE)
    bot.policies.append(Policy.model_validate({**POLICY, "clusters": {"main": {}}}))
    assert await place_of(bot, "get pods", ALONE) == ("main", "default")
    assert (await bot.say("use prod/ops", place=ALONE)).text.startswith('error: context "prod"')
    assert (await bot.say("get pods --context prod", place=ALONE)).text.startswith(
        "The policy does"
    )

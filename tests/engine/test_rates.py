"""How often somebody may ask is their tier's, counted for each person by what they typed."""

from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import BusyError, RefusedError
from bot.core.request import Person
from tests.clock import ManualClock
from tests.engine import rig
from tests.engine.rig import ADA, EVE, POLICY, VIC, Bot
from tests.engine.test_gate import PHRASE, patches, scaled
from tests.kube.server import body

PODS = "/api/v1/namespaces/shop/pods"


def policy(**per_minute: int) -> dict[str, Any]:
    groups = ["quarterdeck:viewers", "quarterdeck:operators"]
    tier = {"groups": groups, "ceiling": "change", "per_minute": per_minute}
    return {**POLICY, "tiers": {"all": tier}}


def asked(bot: Bot) -> int:
    return len(bot.server.to(PODS))


async def test_one_question_too_many_is_not_asked_until_the_minute_is_over(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    async with rig.bot(tmp_path, policy=policy(read=2), clock=clock) as bot:
        bot.server.on(PODS, body({"kind": "Table", "rows": []}))
        for _ in range(2):
            assert (await bot.say("get pods")).code == 0
        answer = await bot.say("get pods")
        assert isinstance(answer.problem, BusyError)
        assert "You have used up your 2 questions of this minute." in answer.text
        assert answer.headings == []
        assert asked(bot) == 2
        assert (await bot.say("get pods", VIC)).code == 0  # each person for themselves
        await clock.advance(61)
        assert (await bot.say("get pods")).code == 0


async def test_a_tier_without_changes_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    async with rig.bot(tmp_path, policy=policy(change=0)) as bot:
        scaled(bot.server)
        answer = await bot.say(PHRASE)
        assert isinstance(answer.problem, RefusedError)
        assert "Your tier has no changes." in answer.text
        assert bot.server.asked == []


async def test_a_press_belongs_to_what_was_typed(tmp_path: Path) -> None:
    async with rig.bot(tmp_path, policy=policy(change=1)) as bot:
        scaled(bot.server)
        proposal = (await bot.say(PHRASE)).proposal
        assert (await bot.press(proposal.ticket)).code == 0
        assert patches(bot) == 1
        assert isinstance((await bot.say(PHRASE)).problem, BusyError)


@pytest.mark.parametrize("who", [ADA, EVE], ids=["known", "stranger"])
async def test_what_is_refused_for_another_reason_counts_for_nothing(
    tmp_path: Path, who: Person
) -> None:
    async with rig.bot(tmp_path, policy=policy(read=1)) as bot:
        bot.server.on(PODS, body({"kind": "Table", "rows": []}))
        for text in ("gte pods", "get pods --context=nowhere-else --output=nonsense --nope"):
            assert (await bot.say(text, who)).code == 1
        assert (await bot.say("get pods", ADA)).code == 0

"""`whoami` says who one is to each who may be asked, and in a terminal the kubeconfig's user."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.access import Audience
from bot.core.reply import Fields
from bot.core.request import Place, Surface
from bot.terminal import open_terminal
from tests.engine import rig
from tests.engine.rig import EVE, LOBBY, POLICY, Answer, Bot
from tests.kube.files import kubeconfig


def fields(answer: Answer) -> dict[str, str]:
    [part] = [part for part in answer.parts if isinstance(part, Fields)]
    return dict(part.pairs)


async def test_it_says_who_one_is_to_slack_to_the_policy_and_to_the_cluster(bot: Bot) -> None:
    answer = await bot.say("whoami")
    assert fields(answer) == {
        "Slack": "UADA in the workspace T1, a member",
        "Policy": "it knows you under people, by your Slack id UADA",
        "Cluster main": (
            "user quarterdeck:user, groups quarterdeck:viewers, quarterdeck:operators"
        ),
        "How it sees people": "one user for everybody, with your own groups",
        "This place": "bound to shop, shop-test in default, for everything, deleting included",
    }
    [heading] = answer.headings
    assert heading.audience is Audience.PERSON
    assert bot.server.asked == []


@pytest.mark.parametrize("place", [LOBBY, Place(Surface.DIRECT, "DADA")])
async def test_a_place_that_is_bound_to_nothing_says_so(bot: Bot, place: Place) -> None:
    told = fields(await bot.say("whoami", place=place))["This place"]
    assert told.startswith("bound to no namespace: nothing is changed from here")


@pytest.mark.parametrize("ceiling", ["read", "change", "enter", "destroy"])
async def test_the_ceiling_of_the_channel_is_told(tmp_path: Path, ceiling: str) -> None:
    channels = {"CSHOP": {"namespaces": ["shop"], "ceiling": ceiling}}
    async with rig.bot(tmp_path, policy={**POLICY, "channels": channels}) as bot:
        told = fields(await bot.say("whoami"))["This place"]
    words = {"read": "to read", "enter": "to enter containers", "destroy": "deleting included"}
    assert words.get(ceiling, "to change things") in told


async def test_a_stranger_is_told_what_to_add_and_nothing_else(bot: Bot) -> None:
    answer = await bot.say("whoami", EVE)
    assert "not in this bot's policy" in answer.text
    assert answer.headings == []


async def test_it_takes_no_words(bot: Bot) -> None:
    answer = await bot.say("whoami ada")
    assert "takes no words" in answer.text
    assert "auth whoami" in answer.problem.next_step


async def test_in_a_terminal_it_is_the_kubeconfigs_user(tmp_path: Path) -> None:
    config, out = kubeconfig(tmp_path / "config", "http://127.0.0.1:1", name="main"), io.StringIO()
    async with open_terminal(str(config)) as opened:
        assert await replace(opened, out=out, err=out).run("whoami", yes=False) == 0
    told = "Cluster main:  the kubeconfig's user main, without impersonation\n"
    assert out.getvalue() == told

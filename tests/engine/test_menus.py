"""Help and menus show what a person may do in a place, and decide nothing."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.commands import Registry
from bot.core.request import Place, Surface
from bot.engine.lookups import FRESH_SECONDS
from tests.clock import IdleClock
from tests.engine.rig import ADA, EVE, LOBBY, SHOP, VIC, Bot, bot
from tests.kube.server import Play, body, hang, status

RULES = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
READS = {"verbs": ["get", "list", "watch"], "apiGroups": ["*"], "resources": ["*", "pods/log"]}
SCALES = {"verbs": ["get", "patch"], "apiGroups": ["apps"], "resources": ["deployments/scale"]}
BASIC = {
    "verbs": ["create"],
    "apiGroups": ["authorization.k8s.io", "authentication.k8s.io"],
    "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"],
}
OPENAPI = {"verbs": ["get"], "nonResourceURLs": ["/openapi/*"]}


def rules(*resources: object, incomplete: bool = False) -> object:
    status_ = {
        "resourceRules": [BASIC, *resources],
        "nonResourceRules": [OPENAPI],
        "incomplete": incomplete,
    }
    return {"status": status_}


@pytest_asyncio.fixture
async def running(tmp_path: Path) -> AsyncIterator[Bot]:
    async with bot(tmp_path, clock=IdleClock()) as made:
        made.server.on(RULES, body(rules(READS)))
        yield made


def listed(text: str) -> set[str]:
    phrases = Registry().phrases()
    lines = [line.strip() for line in text.splitlines() if line.startswith("  ")]
    found = {max((p for p in phrases if line.startswith(p)), key=len, default="") for line in lines}
    if "" in found:
        # One line stands for all that is asked of Prometheus.
        assert [line for line in lines if line.startswith("prom ")]
        found = found - {""} | {phrase for phrase in phrases if phrase.startswith("prom ")}
    return found


def left_out(text: str) -> int:
    found = re.search(r'(\d+) more commands? (?:is|are) not for you here; "help --all"', text)
    assert found
    return int(found[1])


async def test_help_lists_what_the_cluster_lets_one_do_here(running: Bot) -> None:
    running.server.on(RULES, body(rules(READS, SCALES)), body(rules(READS)))
    ada, vic = await running.say("help", ADA), await running.say("help", VIC)
    assert listed(ada.text) - listed(vic.text) == {"scale", "run"}
    assert left_out(vic.text) == left_out(ada.text) + 2
    asked = [one.all("Impersonate-Group") for one in running.server.to(RULES)]
    assert asked == [["quarterdeck:viewers", "quarterdeck:operators"], ["quarterdeck:viewers"]]


async def test_who_only_reads_is_offered_nothing_that_changes(running: Bot) -> None:
    offered = listed((await running.say("help", VIC)).text)
    registry = Registry()
    changing = [one.phrase for one in registry.all() if one.plan is not None]
    assert offered.isdisjoint(changing)
    assert {"get", "logs", "auth can-i", "tasks"} <= offered


async def test_whoever_may_do_everything_is_told_of_nothing_that_is_left_out(
    running: Bot,
) -> None:
    everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
    running.server.on(RULES, body(rules(everything)))
    assert "not for you here" not in (await running.say("help", ADA)).text


async def test_help_all_lists_everything_and_asks_nobody(running: Bot) -> None:
    assert listed((await running.say("help --all", VIC)).text) == set(Registry().phrases())
    assert running.server.to(RULES) == []


async def test_what_the_policy_refuses_here_is_not_listed_either(running: Bot) -> None:
    running.server.on(RULES, body(rules(READS, SCALES)))
    assert "scale" in listed((await running.say("help", place=SHOP)).text)
    assert "scale" not in listed((await running.say("help", place=LOBBY)).text)
    direct = Place(Surface.DIRECT, "DADA")
    assert "scale" not in listed((await running.say("help", place=direct)).text)


async def test_where_no_namespace_is_meant_reads_are_listed_unasked(running: Bot) -> None:
    assert "get" in listed((await running.say("help", place=LOBBY)).text)
    assert running.server.to(RULES) == []


@pytest.mark.parametrize(
    "play",
    [body(rules(incomplete=True)), status(403, "Forbidden", "no"), hang],
    ids=["incomplete", "refused", "silent"],
)
async def test_what_is_not_known_is_shown(running: Bot, play: Play) -> None:
    running.server.on(RULES, play)
    assert listed((await running.say("help")).text) == set(Registry().phrases())


async def test_the_rules_are_asked_for_once_within_some_seconds(running: Bot) -> None:
    for _ in range(3):
        await running.say("help")
    assert len(running.server.to(RULES)) == 1
    await running.clock.sleep(FRESH_SECONDS)
    await running.say("help")
    assert len(running.server.to(RULES)) == 2


async def test_a_menu_decides_nothing(running: Bot) -> None:
    running.server.on(RULES, body(rules()))
    assert "get" not in listed((await running.say("help")).text)
    running.server.on("/api/v1/namespaces/shop/pods", body({"kind": "Table", "rows": []}))
    assert (await running.say("get pods")).code == 0


async def test_a_stranger_is_told_nothing_of_the_cluster(running: Bot) -> None:
    answer = await running.say("help", EVE)
    assert "not in this bot's policy" in answer.text
    assert running.server.asked == []

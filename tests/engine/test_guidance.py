"""What is not there is answered with what is, as far as the person may list it."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.errors import NotFoundError
from bot.core.reply import Verdict
from tests.engine import rig
from tests.engine.rig import Answer, Bot
from tests.kube.server import Play, body, status

PODS = "/api/v1/namespaces/shop/pods"
NAMES = ("api-6f5d-abcde", "web-7f9c-x2x4q", "worker-0")


def table(*names: str) -> dict[str, object]:
    return {
        "kind": "Table",
        "metadata": {},
        "columnDefinitions": [{"name": "Name", "type": "string", "format": "name"}],
        "rows": [{"cells": [name]} for name in names],
    }


def missing(bot: Bot, name: str) -> None:
    bot.server.on("/api/v1/namespaces/shop", body({"kind": "Namespace"}))
    bot.server.on(f"{PODS}/{name}", status(404, "NotFound", f'pods "{name}" not found'))


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("web", "web-7f9c-x2x4q"),
        ("wrker-0", "worker-0"),
        ("web-7f9c-zzzzz", "web-7f9c-x2x4q"),
        ("web-0000-zzzzz", "web-7f9c-x2x4q"),
        ("wbe", "web-7f9c-x2x4q"),
    ],
    ids=["beginning", "typo", "replaced", "rolled-out", "workload"],
)
async def test_a_name_that_is_near_is_named(bot: Bot, name: str, meant: str) -> None:
    missing(bot, name)
    bot.server.on(PODS, body(table(*NAMES)))
    answer = await bot.say(f"get pod {name}")
    assert answer.text == f'Error from server (NotFound): pods "{name}" not found\n'
    assert answer.problem.next_step == f"Did you mean `{meant}`?"
    [asked] = bot.server.to(PODS)
    assert asked.all("Impersonate-Group") == ["quarterdeck:viewers", "quarterdeck:operators"]


async def test_whoever_may_not_list_the_type_is_told_no_names(bot: Bot) -> None:
    missing(bot, "web")
    bot.server.on(PODS, status(403, "Forbidden", "pods is forbidden"))
    answer = await bot.say("get pod web")
    assert isinstance(answer.problem, NotFoundError)
    assert answer.problem.next_step == ""


async def test_nothing_near_is_nothing_said(bot: Bot) -> None:
    missing(bot, "database")
    bot.server.on(PODS, body(table(*NAMES)))
    assert (await bot.say("get pod database")).problem.next_step == ""


async def test_a_plain_answer_costs_no_second_list(bot: Bot) -> None:
    missing(bot, "web")
    bot.server.on(PODS, body(table(*NAMES)))
    answer = Answer()
    request = replace(bot.request("get pod web"), plain=True)
    await bot.engine.serve(request, answer)
    assert answer.problem.next_step == ""
    assert bot.server.to(PODS) == []


async def test_a_change_of_what_is_not_there_is_guided_too(bot: Bot) -> None:
    deployments = "/apis/apps/v1/namespaces/shop/deployments"
    text = 'deployments.apps "wbe" not found'
    bot.server.on("/api/v1/namespaces/shop", body({"kind": "Namespace"}))
    bot.server.on(f"{deployments}/wbe/scale", status(404, "NotFound", text))
    bot.server.on(deployments, body(table("web", "worker")))
    answer = await bot.say("scale deploy/wbe --replicas=2")
    assert answer.problem.next_step == "Did you mean `web`?"


def pod(name: str) -> dict[str, object]:
    return {
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"containers": [{"name": "app"}]},
    }


async def test_the_only_pod_with_that_beginning_is_taken_and_named(bot: Bot) -> None:
    missing(bot, "web")
    bot.server.on(PODS, body(table(*NAMES)))
    bot.server.on(f"{PODS}/web-7f9c-x2x4q", body(pod("web-7f9c-x2x4q")))
    bot.server.on(f"{PODS}/web-7f9c-x2x4q/log", body(b"hello\n"))
    answer = await bot.say("logs web")
    assert answer.text == (
        'Using pod/web-7f9c-x2x4q, the only one whose name begins with "web"\nhello\n'
    )
    assert answer.code == 0


@pytest.mark.parametrize("name", ["w", "nope"], ids=["several", "none"])
async def test_several_pods_with_that_beginning_or_none_are_not_guessed(
    bot: Bot, name: str
) -> None:
    missing(bot, name)
    bot.server.on(PODS, body(table(*NAMES)))
    answer = await bot.say(f"logs {name}")
    assert answer.text == (
        f'error: error from server (NotFound): pods "{name}" not found in namespace "shop"\n'
    )
    assert answer.code == 1


async def test_a_beginning_is_not_unique_until_every_page_was_read(tmp_path: Path) -> None:
    async with rig.bot(tmp_path) as bot:
        missing(bot, "web")
        first = table("web-1") | {"metadata": {"continue": "more"}}
        bot.server.on(PODS, body(first), body(table("web-2")), body(table("web-1", "web-2")))
        answer = await bot.say("logs web")
    assert answer.problem.next_step == "Did you mean `web-1` or `web-2`?"


NOWHERE = "/api/v1/namespaces/shop-test"
EMPTY = {"kind": "Table", "metadata": {}, "columnDefinitions": [], "rows": []}


def verdicts(answer: Answer) -> list[str]:
    return [part.text for part in answer.parts if isinstance(part, Verdict)]


@pytest.mark.parametrize("phrase", ["get pods", "get pods -l app=web", "describe pods", "events"])
async def test_nothing_in_a_namespace_that_is_not_there_is_told_as_such(
    bot: Bot, phrase: str
) -> None:
    for plural in ("pods", "events"):
        bot.server.on(f"{NOWHERE}/{plural}", body(EMPTY | {"items": []}))
    bot.server.on(NOWHERE, status(404, "NotFound", 'namespaces "shop-test" not found'))
    bot.server.on("/api/v1/namespaces", body(table("shop-tests", "ops")))
    answer = await bot.say(f"{phrase} -n shop-test")
    assert answer.text.endswith("found in shop-test namespace.\n")
    assert verdicts(answer) == ["There is no namespace `shop-test`. Did you mean `shop-tests`?"]


@pytest.mark.parametrize("found", [body({"kind": "Namespace"}), status(403, "Forbidden", "no")])
async def test_nothing_in_a_namespace_is_nothing_more_where_it_is_there_or_not_to_be_seen(
    bot: Bot, found: Play
) -> None:
    bot.server.on(f"{NOWHERE}/pods", body(EMPTY))
    bot.server.on(NOWHERE, found)
    assert verdicts(await bot.say("get pods -n shop-test")) == []


async def test_a_plain_answer_asks_for_no_namespace(bot: Bot) -> None:
    bot.server.on(f"{NOWHERE}/pods", body(EMPTY))
    answer = Answer()
    request = replace(bot.request("get pods -n shop-test"), plain=True)
    await bot.engine.serve(request, answer)
    assert bot.server.to(NOWHERE) == []

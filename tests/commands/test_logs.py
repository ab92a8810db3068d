"""`logs`, where one server must misbehave; the conformance tests hold the rest to kubectl."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import KubernetesError
from tests.clock import IdleClock
from tests.engine import rig
from tests.engine.rig import Bot
from tests.kube.server import body, hang_up, pieces, status

PODS = "/api/v1/namespaces/shop/pods"
POD = {
    "kind": "Pod",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"containers": [{"name": "app"}, {"name": "side"}]},
}


@pytest.fixture(autouse=True)
def pod(bot: Bot) -> None:
    bot.server.on(f"{PODS}/web", body(POD))


async def test_each_line_has_its_prefix_and_a_carriage_return_ends_none(bot: Bot) -> None:
    bot.server.on(f"{PODS}/web/log", body("10%\r20%\rdone\u2028\nnext\nlast".encode()))
    answer = await bot.say("logs web -c app --prefix")
    assert answer.text == (
        "[pod/web/app] 10%\r20%\rdone\u2028\n[pod/web/app] next\n[pod/web/app] last"
    )


async def test_a_filter_counts_lines_as_a_terminal_does(bot: Bot) -> None:
    bot.server.on(f"{PODS}/web/log", body("a\u2028b\x0bc\nlast\x1cline".encode()))
    answer = await bot.say("logs web -c app | wc -l")
    assert answer.text == "2\n"


async def test_a_character_may_be_cut_by_the_network(bot: Bot) -> None:
    whole = "müsli\n".encode()
    bot.server.on(f"{PODS}/web/log", pieces(*(whole[i : i + 1] for i in range(len(whole)))))
    assert (await bot.say("logs web -c app")).text == "müsli\n"


async def test_bytes_that_are_no_text_are_shown_as_such(bot: Bot) -> None:
    bot.server.on(f"{PODS}/web/log", body(b"a\xffb\n"))
    assert (await bot.say("logs web -c app")).text == "a\ufffdb\n"


async def test_a_stream_that_breaks_says_so_behind_what_came(bot: Bot) -> None:
    bot.server.on(f"{PODS}/web/log", hang_up)
    answer = await bot.say("logs web -c app")
    assert answer.text == "Unable to connect to the server: EOF\n"
    assert answer.code == 1


async def test_one_followed_container_that_fails_does_not_end_the_other(bot: Bot) -> None:
    bot.server.on(
        f"{PODS}/web/log", status(400, "BadRequest", "waiting to start"), pieces(b"line\n")
    )
    answer = await bot.say("logs web --all-containers -f")
    assert "line\n" in answer.text
    assert isinstance(answer.problem, KubernetesError)
    assert answer.code == 1


async def test_too_many_streams_are_refused_before_any_is_opened(bot: Bot) -> None:
    answer = await bot.say("logs web --all-containers -f --max-log-requests=1")
    assert "you are attempting to follow 2 log streams" in answer.text
    assert bot.server.to(f"{PODS}/web/log") == []


async def test_what_is_asked_for_reaches_the_server(bot: Bot) -> None:
    bot.server.on(f"{PODS}/web/log", body(b""))
    await bot.say("logs web -c app -p --tail=5 --since=90s --timestamps --limit-bytes=10")
    [asked] = bot.server.to(f"{PODS}/web/log")
    query = dict(pair.split("=") for pair in asked.target.partition("?")[2].split("&"))
    assert query == {
        "container": "app",
        "previous": "true",
        "timestamps": "true",
        "tailLines": "5",
        "sinceSeconds": "90",
        "limitBytes": "10",
    }


async def test_a_chatty_container_waits_for_its_reader(bot: Bot) -> None:
    """Memory is bounded: what is not drawn yet is not read from the server either."""
    flood = pieces(*[b"x" * 1000 + b"\n"] * 2000, then=asyncio.Event())
    bot.server.on(f"{PODS}/web/log", flood)
    answer = await bot.say("logs web --all-containers -f | head -5")
    assert answer.text.count("\n") == 5


WORKLOAD: dict[str, Any] = {
    "kind": "Deployment",
    "apiVersion": "apps/v1",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"selector": {"matchLabels": {"app": "web"}}},
}


async def test_a_workload_without_pods_is_waited_for_and_no_longer(tmp_path: Path) -> None:
    empty = {"kind": "PodList", "metadata": {"resourceVersion": "7"}, "items": []}
    async with rig.bot(tmp_path, clock=IdleClock()) as bot:
        bot.server.on("/apis/apps/v1/namespaces/shop/deployments/web", body(WORKLOAD))
        bot.server.on(PODS, body(empty), pieces(then=asyncio.Event()))
        answer = await bot.say("logs deploy/web --pod-running-timeout=20s")
        [_listed, watched] = bot.server.to(PODS)
    assert answer.text == "error: timed out waiting for the condition\n"
    assert "resourceVersion=7" in watched.target

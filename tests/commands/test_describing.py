"""What `describe` asks for beside an object, and which of the events are its own."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from tests.engine import rig
from tests.engine.rig import Bot
from tests.kube.server import body, status

IN_SHOP = "/api/v1/namespaces/shop"
POD, EVENTS = f"{IN_SHOP}/pods/web", f"{IN_SHOP}/events"


def pod(**annotations: str) -> dict[str, Any]:
    metadata = {"name": "web", "namespace": "shop", "uid": "u-2", "annotations": annotations}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {}, "status": {}}


def event(message: str, **about: str) -> dict[str, Any]:
    return {
        "metadata": {"name": message, "namespace": "shop"},
        "involvedObject": {"kind": "Pod", "name": "web", "namespace": "shop", **about},
        "type": "Normal",
        "reason": "Told",
        "message": message,
        "source": {},
        "firstTimestamp": "2026-01-01T11:00:00Z",
        "lastTimestamp": "2026-01-01T11:00:00Z",
    }


ITEMS = [
    event("of the one before it", uid="u-1"),
    event("its own", uid="u-2"),
    event("of its manifest", uid="m-1"),
    event("of nobody"),
]
MESSAGES = [one["message"] for one in ITEMS]
TOLD = {
    "apiVersion": "v1",
    "kind": "EventList",
    "metadata": {"resourceVersion": "1"},
    "items": ITEMS,
}


@pytest_asyncio.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with rig.bot(tmp_path) as running:
        running.server.on(POD, body(pod()))
        running.server.on(EVENTS, body(TOLD))
        yield running


async def test_events_are_asked_for_while_the_object_is_read(bot: Bot) -> None:
    asked = asyncio.Event()

    async def told(request: web.BaseRequest) -> web.StreamResponse:
        asked.set()
        return await body(TOLD)(request)

    async def read(request: web.BaseRequest) -> web.StreamResponse:
        await asked.wait()
        return await body(pod())(request)

    bot.server.on(POD, read)
    bot.server.on(EVENTS, told)
    assert "its own" in (await bot.say("describe pod web")).text


@pytest.mark.parametrize(
    ("annotations", "message"),
    [
        pytest.param({}, "its own", id="pod"),
        pytest.param({"kubernetes.io/config.mirror": "m-1"}, "of its manifest", id="mirror"),
    ],
)
async def test_of_the_events_of_its_name_those_of_its_uid_are_its_own(
    bot: Bot, annotations: dict[str, str], message: str
) -> None:
    bot.server.on(POD, body(pod(**annotations)))
    _, _, shown = (await bot.say("describe pod web")).text.partition("\nEvents:")
    assert [each for each in MESSAGES if each in shown] == [message]


async def test_events_that_may_not_be_read_are_told_in_an_aside(bot: Bot) -> None:
    bot.server.on(EVENTS, status(403, "Forbidden", "events is forbidden"))
    answer = await bot.say("describe pod web")
    assert "Name:" in answer.text
    assert any("events is forbidden" in each for each in answer.asides)


@pytest.mark.parametrize("phrase", ["describe pod web --show-events=false", "describe pod web"])
async def test_events_are_asked_for_once_and_only_where_they_are_shown(
    bot: Bot, phrase: str
) -> None:
    await bot.say(phrase)
    assert [one.path for one in bot.server.asked if one.path == EVENTS] == (
        [] if "false" in phrase else [EVENTS]
    )


async def test_an_object_that_is_not_there_is_told_as_ever(bot: Bot) -> None:
    gone = status(404, "NotFound", 'pods "web" not found', details={"kind": "pods", "name": "web"})
    bot.server.on(POD, gone)
    bot.server.on(IN_SHOP, body({"kind": "Namespace", "metadata": {"name": "shop"}}))
    bot.server.on(f"{IN_SHOP}/pods", body({"kind": "PodList", "metadata": {}, "items": []}))
    answer = await bot.say("describe pod web")
    assert (answer.code, answer.problem.text) == (
        1,
        'Error from server (NotFound): pods "web" not found',
    )

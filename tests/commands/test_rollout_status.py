"""`rollout status`, followed through whatever a watch may bring."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.core.reply import Part
from tests.clock import IdleClock
from tests.engine import rig
from tests.engine.rig import Answer, Bot
from tests.kube.server import body, lines, pieces

WEB = "/apis/apps/v1/namespaces/shop/deployments/web"
LIST = "/apis/apps/v1/namespaces/shop/deployments"
DONE = 'deployment "web" successfully rolled out\n'
WAITING = (
    'Waiting for deployment "web" rollout to finish: 1 of 3 updated replicas are available...\n'
)


def deployment(available: int, version: str = "5") -> dict[str, Any]:
    return {
        "kind": "Deployment",
        "metadata": {"name": "web", "generation": 1, "resourceVersion": version},
        "spec": {"replicas": 3},
        "status": {
            "observedGeneration": 1,
            "replicas": 3,
            "updatedReplicas": 3,
            "availableReplicas": available,
        },
    }


def listed(available: int) -> dict[str, Any]:
    item = {key: value for key, value in deployment(available).items() if key != "kind"}
    return {"kind": "DeploymentList", "metadata": {"resourceVersion": "5"}, "items": [item]}


def event(kind: str, item: dict[str, Any]) -> bytes:
    return lines([{"type": kind, "object": item}])


async def say(bot: Bot, *plays: Any, phrase: str = "rollout status deploy/web") -> Answer:
    bot.server.on(WEB, body(deployment(1)))
    bot.server.on(LIST, *plays)
    return await bot.say(phrase)


async def test_it_goes_on_until_the_rollout_is_done(bot: Bot) -> None:
    stream = event("BOOKMARK", deployment(0, "6")) + event("MODIFIED", deployment(3, "7"))
    answer = await say(bot, body(listed(1)), pieces(stream, then=asyncio.Event()))
    assert (answer.text, answer.code) == (WAITING + DONE, 0)


async def test_a_forgotten_version_is_listed_again(bot: Bot) -> None:
    gone = event("ERROR", {"kind": "Status", "code": 410, "reason": "Expired"})
    answer = await say(bot, body(listed(1)), pieces(gone), body(listed(3)))
    assert (answer.text, answer.code) == (WAITING + DONE, 0)


async def test_a_deleted_object_ends_it(bot: Bot) -> None:
    answer = await say(bot, body(listed(1)), pieces(event("DELETED", deployment(1))))
    assert answer.text == WAITING + "error: object has been deleted\n"
    assert answer.code == 1


async def test_without_watching_it_says_how_things_are(bot: Bot) -> None:
    phrase = "rollout status deploy/web --watch=false"
    answer = await say(bot, body(listed(1)), phrase=phrase)
    assert (answer.text, answer.code) == (WAITING, 0)
    assert len(bot.server.to(LIST)) == 1


async def test_it_waits_no_longer_than_it_was_told(tmp_path: Path) -> None:
    phrase = "rollout status deploy/web --timeout=20s"
    async with rig.bot(tmp_path, clock=IdleClock()) as bot:
        answer = await say(bot, body(listed(1)), pieces(then=asyncio.Event()), phrase=phrase)
    assert answer.text == WAITING + "error: timed out waiting for the condition\n"
    assert answer.code == 1


@dataclass
class Slow(Answer):
    """An answer whose first line takes longer to draw than the rollout is waited for."""

    late: asyncio.Event = field(default_factory=asyncio.Event)

    async def draw(self, part: Part) -> None:
        asyncio.get_running_loop().call_later(0.2, self.late.set)
        await self.late.wait()
        await Answer.draw(self, part)


async def test_a_slow_reader_is_not_taken_for_a_slow_rollout(bot: Bot) -> None:
    bot.server.on(WEB, body(deployment(1)))
    bot.server.on(LIST, body(listed(3)))
    answer = Slow()
    request = bot.request("rollout status deploy/web --timeout=100ms")
    await bot.engine.serve(request, answer)
    assert (answer.text, answer.code) == (DONE, 0)

"""What is said after a change that starts a rollout, until that is done, stuck or over."""

from typing import Any

import pytest
from aiohttp import web

from bot.core.audit import Happening
from tests.engine.rig import Answer, Bot
from tests.engine.test_changing import scale
from tests.kube.server import Play, body, lines, pieces, status

LIST = "/apis/apps/v1/namespaces/shop/{}"
DONE = {"observedGeneration": 2, "replicas": 5, "updatedReplicas": 5, "availableReplicas": 5}
SOME = {"observedGeneration": 2, "replicas": 5, "updatedReplicas": 5, "availableReplicas": 3}
WAITING = (
    'Waiting for deployment "web" rollout to finish: 3 of 5 updated replicas are available...\n'
)


def workload(state: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "web", "uid": "uid-1", "generation": 2},
        "spec": {"replicas": 5, "template": {"a": 1}, **spec},
        "status": state,
    }


def shown(first: dict[str, Any], *later: dict[str, Any]) -> Play:
    """Answer a list with what is there first, and a watch with what comes later."""
    found = {"metadata": {"resourceVersion": "9"}, "items": [first]}
    listed = body(found, {"Audit-Id": "audit-1"})
    watched = pieces(lines([{"type": "MODIFIED", "object": one} for one in later]))

    async def play(request: web.BaseRequest) -> web.StreamResponse:
        return await (watched if "watch" in request.query else listed)(request)

    return play


async def scaled(bot: Bot, play: Play, plural: str = "deployments", now: int = 3) -> Answer:
    """Scale the workload to 5, and press."""
    bot.server.on(LIST.format(plural), play)
    bot.server.on(f"{LIST.format(plural)}/web/scale", body(scale(now)))
    ticket = (await bot.say(f"scale {plural} web --replicas=5")).proposal.ticket
    return await bot.press(ticket)


async def test_a_scaled_workload_is_followed_until_its_pods_are_there(bot: Bot) -> None:
    done = await scaled(bot, shown(workload(SOME), workload(DONE)))
    assert done.text == (
        f'deployment.apps/web scaled\n{WAITING}deployment "web" successfully rolled out\n'
    )
    assert done.code == 0


async def test_what_is_read_meanwhile_is_recorded_too(bot: Bot) -> None:
    await scaled(bot, shown(workload(SOME), workload(DONE)))
    [entry] = [one for one in bot.ledger.entries if one.happening is Happening.READ]
    assert [(call.audit_id, call.verb) for call in entry.calls] == [("audit-1", "list")]


async def test_another_change_takes_the_rollouts_place(bot: Bot) -> None:
    other = workload(SOME, template={"a": 2})
    done = await scaled(bot, shown(workload(SOME), other))
    assert "was changed again: this rollout is superseded" in done.problem.text
    assert done.problem.next_step == "`rollout status deployments/web` follows it."


async def test_a_rollout_that_may_not_be_looked_at_is_said_so(bot: Bot) -> None:
    done = await scaled(bot, status(403, "Forbidden", "deployments is forbidden"))
    assert "Its rollout cannot be followed as you" in done.asides[-1]
    assert done.code == 0


@pytest.mark.parametrize(
    ("plural", "strategy", "now"),
    [
        pytest.param("statefulsets", {"updateStrategy": {"type": "OnDelete"}}, 3, id="on-delete"),
        pytest.param("deployments", {}, 5, id="no-change"),
    ],
)
async def test_where_nothing_is_rolled_out_nothing_is_said(
    bot: Bot, plural: str, strategy: dict[str, Any], now: int
) -> None:
    done = await scaled(bot, shown(workload(SOME, **strategy)), plural, now)
    assert done.text == f"{plural.removesuffix('s')}.apps/web scaled\n"

"""The simulated Alertmanager answers as a real one did when it was recorded, and still does."""

import json

import aiohttp

from tests.cluster.peers import Located
from tests.conformance.alerts.steps import RECORDED, alarmed, answers, real, simulated, steps

LINES = [json.loads(line) for line in RECORDED.read_text("utf-8").splitlines()]


def test_what_is_recorded_is_what_is_asked() -> None:
    assert [step for step, _ in LINES] == steps()


async def test_the_simulated_one_answers_as_recorded() -> None:
    async with simulated() as client:
        found = await answers(client)
    assert list(zip(steps(), found, strict=True)) == [(step, answer) for step, answer in LINES]


async def test_the_real_one_answers_as_recorded(metrics_peers: Located) -> None:
    with real(metrics_peers) as url:
        async with aiohttp.ClientSession(url) as client:
            await alarmed(client)
            found = await answers(client)
    assert found == [answer for _, answer in LINES]

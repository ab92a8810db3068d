"""A real Prometheus still answers as it was recorded, and both alike what nobody has written."""

import asyncio
import json

import aiohttp
import pytest
from hypothesis import given, settings

from tests.conformance.promql.asking import answer, same, simulated
from tests.conformance.promql.cases import Recording, recordings
from tests.conformance.promql.generated import expressions
from tests.conformance.promql.samples import openmetrics
from tests.metrics.fixtures import Sampled

pytestmark = pytest.mark.peers


@pytest.mark.parametrize("recording", recordings(), ids=lambda each: each.sentence)
async def test_the_real_one_answers_as_recorded(
    recording: Recording, sampled_prometheus: Sampled
) -> None:
    async with aiohttp.ClientSession(sampled_prometheus(openmetrics()).url) as client:
        found = {case: await answer(client, case) for case in recording.answers}
    assert [case for case in found if not same(recording.answers[case], found[case])] == []


def test_both_answer_alike_what_nobody_has_written(sampled_prometheus: Sampled) -> None:
    url = sampled_prometheus(openmetrics()).url

    async def asked(expression: str) -> None:
        async with simulated() as one, aiohttp.ClientSession(url) as other:
            case = json.dumps(expression)
            assert same(await answer(other, case), await answer(one, case))

    @settings(max_examples=100)
    @given(expressions)
    def alike(expression: str) -> None:
        asyncio.run(asked(expression))

    alike()

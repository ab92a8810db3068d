"""The simulated Prometheus answers every case as the real one did when it was recorded."""

import pytest

from tests.conformance.promql.asking import answer, same, simulated
from tests.conformance.promql.cases import GENERATED, Recording, keys, recordings, sentences


@pytest.mark.parametrize("recording", recordings(), ids=lambda each: each.sentence)
async def test_the_simulated_one_answers_as_recorded(recording: Recording) -> None:
    async with simulated() as client:
        found = {case: await answer(client, case) for case in recording.answers}
    differences = {
        case: (expected, found[case])
        for case, expected in recording.answers.items()
        if not same(expected, found[case])
    }
    assert differences == {}


@pytest.mark.parametrize("recording", recordings(), ids=lambda each: each.sentence)
def test_what_is_recorded_is_what_is_asked(recording: Recording) -> None:
    asked = sentences().get(recording.sentence)
    if asked is None:
        assert recording.sentence == GENERATED
        assert len(recording.answers) > 100
    else:
        assert list(recording.answers) == keys(asked)


def test_most_expressions_have_an_answer() -> None:
    answers = [each for recording in recordings() for each in recording.answers.values()]
    found = [each["query"]["data"]["result"] for each in answers if "query" in each]
    assert len(found) > 300
    assert sum(map(bool, found)) > 200

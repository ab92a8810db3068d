"""Every example of every command does what it says, on a real cluster."""

import io
from dataclasses import replace

import pytest

from bot.commands import Registry
from bot.core.command import Effect
from bot.terminal import open_terminal
from tests.cluster.bed import Bed
from tests.commands.surroundings import around

pytestmark = pytest.mark.boxed

OUT_OF_SCOPE = {
    "explain": "out of scope",
    **dict.fromkeys(
        ("create ingress", "create priorityclass", "create quota"),
        "the server could not find the requested resource",
    ),
}
"""What a simulated cluster cannot answer, and what it says: it has no OpenAPI, and few types."""

EXAMPLES = [
    pytest.param(command.effect, example, id=example)
    for command in Registry().all()
    for example in command.examples
]


async def run(bed: Bed, phrase: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    async with open_terminal(str(bed.kubeconfig)) as opened:
        terminal = replace(opened, out=out, err=err)
        code = await terminal.run(phrase, yes=True)
    return code, out.getvalue(), err.getvalue()


@pytest.mark.parametrize(("effect", "example"), EXAMPLES)
async def test_an_example_works(
    bed: Bed,
    effect: Effect,
    example: str,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    if example.startswith("prom "):
        for name, address in request.getfixturevalue("monitors").settings.items():
            monkeypatch.setenv(name, address)
    if example.startswith("run "):
        monkeypatch.setenv("QUARTERDECK_POLICY", "policy.yaml")
    async with around(bed, example, effect) as phrase:
        code, out, err = await run(bed, phrase)
    if bed.simulated and example.startswith(tuple(OUT_OF_SCOPE)):
        assert (code, out) == (1, "")
        assert any(text in err for text in OUT_OF_SCOPE.values())
        return
    differs = example.startswith("diff ")
    assert (code, err if "error" in err.lower() else "") == (int(differs), "")
    assert out or "No resources found" in err
    assert effect is Effect.READ or out

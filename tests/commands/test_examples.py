"""Every example of every command does what it says, on a real cluster."""

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.commands import Registry
from bot.core.command import Effect
from bot.terminal import open_terminal
from tests.cluster.bed import Bed

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


@pytest.fixture
def replicas(bed: Bed, effect: Effect) -> Iterator[None]:
    """Put the numbers that other examples count on back after a change."""
    before = {"deployment/web": "3", "statefulset/db": "2"}
    yield
    if effect is Effect.READ:
        return
    for name, count in before.items():
        bed.kubectl.out("scale", name, f"--replicas={count}", "-n=shop")


async def run(bed: Bed, phrase: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    async with open_terminal(str(bed.kubeconfig)) as opened:
        terminal = replace(opened, out=out, err=err)
        code = await terminal.run(phrase, yes=True)
    return code, out.getvalue(), err.getvalue()


def prepared(bed: Bed, phrase: str) -> None:
    # An example may ask for the number that another example leaves.
    _, _, current = phrase.partition("--current-replicas=")
    if current:
        count = current.split()[0]
        bed.kubectl.out("scale", "deployment/web", f"--replicas={count}", "-n=shop")


@pytest.mark.usefixtures("replicas")
@pytest.mark.parametrize(("effect", "example"), EXAMPLES)
async def test_an_example_works(bed: Bed, effect: Effect, example: str) -> None:
    prepared(bed, example)
    code, out, err = await run(bed, example)
    if bed.simulated and example.startswith(tuple(OUT_OF_SCOPE)):
        assert (code, out) == (1, "")
        assert any(text in err for text in OUT_OF_SCOPE.values())
        return
    assert (code, err if "error" in err.lower() else "") == (0, "")
    assert out or "No resources found" in err
    assert effect is Effect.READ or out

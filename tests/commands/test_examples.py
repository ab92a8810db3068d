"""Every example of every command does what it says, on a real cluster."""

import asyncio
import io
import json
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.commands import Registry
from bot.core.command import Effect
from bot.terminal import Terminal, open_terminal
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

OF_SLACK = dict.fromkeys(("prom unwatch", "prom watches"), "nothing is watched from here")
"""What only a bot in Slack keeps, and what a terminal says."""
GOES_ON = ("prom watch --for",)
"""What is ended here once it has said something."""

EXAMPLES = [
    pytest.param(command.effect, example, id=example)
    for command in Registry().all()
    for example in command.examples
]


class Heard(io.StringIO):
    """A stream that tells when something was written."""

    def __init__(self) -> None:
        super().__init__()
        self.first = asyncio.Event()

    def write(self, text: str, /) -> int:
        self.first.set()
        return super().write(text)


async def run(bed: Bed, phrase: str) -> tuple[int, str, str]:
    out, err = Heard(), io.StringIO()
    async with open_terminal(str(bed.kubeconfig)) as opened:
        terminal = replace(opened, out=out, err=err)
        if phrase.startswith(GOES_ON):
            return await begun(terminal, phrase, out), out.getvalue(), ""
        code = await terminal.run(phrase, yes=True)
    return code, out.getvalue(), err.getvalue()


async def begun(terminal: Terminal, phrase: str, out: Heard) -> int:
    """Run the phrase until it has said something; return 0, or its code if it has ended before."""
    running, heard = (
        asyncio.create_task(terminal.run(phrase, yes=True)),
        asyncio.create_task(out.first.wait()),
    )
    await asyncio.wait({running, heard}, return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        heard.cancel()
        return running.result()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return 0


def silenced(alertmanager: str) -> str:
    """Silence something and return the id."""
    now = datetime.now(UTC)
    ends = now + timedelta(hours=1)
    silence = {
        "matchers": [{"name": "alertname", "value": "Nothing", "isRegex": False, "isEqual": True}],
        "startsAt": now.isoformat(),
        "endsAt": ends.isoformat(),
        "createdBy": "terminal",
        "comment": "an example",
    }
    kind = {"Content-Type": "application/json"}
    asked = urllib.request.Request(
        f"{alertmanager}/api/v2/silences", json.dumps(silence).encode(), kind
    )
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return str(json.load(answer)["silenceID"])


@pytest.mark.parametrize(("effect", "example"), EXAMPLES)
async def test_an_example_works(
    bed: Bed,
    effect: Effect,
    example: str,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    if example.startswith("prom "):
        monitors = request.getfixturevalue("monitors")
        for name, address in monitors.settings.items():
            monkeypatch.setenv(name, address)
        if example.startswith("prom expire"):
            example = f"prom expire {silenced(monitors.alertmanager)}"
    if example.startswith("run "):
        monkeypatch.setenv("QUARTERDECK_POLICY", "policy.yaml")
    async with around(bed, example, effect) as phrase:
        code, out, err = await run(bed, phrase)
    if bed.simulated and example.startswith(tuple(OUT_OF_SCOPE)):
        assert (code, out) == (1, "")
        assert any(text in err for text in OUT_OF_SCOPE.values())
        return
    if example.startswith(tuple(OF_SLACK)):
        assert (code, out) == (1, "")
        assert any(text in err for text in OF_SLACK.values())
        return
    differs = example.startswith("diff ")
    assert (code, err if "error" in err.lower() else "") == (int(differs), "")
    assert out or "No resources found" in err
    assert effect is Effect.READ or out

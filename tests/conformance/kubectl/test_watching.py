"""What is watched is printed as kubectl prints it, in every form, while it changes."""

import asyncio
import io
import re
import shlex
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace

import pytest

from bot.terminal import Terminal, open_terminal
from tests.cluster.bed import Bed
from tests.cluster.kubectl import QUICK, Kubectl

pytestmark = pytest.mark.boxed

SECONDS = 30
"""The longest that anybody may take to hear of a change."""
PAUSE = 0.02
"""Seconds between two looks at both."""
HERE = "get cm -n watching -l watched=yes -w"
PHRASES = (
    HERE,
    f"{HERE} -o wide --show-labels",
    f"{HERE} --sort-by=.metadata.labels.rank",
    f"{HERE} --output-watch-events",
    f"{HERE} --chunk-size=1",
    f"{HERE} -o name",
    f"{HERE} -o name --sort-by=.metadata.labels.rank",
    f"{HERE} -o yaml",
    f"{HERE} -o yaml --show-managed-fields",
    f"{HERE} -o yaml --output-watch-events",
    f"{HERE} -o json",
    f"{HERE} -o json --output-watch-events",
    f"{HERE} -o jsonpath='{{.metadata.name}} {{.kind}};'",
    f"{HERE} -o jsonpath='{{.items[*].metadata.name}}{{.metadata.name}},' --chunk-size=1",
    f"{HERE} -o jsonpath='{{.type}} {{.object.metadata.name}};' --output-watch-events",
    f"{HERE} -o jsonpath-as-json='{{.metadata.name}}'",
    f"{HERE} -o custom-columns=NAME:.metadata.name,TOLD:.data.told",
    f"{HERE} -o custom-columns=NAME:.metadata.name,TOLD:.data.told --no-headers",
    f"{HERE} -o custom-columns=NAME:.metadata.name,TOLD:.data.told --chunk-size=1",
    f"{HERE} -o custom-columns=WHAT:.type,NAME:.object.metadata.name --output-watch-events",
)
_EVENTS = "events -n watching -w"
OF_EVENTS = (
    _EVENTS,
    f"{_EVENTS} --no-headers",
    f"{_EVENTS} --types=Warning",
    f"{_EVENTS} --for pod/first-one",
    f"{_EVENTS} -o name",
    f"{_EVENTS} -o yaml",
    f"{_EVENTS} -o jsonpath='{{.metadata.name}} {{.kind}};'",
)
_AGE = re.compile(r"\b(\d+[smh])+(?=\s|$)")


class Screen(io.StringIO):
    """What one of the two has printed so far."""

    def __init__(self) -> None:
        super().__init__()
        self._news = asyncio.Event()

    def write(self, text: str) -> int:
        self._news.set()
        return super().write(text)

    async def shows(self, name: str) -> None:
        while name not in self.getvalue():
            self._news.clear()
            await self._news.wait()

    @property
    def ageless(self) -> str:
        return _AGE.sub("(age)", self.getvalue())


def config(name: str, rank: int, told: str) -> str:
    return f"""
apiVersion: v1
kind: ConfigMap
metadata: {{name: {name}, namespace: watching, labels: {{watched: "yes", rank: "{rank}"}}}}
data: {{told: {told}}}
---
"""


def event(name: str, type_: str = "Warning") -> str:
    return f"""
apiVersion: v1
kind: Event
metadata: {{name: {name}, namespace: watching}}
involvedObject: {{apiVersion: v1, kind: Pod, name: first-one, namespace: watching}}
type: {type_}
reason: Told
message: about {name}
firstTimestamp: "2026-01-01T00:00:00Z"
lastTimestamp: "2026-01-01T00:00:00Z"
---
"""


async def put(kubectl: Kubectl, *configs: str) -> None:
    await asyncio.to_thread(
        kubectl.out, "apply", "--validate=false", "-f=-", stdin="".join(configs)
    )


@pytest.fixture
def watching(bed: Bed) -> Bed:
    """Return the bed with a namespace in which nothing else happens."""
    bed.kubectl("create", "namespace", "watching")
    bed.kubectl.out("delete", "configmap", "-n=watching", "-l=watched=yes")
    bed.kubectl.out(
        "apply",
        "--validate=false",
        "-f=-",
        stdin=config("first-one", 2, "much") + config("second-one", 1, "less"),
    )
    return bed


@asynccontextmanager
async def theirs(kubectl: Kubectl, phrase: str, screen: Screen) -> AsyncIterator[None]:
    """Run kubectl on that screen until the block ends."""
    process = await asyncio.create_subprocess_exec(
        str(kubectl.binary),
        *shlex.split(phrase),
        env=dict(kubectl.environment()) | QUICK,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    reading = asyncio.create_task(_read(process.stdout, screen))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        await reading


async def _read(stream: asyncio.StreamReader, screen: Screen) -> None:
    while text := await stream.read(2**16):
        screen.write(text.decode())


@asynccontextmanager
async def ours(opened: Terminal, phrase: str, screen: Screen) -> AsyncIterator[None]:
    """Run the bot's terminal on that screen until the block ends."""
    terminal = replace(opened, out=screen, err=screen)
    running = asyncio.create_task(terminal.run(phrase, yes=False))
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _alike(own: Screen, other: Screen) -> None:
    while own.ageless != _header_once(other.ageless):
        await asyncio.sleep(PAUSE)


async def all_show(screens: Sequence[Screen], name: str) -> None:
    async with asyncio.timeout(SECONDS):
        await asyncio.gather(*(screen.shows(name) for screen in screens))


@asynccontextmanager
async def watched(kubectl: Kubectl, phrases: Sequence[str]) -> AsyncIterator[Sequence[Screen]]:
    """Yield the screens on which both watch; when the block ends, they are compared."""
    pairs = {phrase: (Screen(), Screen()) for phrase in phrases}
    async with open_terminal(str(kubectl.kubeconfig)) as opened, AsyncExitStack() as stack:
        for phrase, (own, other) in pairs.items():
            await stack.enter_async_context(ours(opened, phrase, own))
            await stack.enter_async_context(theirs(kubectl, phrase, other))
        yield [screen for pair in pairs.values() for screen in pair]
        # A line is written in pieces, and its name is one of the first.
        with suppress(TimeoutError):
            async with asyncio.timeout(SECONDS):
                await asyncio.gather(*(_alike(*pair) for pair in pairs.values()))
    for phrase, (own, other) in pairs.items():
        assert own.ageless == _header_once(other.ageless), phrase


async def test_every_form_of_a_watch_is_printed_as_kubectl_prints_it(watching: Bed) -> None:
    kubectl = watching.kubectl
    async with watched(kubectl, PHRASES) as screens:
        await all_show(screens, "second-one")
        await put(kubectl, config("first-one", 2, "something-else"))
        await put(kubectl, config("third-one-whose-name-is-longer", 3, "more"))
        await asyncio.to_thread(kubectl.out, "delete", "configmap", "second-one", "-n=watching")
        await put(kubectl, config("last-one", 0, "nothing"))
        await all_show(screens, "last-one")


async def test_what_happens_is_printed_as_kubectl_prints_it(watching: Bed) -> None:
    kubectl = watching.kubectl
    kubectl.out("delete", "events", "-n=watching", "--all")
    await put(kubectl, event("first-told"))
    async with watched(kubectl, OF_EVENTS) as screens:
        await all_show(screens, "first-told")
        await put(kubectl, event("then-told", "Normal"))
        await put(kubectl, event("last-told"))
        await all_show(screens, "last-told")


def _header_once(text: str) -> str:
    """Return the text without what differs under `watch-header`."""
    head, end, rest = text.partition("\n")
    lines = rest.splitlines(keepends=True)
    return head + end + "".join(line for line in lines if line.split() != ["NAME", "TOLD"])

"""Fifty commands a second from many people, and an account of what became of each of them.

The bot runs in a process of its own, so that its memory can be told from the simulators'.
"""

import asyncio
import os
import re
import statistics
from asyncio.subprocess import DEVNULL, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import TransportKind, Workspace
from tests.cluster.processes import memory
from tests.kube.files import kubeconfig
from tests.kube.server import ApiServer, api_server, body
from tests.ports import free_port
from tests.slack.echo import echoing
from tests.slack.opened import STRICT, workspace
from tests.slack.process import ready, secrets, settings, started

ROOT = Path(__file__).parents[2]
PER_SECOND = 50
PEOPLE, CHANNELS = 60, 30
# One in so many is answered in the open, where a channel takes a message a second.
OPENLY = 10
# One in so many is delivered twice over Socket Mode; over HTTP Slack repeats no command.
TWICE = 25
PATIENCE = 30.0
POD = {
    "kind": "Table",
    "apiVersion": "meta.k8s.io/v1",
    "metadata": {"resourceVersion": "1"},
    "columnDefinitions": [{"name": "Name", "type": "string", "priority": 0}],
    "rows": [{"cells": ["web"], "object": {"kind": "PartialObjectMetadata", "metadata": {}}}],
}


@dataclass
class Loaded:
    """A bot under load, and those who load it."""

    slack: Workspace
    server: ApiServer
    process: Process
    people: list[Person]
    channels: list[Channel]


@dataclass
class Account:
    """What became of the commands."""

    typed: int = 0
    busy: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unserved: list[str] = field(default_factory=list)
    """Answered without the cluster having been asked, and not with `busy`."""
    triggers: dict[str, str] = field(default_factory=dict)
    """The pod that each command asks for, by its trigger."""
    acks: list[float] = field(default_factory=list)
    echoes: list[float] = field(default_factory=list)
    """How long an idle process took to answer, meanwhile and on the same machine."""
    cpu_seconds: float = 0.0
    """Of the bot's process."""
    memory: list[float] = field(default_factory=list)
    """MiB of the bot's process, once a second."""

    def growth(self) -> float:
        """Return the MiB by which the last tenth is above the second third of the run."""
        count = len(self.memory)
        settled = self.memory[count // 3 : count // 2]
        return statistics.median(self.memory[-count // 10 :]) - statistics.median(settled)

    def __str__(self) -> str:
        p50, p99 = percentile(self.acks, 50), percentile(self.acks, 99)
        echo = percentile(self.echoes, 99)
        return (
            f"{self.typed} commands, {self.busy} told busy, {len(self.lost)} lost, "
            f"{len(self.doubled)} doubled; ack p50 {p50 * 1000:.0f} ms, "
            f"p99 {p99 * 1000:.0f} ms, {p99 / echo:.1f} times an idle echo's "
            f"({echo * 1000:.0f} ms); RSS {self.memory[-1]:.0f} MiB, "
            f"grown by {self.growth():.1f} MiB; CPU {self.cpu_seconds:.0f} s"
        )


def percentile(seconds: list[float], percent: int) -> float:
    """Return the seconds within which so many of a hundred were done."""
    return statistics.quantiles(seconds, n=100)[percent - 1]


@asynccontextmanager
async def loaded(folder: Path, transport: TransportKind) -> AsyncIterator[Loaded]:
    """Run a bot in a process of its own, between the simulators, until the block ends."""
    # Fifty commands a second are more than Slack's tiers let anybody answer.
    unlimited = replace(STRICT, enforce_rates=False)
    async with workspace(transport, options=unlimited) as slack, api_server() as server:
        people = [slack.user(f"person{number}") for number in range(PEOPLE)]
        channels = [
            slack.channel(f"channel{number}", members=[*people, slack.bot])
            for number in range(CHANNELS)
        ]
        kubeconfig(folder / "kubeconfig", server.url)
        policy = {
            "version": 1,
            "channels": {channel.id: {"namespaces": ["shop"]} for channel in channels},
            "people": [{"slack": one.id, "groups": ["quarterdeck:viewers"]} for one in people],
        }
        (folder / "policy.yaml").write_text(yaml.safe_dump(policy))
        environment = settings(folder, slack, free_port()) | secrets(slack)
        process = await started(environment, DEVNULL)
        try:
            await ready(process)
            if transport == "socket":
                await slack.connected(2)
            yield Loaded(slack, server, process, people, channels)
        finally:
            process.kill()
            await process.communicate()


async def drive(load: Loaded, seconds: float) -> Account:
    """Type for so long and return the account of it."""
    account = Account()
    loop = asyncio.get_running_loop()
    assert load.process.stderr is not None
    reading = asyncio.create_task(_swallow(load.process.stderr))
    watching = asyncio.create_task(_watch(load.process.pid, account))
    began = loop.time()
    typing: set[asyncio.Task[None]] = set()
    async with echoing(account.echoes):
        while account.typed < seconds * PER_SECOND:
            # What a busy machine was late for is made up for, to the last command.
            now = min(loop.time() - began, seconds)
            while account.typed < now * PER_SECOND:
                task = asyncio.create_task(_type(load, account, account.typed))
                account.typed += 1
                typing.add(task)
                task.add_done_callback(typing.discard)
            await asyncio.sleep(1 / PER_SECOND)
        await asyncio.gather(*typing)
    await _settled(load, account)
    watching.cancel()
    reading.cancel()
    await asyncio.gather(watching, reading, return_exceptions=True)
    account.acks = load.slack.wire.ack_seconds()
    _count(load, account)
    return account


async def _type(load: Loaded, account: Account, number: int) -> None:
    """Type a command and wait for its acknowledgement; what is answered is counted at the end."""
    person = load.people[number % PEOPLE]
    channel = load.channels[number // OPENLY % CHANNELS]
    namespace = "shop" if number % OPENLY == 0 else "ops"
    name = f"pod-{number}"
    load.server.on(f"/api/v1/namespaces/{namespace}/pods/{name}", body(POD))
    if load.slack.transport == "socket" and number % TWICE == 0:
        load.slack.duplicate_next_envelope()
    interactions = person.desk.interactions
    text = f"/kubectl get pod {name} -n {namespace}"
    act = interactions.acts.begin("command", person.user, text, channel=channel.id)
    account.triggers[act.trigger] = name
    await interactions.command(act, person.user, channel, "")


async def _settled(load: Loaded, account: Account) -> None:
    """Wait until every command was answered, or nothing more comes."""
    loop = asyncio.get_running_loop()
    before, last = -1, loop.time()
    while loop.time() - last < PATIENCE:
        answered = _answers(load, account)
        if len(answered) == account.typed:
            return
        if len(answered) != before:
            before, last = len(answered), loop.time()
        await asyncio.sleep(1)


def _answers(load: Loaded, account: Account) -> dict[str, str]:
    """Return what was said last about each pod, but for that it is being worked on."""
    said: dict[str, str] = {}
    for message in load.people[0].desk.platform.state.written():
        if "⏳" in message.text:
            continue
        names = re.findall(r"pod-[0-9]+", message.text)
        name = account.triggers.get(message.origin) or (names[0] if names else "")
        said[name] = message.text
    return said


def _count(load: Loaded, account: Account) -> None:
    asked = Counter(
        one.path.rpartition("/")[2] for one in load.server.asked if "/pods/pod-" in one.path
    )
    said = _answers(load, account)
    busy = {name for name, text in said.items() if text.startswith("I am busy")}
    failed = {name for name, text in said.items() if "failed with the error" in text}
    account.busy = len(busy)
    lost = set(account.triggers.values()) - said.keys() | failed
    account.lost = [f"{name}: {said.get(name, 'nothing')}" for name in sorted(lost)]
    account.doubled = [name for name, times in asked.items() if times > 1]
    unserved = said.keys() - busy - failed - asked.keys()
    account.unserved = [f"{name}: {said[name]}" for name in sorted(unserved)]


async def _watch(pid: int, account: Account) -> None:
    while True:
        account.memory.append(memory(pid))
        account.cpu_seconds = _cpu_seconds(pid)
        await asyncio.sleep(1)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _swallow(log: asyncio.StreamReader) -> None:
    while await log.read(65_536):
        pass

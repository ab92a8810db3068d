"""Who types: to the real kubectl, or to the bot, in a terminal or in Slack."""

import asyncio
import io
import secrets
import shlex
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from bot.commands import Registry
from bot.core.clock import SystemClock
from bot.core.ports import Heading, Outcome
from bot.core.reply import Part, Proposal
from bot.core.request import Attachment, Person, Request
from bot.engine.admission import Admission, MemoryDefaults
from bot.engine.dispatch import Engine
from bot.engine.reading import Phrasebook
from bot.engine.waiting import in_memory
from bot.kube.fleet import Fleet, Options
from bot.policy.decide import PolicyGate
from bot.render.plain import PlainRenderer
from bot.terminal import Terminal, open_terminal
from tests.cluster.bed import Bed
from tests.cluster.kubectl import QUICK, Kubectl
from tests.conformance.changes.case import Case, Who
from tests.conformance.changes.people import CHANNEL, COLLEAGUE, GROUPS, PEOPLE, policy
from tests.conformance.changes.twins import Twin
from tests.conformance.kubectl.comparing import Answer
from tests.engine.rig import Ledger, Members

SECONDS = 60
"""The longest that one phrase may take."""
ENDLESS = Answer(-1, "", f"it has not ended in {SECONDS} seconds\n")


class Hand(Protocol):
    """Types one phrase after the other."""

    def phrases(self, case: Case) -> list[str]:
        """Return what it types in a case."""
        ...

    async def type(self, phrase: str, twin: Twin, who: Who) -> Answer:
        """Return what was answered to the phrase, which may name the twin."""
        ...


def placed(phrase: str, twin: Twin) -> list[str]:
    """Return the words of a phrase, about the twin and in its namespace."""
    words = shlex.split(twin.named(phrase))
    if {"-n", "-A", "--all-namespaces"}.isdisjoint(words):
        end = words.index("--") if "--" in words else len(words)
        words[end:end] = ["-n", twin.name]
    return words


@dataclass(frozen=True, slots=True)
class Original:
    """The real kubectl."""

    kubectl: Kubectl

    def phrases(self, case: Case) -> list[str]:
        """Return kubectl's phrases."""
        return case.kubectls

    async def type(self, phrase: str, twin: Twin, who: Who) -> Answer:
        """Run kubectl in the twin's folder."""
        if who in GROUPS:
            phrase = phrase.replace("HERE/", "")  # a file in Slack lies in no folder
        words = [str(self.kubectl.binary), *placed(phrase, twin)]
        if who in GROUPS:
            words[1:1] = ["--as=quarterdeck:user", f"--as-group={GROUPS[who]}"]
        process = await asyncio.create_subprocess_exec(
            *words,
            cwd=twin.folder,
            env=dict(self.kubectl.environment()) | QUICK,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(SECONDS):
                out, err = await process.communicate(twin.stdin.encode())
        except TimeoutError:
            process.kill()
            await process.wait()
            return ENDLESS
        assert process.returncode is not None
        return Answer(process.returncode, out.decode(), err.decode())


@dataclass
class Streams:
    """An outlet that keeps kubectl's two streams, and the proposal if there is one."""

    out: str = ""
    err: str = ""
    proposal: Proposal | None = None
    code: int = 0
    _renderer: PlainRenderer = field(default_factory=PlainRenderer)

    async def open(self, _heading: Heading) -> None:
        """Begin: kubectl has no headings."""

    async def draw(self, part: Part) -> None:
        """Add what the part says."""
        if isinstance(part, Proposal):
            self.proposal = part
            return
        out, err = self._renderer.feed(part)
        self.out, self.err = self.out + out, self.err + err

    async def close(self, outcome: Outcome) -> str:
        """End."""
        self.out, self.code = self.out + self._renderer.finish(), outcome.exit_code
        return ""


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot: its terminal for the administrator, its engine with a policy for people."""

    terminal: Terminal
    engine: Engine

    def phrases(self, case: Case) -> list[str]:
        """Return the phrases as people type them."""
        return case.phrases

    async def type(self, phrase: str, twin: Twin, who: Who) -> Answer:
        """Type the phrase, and press what waits for a press."""
        text = shlex.join(placed(phrase, twin))
        try:
            async with asyncio.timeout(SECONDS):
                if who is Who.ADMINISTRATOR:
                    return await self._typed(text, twin.stdin)
                return await self._asked(PEOPLE[who], text, twin)
        except TimeoutError:
            return ENDLESS

    async def _typed(self, text: str, stdin: str) -> Answer:
        async def read_all(_most: int) -> bytes:
            return stdin.encode()

        out, err = io.StringIO(), io.StringIO()
        terminal = replace(self.terminal, out=out, err=err, read_all=read_all)
        code = await terminal.run(text, yes=True)
        return Answer(code, out.getvalue(), err.getvalue())

    async def _asked(self, person: Person, text: str, twin: Twin) -> Answer:
        streams = Streams()
        asked = _request(person, text.replace(f"{twin.folder}/", ""))
        files = [
            Attachment(name, twin.named(content).encode())
            for name, content in twin.files.items()
            if name in asked.text.split()
        ]
        await self.engine.serve(replace(asked, files=tuple(files)), streams)
        if proposal := streams.proposal:
            presser = COLLEAGUE if proposal.case.proposed.consent.needed else person
            await self.engine.confirm(proposal.ticket, _request(presser, ""), streams)
        return Answer(streams.code, streams.out, streams.err)


def _request(person: Person, text: str) -> Request:
    now = SystemClock().now()
    return Request(secrets.token_hex(4), person, CHANNEL, text, now, plain=True)


@asynccontextmanager
async def the_bot(bed: Bed, namespaces: Sequence[str]) -> AsyncIterator[Bot]:
    """Open both ways to the bot on the cluster."""
    clock, rules = SystemClock(), policy(namespaces)
    fleet = Fleet(Options(kubeconfig=str(bed.bot_kubeconfig)), clock, environment={})
    admission = Admission(PolicyGate(lambda: rules), fleet, MemoryDefaults(), Members())
    engine = Engine(Phrasebook(Registry()), admission, in_memory(clock), clock, Ledger())
    async with AsyncExitStack() as stack:
        stack.push_async_callback(fleet.close)
        terminal = await stack.enter_async_context(open_terminal(str(bed.kubeconfig)))
        yield Bot(terminal, engine)

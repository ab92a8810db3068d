"""The only place that constructs things: settings in, a running bot out."""

import asyncio
import contextlib
import gc
import platform
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot import __version__, environment
from bot.audit import LOGGER
from bot.audit.chain import read_keys
from bot.audit.record import Record
from bot.audit.recorder import Recorder, Writer
from bot.commands import Registry
from bot.core.clock import Clock, SystemClock
from bot.core.errors import StoreError
from bot.core.proposal import Case
from bot.engine.admission import Admission
from bot.engine.dispatch import Engine
from bot.engine.lookups import Lookups
from bot.engine.minding import Minder
from bot.engine.monitoring import Instruments
from bot.engine.reading import Phrasebook
from bot.engine.rights import KnownRights
from bot.engine.waiting import MemoryProposals, Waiting
from bot.kube.fleet import Fleet
from bot.policy.decide import PolicyGate
from bot.policy.live import LivePolicy
from bot.policy.rates import Rates
from bot.render.drawing import Drawer
from bot.settings import Settings
from bot.slack.alarms import ChannelAlarm
from bot.slack.board import CardBoard
from bot.slack.desks import Beyond
from bot.slack.directory import Directory
from bot.slack.inbound import Peers
from bot.slack.letters import Kept, Letter, Letters, read_letter
from bot.slack.surface import SlackSurface
from bot.store.audit import AuditStore
from bot.store.defaults import Defaults
from bot.store.engine import Store, open_store
from bot.store.holds import Holds
from bot.store.inbound import Inbound
from bot.store.outbox import Claimed, New, Outbox
from bot.store.proposals import Proposals
from bot.store.results import RESULT_AGE, CachedResult, Results
from bot.store.sealing import read_keys as read_store_keys
from bot.store.upgrade import migrate
from bot.store.watches import Watches
from bot.web.server import WebServer

_log = structlog.stdlib.get_logger("quarterdeck")
# Of its own, since it goes to standard output: see bot/logs.py.
_copy = structlog.stdlib.get_logger(LOGGER)
# How soon it is said that Slack has greeted the bot.
_SOON_SECONDS = 0.05
_SWEEP_SECONDS = 600
# How soon somebody is reminded, and how soon it is found out what a dead replica did.
_MIND_SECONDS = 15
# How soon a watch is looked at that is due.
_LOOK_SECONDS = 5
# So long the key of a message that has arrived is known, so that it is not kept a second time.
_ARRIVED_KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot that runs."""

    slack: SlackSurface
    web: WebServer
    settings: Settings

    async def drain(self) -> None:
        """Hear nothing more and let what runs end."""
        await self.slack.drain(self.settings.drain_seconds)


def _copied(record: Record, digest: str, stored: bool) -> None:
    _copy.info("audit", record=record, hash=digest, stored=stored)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The store's memory on the process's clock."""

    inbound: Inbound
    clock: Clock

    async def first_seen(self, key: str, kind: str) -> bool:
        return await self.inbound.first_seen(key, kind, self.clock.now())


@dataclass(frozen=True, slots=True)
class _Letters:
    """The store's outbox on the process's clock, as one owner."""

    outbox: Outbox
    clock: Clock
    owner: str

    async def keep(self, key: str, letter: Letter, seconds: float) -> Kept | None:
        new = New(letter.channel, letter.body(), key)
        held = await self.outbox.hold(new, self.owner, self.clock.now(), self._after(seconds))
        return _kept(held) if held else None

    async def revise(self, kept: Kept, letter: Letter, seconds: float) -> bool:
        return await self.outbox.revise(_claimed(kept), letter.body(), self._after(seconds))

    async def due(self, seconds: float) -> Sequence[Kept]:
        claimed = await self.outbox.claim(self.owner, self.clock.now(), self._after(seconds))
        return [_kept(one) for one in claimed]

    async def arrived(self, kept: Kept, ts: str) -> bool:
        return await self.outbox.sent(_claimed(kept), ts, self.clock.now())

    async def later(self, kept: Kept, seconds: float) -> bool:
        return await self.outbox.retry(_claimed(kept), self._after(seconds))

    async def give_up(self, kept: Kept) -> bool:
        return await self.outbox.abandon(_claimed(kept), self.clock.now())

    def _after(self, seconds: float) -> datetime:
        return self.clock.now() + timedelta(seconds=seconds)


def _kept(claimed: Claimed) -> Kept:
    return Kept(claimed.id, claimed.owner, claimed.attempt, read_letter(claimed.body))


def _claimed(kept: Kept) -> Claimed:
    body = kept.letter.body()
    return Claimed(kept.id, kept.letter.channel, body, kept.attempt, kept.owner)


@dataclass(frozen=True, slots=True)
class _Cases:
    """The proposals of the store, and those that wait here because it cannot be written."""

    proposals: Proposals
    spare: MemoryProposals

    async def get(self, ticket: str) -> Case | None:
        return await self.spare.get(ticket) or await self.proposals.get(ticket)

    async def waiting(self, channel: str = "") -> Sequence[Case]:
        spared = await self.spare.waiting(channel)
        return [*spared, *await self.proposals.waiting(channel)]


@dataclass(frozen=True, slots=True)
class _Results:
    """The store's results on the process's clock."""

    results: Results
    clock: Clock

    async def put(self, owner: str, payload: bytes) -> str:
        now, number = self.clock.now(), secrets.token_urlsafe(12)
        result = CachedResult(number, owner, payload, now, now + RESULT_AGE)
        return number if await self.results.put(result) else ""

    async def get(self, id: str) -> bytes | None:
        found = await self.results.get(id, self.clock.now())
        return None if found is None else found.payload


@contextlib.asynccontextmanager
async def running(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Bot]:
    """Run a bot until the block ends; it is then drained and closed.

    Raises:
        ConfigurationError: the policy, the kubeconfig, a Slack token or the audit key is wrong.
        StoreError: the store cannot be opened.
    """
    clock = clock or SystemClock()
    live = LivePolicy(settings.policy)
    await migrate(settings.store, clock=clock)
    fleet = _fleet(settings, clock)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(fleet.close)
        store = await stack.enter_async_context(open_store(settings.store))
        ledger = _recorder(settings, store, clock, live)
        stack.push_async_callback(ledger.close)
        registry, gate, directory = Registry(), PolicyGate(lambda: live.policy), Directory(clock)
        live.on_change.append(directory.forget)
        admission = Admission(gate, fleet, Defaults(store, clock), directory)
        lookups = Lookups(admission, clock, ledger)
        stack.push_async_callback(lookups.close)
        letters = _Letters(Outbox(store), clock, secrets.token_hex(8))
        waiting, board = _waiting(settings, store, letters, live, clock)
        instruments = await stack.enter_async_context(_observing(settings, fleet, store, board))
        engine = Engine(
            *(Phrasebook(registry), admission, waiting, clock, ledger),
            lookups=lookups,
            rates=Rates(lambda: live.policy, clock),
            instruments=instruments,
        )
        rights = KnownRights(admission, gate.rights)
        slack = SlackSurface(
            _with_proxy(settings).slack,
            _peers(engine, store, directory, board),
            Beyond(_Results(Results(store), clock), engine, lookups, rights, registry.all()),
        )
        web = await _begun(stack, settings, slack)
        works = (
            *_chores(store, clock, ledger, settings, waiting),
            _every(_MIND_SECONDS, Minder(admission, waiting, ledger, clock).look, clock),
            live.run(clock, board.alarm),
            *_watching(instruments, admission, ledger, letters),
        )
        await stack.enter_async_context(_beside(*works))
        yield Bot(slack, web, settings)


def _peers(engine: Engine, store: Store, directory: Directory, board: CardBoard) -> Peers:
    clock, letters = board.clock, board.letters
    seen = _Seen(Inbound(store), clock)
    return Peers(engine, seen, clock, lambda: secrets.token_hex(4), letters, directory, board)


def _waiting(
    settings: Settings, store: Store, letters: Letters, live: LivePolicy, clock: Clock
) -> tuple[Waiting, CardBoard]:
    sealer = read_store_keys(settings.store.key.get_secret_value())
    replica = f"{platform.node()}.{secrets.token_hex(4)}"
    proposals = Proposals(store, clock, sealer, replica, lambda: live.policy.approvals.minutes)
    spare = MemoryProposals(clock)
    alarm = ChannelAlarm(letters, lambda: live.policy.admin_channel, clock)
    board = CardBoard(_Cases(proposals, spare), letters, alarm, clock)
    return Waiting(proposals, Holds(store, clock), board, spare), board


def _recorder(settings: Settings, store: Store, clock: Clock, live: LivePolicy) -> Recorder:
    keys = read_keys(settings.audit.key.get_secret_value())
    writer = Writer(keys, clock, _copied, platform.node(), __version__)
    ledger = Recorder(AuditStore(store), writer)
    ledger.in_force(live.digest)
    live.on_change.append(lambda: ledger.in_force(live.digest))
    return ledger


async def serve(settings: Settings) -> int:
    """Run the bot until SIGTERM or SIGINT, then drain; return the exit code."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        bot = await _unless_stopped(stack.enter_async_context(running(settings)), stop)
        if bot is None:
            return 0
        keep_turns_short()
        told = False
        while not stop.is_set() and bot.slack.alive():
            if bot.slack.ready() and not told:
                _log.info("ready", port=bot.web.port)
                told = True
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), timeout=1 if told else _SOON_SECONDS)
        _log.info("stopping")
    return 0 if stop.is_set() else 1


async def _unless_stopped(starting: Coroutine[Any, Any, Bot], stop: asyncio.Event) -> Bot | None:
    """Return the bot once it runs; None when it was told to stop before, as Slack was away."""
    start, stopped = asyncio.create_task(starting), asyncio.create_task(stop.wait())
    await asyncio.wait({start, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if start.done():
        return start.result()
    start.cancel()
    await asyncio.gather(start, return_exceptions=True)
    return None


async def _begun(
    stack: contextlib.AsyncExitStack, settings: Settings, slack: SlackSurface
) -> WebServer:
    """Hear Slack and the web from now on until the stack ends, and then drain."""
    web = _web(settings, slack)
    await web.start()
    stack.push_async_callback(web.close)
    stack.push_async_callback(slack.close)
    await slack.start()
    stack.push_async_callback(slack.drain, settings.drain_seconds)
    return web


def _web(settings: Settings, slack: SlackSurface) -> WebServer:
    return WebServer(
        settings.web,
        alive={"slack": slack.alive},
        ready={"slack": slack.ready},
        routes=slack.routes(),
    )


def _fleet(settings: Settings, clock: Clock) -> Fleet:
    return Fleet(
        settings.kubernetes,
        clock,
        environment=environment.variables(),
        proxy_for=environment.proxy_for,
    )


@contextlib.asynccontextmanager
async def _instruments(
    settings: Settings, fleet: Fleet, clock: Clock
) -> AsyncIterator[Instruments | None]:
    """Give what stands behind metrics and alerts; nothing, where no Prometheus is set up."""
    if not settings.prometheus.any:
        yield None
        return
    # Its libraries take memory, which a bot without a Prometheus has no use for.
    from bot.prometheus.sources import PrometheusSources  # noqa: PLC0415

    sources = PrometheusSources(
        settings.prometheus,
        clock,
        default_context=lambda: fleet.default_context,
        proxy_for=environment.proxy_for,
    )
    drawing = Drawer(clock)
    try:
        yield Instruments(sources, drawing)
    finally:
        await sources.close()
        await drawing.close()


@contextlib.asynccontextmanager
async def _observing(
    settings: Settings, fleet: Fleet, store: Store, board: CardBoard
) -> AsyncIterator[Instruments | None]:
    """Give the instruments with what outlives the process: watches, and what was pressed."""
    clock = board.clock
    async with _instruments(settings, fleet, clock) as opened:
        if opened is None:
            yield None
            return
        watches = Watches(store, clock, secrets.token_hex(8))
        seen = _Seen(Inbound(store), clock)
        yield replace(opened, seen=seen, watches=watches, alarm=board.alarm)


def _watching(
    instruments: Instruments | None, admission: Admission, ledger: Recorder, letters: _Letters
) -> tuple[Coroutine[Any, Any, None], ...]:
    """Return what looks at the watches; nothing, where no Prometheus is set up."""
    if instruments is None or instruments.watches is None:
        return ()
    # The parser of expressions takes memory, which a bot without a Prometheus has no use for.
    from bot.engine.watcher import Watcher  # noqa: PLC0415
    from bot.slack.herald import LetterHerald  # noqa: PLC0415

    kept, clock, herald = instruments.watches, letters.clock, LetterHerald(letters)
    watcher = Watcher(kept, instruments, admission, ledger, clock, herald)
    return (_every(_LOOK_SECONDS, watcher.look, clock),)


def _with_proxy(settings: Settings) -> Settings:
    proxy = environment.proxy_for(settings.slack.base_url)
    if not proxy or settings.slack.proxy.get_secret_value():
        return settings
    slack = type(settings.slack).model_validate(
        {**dict(settings.slack), "proxy": proxy},
    )
    return settings.model_copy(update={"slack": slack})


@contextlib.asynccontextmanager
async def _beside(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let the works go on until the block ends."""
    tasks = [asyncio.create_task(work) for work in works]
    for task in tasks:
        task.add_done_callback(_note_bug)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _note_bug(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        _log.error("bug", exc_info=error)


def _chores(
    store: Store, clock: Clock, ledger: Recorder, settings: Settings, waiting: Waiting
) -> tuple[Coroutine[Any, Any, None], ...]:
    async def sweep() -> None:
        await Inbound(store).sweep(clock.now())
        await Results(store).sweep(clock.now())
        await waiting.proposals.sweep()
        await Holds(store, clock).sweep()
        await Watches(store, clock, "").sweep()
        await Outbox(store).sweep(clock.now() - _ARRIVED_KEPT)
        await ledger.sweep(timedelta(days=settings.audit.days))

    return (
        _every(_SWEEP_SECONDS, sweep, clock),
        _every(settings.audit.anchor_seconds, ledger.anchor, clock),
    )


async def _every(seconds: float, work: Callable[[], Awaitable[None]], clock: Clock) -> None:
    while True:
        await clock.sleep(seconds)
        try:
            await work()
        except StoreError as error:
            # It is only done later; requests say themselves what fails.
            _log.warning("chore_failed", chore=work.__name__, reason=error.text)


def keep_turns_short() -> None:
    """Let nothing hold up every handler at once: neither the collector nor a thread that works.

    A full collection takes longer than a page of 500 rows takes to draw, so Python looks for
    garbage seldom, and never among what is there by now. A thread that fills a template or sorts
    a list lets go after a fifth of Python's usual 5 ms.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    sys.setswitchinterval(0.001)

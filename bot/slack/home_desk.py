"""The Home tab at work: shown when it is opened, after what is done there, while something runs."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import structlog

from bot import __version__
from bot.core.access import Binding, Rights, RightsBook
from bot.core.clock import Clock
from bot.core.command import Command
from bot.core.errors import QuarterdeckError, RefusedError, StoreError
from bot.core.ports import Menu
from bot.core.proposal import Case
from bot.core.request import Person, Place, Request, Surface
from bot.slack.activity import Activity
from bot.slack.calls import FAILURES
from bot.slack.home_cases import Lists, sorted_out
from bot.slack.home_page import CHANNELS, Cockpit, page
from bot.slack.inbound import Inbound
from bot.slack.outbox import Outbox
from bot.slack.payloads import Incoming

_LOG = structlog.stdlib.get_logger(__name__)

# Nobody sees more of it than that, and all tabs share 100 `views.publish` a minute.
RUNNING_SECONDS, ENDED_SECONDS = 30.0, 2.0
# Slack does not say when a tab is left: an hour later it counts as left.
_OPEN_SECONDS = 3_600.0
_TABS = 256


class Clusters(Protocol):
    """What tells how the clusters are."""

    def contexts(self) -> tuple[str, ...]:
        """Return the clusters, the default one first."""
        ...

    async def menu(self, request: Request, context: str = "", namespace: str = "") -> Menu:
        """Return which commands the person may use there."""
        ...

    async def version(self, request: Request, context: str) -> str:
        """Return the version of a cluster; empty while it does not answer."""
        ...


class Waiting(Protocol):
    """What tells which proposals wait, and where their cards stand."""

    async def waiting(self) -> Sequence[Case]:
        """Return what waits, the oldest first, or raise `StoreError`."""
        ...

    def link(self, case: Case) -> str:
        """Return the address of a card; empty where it has none."""
        ...


@dataclass(slots=True)
class _Tab:
    person: Person
    opened: float
    published: float = 0.0
    task: asyncio.Task[None] | None = field(default=None, repr=False)


@dataclass(slots=True)
class HomeDesk:
    """Serves the Home tab."""

    inbound: Inbound
    outbox: Outbox
    activity: Activity
    rights: RightsBook
    clusters: Clusters
    commands: Sequence[Command[Any]]
    clock: Clock
    new_id: Callable[[], str]
    board: Waiting
    _tabs: dict[str, _Tab] = field(default_factory=dict)

    def open(self, incoming: Incoming) -> None:
        """Show the tab to whoever opened it."""
        self.inbound.errand(incoming, self._open)

    def cancel(self, incoming: Incoming) -> None:
        """Cancel the person's own running request."""
        value = incoming.pressed.value if incoming.pressed else ""

        async def work(person: Person) -> None:
            await self.activity.cancel(value, person)
            await self._open(person)

        self.inbound.errand(incoming, work)

    def changed(self, key: str) -> None:
        """Hear that something of that person began or ended: their tab follows, if it is open."""
        tab = self._tabs.get(key)
        if tab is None or tab.task is not None:
            return
        if self.clock.monotonic() - tab.opened > _OPEN_SECONDS:
            del self._tabs[key]
            return
        tab.task = asyncio.create_task(self._follow(tab))

    def cases_changed(self) -> None:
        """Hear that some proposal is not as it was: every open tab may show it."""
        for key in list(self._tabs):
            self.changed(key)

    async def close(self) -> None:
        """Let go of what is still to be published."""
        tasks = [tab.task for tab in self._tabs.values() if tab.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _open(self, person: Person) -> None:
        known = self._tabs.pop(person.key, None)
        tab = known or _Tab(person, 0.0)
        tab.opened = self.clock.monotonic()
        self._tabs[person.key] = tab
        while len(self._tabs) > _TABS:
            self._forget(next(iter(self._tabs)))
        await self._publish(tab)

    async def _follow(self, tab: _Tab) -> None:
        try:
            while self._wait(tab) > 0:
                await self.clock.sleep(self._wait(tab))
        finally:
            tab.task = None
        try:
            await self._publish(tab)
        except FAILURES as error:
            _LOG.info("slack_home_lost", person=tab.person.key, reason=error.text)

    def _wait(self, tab: _Tab) -> float:
        running = self.activity.of(tab.person.key).running
        gap = RUNNING_SECONDS if running else ENDED_SECONDS
        return tab.published + gap - self.clock.monotonic()

    async def _publish(self, tab: _Tab) -> None:
        tab.published = self.clock.monotonic()
        view = page(await self._cockpit(tab.person))
        await self.outbox.publish(tab.person.key.partition("/")[2], view)

    async def _cockpit(self, person: Person) -> Cockpit:
        place, now = Place(Surface.DIRECT), self.clock.now()
        request = Request(self.new_id(), person, place, "", now)
        rights, refusal = None, ""
        places: tuple[tuple[Binding, frozenset[str]], ...] = ()
        versions: tuple[tuple[str, str], ...] = ()
        try:
            rights = await self.rights.rights(request)
            places = await self._places(request, rights.bindings)
            versions = await self._versions(request)
        except RefusedError as error:
            refusal = f"{error.text} {error.next_step}".strip()
        doings = self.activity.of(person.key)
        return Cockpit(
            *(rights, places, refusal, doings, versions, self.commands, __version__, now),
            await self._cases(person, rights),
        )

    async def _cases(self, person: Person, rights: Rights | None) -> Lists | None:
        try:
            found = await self.board.waiting()
        except StoreError as error:
            _LOG.warning("slack_home_without_cases", reason=error.text)
            return None
        return sorted_out(found, person, rights, self.board.link)

    async def _places(
        self, request: Request, bindings: Sequence[Binding]
    ) -> tuple[tuple[Binding, frozenset[str]], ...]:
        """Return each channel with what is for the person there."""
        shown = bindings[:CHANNELS]
        offers = await asyncio.gather(*(self._offers(request, one) for one in shown))
        return (
            *zip(shown, offers, strict=True),
            *((one, frozenset()) for one in bindings[CHANNELS:]),
        )

    async def _offers(self, request: Request, binding: Binding) -> frozenset[str]:
        there = replace(request, place=Place(Surface.SLASH, binding.channel))
        try:
            menu = await self.clusters.menu(there, binding.context, binding.namespaces[0])
        except QuarterdeckError:
            return frozenset()  # the policy does not let them ask there
        return frozenset(one.phrase for one in self.commands if menu.offers(one))

    async def _versions(self, request: Request) -> tuple[tuple[str, str], ...]:
        contexts = self.clusters.contexts()
        found = await asyncio.gather(*(self._version(request, one) for one in contexts))
        return tuple(zip(contexts, found, strict=True))

    async def _version(self, request: Request, context: str) -> str:
        try:
            return await self.clusters.version(request, context)
        except QuarterdeckError:
            return ""  # the tab says that it does not answer

    def _forget(self, key: str) -> None:
        tab = self._tabs.pop(key)
        if tab.task:
            tab.task.cancel()

"""What a person may see, for menus that are filled while they type.

Everything is listed as that person. People with one identity share what was listed, for a few
seconds; who asks waits a quarter of a second at most and then gets what was known before.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar, assert_never

from bot.core.access import Asked, Grant, Origin
from bot.core.audit import Happening
from bot.core.clock import Clock
from bot.core.command import Effect
from bot.core.errors import QuarterdeckError
from bot.core.ports import Connection, Form, Ledger, Menu, Outcome, Query
from bot.core.request import Identity, Impersonated, KubeconfigUser, Request
from bot.engine import menus
from bot.engine.admission import Admission
from bot.engine.recording import Account
from bot.kube.rules import REVIEW, Rules, read_rules

# A menu has to answer within 300 ms, or whoever types believes that it is broken.
PATIENCE_SECONDS = 0.25
FRESH_SECONDS = 15.0
_SECONDS = 10.0
_ENTRIES = 500
_NAMES = 5_000

T = TypeVar("T")
Names: TypeAlias = tuple[str, ...]


@dataclass(slots=True)
class _Entry:
    names: tuple[Any, ...] = ()
    until: float = 0.0
    task: asyncio.Task[tuple[Any, ...]] | None = field(default=None, repr=False)


class Lookups:
    """Lists clusters, namespaces, types and names for menus."""

    def __init__(self, admission: Admission, clock: Clock, ledger: Ledger) -> None:
        self._admission = admission
        self._ledger = ledger
        self._clusters = admission.clusters
        self._clock = clock
        self._entries: dict[tuple[object, ...], _Entry] = {}
        self._introductions: set[asyncio.Task[Request]] = set()

    def contexts(self) -> Names:
        """Return the clusters, the default one first."""
        default = self._clusters.default_context
        return tuple(dict.fromkeys((default, *self._clusters.contexts())))

    async def place(self, request: Request) -> Grant:
        """Return as whom and where the request's place acts when nothing else is named.

        Raises:
            RefusedError: the policy does not know the person.
        """
        known = await self._admission.introduced(request)
        return await self._admission.grant(known, Asked(Effect.READ))

    async def namespaces(self, request: Request, context: str) -> Names:
        """Return the namespaces that the person may list; else the place's own."""
        found = await self._recalled(
            request, context, ("namespaces",), lambda cluster: _names(cluster, "namespaces", "")
        )
        grant = await self.place(request)
        return found or ((grant.namespace,) if grant.context == context else ())

    async def types(self, request: Request, context: str) -> Names:
        """Return the types that can be listed: as plurals, with the group where that is needed."""
        return await self._recalled(request, context, ("types",), _types)

    async def names(self, request: Request, context: str, namespace: str, kind: str) -> Names:
        """Return the names of the objects of that type that the person may list."""
        key = ("names", namespace, kind)
        return await self._recalled(
            request, context, key, lambda cluster: _names(cluster, kind, namespace)
        )

    async def menu(
        self,
        request: Request,
        context: str = "",
        namespace: str = "",
        patience: float = PATIENCE_SECONDS,
    ) -> Menu:
        """Return which commands the person may use there; the place's own where none is named.

        Raises:
            RefusedError: the policy does not know the person.
        """
        known = await self._introduced(request)
        grant = await self._admission.grant(known, Asked(Effect.READ, context, namespace))
        effects = menus.admitted(self._admission, known, grant)
        if not namespace and grant.origin is Origin.CLUSTER:
            # Nobody has said yet which namespace is meant.
            return menus.Menu(effects, None)
        rules = await self._recalled(
            request,
            grant.context,
            ("rules", grant.namespace),
            lambda cluster: _rules(cluster, grant.namespace),
            patience,
        )
        return menus.Menu(effects, rules[0] if rules else None)

    async def version(self, request: Request, context: str) -> str:
        """Return the version of a cluster; empty while it does not answer."""
        found = await self._recalled(request, context, ("version",), _version)
        return found[0] if found else ""

    async def close(self) -> None:
        """Let go of what is still being listed."""
        tasks: list[asyncio.Task[Any]] = [*self._introductions]
        tasks += [entry.task for entry in self._entries.values() if entry.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _recalled(
        self,
        request: Request,
        context: str,
        key: tuple[str, ...],
        find: Callable[[Connection], Awaitable[tuple[T, ...]]],
        patience: float = PATIENCE_SECONDS,
    ) -> tuple[T, ...]:
        known = await self._introduced(request)
        grant = self._admission.settled(known, Asked(Effect.READ, context))
        entry = self._entry((_who(grant.actor.identity), context, *key))
        if self._clock.monotonic() < entry.until:
            return entry.names
        if entry.task is None:
            account = Account(self._ledger, self._clock, request, " ".join(key))
            account.happening = Happening.LISTED
            account.opened.append((grant, self._admission.open(grant, request, _SECONDS)))
            entry.task = asyncio.create_task(self._list(entry, account, find))
        await self._patiently(entry.task, patience)
        return entry.names

    async def _introduced(self, request: Request) -> Request:
        """Return the request with who asks; as it came, if that takes longer than a menu waits."""
        task = asyncio.create_task(self._admission.introduced(request))
        self._introductions.add(task)
        task.add_done_callback(self._introductions.discard)
        await self._patiently(task)
        return task.result() if task.done() else request

    async def _list(
        self,
        entry: _Entry,
        account: Account,
        find: Callable[[Connection], Awaitable[tuple[Any, ...]]],
    ) -> tuple[Any, ...]:
        [(_, cluster)], began = account.opened, self._clock.monotonic()
        try:
            entry.names = await find(cluster)
        except QuarterdeckError as error:
            # A menu has no place for an error; the command that is typed next says it.
            entry.names, account.error = (), error
        finally:
            now = self._clock.monotonic()
            entry.until, entry.task = now + FRESH_SECONDS, None
            # Types and versions are known to everybody: nothing was asked as the person.
            if cluster.calls:
                account.end(Outcome(int(account.error is not None), now - began))
        return entry.names

    async def _patiently(self, task: asyncio.Task[Any], patience: float = PATIENCE_SECONDS) -> None:
        alarm = asyncio.ensure_future(self._clock.sleep(patience))
        try:
            await asyncio.wait({task, alarm}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            alarm.cancel()

    def _entry(self, key: tuple[object, ...]) -> _Entry:
        entry = self._entries.pop(key, None) or _Entry()
        self._entries[key] = entry
        idle = [old for old, one in self._entries.items() if one.task is None and old != key]
        for old in idle[: max(0, len(self._entries) - _ENTRIES)]:
            del self._entries[old]
        return entry


def _who(identity: Identity) -> Names:
    match identity:
        case Impersonated(user, groups):
            return (user, *sorted(groups))
        case KubeconfigUser():
            return ()
        case _:
            assert_never(identity)


async def _version(cluster: Connection) -> Names:
    return (str((await cluster.version()).get("gitVersion", "")),)


async def _rules(cluster: Connection, namespace: str) -> tuple[Rules, ...]:
    return (read_rules(await cluster.review(REVIEW, {"namespace": namespace or "default"})),)


async def _types(cluster: Connection) -> Names:
    found: dict[str, str] = {}
    for resource in await cluster.resources():
        if "list" in resource.verbs:
            # The first of a plural is what the bare word means; others need their group.
            known = found.setdefault(resource.plural, resource.group)
            if known != resource.group:
                found.setdefault(resource.qualified, resource.group)
    return tuple(found)


async def _names(cluster: Connection, kind: str, namespace: str) -> Names:
    resource = await cluster.resource(kind)
    query = Query(resource, namespace if resource.namespaced else "")
    names: list[str] = []
    async for page in cluster.pages(query, Form.TABLE_CELLS):
        columns = [column["name"] for column in page["columnDefinitions"]]
        at = columns.index("Name") if "Name" in columns else 0
        names += [str(row["cells"][at]) for row in page["rows"]]
        if len(names) >= _NAMES:
            break
    return tuple(names)

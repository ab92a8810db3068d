"""Makes the twins and what stands in them before anything is typed, and tells what became of it."""

import asyncio
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from tests.cluster.bed import Bed
from tests.cluster.workloads import unsettled
from tests.conformance.changes.case import Item
from tests.conformance.changes.twins import Pair, Twin, twin_name
from tests.conformance.cluster.connection import Connection

SETUP = "setup"
"""The field manager of what stands there before."""
AT_ONCE = 16
PAUSE = 0.5
SECONDS = 180
CONTROLLED = ("Deployment", "StatefulSet", "DaemonSet")
_LISTED = re.compile(r"^(\S+) +(?:\S+ +)?(\S+) +(true|false) +(\S+)$")
# What follows from the rest, is named by nobody, or is about the machinery of the cluster.
_LEFT_OUT = ("events", "endpoints", "endpointslices", "leases", "componentstatuses", "ipaddresses")


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of the cluster."""

    version: str
    kind: str
    plural: str
    namespaced: bool

    def path(self, namespace: str = "") -> str:
        """Return where its objects are."""
        root = f"/apis/{self.version}" if "/" in self.version else f"/api/{self.version}"
        inside = f"/namespaces/{namespace}" if self.namespaced and namespace else ""
        return f"{root}{inside}/{self.plural}"


def kinds(bed: Bed) -> list[Kind]:
    """Return every type whose objects are compared."""
    listed = bed.kubectl.out("api-resources", "--verbs=list,create", "--no-headers")
    found = [_LISTED.match(line.rstrip()) for line in listed.splitlines()]
    rows = [match.groups() for match in found if match]
    return [
        Kind(version, kind, plural, namespaced == "true")
        for plural, version, namespaced, kind in rows
        if plural not in _LEFT_OUT
    ]


@dataclass(frozen=True, slots=True)
class Nursery:
    """Makes twins, and tells what has become of them."""

    connection: Connection
    kinds: Sequence[Kind]
    gate: asyncio.Semaphore

    async def furnish(self, pairs: Sequence[Pair]) -> None:
        """Make the namespaces and what stands in them; return once all of it has settled."""
        twins = [twin for pair in pairs for twin in pair.twins]
        for twin in twins:
            twin.write()
        await asyncio.gather(*(self._namespace(twin) for twin in twins))
        await self._until(lambda items: _without_account(items, len(twins)), "ServiceAccount")
        turn = 0
        while due := list(_due(pairs, turn)):
            put = self._again if turn else self._post
            await asyncio.gather(*(put(item, twin) for item, twin in due))
            turn += 1
            for kind in CONTROLLED:
                await self._until(_unseen, kind)
        await self._until(_without_pods, "DaemonSet")
        for kind in ("StatefulSet", "Pod", "Node"):
            await self._until(unsettled, kind)

    async def _namespace(self, twin: Twin) -> None:
        await self._post({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": twin.name}})

    async def _post(self, item: Item, twin: Twin | None = None) -> None:
        path = self._kind(item).path(twin.name if twin else "")
        await self._send("POST", f"{path}?fieldManager={SETUP}", item)

    async def _again(self, item: Item, twin: Twin) -> None:
        """Change an object that was there before, as a history comes to be."""
        path = f"{self._kind(item).path(twin.name)}/{item['metadata']['name']}"
        now = await self._send("GET", path)
        metadata = now["metadata"] | item["metadata"]
        await self._send("PUT", f"{path}?fieldManager={SETUP}", now | item | {"metadata": metadata})

    def _kind(self, item: Item) -> Kind:
        named = (item["apiVersion"], item["kind"])
        return next(each for each in self.kinds if (each.version, each.kind) == named)

    async def _send(self, method: str, path: str, body: Item | None = None) -> Item:
        connection = self.connection
        async with (
            self.gate,
            connection.session.request(
                method, connection.server + path, json=body, headers=dict(connection.credentials)
            ) as response,
        ):
            answer: Item = await response.json()
        assert response.status < 300, f"{method} {path}: {answer.get('message')}"
        return answer

    async def _list(self, kind: Kind, namespace: str = "") -> list[Item]:
        listed = await self._send("GET", kind.path(namespace))
        named = {"apiVersion": kind.version, "kind": kind.kind}
        return [named | item for item in listed["items"] if place_of(item).startswith("twin-")]

    async def _until(self, waits_for: "Waits", kind: str, namespace: str = "") -> None:
        [found] = [each for each in self.kinds if each.kind == kind]
        try:
            async with asyncio.timeout(SECONDS):
                while waiting := waits_for(await self._list(found, namespace)):
                    await asyncio.sleep(PAUSE)
        except TimeoutError:
            raise AssertionError(f"the twins have not settled: {'; '.join(waiting)}") from None

    async def seen(self, twin: Twin) -> None:
        """Return once every controller has looked at what was typed."""
        for kind in CONTROLLED:
            await self._until(_unseen, kind, twin.name)

    async def ends(self) -> Mapping[str, list[Item]]:
        """Return all objects by the twin whose they are, once nothing goes on ending."""
        for kind in (*CONTROLLED, "Pod", "Namespace"):
            await self._until(_ending, kind)
        for kind in CONTROLLED:
            await self._until(_unseen, kind)
        found = await asyncio.gather(*map(self._list, self.kinds))
        ends: dict[str, list[Item]] = defaultdict(list)
        for item in chain.from_iterable(found):
            ends[place_of(item)[: len(twin_name(0, "k"))]].append(item)
        return ends


def _named(item: Item, twin: Twin) -> Item:
    named: Item = json.loads(twin.named(json.dumps(item)))
    return named


def place_of(item: Item) -> str:
    """Return the namespace in which an object is, or its name if it is in none."""
    metadata = item["metadata"]
    return str(metadata.get("namespace") or metadata["name"])


def _without_account(accounts: Sequence[Item], twins: int) -> list[str]:
    lacking = twins - len(accounts)
    return [f"{lacking} namespaces have no account"] if lacking else []


def _seen(item: Item) -> bool:
    metadata, status = item["metadata"], item.get("status", {})
    return bool(status.get("observedGeneration", 0) >= metadata["generation"])


def _without_pods(items: Iterable[Item]) -> list[str]:
    return [
        f"{item['metadata']['namespace']} has no pod of its own"
        for item in items
        if item["status"]["numberReady"] != item["status"]["desiredNumberScheduled"]
    ]


def _unseen(items: Iterable[Item]) -> list[str]:
    """Return what its controller has not looked at."""
    return [f"{item['kind']} {item['metadata']['name']}" for item in items if not _seen(item)]


def _ending(items: Iterable[Item]) -> list[str]:
    """Return what will be gone."""
    return [item["metadata"]["name"] for item in items if _ends(item["metadata"])]


def _ends(metadata: Item) -> bool:
    held = set(metadata.get("finalizers", ())) - {"foregroundDeletion", "orphan"}
    return "deletionTimestamp" in metadata and not held


Waits = Callable[[list[Item]], list[str]]


def _due(pairs: Iterable[Pair], turn: int) -> Iterator[tuple[Item, Twin]]:
    """Yield what is put in that turn: an object that comes again has a later one."""
    for pair in pairs:
        counts: Counter[tuple[str, str]] = Counter()
        for item in pair.case.objects:
            key = item["kind"], item["metadata"]["name"]
            if counts[key] == turn:
                yield from ((_named(item, twin), twin) for twin in pair.twins)
            counts[key] += 1

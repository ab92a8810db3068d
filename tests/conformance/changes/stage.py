"""A control plane of the twins' own, and what has become of every case on it.

It ends with all that is in it: to delete hundreds of namespaces would take longer than the cases.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import yaml

from tests.cluster.audit import AuditLog, Event, summary
from tests.cluster.bed import Bed, attached, start
from tests.cluster.kubectl import Kubectl
from tests.cluster.nodes import nodes
from tests.cluster.peers import Located
from tests.cluster.workloads import FIXTURE, RIGHTS, Item
from tests.conformance.changes.case import Case, Who
from tests.conformance.changes.comparing import End, mismatches, spoken
from tests.conformance.changes.differences import LEFT
from tests.conformance.changes.fields import compared
from tests.conformance.changes.hands import Hand, Original
from tests.conformance.changes.nursery import AT_ONCE, Nursery, kinds
from tests.conformance.changes.people import GROUPS
from tests.conformance.changes.twins import Pair, Twin, pair
from tests.conformance.cluster.connection import connected
from tests.conformance.kubectl.comparing import Answer

SIDE_BY_SIDE = 8
RULES = {Who.OPERATOR: ["*"], Who.READER: ["get", "list", "watch"]}
"""The verbs that people in Slack may use on everything; whoever is not named has none."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long each part took."""

    furnishing: float
    typing: float
    looking: float

    def __str__(self) -> str:
        """Return them for a line of a report."""
        parts = ("furnishing", "typing", "looking")
        return ", ".join(f"{part} {getattr(self, part):.1f} s" for part in parts)


@dataclass(frozen=True, slots=True)
class Become:
    """What has become of a case's twins."""

    pair: Pair
    theirs: End
    ours: End
    changes: Sequence[str]
    """What the API server let people change in our twin through the bot, by its audit log."""

    @property
    def mismatches(self) -> list[str]:
        """Return where ours is not kubectl's, save for what differs on purpose."""
        left = LEFT[self.pair.case.group.difference]
        return mismatches(self.pair.case.phrases, left(self.theirs), left(self.ours))

    @property
    def whole(self) -> list[str]:
        """Return where ours is not kubectl's at all."""
        return mismatches(self.pair.case.phrases, self.theirs, self.ours)


def _rights(who: Who, verbs: Sequence[str]) -> list[Item]:
    name, group = f"{who}-of-the-twins", "rbac.authorization.k8s.io"
    rule = {"apiGroups": ["*"], "resources": ["*"], "verbs": verbs}
    named = {"apiVersion": f"{group}/v1", "metadata": {"name": name}}
    subject = {"apiGroup": group, "kind": "Group", "name": GROUPS[who]}
    role = {"apiGroup": group, "kind": "ClusterRole", "name": name}
    return [
        named | {"kind": "ClusterRole", "rules": [rule]},
        named | {"kind": "ClusterRoleBinding", "roleRef": role, "subjects": [subject]},
    ]


@contextmanager
def own_cluster(located: Located, home: Path) -> Iterator[Bed]:
    """Start a control plane with three nodes and the bot's rights; end it with the block."""
    plane = start(located, home)
    try:
        kubectl = Kubectl(located.binaries["kubectl"], plane.layout.kubeconfig, plane.layout.home)
        rights = [item for file in RIGHTS for item in yaml.safe_load_all(file.read_text())]
        rights += [item for who, verbs in RULES.items() for item in _rights(who, verbs)]
        fixture = yaml.safe_load_all(FIXTURE.read_text())
        widgets = [item for item in fixture if item["kind"] == "CustomResourceDefinition"]
        everything = [*nodes(located.version), *rights, *widgets]
        kubectl.out("apply", "-f=-", stdin=yaml.safe_dump_all(everything))
        kubectl.out("wait", "--for=condition=Established", "crd/widgets.example.org")
        bed = attached(kubectl, plane.layout.home)
        yield replace(bed, audit_log=plane.layout.audit_log)
    finally:
        plane.stop()


Opened = Callable[[Bed, Sequence[str]], AbstractAsyncContextManager[Hand]]


async def played(bed: Bed, cases: Mapping[int, Case], bot: Opened) -> tuple[list[Become], Seconds]:
    """Type every case in both of its twins; return what has become of them."""
    pairs = [pair(number, case, bed.home / "twins") for number, case in cases.items()]
    names = [each.ours.name for each in pairs]
    async with connected(bed.kubeconfig) as connection, bot(bed, names) as hand:
        nursery = Nursery(connection, kinds(bed), asyncio.Semaphore(AT_ONCE))
        times = [time.monotonic()]
        await nursery.furnish(pairs)
        times.append(time.monotonic())
        gate = asyncio.Semaphore(SIDE_BY_SIDE)
        original = Original(bed.kubectl)
        answers = await asyncio.gather(
            *(_typed(each, original, hand, nursery, gate) for each in pairs)
        )
        times.append(time.monotonic())
        items = await nursery.ends()
        times.append(time.monotonic())
    events = _changes(bed.audit)
    became = [
        Become(
            each,
            End(theirs, compared(items[each.kubectls.name], each.kubectls)),
            End(ours, compared(items[each.ours.name], each.ours)),
            [summary(event) for event in events if each.ours.name in event["requestURI"]],
        )
        for each, (theirs, ours) in zip(pairs, answers, strict=True)
    ]
    return became, Seconds(*(after - before for before, after in pairwise(times)))


def _changes(audit: AuditLog) -> list[Event]:
    """Return what the API server has let somebody change whom somebody else stood for."""
    lines = [line for line in audit.path.read_bytes().splitlines() if b"impersonatedUser" in line]
    return [
        event
        for event in map(json.loads, lines)
        if event["verb"] in ("create", "update", "patch", "delete", "deletecollection")
        and event["responseStatus"]["code"] < 300
    ]


async def _typed(
    pair: Pair, original: Hand, bot: Hand, nursery: Nursery, gate: asyncio.Semaphore
) -> tuple[list[Answer], list[Answer]]:
    case = pair.case
    async with gate:
        for twin in pair.twins if case.group.before else ():
            await original.type(case.group.before, twin, Who.ADMINISTRATOR)
        return (
            await _answers(original, case, pair.kubectls, nursery),
            await _answers(bot, case, pair.ours, nursery),
        )


async def _answers(hand: Hand, case: Case, twin: Twin, nursery: Nursery) -> list[Answer]:
    answers: list[Answer] = []
    for phrase in hand.phrases(case):
        if answers:
            await nursery.seen(twin)
        answers.append(spoken(await hand.type(phrase, twin, case.group.who), twin))
    return answers

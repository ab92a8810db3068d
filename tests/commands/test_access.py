"""What a command declares that it needs is what the API server's audit log shows that it used.

Discovery, the version and the reviews of rights stand outside: everybody may ask for them, and the
gate asks for reviews whatever the command is. So does the look whether a namespace is there, which
follows when something was not found, whatever the command is; and so do the looks beside a change
at what it takes along, which are left out where they are not allowed.
"""

import asyncio
import fnmatch
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.commands import Registry
from bot.core.command import Access, Command, Effect, Family
from bot.core.ports import Resource
from bot.core.request import KubeconfigUser
from bot.kube.impersonation import OPEN_PATHS
from bot.terminal import open_terminal
from tests.cluster.audit import AuditLog, Event
from tests.cluster.bed import Bed, kubeconfig
from tests.commands.example_files import kinds
from tests.commands.surroundings import around
from tests.engine.rig import Ledger

pytestmark = pytest.mark.peers

WAITING = {
    # Nobody is to approve what could not be created.
    "create": {Access("get", "*")},
    "delete": {Access("watch", "*")},
    "drain": {Access("get", "pods"), Access("watch", "pods")},
    # Rollouts are looked for where series name their workload, and no Prometheus is set up here.
    "prom graph": {Access("list", "replicasets", "apps")},
}
"""What is used where a card is shown, or while objects end: the record is closed by then."""
SEEN = (Family.PROM, Access("list", "pods"))
"""By which it is reviewed whose metrics somebody may see; no pod is listed for that."""
BESIDE = {
    "prom app": ("prom app daemonset/agent -n shop",),
    "create": ("create -f web.yaml -n shop",),
    "delete": ("delete pods -l app=cart -n shop",),
    "drain": (
        "drain -l kubernetes.io/hostname=node-b --ignore-daemonsets --disable-eviction"
        " --pod-selector=app=cart --dry-run=server",
        "drain node-a node-b --ignore-daemonsets --pod-selector=app=cart",
        "uncordon node-a node-b",
    ),
    "describe": (
        "describe namespace shop",
        "describe ingress web -n shop",
        "describe pod/{failing} -n shop",
    ),
    "events": ("events -n shop -w",),
    "get": ("get pods -n shop -w",),
    "logs": (
        "logs web -n shop",
        "logs -f sts/db -n shop",
        "logs ds/agent -n shop",
        "logs job/migrate -n shop",
        "logs svc/web -n shop",
        "logs deploy/empty -n access --pod-running-timeout=1s",
    ),
    "rollout history": (
        "rollout history ds,deploy,sts -n shop",
        "rollout history ds/agent -n shop",
    ),
    "rollout status": (
        "rollout status ds,deploy,sts -n shop",
        "rollout status deploy/stuck -n access",
        "rollout status ds/stuck -n access",
        "rollout status sts/stuck -n access",
    ),
    "annotate": ("annotate deploy -l app=web a=b -n shop --dry-run=server",),
    "rollout pause": ("rollout pause deploy -l app=broken -n shop",),
    "rollout restart": (
        "rollout restart deploy,sts -l app=db -n shop",
        "rollout restart sts/db ds/agent -n shop",
        "rollout restart deploy,sts,ds -l app=agent -n shop",
    ),
    "rollout resume": ("rollout resume deploy -l app=broken -n shop",),
    "rollout undo": (
        "rollout undo deploy,sts,ds -l app=nothing -n shop",
        "rollout undo sts/db -n shop",
        "rollout undo ds/agent -n shop",
    ),
    "scale": (
        "scale deploy -l app=web --replicas=3 -n shop --dry-run=server",
        "scale deploy/web --replicas=3 -n shop --dry-run=server -o yaml",
    ),
    "set env": ("set env deploy/cart --list --resolve -n shop",),
    "set image": ("set image deploy -l app=web web=x:1 -n shop --dry-run=server",),
    "uncordon": (
        "uncordon node-c --dry-run=server",
        "uncordon -l kubernetes.io/hostname=node-b",
    ),
    "top pod": (
        "top pod -n shop --field-selector=status.phase=Running",
        "top pod db-0 -n shop",
    ),
    "wait": ("wait --for=delete deploy/web -n shop",),
}
"""Phrases for rights that no example needs, as a newcomer has little use for them."""

UNFINISHED = """
{{apiVersion: v1, kind: Namespace, metadata: {{name: access}}}}
---
{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: empty, namespace: access}}, spec: {{
  replicas: 0, selector: {{matchLabels: {{app: empty}}}}, template: {{
    metadata: {{labels: {{app: empty}}}}, spec: {{containers: [{{name: app, image: none}}]}}}}}}}}
---
{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: stuck, namespace: access}}, spec: {{
  replicas: 1, {pods}}}}}
---
{{apiVersion: apps/v1, kind: StatefulSet, metadata: {{name: stuck, namespace: access}}, spec: {{
  replicas: 1, serviceName: stuck, {pods}}}}}
---
{{apiVersion: apps/v1, kind: DaemonSet, metadata: {{name: stuck, namespace: access}}, spec: {{
  {pods}}}}}
""".format(
    pods="selector: {matchLabels: {app: stuck}}, template: {metadata: {labels: {app: stuck}},"
    " spec: {containers: [{name: app, image: 'registry.example.org/app:bad'}]}}"
)
GOES_ON = frozenset({"-w", "-f", "access", "ds,deploy,sts", "--for=delete"})
"""Words of the phrases that somebody has to stop."""
STOPPED_AFTER_SECONDS = 2
FOLLOWS_WITHIN_SECONDS = 60
SOMEBODY = "system:serviceaccount:default:somebody"

REVIEWS = frozenset({"authorization.k8s.io", "authentication.k8s.io"})
NAMESPACE = Access("get", "namespaces")
COMMANDS = [pytest.param(command, id=command.phrase) for command in Registry().all()]


@dataclass(frozen=True)
class Used:
    """What one phrase asked of the API server, and the types that it names itself."""

    phrase: str
    rights: frozenset[Access]
    named: frozenset[tuple[str, str]]

    def covers(self, declared: Access, right: Access) -> bool:
        if declared.resource == "*":
            there = (right.group, right.resource) in self.named
            return there and replace(declared, resource=right.resource, group=right.group) == right
        return fnmatch.fnmatch(right.resource, declared.resource) and (
            replace(declared, resource=right.resource) == right
        )


@pytest.fixture(scope="session")
def somebody(bed: Bed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the kubeconfig of somebody who may do everything, and whose every act is logged."""
    kubectl, name = bed.kubectl, "somebody"
    kubectl.out("create", "serviceaccount", name, "-n=default")
    role = ("--clusterrole=cluster-admin", f"--serviceaccount=default:{name}")
    kubectl.out("create", "clusterrolebinding", name, *role)
    token = kubectl.out("create", "token", name, "-n=default").strip()
    shown = yaml.safe_load(kubectl.out("config", "view", "--raw", "--minify", "--flatten"))
    config = tmp_path_factory.mktemp("somebody") / "config"
    config.write_text(yaml.safe_dump(kubeconfig(shown["clusters"][0]["cluster"], token)))
    yield config
    kubectl.out("delete", f"clusterrolebinding/{name}")
    kubectl.out("delete", f"serviceaccount/{name}", "-n=default")


async def use(somebody: Path, audit: AuditLog, phrase: str, *, helpful: bool = True) -> Used:
    """Run a phrase, `helpful` as chat does, and return what of it stands in the audit log."""
    out, notes, since = io.StringIO(), Ledger(), audit.position()
    async with open_terminal(str(somebody)) as opened:
        terminal = replace(opened, out=out, err=out)
        terminal.engine._ledger = terminal.engine._runs._ledger = notes
        running = terminal.run(phrase, yes=True, helpful=helpful)
        if GOES_ON & set(phrase.split()):
            await stopped(asyncio.create_task(running), audit, since)
        else:
            await running
        cluster = terminal.fleet.open(terminal.fleet.default_context, KubeconfigUser(), "named", 30)
        named = types_of(phrase, await cluster.resources())
    assert not notes.bugs
    made = [call.audit_id for entry in notes.entries for call in entry.calls]
    events = await audit.of(made, since)
    return Used(phrase, frozenset(right for each in events for right in rights_of(each)), named)


async def stopped(running: "asyncio.Task[int]", audit: AuditLog, since: int) -> None:
    """Wait until a phrase follows something and had time to ask for more; then stop it.

    One that ends by itself is not waited for any longer.
    """
    follows = asyncio.create_task(audit.awaited(_follows, since, FOLLOWS_WITHIN_SECONDS))
    await asyncio.wait({running, follows}, return_when=asyncio.FIRST_COMPLETED)
    if not running.done():
        await follows
        await asyncio.wait({running}, timeout=STOPPED_AFTER_SECONDS)
    for each in (running, follows):
        each.cancel()
    await asyncio.gather(running, follows, return_exceptions=True)


def _follows(event: Event) -> bool:
    # Of what goes on for long the API server tells twice: when it begins, and when it has ended.
    return bool(event["user"]["username"] == SOMEBODY and event["stage"] == "ResponseStarted")


@pytest.fixture(scope="session")
def failing(bed: Bed) -> Iterator[str]:
    """Give the name of a pod that fails, beside rollouts that never end."""
    bed.kubectl.out("apply", "-f=-", stdin=UNFINISHED)
    yield bed.kubectl.out(
        *("get", "pods", "-n=shop", "-l=app=broken", "-o=jsonpath={.items[0].metadata.name}")
    )
    bed.kubectl.out("delete", "namespace/access", "--wait=false")


def rights_of(event: Event) -> Iterator[Access]:
    """Yield the rights that a request needed: an apply that makes an object needs two."""
    right = right_of(event)
    if right is not None:
        yield right
        if right.verb == "patch" and event["responseStatus"]["code"] == 201:
            yield replace(right, verb="create")


def right_of(event: Event) -> Access | None:
    """Return the right that a request needed; None: it is one of those that stand outside."""
    path, about = event["requestURI"].partition("?")[0], event.get("objectRef")
    if path in OPEN_PATHS:
        return None
    if about is None:
        return Access(event["verb"], path)
    group, resource = about.get("apiGroup", ""), about["resource"]
    return Access(event["verb"], resource, group, about.get("subresource", ""))


def types_of(phrase: str, resources: Sequence[Resource]) -> frozenset[tuple[str, str]]:
    """Return the types that the words of a phrase name, one by one or by their category."""
    command = Registry().find(phrase.split())
    typed = phrase.removeprefix(command.phrase) if command else phrase
    words = {word for piece in typed.split() for word in piece.replace("/", ",").split(",")}
    words |= kinds(phrase)
    return frozenset(
        (each.group, each.plural)
        for each in resources
        if words & {each.plural, each.singular, *each.short_names, *each.categories}
    )


def outside(command: Command[Any], right: Access) -> bool:
    return right == NAMESPACE or (right.group in REVIEWS and right not in command.access)


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_command_uses_what_it_declares_and_declares_what_it_uses(
    bed: Bed, somebody: Path, failing: str, audit: AuditLog, command: Command[Any]
) -> None:
    runs = []
    for phrase in (*command.examples, *BESIDE.get(command.phrase, ())):
        helpful = command.effect is Effect.READ
        async with around(bed, phrase, command.effect) as prepared:
            typed = prepared.replace("{failing}", failing)
            runs.append(await use(somebody, audit, typed, helpful=helpful))
    declared = [replace(access, optional=False) for access in command.access]
    undeclared = {
        (run.phrase, right)
        for run in runs
        for right in run.rights
        if not any(run.covers(access, right) for access in declared) and not outside(command, right)
    }
    unused = [
        access
        for access in declared
        if access not in WAITING.get(command.phrase, ())
        and (command.family, access) != SEEN
        and not any(run.covers(access, right) for run in runs for right in run.rights)
    ]
    assert not undeclared
    assert not unused


async def test_the_comparison_sees_what_is_missing_and_what_is_too_much(
    somebody: Path, audit: AuditLog
) -> None:
    run = await use(somebody, audit, "events -n shop")
    assert run.rights == {Access("list", "events")}
    assert not run.covers(Access("get", "events"), Access("list", "events"))
    assert not run.covers(Access("list", "*"), Access("list", "events"))

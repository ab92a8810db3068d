"""What has to stand around an example so that it works, and so that it leaves nothing behind."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from bot.core.clock import SystemClock
from bot.core.command import Effect
from bot.core.ports import Connection, Query
from bot.core.request import KubeconfigUser
from bot.kube.fleet import Fleet, Options
from tests.cluster.bed import Bed
from tests.cluster.workloads import moving

_OF_SHOP = "registry.example.org/shop"
_WEB, _AGENT, _DB = "deployment/web", "daemonset/agent", "statefulset/db"
Phrases = Sequence[str]

BEFORE: Mapping[str, Phrases] = {
    "delete -f web.yaml": ("create configmap web-settings",),
    "rollout resume deploy/web": (f"rollout pause {_WEB}",),
    "rollout resume deploy -l app=broken": ("rollout pause deployment/broken",),
    "rollout undo deploy/web": (
        f"set image {_WEB} web={_OF_SHOP}/web:1.4.1",
        f"rollout status {_WEB}",
    ),
    "rollout undo daemonset/agent": (f"set image {_AGENT} agent=registry.example.org/agent:3.2",),
    "rollout undo ds/agent": (f"set image {_AGENT} agent=registry.example.org/agent:3.3",),
    "rollout undo sts/db": (
        f"set image {_DB} db=registry.example.org/postgres:16",
        f"rollout status {_DB}",
    ),
}
"""What is typed to kubectl before a phrase that begins so."""
_KINDS = (
    *("deployments", "statefulsets", "daemonsets", "cronjobs", "jobs", "pods", "services"),
    *("configmaps", "secrets", "serviceaccounts", "roles", "rolebindings"),
    *("poddisruptionbudgets", "horizontalpodautoscalers"),
)
_OF_THE_CLUSTER = ("nodes", "namespaces", "clusterroles", "clusterrolebindings")
_ONLY_REAL = (("ingresses", "resourcequotas"), ("priorityclasses",))
"""What the simulated cluster has no types for."""
# What the cluster itself writes.
_ITS_OWN = ("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields")
_LOOK_SECONDS = 0.05
_FIRST, _SHOWN = "--to-revision=1", "--revision=1"
_REVISION = "deployment.kubernetes.io/revision"
JsonObject = dict[str, Any]
Key = tuple[str, str]
Everything = Callable[[], Awaitable[list[JsonObject]]]
"""Returns all objects of the shop, and of the cluster those that examples change."""


@asynccontextmanager
async def around(bed: Bed, phrase: str, effect: Effect) -> AsyncIterator[str]:
    """Prepare what the phrase counts on, and put back what it changes for other tests.

    Yields the phrase with a revision that is there.
    """
    if effect is Effect.READ:
        yield _with_present(bed, phrase)
        return
    async with _seen(bed) as everything:
        before = _made(await everything())
        _prepare(bed, phrase)
        try:
            yield _with_oldest(bed, phrase)
        finally:
            _put_back(bed, before, _made(await everything()))
            await _settled(everything)


async def _settled(everything: Everything) -> None:
    """Wait until nothing is on its way any more that the next example could stumble over."""
    async with asyncio.timeout(60):
        while moving(await everything()):
            await asyncio.sleep(_LOOK_SECONDS)


@asynccontextmanager
async def _seen(bed: Bed) -> AsyncIterator[Everything]:
    """Yield what returns all objects in question; a kubectl for each type would take long."""
    if bed.objects is not None:
        yield partial(_stored, bed.objects)
        return
    types = (*_KINDS, *_ONLY_REAL[0], *_OF_THE_CLUSTER, *_ONLY_REAL[1])
    async with _connected(bed) as cluster:
        yield partial(_listed, cluster, types)


async def _stored(objects: Callable[[], list[JsonObject]]) -> list[JsonObject]:
    return [
        one
        for one in objects()
        if (one["kind"].lower() + "s" in _KINDS and one["metadata"]["namespace"] == "shop")
        or one["kind"].lower() + "s" in _OF_THE_CLUSTER
    ]


@asynccontextmanager
async def _connected(bed: Bed) -> AsyncIterator[Connection]:
    options = Options(kubeconfig=str(bed.kubeconfig))
    fleet = Fleet(options, SystemClock(), terminal=True, environment={})
    try:
        yield fleet.open(fleet.default_context, KubeconfigUser(), "surroundings", 120)
    finally:
        await fleet.close()


def _prepare(bed: Bed, phrase: str) -> None:
    _, _, count = phrase.partition("--current-replicas=")
    if count:
        # An example may ask for the number that another example leaves.
        _type(bed, (f"scale {_WEB} --replicas={count.split()[0]}",))
    _type(bed, _of(BEFORE, phrase))


def _with_oldest(bed: Bed, phrase: str) -> str:
    return phrase.replace(_FIRST, f"--to-revision={_oldest(bed)}") if _FIRST in phrase else phrase


def _with_present(bed: Bed, phrase: str) -> str:
    if _SHOWN not in phrase:
        return phrase
    # A release of the same template takes the number of the one before it away.
    found = bed.kubectl.items("deployments", "-n=shop", "--field-selector=metadata.name=web")
    [present] = [one["metadata"]["annotations"][_REVISION] for one in found]
    return phrase.replace(_SHOWN, f"--revision={present}")


def _oldest(bed: Bed) -> int:
    """Return the daemon set's oldest revision: each restoration gives its old one a new number."""
    kept = bed.kubectl.items("controllerrevisions", "-n=shop", "-l=app=agent")
    return min((one["revision"] for one in kept), default=1)


async def _listed(cluster: Connection, types: Iterable[str]) -> list[JsonObject]:
    return [one for each in types for one in await _all(cluster, each)]


def _made(found: Iterable[JsonObject]) -> dict[Key, JsonObject]:
    """Return what somebody made by hand, by kind and name."""
    made = [one for one in found if _by_hand(one["metadata"])]
    return {(one["kind"], one["metadata"]["name"]): one for one in made}


def _by_hand(metadata: JsonObject) -> bool:
    # A job that somebody starts before its time belongs to its CronJob all the same.
    started = (metadata.get("annotations") or {}).get("cronjob.kubernetes.io/instantiate")
    return not metadata.get("ownerReferences") or started == "manual"


async def _all(cluster: Connection, typed: str) -> list[JsonObject]:
    resource = await cluster.resource(typed)
    query = Query(resource, "shop" if resource.namespaced else "")
    known = {"apiVersion": resource.api_version, "kind": resource.kind}
    return [known | one async for page in cluster.pages(query) for one in page["items"]]


def _put_back(bed: Bed, before: Mapping[Key, JsonObject], after: Mapping[Key, JsonObject]) -> None:
    for (kind, name), one in after.items():
        if (kind, name) not in before and not name.startswith("kube-root-ca"):
            namespace = [f"-n={one['metadata']['namespace']}"] if _is_inside(one) else []
            bed.kubectl.out("delete", kind, name, *namespace, "--ignore-not-found", "--wait=false")
    for key, one in before.items():
        if key in after and _bare(one) == _bare(after[key]) and not _ends(after[key]):
            continue
        assert one["kind"] != "Secret", "its values are masked where they are read"
        if key not in after or _ends(after[key]):
            _again(bed, one)
        else:
            _replace(bed, _bare(one))


def _replace(bed: Bed, one: JsonObject) -> None:
    # kubectl reads the object first, and a controller may write its status in between.
    for last in (False, False, True):
        done = bed.kubectl("replace", "-f=-", "--validate=false", stdin=json.dumps(one))
        if done.returncode == 0:
            return
        assert not last, done.stderr
        assert "the object has been modified" in done.stderr, done.stderr


def _again(bed: Bed, one: JsonObject) -> None:
    name = f"{one['kind']}/{one['metadata']['name']}"
    namespace = [f"-n={one['metadata']['namespace']}"] if _is_inside(one) else []
    if one["kind"] == "Pod":
        one = {**one, "spec": {**one["spec"], "nodeName": None}}
    bed.kubectl("wait", "--for=delete", name, *namespace, "--timeout=30s")
    bed.kubectl.out("create", "-f=-", "--validate=false", stdin=json.dumps(_bare(one)))


def _ends(one: JsonObject) -> bool:
    return bool(one["metadata"].get("deletionTimestamp"))


def _is_inside(one: JsonObject) -> bool:
    return bool(one["metadata"].get("namespace"))


def _bare(one: JsonObject) -> JsonObject:
    """Return what somebody wants of the object."""
    metadata = {key: value for key, value in one["metadata"].items() if key not in _ITS_OWN}
    notes = metadata.get("annotations") or {}
    metadata["annotations"] = {key: text for key, text in notes.items() if key != _REVISION}
    return {**{key: value for key, value in one.items() if key != "status"}, "metadata": metadata}


def _of(table: Mapping[str, Phrases], phrase: str) -> Phrases:
    return next((typed for begin, typed in table.items() if phrase.startswith(begin)), ())


def _type(bed: Bed, phrases: Phrases) -> None:
    for each in phrases:
        bed.kubectl.out(*each.split(), "-n=shop")

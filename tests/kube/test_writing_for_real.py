"""What makes a plan stale, and what does not, by the API server's own refusals."""

import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest
import pytest_asyncio

from bot.core.clock import SystemClock
from bot.core.errors import BusyError, ConflictError, SupersededError
from bot.core.plan import (
    Apply,
    Create,
    Delete,
    Evict,
    Merge,
    Operation,
    Patch,
    Seen,
    Step,
    Target,
)
from bot.core.ports import JsonObject, Landed, Query
from bot.core.request import KubeconfigUser
from bot.environment import variables
from bot.kube import writing
from bot.kube.fleet import Fleet, Options
from bot.kube.messages import Message
from bot.kube.reader import ClusterReader
from tests.cluster.bed import Bed

pytestmark = pytest.mark.boxed

DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "labels": {"tier": "one"}},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "app", "image": "app:1"}]},
        },
    },
}


BUDGET = """{"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"},
"spec": {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}}}"""


@pytest.fixture
def namespace(bed: Bed) -> Iterator[str]:
    name = f"sent-{secrets.token_hex(4)}"
    bed.kubectl.out("create", "namespace", name)
    yield name
    bed.kubectl.out("delete", "namespace", name, "--wait=false")


@pytest_asyncio.fixture
async def cluster(bed: Bed) -> AsyncIterator[ClusterReader]:
    options = Options(kubeconfig=str(bed.kubeconfig))
    fleet = Fleet(options, SystemClock(), terminal=True, environment=variables())
    opened = fleet.open(fleet.default_context, KubeconfigUser(), "r-1", 60)
    assert isinstance(opened, ClusterReader)
    yield opened
    await fleet.close()


@dataclass
class Web:
    """The deployment `web` of a namespace of its own, and what happens to it."""

    bed: Bed
    cluster: ClusterReader
    target: Target
    item: JsonObject

    def now(self, *arguments: str) -> None:
        """Do as the administrator what kubectl does."""
        self.bed.kubectl.out(*arguments, "-n", self.target.namespace)

    async def overtaken(self, step: Step, *happens: Callable[[], None]) -> JsonObject:
        """Send the step; something happens after each of its first looks at the object."""
        left = list(happens)

        async def exchange(message: Message) -> JsonObject:
            answer = await self.cluster._exchange(message)
            if message.method == "GET" and left:
                left.pop(0)()
            return answer

        return await writing.send(exchange, step)

    def asked(self, since: int, verb: str) -> list[int]:
        """Return the code of each change of it that the API server was asked for."""
        return [
            event["responseStatus"]["code"]
            for event in self.bed.audit.events(since)
            if event["verb"] == verb
            and "quarterdeck" in event["userAgent"]
            and event["objectRef"].get("namespace") == self.target.namespace
        ]


@pytest_asyncio.fixture
async def web(bed: Bed, cluster: ClusterReader, namespace: str) -> Web:
    new = Target("ctx", "apps", "v1", "deployments", "Deployment", namespace, "web", "")
    item = await cluster.send(Create(new, orjson.dumps(DEPLOYMENT).decode()))
    return Web(bed, cluster, replace(new, uid=item["metadata"]["uid"]), item)


def changes_of(web: Web) -> dict[str, Step]:
    seen = (Seen("/metadata/labels/tier", "one"),)
    labels = {"metadata": {"labels": {"tier": "two"}}}
    applied = {"apiVersion": "apps/v1", "kind": "Deployment", **labels}
    applied["metadata"] = {"name": "web", **labels["metadata"]}
    return {
        "merge": Merge(web.target, orjson.dumps(labels).decode(), "merge", seen),
        "strategic": Merge(web.target, orjson.dumps(labels).decode(), "strategic", seen),
        "apply": Apply(web.target, orjson.dumps(applied).decode(), seen, force=True),
        "delete": Delete(web.target, seen),
    }


KINDS = ["merge", "strategic", "apply", "delete"]


@pytest.mark.parametrize("kind", KINDS)
async def test_an_autoscaler_and_a_status_void_nothing(web: Web, kind: str) -> None:
    step, since = changes_of(web)[kind], web.bed.audit.position()
    status = '{"status":{"conditions":[{"type":"Odd","status":"True"}]}}'
    await web.overtaken(
        step,
        lambda: web.now("scale", "deployment/web", "--replicas=3"),
        lambda: web.now(
            "patch", "deployment/web", "--subresource=status", "--type=merge", f"-p={status}"
        ),
    )
    assert await web.cluster.landed(step) is Landed.YES
    verb = "delete" if kind == "delete" else "patch"
    # The API server refused each time, since the object had moved on; then it was done.
    await web.bed.audit.awaited(lambda event: _answered(event, verb, 200, web), since)
    codes = web.asked(since, verb)
    assert codes[-1] == 200
    assert codes.count(409) >= 2  # a real controller writes its status in between, too


@pytest.mark.parametrize("kind", KINDS)
async def test_a_changed_field_that_was_seen_voids_it(web: Web, kind: str) -> None:
    step, since = changes_of(web)[kind], web.bed.audit.position()
    with pytest.raises(SupersededError, match="tier is three, and was one"):
        await web.overtaken(
            step, lambda: web.now("label", "deploy/web", "tier=three", "--overwrite")
        )
    verb = "delete" if kind == "delete" else "patch"
    event = await web.bed.audit.awaited(lambda event: _answered(event, verb, 409, web), since)
    bonds = event["requestObject"].get("preconditions") or event["requestObject"]["metadata"]
    assert bonds["uid"] == web.target.uid
    assert bonds["resourceVersion"]
    assert web.asked(since, verb) == [409]


def _answered(event: dict[str, Any], verb: str, code: int, web: Web) -> bool:
    return (
        event["verb"] == verb
        and event.get("responseStatus", {}).get("code") == code
        and event["objectRef"].get("namespace") == web.target.namespace
        and "quarterdeck" in event["userAgent"]
    )


async def test_a_json_patch_is_refused_by_its_own_test_and_names_what_changed(web: Web) -> None:
    step = Patch(
        web.target,
        (
            Operation("test", "/metadata/uid", web.target.uid),
            Operation("test", "/metadata/labels/tier", "one"),
            Operation("replace", "/metadata/labels/tier", "two"),
        ),
        manager="kubectl-label",
    )
    since = web.bed.audit.position()
    web.now("scale", "deployment/web", "--replicas=3")
    await web.cluster.send(replace(step, dry_run=True))  # what scales it voids nothing
    assert await web.cluster.landed(step) is Landed.NO
    web.now("label", "deployment/web", "tier=three", "--overwrite")
    with pytest.raises(SupersededError, match="tier is three, and was one"):
        await web.cluster.send(step)
    await web.bed.audit.awaited(lambda event: _answered(event, "patch", 422, web), since)


async def test_conflicts_of_managers_read_as_kubectl_tells_them(web: Web) -> None:
    item = {**DEPLOYMENT, "metadata": {"name": "web", "namespace": web.target.namespace}}
    item["spec"] = {**item["spec"], "replicas": 5}  # type: ignore[dict-item]
    manifest = orjson.dumps(item).decode()
    web.now("scale", "deployment/web", "--replicas=4")
    how = ("apply", "--server-side", "--validate=false", "-f=-")
    expected = web.bed.kubectl(*how, stdin=manifest).stderr
    with pytest.raises(ConflictError) as caught:
        await web.cluster.send(Apply(web.target, manifest))
    assert f"{caught.value.text}\n" == expected
    assert "conflict" in expected


async def test_an_apply_neither_revives_nor_takes_over(web: Web) -> None:
    apply = changes_of(web)["apply"]
    other = replace(web.target, name="other")
    with pytest.raises(SupersededError, match="was deleted since"):
        await web.cluster.send(replace(apply, target=other))
    with pytest.raises(SupersededError, match="was created by somebody else"):
        await web.cluster.send(replace(apply, target=replace(web.target, uid="")))


async def test_pods_leave_as_their_budget_lets_them_and_are_waited_for(web: Web) -> None:
    names = ("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", web.target.namespace)
    await web.cluster.send(Create(Target("ctx", *names, "web", ""), BUDGET))
    web.now("rollout", "status", "deployment/web")
    web.now("wait", "pdb/web", "--for=jsonpath={.status.currentHealthy}=2")
    first, second = [await web.cluster.fetch(query) for query in await _pods(web)]
    with pytest.raises(BusyError) as caught:
        await web.cluster.send(Evict(_pod(first)))
    assert caught.value.text.startswith("Cannot evict pod as it would violate")
    assert "needs 2 healthy pods and has 2 currently" in caught.value.next_step
    web.now("patch", "pdb/web", "--type=merge", '-p={"spec":{"minAvailable":1}}')
    web.now("wait", "pdb/web", "--for=jsonpath={.status.disruptionsAllowed}=1")
    await web.cluster.send(Evict(_pod(first)))
    assert await web.cluster.landed(Evict(_pod(first))) is Landed.YES
    assert await web.cluster.gone(_pod(first), 30)
    assert await web.cluster.send(Evict(_pod(first))) == {}
    # One of the same name that came later is not that one.
    assert await web.cluster.send(Evict(replace(_pod(second), uid="earlier"))) == {}
    assert await web.cluster.landed(Evict(_pod(second))) is Landed.NO


async def _pods(web: Web) -> list[Query]:
    resource = await web.cluster.resource("pods")
    query = Query(resource, web.target.namespace)
    pages = web.cluster.pages(query)
    return [
        replace(query, name=item["metadata"]["name"])
        async for page in pages
        for item in page["items"]
    ]


def _pod(item: JsonObject) -> Target:
    metadata = item["metadata"]
    names = metadata["namespace"], metadata["name"], metadata["uid"]
    return Target("ctx", "", "v1", "pods", "Pod", *names)

"""The names of a workload's pods: the names that its pods have on a cluster, and no others."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from bot.core.clock import SystemClock
from bot.core.errors import UsageError
from bot.core.ports import Connection, Query
from bot.core.request import KubeconfigUser
from bot.kube.fleet import Fleet, Options
from bot.kube.podnames import PodNames, Template, _recent, pods_of, templates_of
from bot.kube.workloads import with_span, workload_of
from tests.cluster.bed import Bed

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@pytest_asyncio.fixture
async def cluster(bed: Bed) -> AsyncIterator[Connection]:
    options = Options(kubeconfig=str(bed.kubeconfig))
    fleet = Fleet(options, SystemClock(), terminal=True, environment={})
    yield fleet.open(fleet.default_context, KubeconfigUser(), "r-1", 30)
    await fleet.close()


def matches(names: PodNames, pod: str) -> bool:
    owned = (re.fullmatch(f"{re.escape(owner)}{names.tail}", pod) for owner in names.owners)
    return pod in names.names or any(owned)


@pytest.mark.boxed
@pytest.mark.parametrize(
    ("words", "pods"),
    [
        (("deploy/web",), {"web"}),
        (("deployment", "cart"), {"cart"}),
        (("sts/db",), {"db"}),
        (("ds/agent",), {"agent"}),
    ],
)
async def test_a_workloads_pods_are_found_by_their_names(
    cluster: Connection, words: tuple[str, ...], pods: set[str]
) -> None:
    workload = await workload_of(cluster, "shop", words, "prom app")
    names = await pods_of(cluster, workload, datetime.now(UTC) - timedelta(hours=1))
    query = Query(await cluster.resource("pods"), "shop")
    found = {
        (pod["metadata"].get("labels") or {}).get("app", "")
        for page in [page async for page in cluster.pages(query)]
        for pod in page["items"]
        if matches(names, pod["metadata"]["name"])
    }
    assert found == pods


@pytest.mark.boxed
async def test_a_pod_is_its_own(cluster: Connection) -> None:
    workload = await workload_of(cluster, "shop", ("pod/db-0",), "prom app")
    assert await pods_of(cluster, workload, NOON) == PodNames(names=("db-0",))


@pytest.mark.boxed
async def test_a_service_has_no_pods_of_its_own(cluster: Connection) -> None:
    workload = await workload_of(cluster, "shop", ("svc/web",), "prom app")
    with pytest.raises(UsageError, match="service/web has no pods of its own"):
        await pods_of(cluster, workload, NOON)


@pytest.mark.boxed
async def test_the_present_template_comes_first(cluster: Connection) -> None:
    workload = await workload_of(cluster, "shop", ("deploy/web",), "prom compare")
    present, *_ = await templates_of(cluster, workload)
    assert present.replicas > 0
    assert present.replica_set.startswith("web-")


def template(revision: int, minutes: int, *, reused: bool = False) -> Template:
    """Return a template that was made so many minutes before noon."""
    made = NOON - timedelta(minutes=minutes)
    return Template(f"web-{revision}", revision, f"{made:%Y-%m-%dT%H:%M:%SZ}", 1, reused)


@pytest.mark.parametrize(
    ("templates", "revisions"),
    [
        ((template(3, 500), template(2, 600), template(1, 700)), [3]),
        ((template(3, 10), template(2, 600), template(1, 700)), [3, 2]),
        ((template(3, 10), template(2, 20), template(1, 700)), [3, 2, 1]),
        ((template(4, 700, reused=True), template(3, 600), template(2, 800)), [4, 3]),
        ((template(1, 10),), [1]),
    ],
)
def test_templates_that_had_pods_in_the_last_hour_are_looked_at(
    templates: tuple[Template, ...], revisions: list[int]
) -> None:
    found = _recent(templates, NOON - timedelta(hours=1))
    assert [one.revision for one in found] == revisions


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("deploy/web",), (("deploy/web",), "")),
        (("deploy/web", "1h"), (("deploy/web",), "1h")),
        (("deploy", "web"), (("deploy", "web"), "")),
        (("deploy", "web", "1h"), (("deploy", "web"), "1h")),
        (("deploy", "1h"), (("deploy", "1h"), "")),
        ((), ((), "")),
    ],
)
def test_a_time_stands_behind_the_workload(
    words: tuple[str, ...], expected: tuple[tuple[str, ...], str]
) -> None:
    assert with_span(words) == expected

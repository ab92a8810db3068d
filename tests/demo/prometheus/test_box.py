"""The simulated shop, as Prometheus and Alertmanager see it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.demo.cluster import scenes
from bot.demo.cluster.box import Box
from bot.demo.prometheus.box import Observatory
from tests.clock import IdleClock

SILENCE = {
    "matchers": [{"name": "namespace", "value": "shop", "isRegex": False, "isEqual": True}],
    "createdBy": "ada",
    "comment": "we know",
}


class Shop:
    """A cluster with what measures it, and questions to that."""

    def __init__(self, box: Box, observatory: Observatory, client: aiohttp.ClientSession) -> None:
        self.box, self.observatory, self._client = box, observatory, client

    async def get(self, path: str, **asked: Any) -> Any:
        async with self._client.get(
            f"{self.observatory.url}/api/v1/{path}", params=asked
        ) as answer:
            assert answer.status == 200, await answer.text()
            return (await answer.json())["data"]

    async def vector(self, expression: str) -> dict[str, float]:
        """Return the values by the only label of each."""
        found = (await self.get("query", query=expression))["result"]
        return {"".join(each["metric"].values()): float(each["value"][1]) for each in found}

    async def alerts(self, **asked: Any) -> Any:
        url = f"{self.observatory.alerts_url}/api/v2/alerts"
        async with self._client.get(url, params=asked) as answer:
            return await answer.json()

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        url = f"{self.observatory.alerts_url}/api/v2/{path}"
        async with self._client.request(method, url, json=body) as answer:
            raw = await answer.read()
            return answer.status, await answer.json() if raw else None

    async def until(self, check: Callable[[], Any]) -> Any:
        async with asyncio.timeout(30):
            while not (found := await check()):
                await self.box.clock.sleep(1)
        return found


reads = pytest.mark.asyncio(loop_scope="module")
"""What changes nothing looks at one shop: two hours of samples are made for each."""


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with measured(tmp_path) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def calm(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    async with measured(tmp_path_factory.mktemp("calm")) as made:
        yield made


@asynccontextmanager
async def measured(folder: Path) -> AsyncIterator[Shop]:
    async with Box(folder, scene=scenes.SHOP, clock=IdleClock()) as box:
        await scenes.settled(box.registry, scenes.read(scenes.RELEASES))
        async with (
            Observatory(box.registry, box.clock) as observatory,
            aiohttp.ClientSession() as c,
        ):
            yield Shop(box, observatory, c)


@reads
async def test_an_hour_is_there_at_once(calm: Shop) -> None:
    now = calm.box.clock.now().timestamp()
    span = {"start": now - 3600, "end": now, "step": 60}
    found = await calm.get("query_range", query="sum(rate(http_requests_total[5m]))", **span)
    [series] = found["result"]
    assert len(series["values"]) == 61
    assert all(20 < float(value) < 200 for _, value in series["values"])


@reads
async def test_metrics_tell_of_the_cluster_as_it_is(calm: Shop) -> None:
    wanted = await calm.vector("sum by (deployment) (kube_deployment_spec_replicas)")
    assert wanted["web"] == 3
    used = await calm.vector('sum by (pod) (container_memory_working_set_bytes{pod=~"web-.*"})')
    assert set(used.values()) == {96 * 2**20}
    cores = 'sum by (container) (rate(container_cpu_usage_seconds_total{container="web"}[5m]))'
    assert await calm.vector(cores) == pytest.approx({"web": 3 * 0.12})


async def test_a_pod_that_is_gone_is_gone_from_metrics_too(shop: Shop) -> None:
    pods = "count by (pod) (kube_pod_info{pod=~'web-.*'})"
    before = await shop.vector(pods)
    await shop.box.trouble("error-spike")

    async def replaced() -> bool:
        return len(now := await shop.vector(pods)) == 3 and not now.keys() & before.keys()

    assert await shop.until(replaced)


async def test_errors_after_a_release_raise_an_alert_and_a_rollback_ends_it(shop: Shop) -> None:
    await shop.box.trouble("error-spike")

    async def state() -> set[str]:
        alerts = (await shop.get("alerts"))["alerts"]
        return {a["state"] for a in alerts if a["labels"]["alertname"] == "ErrorsHigh"}

    async def pending() -> bool:
        return await state() == {"pending"}

    async def firing() -> bool:
        return await state() == {"firing"}

    async def over() -> bool:
        return not await state()

    assert await shop.until(pending)
    assert await shop.until(firing)
    [notice] = await shop.alerts(filter='alertname="ErrorsHigh"')
    assert notice["labels"] == {
        "alertname": "ErrorsHigh", "job": "web", "namespace": "shop", "severity": "page",
    }  # fmt: skip
    assert notice["annotations"]["summary"].startswith("web answers ")
    hashes = await shop.vector(
        "sum by (pod_template_hash) (rate(http_requests_total{code='500',job='web'}[1m])) > 1"
    )
    [bad] = hashes
    template = shop.box.registry.store.list("replicasets.apps", "shop")
    [broken] = [each for each in template if each["metadata"]["name"] == f"web-{bad}"]
    assert ":error-30-1.4.1" in broken["spec"]["template"]["spec"]["containers"][0]["image"]
    await shop.box.recover("error-spike")
    assert await shop.until(over)
    assert await shop.alerts(filter='alertname="ErrorsHigh"') == []


async def test_what_is_silenced_is_suppressed_until_the_silence_is_ended(shop: Shop) -> None:
    await shop.box.trouble("crash-loop")

    async def told() -> Any:
        return await shop.alerts(filter='alertname="CrashLoop"')

    assert (await shop.until(told))[0]["status"]["state"] == "active"
    now = shop.box.clock.now()
    span = {"startsAt": now.isoformat(), "endsAt": now.replace(year=now.year + 1).isoformat()}
    status, made = await shop.call("POST", "silences", SILENCE | span)
    assert status == 200
    [notice] = await told()
    assert notice["status"]["state"] == "suppressed"
    assert notice["status"]["silencedBy"] == [made["silenceID"]]
    assert await shop.alerts(filter='alertname="CrashLoop"', silenced="false") == []
    assert await shop.call("DELETE", f"silence/{made['silenceID']}") == (200, None)
    assert (await told())[0]["status"]["state"] == "active"
    [kept] = (await shop.call("GET", "silences"))[1]
    assert kept["status"] == {"state": "expired"}


@reads
async def test_rules_tell_how_they_are(calm: Shop) -> None:
    groups = {group["name"]: group["rules"] for group in (await calm.get("rules"))["groups"]}
    assert [rule["type"] for rule in groups["shop.rules"]] == ["recording", "recording"]
    assert {rule["health"] for rules in groups.values() for rule in rules} == {"ok"}
    [only] = (await calm.get("rules", type="record"))["groups"]
    assert only["name"] == "shop.rules"


async def test_targets_tell_who_does_not_answer(shop: Shop) -> None:
    await shop.box.trouble("node-down", "node-b")

    async def down() -> list[Any]:
        targets = (await shop.get("targets", state="active"))["activeTargets"]
        return [each for each in targets if each["health"] == "down"]

    found = await shop.until(down)
    assert {each["labels"]["node"] for each in found} == {"node-b"}
    errors = {each["lastError"] for each in found}
    assert errors == {"server returned HTTP status 503 Service Unavailable"}


@reads
async def test_what_has_ended_is_discovered_and_not_scraped(calm: Shop) -> None:
    async def phases() -> set[str]:
        found = (await calm.get("targets", state="dropped"))["droppedTargets"]
        return {each["discoveredLabels"]["__meta_kubernetes_pod_phase"] for each in found}

    assert await calm.until(phases) == {"Succeeded"}


@reads
async def test_a_metric_says_what_it_is(calm: Shop) -> None:
    found = await calm.get("metadata", metric="http_request_duration_seconds")
    told = {"type": "histogram", "help": "Time to answer a request.", "unit": ""}
    assert found == {"http_request_duration_seconds": [told]}


@reads
async def test_series_labels_and_values_are_listed(calm: Shop) -> None:
    chosen = {"match[]": 'up{job="web"}'}
    assert {each["job"] for each in await calm.get("series", **chosen)} == {"web"}
    assert await calm.get("label/job/values", **chosen) == ["web"]
    names = await calm.get("labels", **chosen)
    assert names == ["__name__", "instance", "job", "namespace", "node", "pod", "pod_template_hash"]

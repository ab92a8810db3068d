"""Puts the benchmark's pods into a cluster and waits until all of them run."""

import asyncio
import itertools
from collections.abc import Iterator

import orjson

from benchmarks.pods import Document, pod
from bot.core.clock import SystemClock
from bot.core.errors import NotFoundError
from bot.core.request import KubeconfigUser
from bot.kube.credentials import Kubeconfig
from bot.kube.transport import Call, Transport

NAMESPACES = {"big": 10_000, "hundred": 100, "small": 20}
"""How many pods each holds."""
IN_FLIGHT = 16
REQUEST_SECONDS = 30
RUNNING_SECONDS = 240


class Filler:
    """The administrator at work."""

    def __init__(self, kubeconfig: str) -> None:
        self._clock = SystemClock()
        configuration = Kubeconfig(kubeconfig, self._clock, {})
        source = configuration.source(configuration.current)
        self._transport = Transport(source, self._clock, terminal=True)

    async def fill(self) -> None:
        """Create the namespaces and their pods; return when all pods run.

        Raises:
            TimeoutError: they do not run in time.
        """
        try:
            for name in NAMESPACES:
                await self._post("/api/v1/namespaces", _namespace(name))
                await self._await(f"/api/v1/namespaces/{name}/serviceaccounts/default")
            manifests = _manifests()
            await asyncio.gather(*(self._work(manifests) for _ in range(IN_FLIGHT)))
            async with asyncio.timeout(RUNNING_SECONDS):
                for name in NAMESPACES:
                    await self._all_run(name)
        finally:
            await self._transport.close()

    async def _work(self, manifests: Iterator[Document]) -> None:
        for manifest in manifests:
            namespace = manifest["metadata"]["namespace"]
            await self._post(f"/api/v1/namespaces/{namespace}/pods", manifest)

    async def _all_run(self, namespace: str) -> None:
        query = {"fieldSelector": "status.phase!=Running", "limit": "1"}
        while (await self._get(f"/api/v1/namespaces/{namespace}/pods", query))["items"]:
            await self._clock.sleep(1)

    async def _await(self, path: str) -> None:
        async with asyncio.timeout(REQUEST_SECONDS):
            while True:
                try:
                    await self._get(path, {})
                except NotFoundError:  # its controller has not come to it yet
                    await self._clock.sleep(0.05)
                else:
                    return

    async def _post(self, path: str, manifest: Document) -> None:
        call = Call(
            path,
            KubeconfigUser(),
            "benchmark",
            REQUEST_SECONDS,
            method="POST",
            body=orjson.dumps(manifest),
            content_type="application/json",
        )
        await self._transport.request(call)

    async def _get(self, path: str, query: dict[str, str]) -> Document:
        call = Call(path, KubeconfigUser(), "benchmark", REQUEST_SECONDS, parameters=query)
        answer: Document = orjson.loads(await self._transport.request(call))
        return answer


def _namespace(name: str) -> Document:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _manifests() -> Iterator[Document]:
    numbers = itertools.count()
    for namespace, count in NAMESPACES.items():
        for _ in range(count):
            yield pod(next(numbers), namespace)

"""The objects of a cluster, kept as they are now: listed once, then watched."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import orjson

Object = dict[str, Any]

WATCHED = {
    "pods": "/api/v1/pods",
    "nodes": "/api/v1/nodes",
    "deployments": "/apis/apps/v1/deployments",
    "replicasets": "/apis/apps/v1/replicasets",
}
AGAIN_SECONDS = 0.5
"""Before an API server that gave no answer is asked again."""
BUFFER = 1 << 22
"""Bytes that one line of a watch may have: an object, and the room that an API server gives it."""


@dataclass(frozen=True, slots=True)
class Access:
    """The way to an API server: as whoever the token belongs to."""

    server: str
    ca_file: Path
    token_file: Path


@dataclass(frozen=True, slots=True)
class Cluster:
    """The objects by resource (`pods`), and there by namespace and name."""

    objects: Mapping[str, dict[tuple[str, str], Object]] = field(
        default_factory=lambda: {name: {} for name in WATCHED}
    )
    listed: set[str] = field(default_factory=set)
    """The resources that are known by now."""

    @property
    def known(self) -> bool:
        """Return whether all has been listed."""
        return len(self.listed) == len(WATCHED)

    def pod(self, namespace: str, name: str) -> Object | None:
        """Return the pod, if there is one."""
        return self.objects["pods"].get((namespace, name))


@asynccontextmanager
async def watched(access: Access) -> AsyncIterator[Cluster]:
    """Keep a cluster in step with the API server until the block ends."""
    cluster = Cluster()
    trust = ssl.create_default_context(cafile=str(access.ca_file))
    async with aiohttp.ClientSession(
        access.server,
        headers={"Authorization": f"Bearer {access.token_file.read_text().strip()}"},
        connector=aiohttp.TCPConnector(ssl=trust),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
        read_bufsize=BUFFER,
        raise_for_status=True,
    ) as session:
        keepers = [asyncio.create_task(_keep(session, cluster, name)) for name in WATCHED]
        try:
            yield cluster
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)


async def _keep(session: aiohttp.ClientSession, cluster: Cluster, resource: str) -> None:
    while True:
        try:
            version = await _list(session, cluster, resource)
            await _watch(session, cluster, resource, version)
        except (aiohttp.ClientError, TimeoutError) as error:
            print(f"{resource}: {error!r}", flush=True)
            await asyncio.sleep(AGAIN_SECONDS)


async def _list(session: aiohttp.ClientSession, cluster: Cluster, resource: str) -> str:
    async with session.get(WATCHED[resource]) as answer:
        listed = orjson.loads(await answer.read())
    now = {_key(each): each for each in listed["items"]}
    cluster.objects[resource].clear()
    cluster.objects[resource].update(now)
    cluster.listed.add(resource)
    return str(listed["metadata"]["resourceVersion"])


async def _watch(
    session: aiohttp.ClientSession, cluster: Cluster, resource: str, version: str
) -> None:
    """Follow what happens until the server ends the watch, or can no longer tell."""
    asked = {"watch": "true", "resourceVersion": version}
    async with session.get(WATCHED[resource], params=asked) as answer:
        async for line in answer.content:
            event = orjson.loads(line)
            match event["type"]:
                case "ERROR":  # too old, most often: all is listed again
                    return
                case "DELETED":
                    cluster.objects[resource].pop(_key(event["object"]), None)
                case _:
                    cluster.objects[resource][_key(event["object"])] = event["object"]


def _key(each: Object) -> tuple[str, str]:
    metadata = each["metadata"]
    return metadata.get("namespace", ""), metadata["name"]

"""An exporter that sees the API server and nothing else; it stands for all that can be scraped.

`python -m tests.metrics.exporter SERVER CA_FILE TOKEN_FILE PORT` answers, on 127.0.0.1 alone,

  /metrics                           as kube-state-metrics does
  /nodes/NODE/metrics/cadvisor       as a kubelet does, for its containers
  /pods/NAMESPACE/POD/metrics        as the pod's program does, while the pod is ready
  /ready                             whether all has been listed

Nothing can be set: what it says follows from the cluster and from the time.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from tests.metrics import containers, requests, state
from tests.metrics.cluster import Access, Cluster, watched
from tests.metrics.families import PROTOBUF, TEXT, Family, protobuf, text

HOST = "127.0.0.1"


def application(cluster: Cluster) -> web.Application:
    """Return the server of a cluster's metrics."""

    async def ready(_: web.Request) -> web.Response:
        return web.Response(status=200 if cluster.known else 503)

    async def whole(request: web.Request) -> web.Response:
        objects = {name: each.values() for name, each in cluster.objects.items()}
        return _answer(request, state.families(objects))

    async def node(request: web.Request) -> web.Response:
        found = cluster.objects["nodes"].get(("", request.match_info["node"]))
        if found is None:
            raise web.HTTPNotFound
        pods, now = cluster.objects["pods"].values(), time.time()
        return _answer(request, containers.families(found, pods, now), now)

    async def pod(request: web.Request) -> web.Response:
        found = cluster.pod(request.match_info["namespace"], request.match_info["pod"])
        if found is None or not requests.serves(found):
            raise web.HTTPNotFound
        if not requests.ready(found):
            raise web.HTTPServiceUnavailable
        now = time.time()
        return _answer(request, requests.families(found, now), now)

    app = web.Application()
    app.router.add_get("/ready", ready)
    app.router.add_get("/metrics", whole)
    app.router.add_get("/nodes/{node}/metrics/cadvisor", node)
    app.router.add_get("/pods/{namespace}/{pod}/metrics", pod)
    return app


def _answer(
    request: web.Request, families: Sequence[Family], at: float | None = None
) -> web.Response:
    """Return the families; what grows with the time says when it was so, as cAdvisor does.

    Else a busy machine, which answers now at once and then late, would change every rate.
    """
    # Prometheus asks for protobuf first where native histograms are wanted.
    accepted = request.headers.get("Accept", "")
    if accepted.startswith("application/vnd.google.protobuf"):
        return web.Response(body=protobuf(families, at), headers={"Content-Type": PROTOBUF})
    return web.Response(body=text(families, at), headers={"Content-Type": TEXT})


async def serve(access: Access, port: int) -> None:
    """Answer until the process is ended."""
    async with watched(access) as cluster:
        runner = web.AppRunner(application(cluster), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, HOST, port).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    server, ca_file, token_file, port = sys.argv[1:]
    asyncio.run(serve(Access(server, Path(ca_file), Path(token_file)), int(port)))

"""What is asked of both Alertmanagers, in order, and their answers in a form that can be compared.

Ids are numbered as they come, times are left out: what follows from them is a silence's state.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from aiohttp.test_utils import TestServer

from bot.core.clock import SystemClock
from bot.demo.prometheus.alertmanager import Alertmanager, Notice
from tests.cluster.peers import Located
from tests.metrics.servers import Server, running, temporary_home
from tests.ports import LOOPBACK, free_port

HERE = Path(__file__).parent
RECORDED = HERE / "recorded.jsonl"
ALERTS = (
    {"alertname": "ErrorsHigh", "namespace": "shop", "job": "web", "severity": "page"},
    {"alertname": "CrashLoop", "namespace": "shop", "pod": "search-1", "severity": "warning"},
    {"alertname": "CrashLoop", "namespace": "ops", "pod": "vault-1", "severity": "warning"},
)
TEXTS = {"summary": "Something is wrong."}
_CONFIGURATION = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)")


def steps() -> list[Any]:
    """Return the method, path and parameters or body of each request."""
    written = yaml.safe_load((HERE / "steps.yaml").read_text("utf-8"))
    return [[*step, None][:3] for step in written]


async def answers(client: aiohttp.ClientSession) -> list[Any]:
    """Take all steps, and return the status and the body of each answer."""
    ids: list[str] = []
    found = []
    for method, path, asked in steps():
        status, text = await _answer(client, method, path, asked, ids)
        for each in _ID.findall(text) if status == 200 else ():
            if each not in ids:
                ids.append(each)
        found.append([status, _plain(text, ids)])
    return found


async def _answer(
    client: aiohttp.ClientSession, method: str, path: str, asked: Any, ids: list[str]
) -> tuple[int, str]:
    now = datetime.now(UTC)

    def told(place: re.Match[str]) -> str:
        if place[1][0] in "+-":
            return (now + timedelta(seconds=int(place[1]))).isoformat()
        return ids[int(place[1]) - 1]

    filled = json.loads(re.sub(r"\{([-+]?\d+)\}", told, json.dumps([path, asked])))
    sent = {"json": filled[1]} if method == "POST" else {"params": _pairs(filled[1] or {})}
    async with client.request(method, f"/api/v2/{filled[0]}", **sent) as answer:
        return answer.status, await answer.text()


def _pairs(asked: Mapping[str, Any]) -> list[tuple[str, str]]:
    several = {name: each if isinstance(each, list) else [each] for name, each in asked.items()}
    return [(name, each) for name, values in several.items() for each in values]


def _plain(text: str, ids: list[str]) -> Any:
    numbered = _ID.sub(
        lambda each: f"id {ids.index(each[0]) + 1}" if each[0] in ids else each[0], text
    )
    plain = _TIME.sub("a time", numbered)
    try:
        return json.loads(plain) if plain else None
    except ValueError:
        return plain


@asynccontextmanager
async def simulated() -> AsyncIterator[aiohttp.ClientSession]:
    """Yield a way to the simulated Alertmanager, with the alerts in it."""
    clock = SystemClock()
    alertmanager, now = Alertmanager(clock), clock.now()
    later = now + timedelta(hours=1)
    alertmanager.tell(
        [Notice(labels, TEXTS, now, later, now, "http://here/graph") for labels in ALERTS]
    )
    application = alertmanager.application()
    async with TestServer(application) as server, aiohttp.ClientSession(server.make_url("")) as it:
        yield it


@contextmanager
def real(located: Located) -> Iterator[str]:
    """Run an Alertmanager on its own until the block ends, and yield its address."""
    port = free_port()
    address = f"{LOOPBACK}:{port}"
    with temporary_home() as home:
        (home / "alertmanager.yaml").write_text(_CONFIGURATION)
        command = (
            str(located.binaries["alertmanager"]),
            f"--config.file={home / 'alertmanager.yaml'}",
            f"--storage.path={home / 'data'}",
            f"--web.listen-address={address}",
            "--cluster.listen-address=",
        )
        with running(home, [Server("alertmanager", command, f"http://{address}/-/ready")]):
            yield f"http://{address}"


async def alarmed(client: aiohttp.ClientSession) -> None:
    """Tell a real Alertmanager of the alerts."""
    now = datetime.now(UTC)
    span = {"startsAt": now.isoformat(), "endsAt": (now + timedelta(hours=1)).isoformat()}
    body = [
        {"labels": labels, "annotations": TEXTS, "generatorURL": "http://here/graph", **span}
        for labels in ALERTS
    ]
    async with client.post("/api/v2/alerts", json=body) as answer:
        assert answer.status == 200, await answer.text()

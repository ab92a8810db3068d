"""The floor: the same pages asked for with aiohttp alone, parsed, and let go."""

import base64
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import yaml

from benchmarks.cost import Cost, WrongAnswerError, in_process
from benchmarks.inside import IDENTITY
from bot.kube.impersonation import identity_headers
from bot.kube.transport import ACCEPT_TABLE


def raw_session(kubeconfig: Path) -> aiohttp.ClientSession:
    """Return a session like the bot's own (`bot/kube/transport.py`), with all of its headers."""
    document = yaml.load(kubeconfig.read_bytes(), Loader=yaml.CSafeLoader)
    cluster = document["clusters"][0]["cluster"]
    trust = ssl.create_default_context(cadata=_authority(cluster))
    headers = identity_headers(IDENTITY, "/api/v1/pods", terminal=False)
    headers["Authorization"] = f"Bearer {document['users'][0]['user']['token']}"
    headers["Accept"] = ACCEPT_TABLE
    headers["Accept-Encoding"] = "identity"
    return aiohttp.ClientSession(
        cluster["server"],
        connector=aiohttp.TCPConnector(ssl=trust, limit=100),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=headers,
        read_bufsize=2**20,
    )


@dataclass(frozen=True, slots=True)
class Raw:
    """One list, asked for page by page."""

    session: aiohttp.ClientSession
    path: str
    parameters: Mapping[str, str]
    rows: int
    """How many it must have at the least."""

    async def ask(self) -> Cost:
        """Read and parse every page."""
        return await in_process(self._read())

    async def _read(self) -> None:
        rows, token = 0, ""
        while True:
            page = await self._page({"continue": token} if token else {})
            rows += len(page["rows"])
            token = page["metadata"].get("continue")
            if not token:
                break
        if rows < self.rows:
            raise WrongAnswerError(f"{self.path}: {rows} rows, where {self.rows} are due")

    async def _page(self, more: Mapping[str, str]) -> dict[str, Any]:
        parameters = {**self.parameters, **more, "limit": "500"}
        async with self.session.get(self.path, params=parameters) as response:
            body = await response.read()
        page: dict[str, Any] = orjson.loads(body)
        if page.get("kind") != "Table":
            raise WrongAnswerError(f"{self.path}: {page.get('message')}")
        return page


def _authority(cluster: Mapping[str, str]) -> str:
    return base64.b64decode(cluster["certificate-authority-data"]).decode()

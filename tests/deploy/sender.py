"""Plain requests to a real API server with one token: what the bot's own code would never send."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp
import yaml
from multidict import CIMultiDict

from tests.cluster.bed import Bed
from tests.deploy.rbac_evaluator import Ask, Target

JSON = "application/json"
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"


@dataclass(frozen=True, slots=True)
class Wish:
    """One request."""

    method: str
    path: str
    body: Any = None
    content_type: str = JSON
    target: Target | None = None
    """Whom it wants to be."""

    def headers(self) -> CIMultiDict[str]:
        headers: CIMultiDict[str] = CIMultiDict({"Content-Type": self.content_type})
        if self.target is not None:
            add_impersonation(headers, self.target)
        return headers


def add_impersonation(headers: CIMultiDict[str], target: Target) -> None:
    headers.add("Impersonate-User", target.user)
    for group in target.groups:
        headers.add("Impersonate-Group", group)
    if target.uid:
        headers.add("Impersonate-Uid", target.uid)
    for key, value in target.extras:
        headers.add(f"Impersonate-Extra-{quote(key, safe='')}", value)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API server said."""

    status: int
    content: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return str(self.content.get("message", ""))


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody with a token."""

    session: aiohttp.ClientSession
    server: str

    async def send(self, wish: Wish) -> Answer:
        data = None if wish.body is None else json.dumps(wish.body).encode()
        async with self.session.request(
            wish.method, self.server + wish.path, data=data, headers=wish.headers()
        ) as response:
            text = await response.text()
            is_json = response.content_type == JSON
            return Answer(response.status, json.loads(text) if is_json else {"message": text})

    async def send_all(self, wishes: Iterable[Wish]) -> list[Answer]:
        return await asyncio.gather(*map(self.send, wishes))

    async def may(self, asks: Iterable[Ask]) -> list[bool]:
        """Return the API server's answers to whether this somebody may do each, in order."""
        answers = await self.send_all(Wish("POST", SELF_REVIEWS, review(ask)) for ask in asks)
        return [bool(answer.content["status"]["allowed"]) for answer in answers]


SELF_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


def review(ask: Ask) -> dict[str, Any]:
    """Return the question whether whoever sends it may do something."""
    resource, _, subresource = ask.resource.partition("/")
    attributes = {
        "verb": ask.verb,
        "group": ask.group,
        "resource": resource,
        "subresource": subresource,
        "name": ask.name,
        "namespace": ask.namespace,
    }
    about = "nonResourceAttributes" if ask.path else "resourceAttributes"
    said = {"verb": ask.verb, "path": ask.path} if ask.path else attributes
    kind = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview"}
    return kind | {"spec": {about: said}}


@asynccontextmanager
async def sender(bed: Bed, token: str) -> AsyncIterator[Sender]:
    """Give somebody with that token on the bed's API server."""
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=bed.ca_file), limit=16)
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        yield Sender(session, bed.server)


def token_of_the_bot(bed: Bed) -> str:
    """Return the token that the bot's kubeconfig holds, and nothing else of it."""
    content = yaml.safe_load(bed.bot_kubeconfig.read_text())
    return str(content["users"][0]["user"]["token"])

"""A cluster in this process: started, with the ways into it, and gone without a trace.

async with Box(folder, scene=SHOP) as box:
    ...  # kubectl --kubeconfig=box.kubeconfig
"""

import asyncio
import base64
import secrets
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import trustme
import yaml

from bot.core.clock import Clock, SystemClock
from bot.demo.cluster import scenes
from bot.demo.cluster.access import AUTHENTICATED, MASTERS, Caller, Identities
from bot.demo.cluster.controllers import CONTROLLERS, Loop
from bot.demo.cluster.controllers.hands import Hands
from bot.demo.cluster.kinds import Kinds
from bot.demo.cluster.registry import Registry
from bot.demo.cluster.server import LOOPBACK, Server
from bot.demo.cluster.store import Key, Store
from bot.demo.cluster.values import Json

_ADMINISTRATOR = scenes.Someone("kubernetes-admin", "administrator", (MASTERS,))
# What the bot runs as (deploy/rbac.yaml).
_BOT = Key("serviceaccounts", "quarterdeck", "quarterdeck")


class Box:
    """One simulated cluster, and the files that lead into it, all of them in one folder."""

    def __init__(
        self, folder: Path, *, scene: Sequence[str] = (), clock: Clock | None = None
    ) -> None:
        """Take an empty folder; `scene` names files of scenes/ beside those of every cluster."""
        self.ca_file = folder / "ca.crt"
        self.audit_log = folder / "audit.log"
        """One JSON event a line."""
        self.logs = folder / "logs"
        """Folder of what containers have written, NAME.log; what is added to it is followed."""
        self.clock = clock or SystemClock()
        self.registry = Registry(Store(), Kinds(), self.clock)
        self._folder, self._scene = folder, (*scenes.FOUNDATION, *scene)
        self._people = {secrets.token_urlsafe(24): p for p in (_ADMINISTRATOR, *scenes.PEOPLE)}
        people = self._people.items()
        callers = {token: Caller(p.name, (*p.groups, AUTHENTICATED)) for token, p in people}
        self._identities = Identities(self.registry, callers)
        self._server = Server(self.registry, self._identities, self.audit_log, self.logs)
        self._authority = trustme.CA()
        self._running: list[asyncio.Task[None]] = []

    @property
    def kubeconfig(self) -> Path:
        """Return the administrator's kubeconfig."""
        return self.kubeconfig_of(_ADMINISTRATOR.name)

    @property
    def bot_kubeconfig(self) -> Path:
        """Return what the bot runs with: the token of its ServiceAccount and nothing else."""
        return self.kubeconfig_of("bot")

    def kubeconfig_of(self, name: str) -> Path:
        """Return the kubeconfig of somebody, whose token is all that it knows."""
        return self._folder / f"{name}.yaml"

    async def __aenter__(self) -> Self:
        """Put the scene into the cluster, and start the API server and the controllers."""
        authority = self._authority.cert_pem.bytes()
        self.logs.mkdir()
        self.ca_file.write_bytes(authority)
        scenes.put(self.registry, scenes.read(*self._scene))
        await self._serve()
        asked = {"spec": {"expirationSeconds": 7 * 24 * 3600}}
        bot = self._identities.token_request(_BOT, asked)["status"]["token"]
        for token, one in {**self._people, bot: scenes.Someone("bot", "bot", ())}.items():
            file = self.kubeconfig_of(one.name)
            file.touch(mode=0o600)
            config = _kubeconfig(one, self._server, authority, token)
            file.write_text(yaml.dump(config, Dumper=yaml.CSafeDumper))
        loop = Loop(Hands(self.registry, authority.decode()), CONTROLLERS)
        self._running.append(asyncio.create_task(loop.run()))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop; what is being answered ends at once."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._server.stop()

    async def trouble(self, name: str, where: str = "") -> None:
        """Begin a trouble of the scenes, there or where it usually is. Raises KeyError."""
        if name == scenes.API_SERVER_DOWN:
            await self._server.stop()
        else:
            scenes.trouble(self.registry, name, where, over=False)

    async def recover(self, name: str, where: str = "") -> None:
        """End the trouble; an API server comes back at its old address. Raises KeyError."""
        if name == scenes.API_SERVER_DOWN:
            await self._serve()
        else:
            scenes.trouble(self.registry, name, where, over=True)

    async def _serve(self) -> None:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._authority.issue_cert(LOOPBACK).configure_cert(tls)
        await self._server.start(tls)


def _kubeconfig(one: scenes.Someone, server: Server, authority: bytes, token: str) -> Json:
    data = base64.b64encode(authority).decode()
    cluster = {"server": server.address, "certificate-authority-data": data}
    context = {"cluster": "demo", "user": one.name, "namespace": one.namespace}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "demo", "cluster": cluster}],
        "users": [{"name": one.name, "user": {"token": token}}],
        "contexts": [{"name": f"{one.name}@demo", "context": context}],
        "current-context": f"{one.name}@demo",
    }

"""The clusters that the bot can reach, by the names of their contexts."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.core.clock import Clock
from bot.core.errors import ConfigurationError
from bot.core.ports import Connection, Context
from bot.core.request import Identity
from bot.kube.credentials import (
    SERVICE_ACCOUNT,
    InCluster,
    Kubeconfig,
    MissingKubeconfigError,
    NoKubeconfig,
    Source,
    no_context,
)
from bot.kube.own import OwnRights
from bot.kube.reader import REQUEST_SECONDS, ClusterReader, Discovered
from bot.kube.transport import Transport

IN_CLUSTER = "in-cluster"


@dataclass(frozen=True, slots=True)
class Options:
    """Where clusters come from."""

    kubeconfig: str = ""
    """Paths as in KUBECONFIG, where a folder stands for its files `*.kubeconfig`; empty: the
    cluster that the bot's pod runs in."""
    context: str = ""
    """The default context; empty: the kubeconfig's current one."""
    service_account: Path = SERVICE_ACCOUNT
    """The folder of `token` and `ca.crt` of the pod's own ServiceAccount."""


@dataclass(slots=True)
class _Link:
    transport: Transport
    discovered: Discovered


class Fleet:
    """Opens each cluster once and hands out readers that act as one identity.

    `terminal` is set by the terminal's own wiring alone; it allows the kubeconfig's user to act.
    """

    def __init__(
        self,
        options: Options,
        clock: Clock,
        *,
        terminal: bool = False,
        environment: Mapping[str, str],
        proxy_for: Callable[[str], str | None] = lambda _url: None,
    ) -> None:
        self._clock = clock
        self._terminal = terminal
        self._proxy_for = proxy_for
        self._kubeconfig = self._read(options.kubeconfig, environment)
        self._in_cluster = InCluster(clock, environment, options.service_account)
        self._default = options.context
        self._links: dict[str, _Link] = {}

    @property
    def default_context(self) -> str:
        """Return the context that is meant when none is named."""
        if self._kubeconfig is None:
            return IN_CLUSTER
        return self._default or self._kubeconfig.current

    def contexts(self) -> tuple[str, ...]:
        """Return every context's name."""
        return self._kubeconfig.contexts() if self._kubeconfig else (IN_CLUSTER,)

    def described(self) -> tuple[Context, ...]:
        """Return every context as the kubeconfig has it."""
        return self._kubeconfig.described() if self._kubeconfig else (Context(IN_CLUSTER),)

    def namespace(self, context: str) -> str:
        """Return the default namespace of a context."""
        return self._kubeconfig.namespace(context) if self._kubeconfig else "default"

    def open(
        self,
        context: str,
        identity: Identity,
        request_id: str,
        seconds: float,
        request_seconds: float = REQUEST_SECONDS,
    ) -> Connection:
        """Return the cluster of that context as that identity, for at most `seconds`.

        Raises:
            ConfigurationError: there is no such context.
        """
        link = self._link(context)
        deadline = self._clock.monotonic() + seconds
        return ClusterReader(
            link.transport,
            link.discovered,
            self._clock,
            identity,
            request_id,
            deadline,
            request_seconds,
        )

    def own_rights(self, context: str, request_id: str, seconds: float) -> OwnRights:
        """Return what asks that context about the bot itself, each question within `seconds`.

        Raises:
            ConfigurationError: there is no such context.
        """
        return OwnRights(self._link(context).transport, request_id, seconds)

    async def close(self) -> None:
        """Close every connection."""
        for link in self._links.values():
            await link.transport.close()
        self._links.clear()

    def _link(self, context: str) -> _Link:
        link = self._links.get(context)
        if link is None:
            transport = Transport(
                self._source(context),
                self._clock,
                terminal=self._terminal,
                proxy_for=self._proxy_for,
            )
            link = self._links[context] = _Link(transport, Discovered())
        return link

    def _read(self, paths: str, environment: Mapping[str, str]) -> Kubeconfig | NoKubeconfig | None:
        if not paths:
            return None
        try:
            return Kubeconfig(_files(paths), self._clock, environment)
        except MissingKubeconfigError as error:
            # In a terminal `help` and `version --client` need none, as with kubectl.
            if not self._terminal:
                raise
            return NoKubeconfig(error)

    def _source(self, context: str) -> Source:
        if not context and self._kubeconfig is not None and self.contexts() != (context,):
            raise ConfigurationError("error: current-context is not set")
        if context not in self.contexts():
            raise no_context(context)
        return self._kubeconfig.source(context) if self._kubeconfig else self._in_cluster


def _files(paths: str) -> str:
    """Return the paths with the kubeconfigs of each folder in its place."""
    found = [Path(path).expanduser() for path in paths.split(os.pathsep) if path]
    files = [sorted(path.glob("*.kubeconfig")) if path.is_dir() else [path] for path in found]
    return os.pathsep.join(str(file) for each in files for file in each) or paths

"""How a cluster is reached and with which credentials, kept fresh while they rotate.

Kubeconfig and in-cluster configuration are read by `kubernetes.aio`. Exec plugins are run here:
the client's own runner (kubernetes 37.0.2, `config/exec_provider.py`) has no deadline, hangs on
a plugin that writes much to standard error, and goes on without credentials when one fails.
"""

import asyncio
import base64
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import orjson
import yaml
from kubernetes.aio.client import Configuration
from kubernetes.aio.config import ConfigException
from kubernetes.aio.config.incluster_config import InClusterConfigLoader
from kubernetes.aio.config.kube_config import ConfigNode, KubeConfigLoader

from bot.core.clock import Clock
from bot.core.errors import ConfigurationError
from bot.core.ports import Context

# Kubelet refreshes a projected token at 80 % of its life, at the least every 10 minutes.
REREAD = timedelta(minutes=1)
PLUGIN_SECONDS = 30
SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_LISTS = ("clusters", "contexts", "users")
_IMPERSONATION = ("as", "as-uid", "as-groups", "as-user-extra")


@dataclass(frozen=True, slots=True)
class Credentials:
    """One cluster's address, trust and authorisation, as they were read."""

    host: str
    configuration: Configuration
    """For the client's TLS settings; its `Authorization` is `authorization`."""
    authorization: str
    """The header's value; empty where a client certificate speaks for the bot."""
    fresh_until: datetime | None
    """When to read them again; None: they never change."""


class Source(Protocol):
    """Where credentials come from."""

    async def load(self) -> Credentials:
        """Read the credentials as they are now."""
        ...


@dataclass(frozen=True, slots=True)
class InCluster:
    """The pod's own ServiceAccount; its token is read again every minute."""

    clock: Clock
    environment: Mapping[str, str]
    folder: Path = SERVICE_ACCOUNT

    async def load(self) -> Credentials:
        """Read address, CA and token.

        Raises:
            ConfigurationError: the process does not run in a pod, or the token is missing.
        """
        configuration = Configuration()
        loader = InClusterConfigLoader(
            token_filename=str(self.folder / "token"),
            cert_filename=str(self.folder / "ca.crt"),
            environ=self.environment,
        )
        try:
            loader.load_and_set(configuration)
        except ConfigException as error:
            raise ConfigurationError(f"error: in-cluster configuration: {error}") from error
        token = (await configuration.get_api_key_with_prefix("BearerToken") or "").strip()
        if len(token.split()) != 2:
            raise ConfigurationError("error: the ServiceAccount's token is empty")
        return Credentials(configuration.host, configuration, token, self.clock.now() + REREAD)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a cluster is."""

    server: str
    authority: bytes
    """PEM certificates; empty: those that the system trusts."""
    tls_server_name: str
    verified: bool
    """Whether the server has to prove who it is."""


class MissingKubeconfigError(ConfigurationError):
    """There is no file at any of the kubeconfig's paths."""


def no_context(name: str) -> ConfigurationError:
    """Return kubectl's error for a context that is not there."""
    return ConfigurationError(
        f'error: context "{name}" does not exist',
        next_step="`config get-contexts` lists those that do.",
    )


class Kubeconfig:
    """One or several kubeconfig files, merged as kubectl merges them."""

    def __init__(
        self,
        paths: str,
        clock: Clock,
        environment: Mapping[str, str],
        *,
        plugin_seconds: float = PLUGIN_SECONDS,
    ) -> None:
        self._paths = paths
        self._clock = clock
        self._environment = environment
        self._plugin_seconds = plugin_seconds
        self._merged = self._read()
        self._loaded = False
        """Whether credentials were taken from what was read."""

    def contexts(self) -> tuple[str, ...]:
        """Return the names of the contexts, in the files' order."""
        return tuple(item["name"] for item in self._value.get("contexts") or ())

    def described(self) -> tuple[Context, ...]:
        """Return the contexts with what they name, in the files' order."""
        return tuple(_described(item) for item in self._value.get("contexts") or ())

    @property
    def current(self) -> str:
        """Return the current context's name; empty where none is set."""
        return str(self._value.get("current-context") or "")

    def namespace(self, context: str) -> str:
        """Return the context's default namespace."""
        return str(self._context(context).get("namespace") or "default")

    def source(self, context: str) -> Source:
        """Return where the credentials of a context come from.

        Raises:
            ConfigurationError: there is no such context, or its user impersonates.
        """
        return _KubeconfigSource(self, context)

    def address(self, context: str) -> Address:
        """Return where the cluster of a context is, and whom one trusts to be it.

        Raises:
            ConfigurationError: there is no such context or cluster, or its CA cannot be read.
        """
        wanted = self._context(context).get("cluster")
        for item in self._value.get("clusters") or ():
            if item["name"] == wanted:
                return _address(item)
        raise ConfigurationError(f'error: cluster "{wanted}" of context "{context}" does not exist')

    async def load(self, context: str) -> Credentials:
        """Return the context's credentials, from the files as they are now."""
        if self._loaded:
            self._merged = self._read()
        self._loaded = True
        user = self._user(context)
        configuration = Configuration()
        fresh = self._clock.now() + REREAD if user.get("tokenFile") else None
        if "exec" in user:
            granted = await run_plugin(user["exec"], self._environment, self._plugin_seconds)
            fresh = granted.expires
            user = _with_granted(user, granted)
        try:
            loader = _loader(self._merged, context, user)
            await loader.load_and_set(configuration)
        except (ConfigException, ValueError, OSError) as error:
            raise ConfigurationError(f"error: context {context!r}: {error}") from error
        # A token's file ends in a line end, as a rule.
        authorization = (configuration.api_key.get("BearerToken") or "").strip()
        return Credentials(configuration.host, configuration, authorization, fresh)

    @property
    def _value(self) -> dict[str, Any]:
        value: dict[str, Any] = self._merged.value
        return value

    def _read(self) -> Any:
        files = [Path(path).expanduser() for path in self._paths.split(os.pathsep) if path]
        if not any(path.exists() for path in files):
            raise MissingKubeconfigError(
                f"error: no kubeconfig at {self._paths}",
                next_step="Set KUBECONFIG, or start a cluster with `make cluster`.",
            )
        try:
            return _merged(self._paths)
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise ConfigurationError(f"error: loading {self._paths}: {error}") from error
        except (AttributeError, KeyError, TypeError, ConfigException) as error:
            text = f"error: loading {self._paths}: this is no kubeconfig"
            raise ConfigurationError(text) from error

    def _context(self, name: str) -> dict[str, Any]:
        for item in self._value.get("contexts") or ():
            if item["name"] == name:
                context: dict[str, Any] = item.value.get("context") or {}
                return context
        if not name:
            raise ConfigurationError("error: current-context is not set")
        raise no_context(name)

    def _user(self, context: str) -> dict[str, Any]:
        wanted = self._context(context).get("user")
        if not wanted:
            return {}
        for item in self._value.get("users") or ():
            if item["name"] == wanted:
                user = dict(item.value.get("user") or {})
                if any(key in user for key in _IMPERSONATION):
                    # The client would drop these silently and act as somebody else.
                    raise ConfigurationError(
                        f"error: user {wanted!r} of the kubeconfig impersonates (as, as-groups)",
                        next_step="Use a context whose user does not impersonate.",
                    )
                return user
        raise ConfigurationError(f'error: user "{wanted}" of context "{context}" does not exist')


@dataclass(frozen=True, slots=True)
class NoKubeconfig:
    """What stands in for a missing file: enough for whatever asks no cluster for anything."""

    error: MissingKubeconfigError
    current: str = ""

    def contexts(self) -> tuple[str, ...]:
        """Return the one context that nobody has named."""
        return (self.current,)

    def described(self) -> tuple[Context, ...]:
        """Return no context: none is written down."""
        return ()

    def namespace(self, _context: str) -> str:
        """Return the namespace of a context that says nothing."""
        return "default"

    def source(self, _context: str) -> Source:
        """Return where the credentials would come from."""
        return self

    async def load(self) -> Credentials:
        """Say that the file is missing.

        Raises:
            MissingKubeconfigError: always.
        """
        raise self.error


@dataclass(frozen=True, slots=True)
class _KubeconfigSource:
    kubeconfig: Kubeconfig
    context: str

    async def load(self) -> Credentials:
        return await self.kubeconfig.load(self.context)


def _described(item: Any) -> Context:
    found: Mapping[str, Any] = item.value.get("context") or {}
    cluster, user, namespace = (str(found.get(k) or "") for k in ("cluster", "user", "namespace"))
    return Context(item["name"], cluster, user, namespace)


def _address(item: Any) -> Address:
    found: Mapping[str, Any] = item.value.get("cluster") or {}
    try:
        authority = base64.b64decode(found.get("certificate-authority-data") or "")
        if not authority and (file := found.get("certificate-authority")):
            # As kubectl does: from the kubeconfig that names it.
            authority = (Path(item.path).parent / file).read_bytes()
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"error: the CA of cluster {item['name']!r}: {error}") from error
    verified = not found.get("insecure-skip-tls-verify")
    server, name = str(found.get("server") or ""), str(found.get("tls-server-name") or "")
    return Address(server, authority, name, verified)


def _merged(paths: str) -> Any:
    """Return one configuration of several files; of what stands twice, the first counts.

    The client's own merger (kubernetes 37.0.2) takes eight times as long, since it reads YAML in
    Python, and lets the last file name the current context; kubectl lets the first.
    """
    merged: ConfigNode | None = None
    for path in filter(None, paths.split(os.pathsep)):
        file = Path(path).expanduser()
        if not file.exists():
            continue
        with file.open() as stream:
            content = yaml.load(stream, yaml.CSafeLoader)
        if merged is None:
            first = {**content, **{kind: [] for kind in _LISTS}}
            merged = ConfigNode(str(file), first, str(file))
        value = merged.value
        if not value.get("current-context") and content.get("current-context"):
            value["current-context"] = content["current-context"]
        for kind in _LISTS:
            names = {item["name"] for item in value[kind]}  # what has none cannot be meant
            for item in content.get(kind) or ():
                if item["name"] not in names:
                    value[kind].append(ConfigNode(f"{file}/{kind}", item, str(file)))
                    names.add(item["name"])
    return merged


def _loader(merged: Any, context: str, user: Mapping[str, Any]) -> KubeConfigLoader:
    loader = KubeConfigLoader(config_dict=merged, active_context=context, config_base_path=None)
    # The loader takes no other way for a plugin's result, and fails where there is no user.
    own = loader._user  # noqa: SLF001
    loader._user = ConfigNode("user", dict(user), own.path if own else None)  # noqa: SLF001
    return loader


@dataclass(frozen=True, slots=True)
class Granted:
    """What an exec plugin gave."""

    token: str
    certificate: str
    key: str
    expires: datetime | None


def _with_granted(user: Mapping[str, Any], granted: Granted) -> dict[str, Any]:
    rest = {key: value for key, value in user.items() if key != "exec"}
    if granted.token:
        rest["token"] = granted.token
    if granted.certificate:
        rest["client-certificate-data"] = _base64(granted.certificate)
        rest["client-key-data"] = _base64(granted.key)
    return rest


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


async def run_plugin(
    spec: Mapping[str, Any], environment: Mapping[str, str], seconds: float = PLUGIN_SECONDS
) -> Granted:
    """Run a kubeconfig's exec plugin and return what it grants.

    Protocol: client-go credential plugins (`ExecCredential`, v1 and v1beta1).

    Raises:
        ConfigurationError: it could not be started, failed, or took over `seconds`.
    """
    command = str(spec.get("command") or "")
    version = str(spec.get("apiVersion") or "client.authentication.k8s.io/v1")
    info = {"apiVersion": version, "kind": "ExecCredential", "spec": {"interactive": False}}
    extra = {item["name"]: str(item["value"]) for item in spec.get("env") or ()}
    try:
        process = await asyncio.create_subprocess_exec(
            command,
            *map(str, spec.get("args") or ()),
            env={**environment, **extra, "KUBERNETES_EXEC_INFO": orjson.dumps(info).decode()},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            process_group=0,
        )
    except OSError as error:
        hint = str(spec.get("installHint") or "").strip()
        text = f"error: getting credentials: exec: {command}: {error.strerror}"
        raise ConfigurationError(text, next_step=hint) from error
    try:
        async with asyncio.timeout(seconds):
            out, err = await process.communicate()
    except TimeoutError as error:
        text = f"error: getting credentials: {command} took over {seconds:g} seconds"
        raise ConfigurationError(text) from error
    finally:
        if process.returncode is None:
            # With what it started: a child that is left would keep the pipes open.
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode:
        said = err.decode("utf-8", "replace").strip()[-300:]
        raise ConfigurationError(
            f"error: getting credentials: exec: executable {command} failed"
            f" with exit code {process.returncode}: {said}"
        )
    return _granted(command, version, out)


def _granted(command: str, version: str, out: bytes) -> Granted:
    try:
        answer = orjson.loads(out)
        status = answer["status"]
        same = answer["apiVersion"] == version
        expires = status.get("expirationTimestamp")
        granted = Granted(
            str(status.get("token") or ""),
            str(status.get("clientCertificateData") or ""),
            str(status.get("clientKeyData") or ""),
            _moment(expires) if expires else None,
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        text = f"error: getting credentials: {command} did not print an ExecCredential"
        raise ConfigurationError(text) from error
    if not same:
        raise ConfigurationError(
            f"error: getting credentials: {command} did not answer in {version}, as it was asked to"
        )
    if not (granted.token or (granted.certificate and granted.key)):
        raise ConfigurationError(
            f"error: getting credentials: {command} granted neither a token nor a certificate"
        )
    return granted


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("RFC3339 knows no time without a zone")
    return moment

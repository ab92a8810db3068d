"""Any API server, as its administrator: what a kubeconfig says, made ready for aiohttp."""

import base64
import ssl
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import yaml


@dataclass(frozen=True, slots=True)
class Connection:
    """An open way into a cluster."""

    session: aiohttp.ClientSession
    nobody: aiohttp.ClientSession
    """The same without a client certificate, which would go before any token."""
    server: str
    """The API server's address, without a slash at its end."""
    credentials: Mapping[str, str]
    """Headers; empty where a client certificate speaks for the administrator."""


@asynccontextmanager
async def connected(kubeconfig: Path) -> AsyncIterator[Connection]:
    """Open what the kubeconfig's current context names."""
    server, token, *trusts = _access(kubeconfig)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    session, nobody = (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=each)) for each in trusts
    )
    async with session, nobody:
        yield Connection(session, nobody, server, headers)


@cache
def _access(kubeconfig: Path) -> tuple[str, str, ssl.SSLContext, ssl.SSLContext]:
    """Return the server, a token if there is one, the administrator's TLS, and nobody's."""
    config = yaml.safe_load(kubeconfig.read_text())
    context = _named(config["contexts"], config["current-context"])["context"]
    cluster = _named(config["clusters"], context["cluster"])["cluster"]
    user = _named(config["users"], context["user"])["user"]
    server = cluster["server"].rstrip("/")
    return server, user.get("token", ""), trust(cluster, user), trust(cluster, {})


def trust(cluster: Mapping[str, Any], user: Mapping[str, Any]) -> ssl.SSLContext:
    """Return the TLS that the kubeconfig's entries ask for."""
    authority = _data(cluster, "certificate-authority").decode()
    context = ssl.create_default_context(cadata=authority)
    if certificate := _data(user, "client-certificate"):
        with tempfile.NamedTemporaryFile(suffix=".pem") as file:
            file.write(certificate + b"\n" + _data(user, "client-key"))
            file.flush()
            context.load_cert_chain(file.name)
    return context


def _named(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(entry for entry in entries if entry["name"] == name)


def _data(entry: Mapping[str, Any], name: str) -> bytes:
    if data := entry.get(f"{name}-data"):
        return base64.b64decode(data)
    return Path(entry[name]).read_bytes() if name in entry else b""

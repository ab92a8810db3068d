"""The one place that knows the process's environment, without anything to import for it."""

import ipaddress
import os
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def variables() -> Mapping[str, str]:
    """Return the environment, for what is handed to a plugin or names a pod's cluster."""
    return os.environ


@contextmanager
def with_variables(more: Mapping[str, str]) -> Iterator[None]:
    """Let the block run as if these had been set when the process was started."""
    before = dict(os.environ)
    os.environ.update(more)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def kubeconfig_paths() -> str:
    """Return where kubectl would look for its configuration: KUBECONFIG, or the home's file."""
    return os.environ.get("KUBECONFIG") or str(Path.home() / ".kube" / "config")


def proxy_for(url: str) -> str | None:
    """Return the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name for the URL.

    As Go reads them, and so kubectl: NO_PROXY may hold networks, such as 10.0.0.0/8, and what
    is on this machine is never reached through a proxy.
    """
    parts = urllib.parse.urlsplit(url)
    # A WebSocket goes through the proxy of the scheme that it upgrades from.
    scheme = {"wss": "https", "ws": "http"}.get(parts.scheme, parts.scheme)
    proxies = urllib.request.getproxies()
    if urllib.request.proxy_bypass(parts.netloc) or _is_near(parts.hostname or "", proxies):
        return None
    return proxies.get(scheme)


def _is_near(host: str, proxies: Mapping[str, str]) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    networks = (_network(word.strip()) for word in proxies.get("no", "").split(","))
    return address.is_loopback or any(address in found for found in networks if found)


def _network(word: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(word, strict=False) if "/" in word else None
    except ValueError:
        return None

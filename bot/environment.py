"""The one place that knows the process's environment: variables, and the secrets beside them.

It imports next to nothing: whoever only asks for one of them starts at once.
"""

import ipaddress
import os
import stat
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.core.errors import ConfigurationError

PREFIX = "QUARTERDECK_"
"""What the names of all of the bot's own variables begin with."""


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
    address = _address(parts.hostname or "")
    if parts.hostname == "localhost" or (address and address.is_loopback):
        return None
    # A WebSocket goes through the proxy of the scheme that it upgrades from.
    scheme = {"wss": "https", "ws": "http"}.get(parts.scheme, parts.scheme)
    proxies = urllib.request.getproxies()
    if urllib.request.proxy_bypass(parts.netloc):
        return None
    networks = (_network(word.strip()) for word in proxies.get("no", "").split(","))
    if address and any(address in found for found in networks if found):
        return None
    return proxies.get(scheme)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _network(word: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(word, strict=False) if "/" in word else None
    except ValueError:
        return None


def read_secret(file: Path) -> str:
    """Return the text that the file holds, without spaces around it.

    Raises:
        ConfigurationError: everybody can open it, it is empty, or it holds something else.
    """
    try:
        if file.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            raise ConfigurationError(
                f"error: the secret {file} is open to everybody on this machine",
                next_step=f"Type: chmod o= {file} (in a pod: defaultMode: 0440)",
            )
        value = file.read_bytes().decode("utf-8", "replace").strip()
    except OSError as error:
        raise ConfigurationError(f"error: the secret {file}: {error.strerror}") from error
    if not value:
        raise ConfigurationError(f"error: the secret {file} is empty")
    if "\ufffd" in value or not all(line.isprintable() for line in value.split("\n")):
        raise ConfigurationError(f"error: the secret {file} is no text")
    return value

"""The one place that reads the process's environment, without anything to import for it."""

import os
import urllib.request
from collections.abc import Mapping
from pathlib import Path


def variables() -> Mapping[str, str]:
    """Return the environment, for what is handed to a plugin or names a pod's cluster."""
    return os.environ


def kubeconfig_paths() -> str:
    """Return where kubectl would look for its configuration: KUBECONFIG, or the home's file."""
    return os.environ.get("KUBECONFIG") or str(Path.home() / ".kube" / "config")


def cache_folder() -> Path:
    """Return where the project keeps what is built once (XDG base directories)."""
    own = os.environ.get("QUARTERDECK_CACHE")
    if own:
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "quarterdeck"


def proxy_for(url: str) -> str | None:
    """Return the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name for the URL."""
    scheme, _, rest = url.partition("://")
    # A WebSocket goes through the proxy of the scheme that it upgrades from.
    scheme = {"wss": "https", "ws": "http"}.get(scheme, scheme)
    host = rest.split("/", 1)[0]
    if urllib.request.proxy_bypass(host):
        return None
    return urllib.request.getproxies().get(scheme)

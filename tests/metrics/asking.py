"""Questions to Prometheus and Alertmanager, as anybody may ask them over HTTP."""

import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any, TypeVar

from tests.cluster.peers import ClusterError

T = TypeVar("T")

SECONDS = 60
"""For an answer, or until something is seen: a machine that does much else takes long."""
PAUSE = 0.1
"""Seconds between two looks."""
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def fetch(url: str, **parameters: str) -> Any:
    """Return the JSON that an address answers.

    Raises:
        ClusterError: it answers with another status than 200; the message holds the body.
    """
    query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
    try:
        with DIRECT.open(url + query, timeout=SECONDS) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        raise ClusterError(f"{url}: {error.read().decode(errors='replace')}") from error


def api(prometheus: str, path: str, **parameters: str) -> Any:
    """Return the `data` of an endpoint below `/api/v1/`."""
    return fetch(f"{prometheus}/api/v1/{path}", **parameters)["data"]


def instant(prometheus: str, expression: str, **parameters: str) -> Any:
    """Return the `result` of an instant query, now or at the `time` that is given."""
    return api(prometheus, "query", query=expression, **parameters)["result"]


def values(prometheus: str, expression: str, label: str) -> dict[str, float]:
    """Return the value of each series by one of its labels, now."""
    found = instant(prometheus, expression)
    return {each["metric"].get(label, ""): float(each["value"][1]) for each in found}


def awaited(look: Callable[[], T], what: str, seconds: float = SECONDS) -> T:
    """Return what a look finds, as soon as that is anything.

    Raises:
        ClusterError: it has found nothing in time; the message says what it looked for.
    """
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() >= deadline:
            raise ClusterError(f"not seen within {seconds} s: {what}")
        threading.Event().wait(PAUSE)
    return found

"""The endpoints behind a Service's port."""

from typing import Any

from bot.kube.describe.network import endpoints
from tests.every import every


def sliced(*addresses: str, ready: Any = True, **more: Any) -> dict[str, Any]:
    held = [{"addresses": [each], "conditions": {"ready": ready}} for each in addresses]
    return {"endpoints": held, "ports": [{"name": "", "port": 80}], **more}


IDLE = sliced("10.0.0.9", ready=False)
SHOWN = {
    "no slice": ([], "<none>"),
    "an empty slice": ([sliced()], ""),
    "one": ([sliced("10.0.0.1")], "10.0.0.1:80"),
    "three": ([sliced("a", "b", "c")], "a:80,b:80,c:80"),
    "four": ([sliced("a", "b", "c", "d")], "a:80,b:80,c:80 + 1 more..."),
    "two slices": ([sliced("a"), sliced("b")], "a:80,b:80"),
    "none that is ready": ([IDLE], ""),
    "nobody knows whether it is ready": ([sliced("a", ready=None)], "a:80"),
    "three, and one that is not ready": (
        [sliced("a", "b", "c"), IDLE],
        "a:80,b:80,c:80 + 0 more...",
    ),
    "IPv6": ([sliced("fd00::1")], "[fd00::1]:80"),
    "a slice without ports": ([sliced("a", ports=[])], "a"),
    "another port": ([sliced("a", ports=[{"name": "http", "port": 1}])], ""),
    "a port twice": ([sliced("a", ports=[{"port": 1}, {"port": 2}])], "a:1,a:2"),
}


@every(("slices", "expected"), SHOWN.values(), ids=SHOWN)
def test_a_few_endpoints_are_shown_and_the_others_counted(slices: Any, expected: str) -> None:
    assert endpoints(slices, "") == expected


def test_a_named_port_shows_the_endpoints_of_that_name() -> None:
    ports = [{"name": "http", "port": 80}, {"name": "admin", "port": 81}]
    assert endpoints([sliced("a", ports=ports)], "admin") == "a:81"

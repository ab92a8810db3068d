"""Ports of this machine on which nothing listens."""

import random
import socket
from collections.abc import Iterable

LOOPBACK = "127.0.0.1"


def free_ports(names: Iterable[str]) -> dict[str, int]:
    """Return a free port for each name, chosen at random so that two callers do not meet.

    They lie below the ports that Linux gives to outgoing connections (32768 and up).
    """
    candidates = iter(random.sample(range(10000, 32768), 2000))
    return {name: next(port for port in candidates if _is_free(port)) for name in names}


def free_port() -> int:
    """Return one of them."""
    return free_ports(["only"])["only"]


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        try:
            listener.bind((LOOPBACK, port))
        except OSError:
            return False
    return True

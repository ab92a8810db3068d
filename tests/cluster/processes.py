"""What processes run, where they listen and what they hold; read from Linux's /proc."""

import contextlib
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

LISTEN = "0A"
"""The state of a listening socket in /proc/net/tcp (include/net/tcp_states.h)."""


def processes(home: Path) -> dict[int, str]:
    """Return the names of the processes whose HOME is the given folder, by their ids."""
    return dict(_processes(f"HOME={home}"))


def _processes(setting: str) -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile, or is another user's
            environ = (folder / "environ").read_bytes().split(b"\0")
            if setting.encode() in environ:
                yield int(folder.name), (folder / "comm").read_text().strip()


def still_there(home: Path, seconds: float = 10) -> dict[int, str]:
    """Return the processes that run in the home, giving them some time to end."""
    deadline = time.monotonic() + seconds
    while (left := processes(home)) and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    return left


def listeners(pid: int) -> set[tuple[str, int]]:
    """Return the addresses and ports on which a process accepts connections."""
    inodes = set(_sockets(pid))
    return {address for inode, address in _listening() if inode in inodes}


def memory(pid: int | str = "self", name: str = "VmRSS") -> float:
    """Return what a process holds, in MiB; `name` is another line of its status (proc(5))."""
    status = Path(f"/proc/{pid}/status")
    match = re.search(rf"^{name}:\s*(\d+) kB$", status.read_text(), re.MULTILINE)
    if match is None:
        raise LookupError(f"{status} has no {name}")
    return int(match[1]) / 1024


def _sockets(pid: int) -> Iterator[str]:
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            target = str(descriptor.readlink())
            if target.startswith("socket:["):
                yield target.removeprefix("socket:[").removesuffix("]")


def _listening() -> Iterator[tuple[str, tuple[str, int]]]:
    for name in ("tcp", "tcp6"):
        for line in Path("/proc/net", name).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTEN:
                address, _, port = fields[1].partition(":")
                yield fields[9], (_readable(address), int(port, 16))


def _readable(address: str) -> str:
    # The kernel prints words of 32 bits in the machine's byte order.
    words = [int(address[start : start + 8], 16) for start in range(0, len(address), 8)]
    packed = b"".join(struct.pack("=I", word) for word in words)
    return socket.inet_ntop(socket.AF_INET if len(words) == 1 else socket.AF_INET6, packed)

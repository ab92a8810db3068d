"""Threads that hang hold up nobody, and go on taking up room."""

import asyncio
import subprocess
import sys
import threading

import pytest

from bot.core.clock import SystemClock
from bot.core.errors import UnreachableError
from bot.prometheus.asking import Asking, Means, Peer
from bot.prometheus.breaker import FAILURES
from bot.prometheus.options import Source
from bot.prometheus.session import Call, PeerSession
from bot.prometheus.threads import Threads
from bot.prometheus.turns import Room, Turns
from tests.clock import ManualClock
from tests.prometheus.peer import ASKING, Request, client_of, serving

HANGS = """
import asyncio, threading
from bot.prometheus.threads import Threads
async def main():
    started = threading.Event()
    def hang():
        started.set()
        threading.Event().wait()
    loop = asyncio.get_running_loop()
    loop.run_in_executor(Threads(), hang)
    await asyncio.to_thread(started.wait)
asyncio.run(main())
print("over")
"""


def test_a_process_ends_though_a_thread_hangs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HANGS], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "over\n")


async def test_what_a_thread_raises_is_raised() -> None:
    def fail() -> None:
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        await asyncio.get_running_loop().run_in_executor(Threads(), fail)


def peer_of(room: Room) -> Peer:
    session = PeerSession(Source(url="http://unused"), "Prometheus", 1, None)
    return Peer(session, Means(SystemClock(), Turns(room), Threads()), 1.0)


async def test_a_thread_that_hangs_takes_up_room_until_it_ends() -> None:
    peer, hold, began = peer_of(Room(9, 9, in_all=1)), threading.Event(), threading.Event()

    def hang(_call: Call) -> str:
        began.set()
        hold.wait()
        return "late"

    def call() -> Call:
        return Call(60, 1)

    first = asyncio.create_task(peer.ask(Asking("ada", 60), call, hang))
    await asyncio.to_thread(began.wait)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    second = asyncio.create_task(peer.ask(Asking("bob", 60), call, lambda _call: "answered"))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not second.done()
    hold.set()
    assert await second == "answered"
    peer.session.close()


async def test_impatience_opens_no_breaker() -> None:
    clock = ManualClock()

    async def never(_request: Request, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with serving(never) as server, client_of(server.url, clock=clock) as client:
        for seconds, count in ((1.0, FAILURES), (ASKING.seconds, FAILURES)):
            for _ in range(count):
                server.arrived.clear()
                asking = asyncio.create_task(client.instant(Asking("a", seconds), "up", None))
                await server.arrived.wait()
                await clock.advance(seconds)
                with pytest.raises(UnreachableError, match="not answered within"):
                    await asking
        with pytest.raises(UnreachableError, match=f"{FAILURES} times in a row"):
            await client.instant(ASKING, "up", None)


async def test_a_thread_takes_one_piece_of_work_after_the_other() -> None:
    threads, loop = Threads(), asyncio.get_running_loop()
    names = set()
    for _ in range(20):
        names.add(await loop.run_in_executor(threads, threading.get_ident))
        while threads.busy:  # ends: the thread is on its way back to the queue
            await asyncio.sleep(0)
    assert len(names) <= 2  # the first may have been seen just before it was back
    together = threading.Barrier(3)
    waiting = [loop.run_in_executor(threads, together.wait, 10) for _ in range(3)]
    assert sorted(await asyncio.gather(*waiting)) == [0, 1, 2]
    threads.shutdown()


def test_threads_end_with_their_owner_or_after_their_work() -> None:
    threads, hold = Threads(), threading.Event()
    idle = threads.submit(threading.current_thread).result(10)
    busy = threads.submit(lambda: (hold.wait(10), threading.current_thread())[1])
    threads.shutdown()
    hold.set()
    for each in {idle, busy.result(10)}:
        each.join(10)
        assert not each.is_alive()
    assert threads.busy == 0

"""Threads for what blocks, which nobody waits for when the process ends: one of them may hang."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

_Result = TypeVar("_Result")
# A thread that has nothing to do for so long ends.
_IDLE_SECONDS = 60


class Threads(Executor):
    """Threads that take work from one queue; how many there may be is decided by whoever submits.

    A thread that waits is woken without waiting for it. To start one, the caller waits until it
    runs, which takes milliseconds on a busy machine; and those of the library's own pool are
    waited for at the end of the process.
    """

    def __init__(self) -> None:
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._busy = 0
        self._over = False

    @property
    def busy(self) -> int:
        """Return how many threads have work that they have not ended."""
        return self._busy

    def submit(
        self, fn: Callable[..., _Result], /, *arguments: Any, **options: Any
    ) -> Future[_Result]:
        """Run the work in a thread.

        Raises:
            RuntimeError: the machine lets no more threads start.
        """
        future: Future[_Result] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(fn(*arguments, **options))
            except BaseException as error:  # noqa: BLE001 - it is raised where the result is awaited
                future.set_exception(error)

        self._work.put(run)
        if not self._idle.acquire(blocking=False):
            try:
                threading.Thread(target=self._serve, name="prometheus", daemon=True).start()
            except RuntimeError:
                future.cancel()  # whoever takes it from the queue later does nothing
                raise
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the threads that have nothing to do end; the others end after their work."""
        with self._lock:
            self._over = True
            while self._idle.acquire(blocking=False):
                self._work.put(None)

    def _serve(self) -> None:
        while True:
            try:
                run = self._work.get(timeout=_IDLE_SECONDS)
            except Empty:
                if self._idle.acquire(blocking=False):
                    return
                continue  # somebody counts on this thread: there is work in a moment
            if run is None:
                return
            with self._lock:
                self._busy += 1
            run()
            del run  # it holds an answer
            with self._lock:
                self._busy -= 1
                if self._over:
                    return
                self._idle.release()

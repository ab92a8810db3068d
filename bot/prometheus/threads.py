"""Threads for what blocks: each ends with its work, and nobody waits for one that hangs."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

_Result = TypeVar("_Result")


class Threads(Executor):
    """A thread for each piece of work; how many there may be is decided by whoever submits."""

    def submit(
        self, fn: Callable[..., _Result], /, *arguments: Any, **options: Any
    ) -> Future[_Result]:
        """Run the work in a thread of its own.

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

        # A pool's threads are waited for when the process ends, however long they hang.
        threading.Thread(target=run, name="prometheus", daemon=True).start()
        return future

"""A bot as it is deployed: how long its process takes until it is ready, and what it holds then."""

import asyncio
import statistics
import tempfile
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from functools import partial
from pathlib import Path

import yaml

from benchmarks.cost import WrongAnswerError
from benchmarks.figures import Figure, no_more_memory_than, no_more_time_than
from benchmarks.stand import Stand
from bot.demo.slack.people import Person
from bot.demo.slack.state import Channel
from bot.demo.slack.workspace import Workspace
from tests.cluster.build import say
from tests.cluster.processes import memory
from tests.ports import free_port
from tests.slack.opened import workspace
from tests.slack.process import ready, secrets, settings, started, stopped
from tests.store.migrated import migrate
from tests.store.postgres import Databases, PostgresServer, find_binaries

START_SECONDS, SQLITE_MEBIBYTES, POSTGRES_MEBIBYTES = 1.5, 115, 125
STARTS = 5
IDLE_SECONDS = 3.0
"""Between its answer and the look at its memory."""
Store = Callable[[], AbstractContextManager[str | None]]
"""Makes a store and yields its URL; None is the one in the folder of the bot."""


async def idle(stand: Stand) -> list[Figure]:
    """Measure `serve` on both stores, or on SQLite alone where there is no PostgreSQL."""
    figures = await _on(stand, "serve", nullcontext, SQLITE_MEBIBYTES)
    binaries = find_binaries()
    if binaries is None:
        say("serve, PostgreSQL: not measured, there is none")
        return figures
    with PostgresServer(binaries) as server:
        fresh = partial(_migrated, Databases(server.url))
        return figures + await _on(stand, "serve, PostgreSQL", fresh, POSTGRES_MEBIBYTES)


@contextmanager
def _migrated(databases: Databases) -> Iterator[str]:
    with databases.fresh() as url:
        migrate(url)
        yield url


async def _on(stand: Stand, what: str, store: Store, limit: float) -> list[Figure]:
    say(f"{what}: to ready, and at rest ...")
    took, held = [], []
    for _ in range(STARTS):
        # Each has a store of its own: a workspace that begins anew repeats what another one said.
        with store() as url:
            async with _served(stand, url) as (process, seconds, ada, small):
                took.append(seconds)
                answer = await ada.slash(small, "/kubectl get pods")
                if "Running" not in answer.plain():
                    raise WrongAnswerError(f"{what}: {answer.plain()}")
                await asyncio.sleep(IDLE_SECONDS)
                held.append(memory(process.pid))
    return [
        no_more_time_than(f"{what}: to ready", statistics.median(took), START_SECONDS),
        no_more_memory_than(f"{what}: at rest", statistics.median(held), limit),
    ]


@asynccontextmanager
async def _served(
    stand: Stand, url: str | None
) -> AsyncIterator[tuple[Process, float, Person, Channel]]:
    """Run the bot until the block ends; yield how long it took, and who may ask it where."""
    with tempfile.TemporaryDirectory(prefix="quarterdeck-serve-") as folder:
        async with workspace() as slack:
            ada = slack.user("ada")
            small = slack.channel("small", members=[ada, slack.bot])
            environment = _configured(Path(folder), stand, slack, ada, small)
            environment |= {"QUARTERDECK_STORE__URL": url} if url else {}
            began = time.perf_counter()
            process = await started(environment)
            try:
                await ready(process)
                seconds = time.perf_counter() - began
                await slack.connected(2)
                yield process, seconds, ada, small
                await stopped(process)
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.communicate()


def _configured(
    folder: Path, stand: Stand, slack: Workspace, ada: Person, small: Channel
) -> dict[str, str]:
    policy = {
        "version": 1,
        "channels": {small.id: {"namespaces": ["small"]}},
        "people": [{"slack": ada.id, "groups": ["quarterdeck:admins"]}],
    }
    (folder / "policy.yaml").write_text(yaml.safe_dump(policy))
    (folder / "kubeconfig").write_bytes(stand.bed.bot_kubeconfig.read_bytes())
    return settings(folder, slack, free_port()) | secrets(slack)

"""A bot in a process of its own, beside a simulated workspace."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from bot.demo.slack.workspace import Workspace
from bot.slack.surface import PATH
from tests.store.migrated import migrated

ROOT = Path(__file__).parents[2]
START_SECONDS = END_SECONDS = 60


def settings(folder: Path, slack: Workspace, port: int) -> dict[str, str]:
    """Return the environment of a bot without its secrets, and tell Slack where it will listen.

    `policy.yaml` and `kubeconfig` are read from the folder, where its store is, too.
    """
    slack.events_url = f"http://127.0.0.1:{port}{PATH}"
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),  # what is killed leaves the certificate of its cluster behind
        "QUARTERDECK_POLICY": str(folder / "policy.yaml"),
        "QUARTERDECK_SLACK__BASE_URL": slack.base_url,
        "QUARTERDECK_SLACK__MODE": slack.transport,
        "QUARTERDECK_KUBERNETES__KUBECONFIG": str(folder / "kubeconfig"),
        "QUARTERDECK_STORE__URL": migrated(folder),
        "QUARTERDECK_WEB__PORT": str(port),
    }


def secrets(slack: Workspace) -> dict[str, str]:
    """Return the secrets of a bot as a part of its environment."""
    return {
        "QUARTERDECK_SLACK__BOT_TOKEN": slack.bot_token,
        "QUARTERDECK_SLACK__APP_TOKEN": slack.app_token,
        "QUARTERDECK_SLACK__SIGNING_SECRET": slack.signing_secret,
        "QUARTERDECK_AUDIT__KEY": "a-key-of-the-record-of-32-characters",
    }


async def started(environment: Mapping[str, str], out: int = PIPE) -> Process:
    """Start `serve`; a stream that is a pipe and that nobody reads holds it up in the end."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "serve"),
        cwd=ROOT,
        env=environment,
        stdout=out,
        stderr=PIPE,
    )


async def ready(process: Process) -> list[bytes]:
    """Wait until the bot says that it is ready, and return what it has logged."""
    assert process.stderr is not None
    said: list[bytes] = []
    async with asyncio.timeout(START_SECONDS):
        while not said or b'"ready"' not in said[-1]:
            said.append(await process.stderr.readline())
            assert said[-1], f"the bot ended before it was ready: {b''.join(said).decode()}"
    return said


async def stopped(process: Process) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Send SIGTERM, and return what stood on both streams once the process has ended."""
    process.send_signal(signal.SIGTERM)
    streams = await asyncio.wait_for(process.communicate(), END_SECONDS)
    out, err = ([orjson.loads(line) for line in text.splitlines()] for text in streams)
    return out, err

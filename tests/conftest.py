"""What every test may use, the real cluster where it asks for it by name, and what none leaves."""

import gc
import logging
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

# Half of Hypothesis's own number: each run draws others. `--hypothesis-profile=default` draws all.
# How long one takes says how busy the machine is, and nothing of the property.
settings.register_profile(
    "quick", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("quick")

# A traceback with every local variable takes seconds to be drawn, and a test's output needs none.
_plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], _plain])

# Nothing that a test writes has to outlive a machine: in memory, where there is room, no commit
# waits for a disk. That takes a fifth of the run, and most of making a database for each test.
_MEMORY, _ROOM = Path("/dev/shm"), 4 * 2**30
if "TMPDIR" not in os.environ and _MEMORY.exists() and shutil.disk_usage(_MEMORY).free > _ROOM:
    os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)

pytest_plugins = ["tests.cluster.fixtures", "tests.metrics.fixtures"]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for garbage as seldom as the bot does, and never among what collecting makes.

    Each of the two took a tenth of the run's time.
    """
    gc.disable()
    collected = yield
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    gc.enable()
    return collected


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Fail a test that leaves a logger silent: in its process, no log line proves anything then."""
    yield
    silent = [logger for logger in _loggers() if logger.disabled or not logger.propagate]
    disabled = logging.root.manager.disable
    if silent or disabled:
        for logger in silent:
            logger.disabled, logger.propagate = False, True
        logging.disable(logging.NOTSET)
        pytest.fail(f"{item.nodeid} leaves silent: {silent}, or all loggers up to {disabled}")


def _loggers() -> list[logging.Logger]:
    known = logging.root.manager.loggerDict.values()
    return [logger for logger in known if isinstance(logger, logging.Logger)]

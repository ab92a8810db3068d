"""What serves requests carries no library that only its start, or a process beside it, needs."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# All of it in one process: that takes more than a second, and what one part loads, the bot has.
EVERYTHING_THAT_SERVES = """
import importlib, pkgutil, sys
import bot.wiring, bot.terminal, bot.render.drawing, bot.store
from bot.commands import Registry
Registry().all()
for module in pkgutil.iter_modules(bot.store.__path__, "bot.store."):
    if module.name not in ("bot.store.migrate", "bot.store.migrations"):
        importlib.import_module(module.name)
print(*sys.modules)
import bot.render.charts
print(*sys.modules)
"""
DRAWS = {"matplotlib", "numpy"}


def test_no_module_that_serves_loads_what_draws_or_what_migrates() -> None:
    command = [sys.executable, "-c", EVERYTHING_THAT_SERVES]
    shown = subprocess.check_output(command, cwd=ROOT, text=True)
    serves, then_draws = (set(line.split()) for line in shown.splitlines())
    assert serves & {*DRAWS, "alembic"} == set()
    assert {"bot.store.outbox", "bot.wiring"} <= serves
    assert then_draws >= DRAWS

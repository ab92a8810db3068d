"""What serves requests never loads what draws: that is done in a process of its own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EVERYTHING_THAT_SERVES = """
import bot.wiring, bot.terminal, bot.render.drawing
from bot.commands import Registry
Registry().all()
"""


def loaded(script: str, library: str) -> bool:
    ask = f"\nimport sys\nprint({library!r} in sys.modules)"
    command = [sys.executable, "-c", script + ask]
    return subprocess.check_output(command, cwd=ROOT, text=True) == "True\n"


def test_no_module_that_serves_loads_matplotlib() -> None:
    assert not loaded(EVERYTHING_THAT_SERVES, "matplotlib")
    assert not loaded(EVERYTHING_THAT_SERVES, "numpy")
    assert loaded("import bot.render.charts", "matplotlib")

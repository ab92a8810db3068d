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


def loaded(script: str) -> set[str]:
    """Return which of the libraries that draw a process has loaded after the script."""
    ask = "\nimport sys\nprint(*sys.modules.keys() & {'matplotlib', 'numpy'})"
    command = [sys.executable, "-c", script + ask]
    return set(subprocess.check_output(command, cwd=ROOT, text=True).split())


def test_no_module_that_serves_loads_what_draws() -> None:
    assert loaded(EVERYTHING_THAT_SERVES) == set()
    assert loaded("import bot.render.charts") == {"matplotlib", "numpy"}

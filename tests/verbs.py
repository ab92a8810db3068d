"""The process's own verbs as a person types them, called inside of this process.

`tests.test_cli.quarterdeck` starts a process for each, which takes a second; what a verb prints and
how it ends is the same.
"""

import os

from click.testing import CliRunner, Result

from bot.cli import main
from bot.environment import PREFIX


def typed(*words: str, **environment: str) -> Result:
    """Call the verb with nobody to ask and nothing of this machine's configuration."""
    others = {name: None for name in os.environ if name.startswith((PREFIX, "KUBE"))}
    return CliRunner(env={**others, "HOME": "/nowhere", **environment}).invoke(main, words)

"""`quarterdeck init` as a script calls it, or as a person at a terminal answers it."""

import contextlib
import errno
import os
import pty
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from bot.cli import main
from bot.environment import PREFIX

ROOT = Path(__file__).parents[2]
BOT_TOKEN, APP_TOKEN = "xoxb-1-hush-bot", "xapp-1-hush-app"
SIGNING_SECRET = "0123456789abcdef0123456789abcdef"
TOKENS = {
    f"{PREFIX}SLACK__BOT_TOKEN": BOT_TOKEN,
    f"{PREFIX}SLACK__APP_TOKEN": APP_TOKEN,
    f"{PREFIX}SLACK__SIGNING_SECRET": SIGNING_SECRET,
}
OPTIONS = ("--admin=U0ADA", "--channel=C0SHOP", "--namespace=shop")


def init(folder: Path, *options: str, **environment: str) -> Result:
    """Run it in the folder, where nobody can be asked."""
    with contextlib.chdir(folder):
        return CliRunner(env=environment).invoke(main, ["init", *options])


def answered(folder: Path, *lines: str) -> str:
    """Run it in a terminal, answer each question, and return all that the terminal showed."""
    terminal, other_end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "init"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdin=other_end,
        stdout=other_end,
        stderr=other_end,
        start_new_session=True,  # whoever runs the tests has a terminal of their own
    )
    os.close(other_end)
    shown = b""
    for line in lines:
        # Only when it is asked for: a hidden prompt throws away what was typed before.
        before = len(shown)
        while not shown[before:].endswith(b": "):
            shown += os.read(terminal, 4096)
        os.write(terminal, f"{line}\n".encode())
    while chunk := _read(terminal):
        shown += chunk
    os.close(terminal)
    assert process.wait(60) == 0, shown.decode()
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError as error:
        # What Linux says of a terminal whose other end is closed.
        if error.errno != errno.EIO:
            raise
        return b""

"""Quantities are written as the pinned kubectl writes them: an oracle that needs no server."""

import subprocess
import sys
from pathlib import Path

import yaml

from bot.core.units import parse_quantity
from tests.core.test_units import CANONICAL

KUBECTL = Path(sys.executable).with_name("kubectl")


def test_every_canonical_form_is_kubectls(tmp_path: Path) -> None:
    limits = ",".join(f"r{index}={text}" for index, text in enumerate(CANONICAL))
    command = [
        str(KUBECTL),
        "create",
        "quota",
        "q",
        f"--hard={limits}",
        "--dry-run=client",
        "-o=yaml",
    ]
    done = subprocess.run(
        command, env={"HOME": str(tmp_path)}, capture_output=True, text=True, check=True, timeout=30
    )
    hard = yaml.load(done.stdout, Loader=yaml.BaseLoader)["spec"]["hard"]
    written = {text: hard[f"r{index}"] for index, text in enumerate(CANONICAL)}
    assert written == {text: str(parse_quantity(text)) for text in CANONICAL}

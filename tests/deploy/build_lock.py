"""What builds the wheel in the image: the part of requirements-dev.lock that hatchling needs.

Write deploy/build.lock anew after requirements-dev.lock has changed:
`python -m tests.deploy.build_lock > deploy/build.lock`.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEADER = "# From requirements-dev.lock: python -m tests.deploy.build_lock > deploy/build.lock\n"


def build_lock(lock: str, tool: str = "hatchling") -> str:
    """Return the pinned packages of a lock file that `tool` needs, itself among them."""
    entries = {name_of(entry): entry for entry in re.split(r"\n(?=[a-z])", lock.strip("\n"))}
    needed = {tool}
    while more := {name for name in entries if wanted_by(entries[name]) & needed} - needed:
        needed |= more
    return HEADER + "".join(f"{pinned(entries[name])}\n" for name in sorted(needed))


def name_of(entry: str) -> str:
    """Return the package that a lock file's entry pins."""
    return entry.partition("==")[0]


def wanted_by(entry: str) -> set[str]:
    """Return who asked for an entry, as uv notes it below the hashes."""
    notes = [line.strip(" #") for line in entry.splitlines() if line.startswith("    #")]
    return {note.removeprefix("via ").strip() for note in notes}


def pinned(entry: str) -> str:
    """Return an entry without its notes."""
    return "\n".join(line for line in entry.splitlines() if not line.startswith("    #"))


if __name__ == "__main__":
    sys.stdout.write(build_lock((ROOT / "requirements-dev.lock").read_text()))

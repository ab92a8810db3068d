"""The recordings: what the real control plane answered, one readable file for each case."""

import difflib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.conformance.cluster.case import Case, Follow, Step
from tests.conformance.cluster.runner import Answer

FOLDER = Path(__file__).parent / "recorded"


@dataclass(frozen=True)
class Placed:
    """A case, in its room."""

    room: str
    case: Case

    def __str__(self) -> str:
        """Return `room/sentence`, which names the test and is searched by patterns."""
        return f"{self.room}/{self.case.sentence}"

    @cached_property
    def file(self) -> Path:
        """Return where the recording is."""
        slug = re.sub(r"[^a-z0-9]+", "-", self.case.sentence.lower()).strip("-")
        return FOLDER / self.room / f"{slug}.json"

    def steps(self) -> list[str]:
        """Return the steps that the recording must have answers to."""
        return [line for step in self.case.steps for line in _lines(step)]


def _lines(step: Step) -> list[str]:
    more = step.meanwhile if isinstance(step, Follow) else ()
    return [str(step), *(str(each) for each in more)]


def text(answers: Sequence[Answer]) -> str:
    """Return answers as they stand in a recording."""
    return json.dumps(answers, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def recorded(placed: Placed) -> str:
    """Return the recording's text.

    Raises:
        AssertionError: there is none, or the case has other steps by now.
    """
    how = f'record it: python -m tests.conformance.cluster record "{placed}"'
    if not placed.file.exists():
        raise AssertionError(f"not recorded; {how}")
    found = placed.file.read_text("utf-8")
    if [answer["step"] for answer in json.loads(found)] != placed.steps():
        raise AssertionError(f"recorded with other steps; {how}")
    return found


def difference(expected: str, found: str) -> str:
    """Return the lines that differ, with what stands around them; empty: none."""
    if expected == found:  # the usual, which takes difflib as long as any other
        return ""
    lines = difflib.unified_diff(
        expected.splitlines(), found.splitlines(), "recorded", "found", lineterm="", n=4
    )
    return "\n".join(lines)

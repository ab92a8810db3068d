"""A Dockerfile as a list of instructions."""

import json
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction, its lines joined and its comments dropped."""

    word: str
    rest: str

    @property
    def argv(self) -> list[str]:
        """Return the words of an exec form.

        Raises:
            ValueError: The instruction is in shell form.
        """
        words: list[str] = json.loads(self.rest[self.rest.index("[") :])
        return words


def instructions(dockerfile: Path) -> list[Instruction]:
    """Return the instructions of a Dockerfile."""
    lines = [line for line in dockerfile.read_text().splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    split = [line.split(None, 1) for line in joined.splitlines() if line.strip()]
    return [Instruction(word, rest) for word, rest in split]


def last_stage(found: list[Instruction]) -> list[Instruction]:
    """Return the instructions of the stage that becomes the image."""
    start = max(index for index, one in enumerate(found) if one.word == "FROM")
    return found[start:]


def only(found: list[Instruction], word: str) -> Instruction:
    """Return the only instruction of its kind."""
    [one] = [one for one in found if one.word == word]
    return one

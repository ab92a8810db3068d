"""The three-run rule: kubectl, the bot, kubectl; each line of ours is that line of one of the two.

Pure. Ages move while three commands run, so one run of kubectl would not be enough.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What one command left behind."""

    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Runs:
    """One phrase, three times."""

    before: Answer
    ours: Answer
    after: Answer

    def through(self, common: Callable[[Answer], Answer]) -> "Runs":
        """Return what a deliberate difference leaves to compare."""
        return Runs(common(self.before), common(self.ours), common(self.after))


def mismatches(runs: Runs) -> list[str]:
    """Return in words where our answer is neither of kubectl's two."""
    return [
        *_unlike("exit code", runs.ours.code, runs.before.code, runs.after.code),
        *_lines("stdout", runs.ours.stdout, runs.before.stdout, runs.after.stdout),
        *_lines("stderr", runs.ours.stderr, runs.before.stderr, runs.after.stderr),
    ]


def _lines(stream: str, ours: str, before: str, after: str) -> Iterator[str]:
    own, *theirs = (text.split("\n") for text in (ours, before, after))
    yield from _unlike(f"{stream}, lines", len(own), *map(len, theirs))
    for number, line in enumerate(own):
        said = [lines[number] if number < len(lines) else None for lines in theirs]
        yield from _unlike(f"{stream}, line {number + 1}", line, *said)


def _unlike(what: str, ours: object, before: object, after: object) -> Iterator[str]:
    if ours not in (before, after):
        theirs = f"{before!r}" if before == after else f"{before!r} or {after!r}"
        yield f"{what}:\n  ours:    {ours!r}\n  kubectl: {theirs}"

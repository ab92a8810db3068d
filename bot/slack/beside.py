"""What stands beside an answer's text: values, progress, choices, pictures, files and links.

Everything is bounded as it is taken in, so that a message keeps within Slack's budgets whatever
comes; what does not fit is counted and said.
"""

import re
from dataclasses import dataclass, field
from typing import TypeVar, assert_never

from bot.core.reply import Attached, Chart, Choices, Fields, Link, Progress, Verdict
from bot.slack.escaping import visible

FIELDS, FIELD_CHARACTERS, FIELDS_CHARACTERS = 12, 200, 900
VERDICTS, VERDICT_CHARACTERS, VERDICTS_CHARACTERS = 8, 300, 1_200
BARS, LABEL_CHARACTERS = 3, 80
PICTURES, TITLE_CHARACTERS, SUMMARY_CHARACTERS = 2, 100, 250
QUESTION_CHARACTERS = 150
FILES = 5
# Slack takes up to 3,000 for an address (Block Kit reference), in a budget that all share.
LINKS, URL_CHARACTERS = 2, 2_000
_WEB = re.compile(r"https?://[^\s<>|]+")
T = TypeVar("T")
Sideline = Fields | Progress | Choices | Chart | Attached | Link | Verdict


@dataclass(slots=True)
class Picture:
    """A picture, and the id that Slack gave it once it was sent."""

    chart: Chart
    file: str = ""

    @property
    def title(self) -> str:
        """Return its title, on one line."""
        return _line(self.chart.title, TITLE_CHARACTERS)

    @property
    def summary(self) -> str:
        """Return its numbers in words, on one line."""
        return _line(self.chart.summary, SUMMARY_CHARACTERS)


@dataclass(slots=True)
class Sidelines:
    """The parts so far."""

    verdicts: list[str] = field(default_factory=list)
    """Lines that stand above the result."""
    pairs: list[tuple[str, str]] = field(default_factory=list)
    hidden_pairs: int = 0
    bars: dict[str, Progress] = field(default_factory=dict)
    choices: Choices | None = None
    pictures: list[Picture] = field(default_factory=list)
    files: list[Attached] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    left_out: int = 0
    """Pictures and files that were too many."""

    def add(self, part: Sideline) -> None:
        """Take in one more part."""
        match part:
            case Verdict(text):
                self._add_verdict(text)
            case Fields(pairs):
                self._add_pairs(pairs)
            case Progress(key=key):
                self.bars[key] = part
            case Choices():
                self.choices = part
            case Chart():
                self._add_file(self.pictures, Picture(part), PICTURES)
            case Attached():
                self._add_file(self.files, part, FILES)
            case Link(label, url):
                self._add_link(label, url)
            case _:
                assert_never(part)

    def lines(self) -> list[str]:
        """Return everything as lines of text, for where no blocks are."""
        shown = list(self.verdicts)
        shown += [f"{name}: {value}" for name, value in self.pairs]
        shown += [bar(one) for one in self.last_bars()]
        shown += [f"{one.title}: {one.summary}" for one in self.pictures]
        if self.choices:
            shown.append(self.question)
            typed = [one.phrase for one in self.choices.options[:5] if not one.incomplete]
            shown += [visible(phrase)[:LABEL_CHARACTERS] for phrase in typed]
        return [*shown, *self.remarks()]

    def last_bars(self) -> list[Progress]:
        """Return the newest bars that a message has room for."""
        return list(self.bars.values())[-BARS:]

    @property
    def question(self) -> str:
        """Return the question of the choices, on one line."""
        return _line(self.choices.question, QUESTION_CHARACTERS) if self.choices else ""

    def remarks(self) -> list[str]:
        """Return sentences about what has no room."""
        found = []
        if self.hidden_pairs:
            found.append(f"… {self.hidden_pairs} more values are not shown.")
        if self.left_out:
            found.append(f"{self.left_out} more files are not shown.")
        return found

    def _add_verdict(self, text: str) -> None:
        for line in text.splitlines():
            shown = _line(line, VERDICT_CHARACTERS)
            used = sum(map(len, self.verdicts))
            if len(self.verdicts) < VERDICTS and used + len(shown) <= VERDICTS_CHARACTERS:
                self.verdicts.append(shown)

    def _add_pairs(self, pairs: tuple[tuple[str, str], ...]) -> None:
        for pair in pairs:
            name, value = (_line(text, FIELD_CHARACTERS) for text in pair)
            used = sum(len(left) + len(right) for left, right in self.pairs)
            room = used + len(name) + len(value) <= FIELDS_CHARACTERS
            if room and len(self.pairs) < FIELDS:
                self.pairs.append((name, value))
            else:
                self.hidden_pairs += 1

    def _add_link(self, label: str, url: str) -> None:
        # What cannot be followed is left out: it is nothing but another way to the same.
        if len(self.links) < LINKS and len(url) <= URL_CHARACTERS and _WEB.fullmatch(url):
            self.links.append(Link(_line(label, LABEL_CHARACTERS) or "-", url))

    def _add_file(self, files: list[T], file: T, most: int) -> None:
        if len(files) < most:
            files.append(file)
        else:
            self.left_out += 1


def bar(progress: Progress, cells: int = 10) -> str:
    """Return `▓▓▓▓▓▓░░░░ 3/5 label`, or the count alone where the total is not known."""
    label = _line(progress.label, LABEL_CHARACTERS)
    if progress.total <= 0:
        return f"{progress.done} {label}"
    full = max(0, min(cells, cells * progress.done // progress.total))
    return f"{'▓' * full}{'░' * (cells - full)} {progress.done}/{progress.total} {label}"


def _line(text: str, room: int) -> str:
    line = " ".join(visible(text).split())
    return line if len(line) <= room else f"{line[: room - 1]}…"

"""One answer while it comes: its parts, and what of them a reader is shown now."""

import re
from dataclasses import dataclass, field
from enum import Enum

from bot.core.errors import CancelledByPersonError, QuarterdeckError, SupersededError
from bot.core.ports import Heading
from bot.core.reply import Part, Problem, Proposal, Table, Text
from bot.render.plain import PlainRenderer
from bot.slack.excerpts import (
    NOTES_CHARACTERS,
    NOTES_LINES,
    Document,
    Excerpt,
    excerpt,
)

_STEPS = 3
_EXTENSIONS = {"": "txt", "yaml": "yaml", "json": "json", "log": "log"}
_SNIPPETS = {"yaml": "yaml", "json": "json"}


class Stage(Enum):
    """How far an answer has come."""

    WORKING = "working"
    DONE = "done"
    INTERRUPTED = "interrupted"
    """The bot was stopped."""
    BROKEN = "broken"
    """The bot's own mistake ended it."""


@dataclass(frozen=True, slots=True)
class File:
    """The whole of what a message shows in part."""

    name: str
    content: bytes
    snippet_type: str


@dataclass(frozen=True, slots=True)
class View:
    """What is to be seen of an answer at one moment."""

    stage: Stage
    heading: Heading | None
    output: Excerpt
    lines: int
    too_big: bool
    notes: Excerpt
    next_steps: tuple[str, ...]
    proposal: Proposal | None

    @property
    def needs_file(self) -> bool:
        """Tell whether something is hidden that a file can hold."""
        return not (self.output.whole and self.notes.whole) and not self.too_big


@dataclass(slots=True)
class Answer:
    """The parts so far; `revision` grows with every change."""

    heading: Heading | None = None
    stage: Stage = Stage.WORKING
    revision: int = 0
    superseded: bool = False
    """A proposal can no longer be carried out."""
    has_result: bool = False
    """Something else than a problem was drawn."""
    has_problem: bool = False
    _said_so: bool = False
    """That it was interrupted is among its problems already."""
    _proposal: Proposal | None = None
    _next_steps: dict[str, None] = field(default_factory=dict)
    _language: str = ""
    _output: Document = field(default_factory=Document)
    _notes: Document = field(default_factory=Document)
    _renderer: PlainRenderer = field(default_factory=PlainRenderer)

    def open(self, heading: Heading) -> None:
        """Say what the answer is about."""
        self.heading = heading
        self.revision += 1

    def add(self, part: Part) -> None:
        """Take in one more part."""
        output, notes = self._renderer.feed(part)
        self._output.append(output)
        self._notes.append(notes)
        self._remember(part)
        self.revision += 1

    def end(self, stage: Stage) -> None:
        """Say how it ended; what the renderer kept back comes out."""
        self._output.append(self._renderer.finish())
        told = stage is Stage.INTERRUPTED and self._said_so
        self.stage = Stage.DONE if told else stage
        self.revision += 1

    def view(self) -> View:
        """Return what is to be seen now."""
        return View(
            stage=self.stage,
            heading=self.heading,
            output=excerpt(self._output),
            lines=self._output.lines,
            too_big=self._output.too_big or self._notes.too_big,
            notes=excerpt(self._notes, NOTES_CHARACTERS, NOTES_LINES),
            next_steps=tuple(self._next_steps),
            proposal=self._proposal,
        )

    def file(self) -> File:
        """Return the output; what stands beside it follows only where it did not fit either."""
        text = self._output.text()
        if not excerpt(self._notes, NOTES_CHARACTERS, NOTES_LINES).whole:
            text += self._notes.text()
        language = self._language
        name = f"{_slug(self.heading)}.{_EXTENSIONS[language]}"
        return File(name, text.encode("utf-8", "replace"), _SNIPPETS.get(language, "text"))

    def _remember(self, part: Part) -> None:
        match part:
            case Problem(error):
                self._remember_problem(error)
            case Proposal():
                self.has_result, self._proposal = True, part
            case Text():
                self.has_result, self._language = True, part.language or self._language
            case Table():
                self.has_result |= bool(part.rows)
            case _:
                self.has_result = True

    def _remember_problem(self, error: QuarterdeckError) -> None:
        self.has_problem = True
        self.superseded |= isinstance(error, SupersededError)
        self._said_so |= isinstance(error, CancelledByPersonError)
        if error.next_step and len(self._next_steps) < _STEPS:
            self._next_steps[error.next_step] = None


def _slug(heading: Heading | None) -> str:
    words = re.findall(r"[A-Za-z0-9]+", heading.phrase if heading else "")
    return "-".join(words[:6])[:60].lower() or "answer"

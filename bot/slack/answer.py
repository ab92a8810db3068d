"""One answer while it comes: its parts, and what of them a reader is shown now."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TypeAlias

from bot.core.errors import CancelledByPersonError, QuarterdeckError, SupersededError
from bot.core.ports import Heading
from bot.core.proposal import Case
from bot.core.reply import Attached, Part, Problem, Proposal, Table, Text
from bot.core.request import Request
from bot.render.plain import PlainRenderer
from bot.slack import card
from bot.slack.beside import Sideline, Sidelines
from bot.slack.controls import Asked, Next, Row, Shown
from bot.slack.excerpts import (
    NOTES_CHARACTERS,
    NOTES_LINES,
    Document,
    Excerpt,
    excerpt,
    newest,
)
from bot.slack.kept import Kept
from bot.slack.sections import (
    WORST_FIRST,
    Chosen,
    Collector,
    Section,
    Selection,
    choose,
    columns,
    rows,
)
from bot.slack.tables import Tables

_STEPS = 3
# Drawing so many rows takes a few milliseconds; ten thousand take a tenth of a second.
_QUICK_ROWS = 500
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
    """What is sent along with a message."""

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
    superseded: bool = False
    """A proposal can no longer be carried out."""
    sidelines: Sidelines = field(default_factory=Sidelines)
    rows: int = 0
    """How many rows its tables have."""
    table: Section | None = None
    """The whole answer, where it is one table."""
    tables: Tables = "text"
    """How that is drawn."""
    scope: str = ""
    """Which of the rows are shown, where it is not all of them."""
    row: Row | None = None
    """What can be done with the result."""
    choices: tuple[Next, ...] = ()
    """What can be chosen next."""

    @property
    def needs_file(self) -> bool:
        """Tell whether something is hidden that a file can hold."""
        return not (self.output.whole and self.notes.whole) and not self.too_big


@dataclass(slots=True)
class Answer:
    """The parts so far; `revision` grows with every change."""

    private: bool = False
    """For the person alone, whatever its heading says."""
    selection: Selection = field(default_factory=Selection)
    """What of the result is shown once it is there."""
    asked: Asked | None = None
    """How it was asked for; None: it cannot be asked for again."""
    typed: Asked | None = None
    """How it was typed, for what can be chosen next; None: as it was asked for."""
    result: str = ""
    """The id under which it is kept; empty: it is not."""
    tables: Tables = "text"
    """How its table is drawn."""
    heading: Heading | None = None
    stage: Stage = Stage.WORKING
    revision: int = 0
    superseded: bool = False
    """A proposal can no longer be carried out."""
    has_result: bool = False
    """Something else than a problem was drawn."""
    has_problem: bool = False
    case: Case | None = None
    """The proposal whose press this answers, as far as it is known."""
    sidelines: Sidelines = field(default_factory=Sidelines)
    _said_so: bool = False
    """That it was interrupted is among its problems already."""
    _proposal: Proposal | None = None
    _next_steps: dict[str, None] = field(default_factory=dict)
    _language: str = ""
    _output: Document = field(default_factory=Document)
    _notes: Document = field(default_factory=Document)
    _renderer: PlainRenderer = field(default_factory=PlainRenderer)
    _collector: Collector | None = field(default_factory=Collector)
    _sections: tuple[Section, ...] = ()
    _chosen: tuple[int, Chosen] = (-1, Chosen("", 0, 0, 1))
    """What the selection leaves, and of which revision."""

    def open(self, heading: Heading) -> None:
        """Say what the answer is about."""
        self.heading = heading
        self.revision += 1

    def add(self, part: Part) -> None:
        """Take in one more part."""
        if isinstance(part, Sideline):
            self.sidelines.add(part)
        elif not isinstance(part, Proposal):  # that has a card of its own
            output, notes = self._renderer.feed(part)
            self._output.append(output)
            self._notes.append(notes)
        self._remember(part)
        self._collect(part)
        self.revision += 1

    def end(self, stage: Stage) -> None:
        """Say how it ended; what the renderer kept back comes out."""
        self._output.append(self._renderer.finish())
        told = stage is Stage.INTERRUPTED and self._said_so
        self.stage = Stage.DONE if told else stage
        if self._collector:
            self._sections = self._collector.sections()
        self.revision += 1

    @property
    def sections(self) -> tuple[Section, ...]:
        """Return the rows, once it ended; none where they are too many to be kept."""
        return self._sections

    def view(self) -> View:
        """Return what is to be seen now."""
        ended = self.stage is Stage.DONE and not self._proposal
        chosen = self._choose() if ended and self._sections else None
        return View(
            stage=self.stage,
            heading=self.heading,
            output=self._excerpt(chosen),
            lines=self._output.lines,
            too_big=not self._selects and (self._output.too_big or self._notes.too_big),
            notes=excerpt(self._notes, NOTES_CHARACTERS, NOTES_LINES),
            next_steps=tuple(self._next_steps),
            proposal=self._proposal,
            superseded=self.superseded,
            sidelines=self.sidelines,
            rows=rows([one for one in self._sections if one.columns]),
            table=self._table() if ended else None,
            tables=self.tables,
            scope=self._scope(chosen) if chosen else "",
            row=self._row(chosen) if ended else None,
            choices=self._choices(),
        )

    async def settle(self) -> None:
        """Draw what takes long in another thread, so that nobody else waits for it."""
        if rows(self._sections) > _QUICK_ROWS:
            await asyncio.to_thread(self.view)

    def step_down(self) -> bool:
        """Draw the table as text from now on; return False where it was drawn so already."""
        known, self.tables = self.tables, "text"
        return known != "text"

    def files(self) -> tuple[File, ...]:
        """Return what is sent along: the whole of what is hidden, and the files that came."""
        whole = (self._whole(),) if self.view().needs_file else ()
        planned = (self._planned(self._proposal),) if self._proposal else ()
        return (*whole, *filter(None, planned), *(_sent(one) for one in self.sidelines.files))

    def _whole(self) -> File:
        """Return the output; what stands beside it follows only where it did not fit either."""
        text = self._output.text()
        if not excerpt(self._notes, NOTES_CHARACTERS, NOTES_LINES).whole:
            text += self._notes.text()
        language = self._language
        name = f"{_slug(self.heading)}.{_EXTENSIONS[language]}"
        return File(name, text.encode("utf-8", "replace"), _SNIPPETS.get(language, "text"))

    def _planned(self, proposal: Proposal) -> File | None:
        """Return all that a card hides of its plan; a card that was counted on has it already."""
        case = proposal.case
        if case.approvals or not card.cut(case):
            return None
        text = card.whole(case).encode("utf-8", "replace")
        return File(f"{_slug(card.heading(case))}.diff", text, "diff")

    @property
    def proposal(self) -> Proposal | None:
        """Return the change that waits for a press, if that is the answer."""
        return self._proposal

    @property
    def _selects(self) -> bool:
        return self.selection != Selection()

    def _choose(self) -> Chosen:
        if self._chosen[0] != self.revision:
            self._chosen = (self.revision, self._select())
        return self._chosen[1]

    def _select(self) -> Chosen:
        chosen = choose(self._sections, self.selection)
        if self._selects and not self.selection.page and not excerpt(_document(chosen)).whole:
            # What is hidden here stands in no file: the pages hold all of it.
            return choose(self._sections, replace(self.selection, page=1))
        return chosen

    def _excerpt(self, chosen: Chosen | None) -> Excerpt:
        if chosen and self._selects:
            return excerpt(_document(chosen))
        follows = self.heading is not None and self.heading.follows
        working = self.stage is Stage.WORKING
        return newest(self._output) if follows and working else excerpt(self._output)

    def _scope(self, chosen: Chosen) -> str:
        if not self._selects:
            return ""
        pattern = self.selection.pattern
        how = "without" if self.selection.invert else "with"
        found = [f"{chosen.rows:,} of {chosen.of:,} rows, {how} “{pattern}”"] if pattern else []
        names = columns(self._sections)
        if self.selection.column == WORST_FIRST:
            found.append("worst first")
        if 0 <= self.selection.column < len(names):
            order = ", reversed" if self.selection.descending else ""
            found.append(f"sorted by {names[self.selection.column]}{order}")
        if chosen.page:
            found.append(f"page {chosen.page} of {chosen.pages}")
        words = "; ".join(found)
        return f"{words[:1].upper()}{words[1:]}." if words else ""

    def _row(self, chosen: Chosen | None) -> Row | None:
        heading = self.heading
        if self.asked is None or heading is None:
            return None
        page = chosen.page if chosen else self.selection.page
        whole = chosen is None or (page == 0 and excerpt(_document(chosen)).whole)
        return Row(
            shown=Shown(self.result, replace(self.selection, page=page)),
            asked=self.asked,
            columns=columns(self._sections),
            rows=rows(self._sections),
            pages=1 if chosen is None or whole else chosen.pages,
            shareable=heading.shareable,
        )

    def _choices(self) -> tuple[Next, ...]:
        asked = self.typed or self.asked
        if asked is None or self.sidelines.choices is None:
            return ()
        options = self.sidelines.choices.options
        return tuple(
            Next(one.label, replace(asked, text=one.phrase), one.incomplete) for one in options
        )

    def _table(self) -> Section | None:
        alone = len(self._sections) == 1 and self._sections[0].titled
        return self._sections[0] if alone and not self._selects else None

    def _collect(self, part: Part) -> None:
        if self._output.too_big or isinstance(part, Proposal):
            self._collector = None
        elif self._collector:
            self._collector.add(part)

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


def restored(kept: Kept, selection: Selection) -> Answer:
    """Return an answer that was kept, as it is to be seen now."""
    answer = Answer(heading=kept.heading, selection=selection, has_result=True)
    answer.sidelines.verdicts += kept.verdicts
    for number, section in enumerate(kept.sections):
        for part in section.parts(str(number)):
            answer.add(part)
    answer.end(Stage.DONE)
    return answer


Prepare: TypeAlias = Callable[[Request, Answer], Awaitable[None]]
"""What is done before the last state is shown: the result is kept, pictures are sent."""


def _document(chosen: Chosen) -> Document:
    document = Document()
    document.append(chosen.text)
    return document


def _sent(attached: Attached) -> File:
    snippet = _SNIPPETS.get(attached.language, "text" if attached.language else "")
    return File(attached.name, attached.content, snippet)


def _slug(heading: Heading | None) -> str:
    words = re.findall(r"[A-Za-z0-9]+", heading.phrase if heading else "")
    return "-".join(words[:6])[:60].lower() or "answer"

"""What a handler answers: a stream of parts from a closed union, drawn by a renderer.

No part knows of Slack, of colours or of widths. A new part without a drawing fails the type
checker in every renderer (`typing.assert_never`).
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.core.errors import QuarterdeckError
from bot.core.plan import Plan
from bot.core.proposal import Case

Row: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One page of a table, in kubectl's columns.

    Pages that follow each other with the same `group` are one table: its header is drawn once
    and its widths only grow.
    """

    group: str
    columns: tuple[str, ...]
    rows: Sequence[Row]
    headers: bool = True
    live: bool = False
    """Whether the next rows may be long in coming: these are drawn at once."""
    longest: Sequence[int] = ()
    """Of a part of a page: the bytes of the longest cell of each column in all of it."""
    continues: bool = False
    """Whether these rows are another part of the page before them."""


@dataclass(frozen=True, slots=True)
class Text:
    """Text for standard output, verbatim, with its own line ends."""

    text: str
    language: Literal["", "yaml", "json", "log"] = ""
    """What it is written in; pieces that follow each other in one language are one document."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A line beside the result: what kubectl writes to standard error without failing."""

    text: str
    nothing_in: str = ""
    """The namespace in which it says that there is nothing, perhaps because there is no such."""


def nothing_in(namespace: str, what: str = "resources") -> Aside:
    """Return kubectl's line about a namespace in which nothing was found."""
    return Aside(f"No {what} found in {namespace} namespace.", namespace)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the result comes to, in a few lines; never a part of kubectl's own text."""

    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A failure of one part of a request while the rest goes on."""

    error: QuarterdeckError


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that waits for a press; nothing has been done yet."""

    case: Case

    @property
    def plan(self) -> Plan:
        """Return what would be done."""
        return self.case.proposed.plan

    @property
    def ticket(self) -> str:
        """Return the opaque id under which the plan waits; single use."""
        return self.case.ticket


@dataclass(frozen=True, slots=True)
class Diff:
    """A unified diff, verbatim, with its own line ends."""

    text: str


@dataclass(frozen=True, slots=True)
class Fields:
    """A few named values that belong together, in order."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something has come; a later one of the same key takes the place of this one."""

    key: str
    label: str
    done: int
    total: int
    """0: unknown."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be done next."""

    label: str
    phrase: str
    """What is typed for it, with the rights of whoever chooses it."""
    incomplete: bool = False
    """Whether it lacks values: a form asks for them, and where there is none it is no choice."""


@dataclass(frozen=True, slots=True)
class Choices:
    """A question whose answers are phrases."""

    question: str
    options: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of numbers."""

    title: str
    png: bytes
    summary: str
    """The numbers in words, for whoever cannot see the picture."""
    file: str = ""
    """Where whoever typed it wants it as a file, which a terminal alone writes; empty: nowhere."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that belongs to the answer."""

    name: str
    content: bytes
    language: Literal["", "yaml", "json", "log"] = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A page elsewhere that shows more of it."""

    label: str
    """What it is a page of, such as `Prometheus`."""
    url: str


Beside: TypeAlias = Diff | Fields | Progress | Choices | Chart | Attached | Link
Part: TypeAlias = Table | Text | Aside | Verdict | Problem | Proposal | Beside
Reply: TypeAlias = AsyncIterator[Part]

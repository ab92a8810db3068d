"""One read in many contexts: the answers side by side, merged into one.

Pure but for `listen`. Tables of one type become one table with the context before each row; other
text stands below a line with its context's name; what failed is one line, and spoils nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.core.clock import Clock, deadline
from bot.core.errors import QuarterdeckError, UnreachableError
from bot.core.reply import Aside, Part, Problem, Reply, Row, Table, Text, Verdict
from bot.engine.filtering import finishing

_COLUMN, _NOTHING = "CONTEXT", "<none>"
# What is kept of one context until the others have answered, too.
_CHARACTERS = 8_000_000


@dataclass(slots=True)
class Told:
    """What one context answered."""

    context: str
    parts: list[Part] = field(default_factory=list)
    size: int = 0

    def add(self, part: Part) -> None:
        """Take in one more part.

        Raises:
            QuarterdeckError: it is more than is kept.
        """
        match part:
            case Text(text):
                self.size += len(text)
            case Table(rows=rows):
                self.size += sum(map(len, (cell for row in rows for cell in row)))
            case _:
                pass
        if self.size > _CHARACTERS:
            raise QuarterdeckError(
                "error: this is more than fits beside the other contexts' answers",
                next_step=f"Ask it alone, with --context={self.context}",
            )
        self.parts.append(part)


async def listen(told: Told, reply: Reply, clock: Clock, seconds: float) -> None:
    """Take in the reply; its failure is a part like any other, and so is that it takes longer."""
    try:
        async with deadline(clock, seconds), finishing(reply):
            async for part in reply:
                told.add(part)
    except QuarterdeckError as error:
        told.parts.append(Problem(error))
    except TimeoutError:
        text = "error: timed out waiting for the condition"
        told.parts.append(Problem(UnreachableError(text)))


def merged(answers: Sequence[Told]) -> Iterator[Part]:
    """Yield the answers as one: verdicts, tables, text, then what was said beside them."""
    for told in answers:
        yield from (
            Verdict(f"{told.context}: {part.text}")
            for part in told.parts
            if isinstance(part, Verdict)
        )
    yield from _tables(answers)
    before = ""
    for told in answers:
        if texts := [part for part in told.parts if not isinstance(part, _APART)]:
            yield Text(f"{before}==> {told.context} <==\n")
            yield from texts
            before = "\n"
    for told in answers:
        yield from _beside(told)


_APART = (Table, Verdict, Aside, Problem)


def _tables(answers: Sequence[Told]) -> Iterator[Table]:
    groups: dict[str, list[tuple[str, Table]]] = {}
    for told in answers:
        for part in told.parts:
            if isinstance(part, Table):
                groups.setdefault(part.group, []).append((told.context, part))
    for group, tables in groups.items():
        # A context of another version may have columns of its own.
        names = tuple(dict.fromkeys(name for _, table in tables for name in table.columns))
        rows = [row for context, table in tables for row in _rows(context, table, names)]
        yield Table(group, (_COLUMN, *names) if names else (), rows, tables[0][1].headers)


def _rows(context: str, table: Table, names: Sequence[str]) -> Iterable[Row]:
    if table.columns == names:
        return ((context, *row) for row in table.rows)
    return (_fitted(context, table.columns, row, names) for row in table.rows)


def _fitted(context: str, columns: Sequence[str], row: Row, names: Sequence[str]) -> Row:
    cells = dict(zip(columns, row, strict=False))
    return (context, *(cells.get(name, _NOTHING) for name in names))


def _beside(told: Told) -> Iterator[Part]:
    for part in told.parts:
        match part:
            case Aside(text):
                yield Aside(f"{told.context}: {_line(text)}")
            case Problem(error):
                yield Problem(
                    QuarterdeckError(
                        f"{told.context}: {_line(error.text)}",
                        next_step=error.next_step,
                        exit_code=error.exit_code,
                    )
                )
            case _:
                pass


def _line(text: str) -> str:
    return " ".join(text.split())

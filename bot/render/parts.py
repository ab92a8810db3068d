"""The small parts of an answer as plain text: from diffs and fields to pictures and links.

Pure. Each returns what goes to standard output and what goes to standard error.
"""

from typing import assert_never

from bot.core.reply import Attached, Beside, Chart, Choices, Diff, Fields, Link, Progress


def draw(part: Beside) -> tuple[str, str]:
    """Return the part's lines for each stream."""
    match part:
        case Diff(text):
            found = text, ""
        case Fields(pairs):
            found = fields(pairs), ""
        case Progress():
            found = f"{progress(part)}\n", ""
        case Choices():
            found = "", choices(part)
        case Chart(title, _, summary):
            found = f"{title}\n{summary}\n", ""
        case Attached():
            found = _attached(part)
        case Link(label, url):
            found = "", f"{label}: {url}\n"
        case _:
            assert_never(part)
    return found


def fields(pairs: tuple[tuple[str, str], ...]) -> str:
    """Return `Name:  value` lines, the values below each other as in kubectl's describe."""
    width = max((len(name) for name, _ in pairs), default=0) + 3
    return "".join(f"{f'{name}:':<{width}}{value}\n" for name, value in pairs)


def progress(part: Progress) -> str:
    """Return `label: 3/5`, or the count alone where the total is not known."""
    total = f"/{part.total}" if part.total else ""
    return f"{part.label}: {part.done}{total}"


def choices(part: Choices) -> str:
    """Return the question and a line for each answer, with what to type for it."""
    typed = [option for option in part.options if not option.incomplete]
    lines = (f"\t{option.label}: {option.phrase}\n" for option in typed)
    return f"{part.question}\n{''.join(lines)}" if typed else ""


def _attached(part: Attached) -> tuple[str, str]:
    try:
        return part.content.decode(), ""
    except UnicodeDecodeError:
        return "", f"{part.name}: {len(part.content):,} bytes that are no text\n"

"""What is wrong with a manifest, and where; the sentence never repeats a value of it.

A value may be a password. Keys, tags and anchors are named, cut to a length.
"""

from bot.core.errors import UsageError

_SHOWN = 60


class FaultError(Exception):
    """One thing that is wrong with a text, at a line counted from 1."""

    def __init__(self, line: int, sentence: str, instead: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence
        self.instead = instead
        """The valid form, or what to do."""

    def named(self, file: str, document: int = 0, before: int = 0) -> UsageError:
        """Return it as it is told; `before` is how many lines stand above the text."""
        place = f", document {document}" if document else ""
        line = f", line {self.line + before}" if self.line else ""
        return UsageError(f"error: {file}{place}{line}: {self.sentence}", next_step=self.instead)


def shown(key: str) -> str:
    """Return a key as a sentence names it."""
    cut = key if len(key) <= _SHOWN else f"{key[:_SHOWN]}…"
    return f'"{cut}"' if cut.isprintable() else repr(cut)

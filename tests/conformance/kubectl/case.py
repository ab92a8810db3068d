"""One phrase to type, and what is expected of its answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """A phrase; alone, our answer has to be kubectl's."""

    phrase: str
    difference: str = ""
    """The id in docs/differences.md under which the two do not say the same."""
    like: str = ""
    """What is typed to kubectl in place of the phrase, to get the answer that we give."""
    theirs: str = ""
    """What kubectl says to the phrase; empty where only a part of its answer differs."""
    ours: str = ""
    """All that we write to standard error, and the rest of the answer is then a failure's."""

    def __str__(self) -> str:
        """Return the phrase, which names the test."""
        return self.phrase

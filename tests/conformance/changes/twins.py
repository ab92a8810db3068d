"""A pair of twins for each case: namespaces, names and folders that differ in one letter. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.changes.case import Case


@dataclass(frozen=True, slots=True)
class Twin:
    """One of the two: a namespace, what begins with its name, and a folder of files."""

    name: str
    folder: Path
    files: Mapping[str, str]

    def write(self) -> None:
        """Write the files."""
        self.folder.mkdir(parents=True)
        for name, text in self.files.items():
            if name != "-":
                (self.folder / name).write_text(self.named(text))

    @property
    def stdin(self) -> str:
        """Return what is typed on standard input."""
        return self.named(self.files.get("-", ""))

    def named(self, text: str) -> str:
        """Return the text with the twin's own names in it."""
        return text.replace("TWIN", self.name).replace("HERE", str(self.folder))

    def unnamed(self, text: str) -> str:
        """Return the text without the twin's own names."""
        return text.replace(str(self.folder), "HERE").replace(self.name, "TWIN")


@dataclass(frozen=True, slots=True)
class Pair:
    """Both twins of one case."""

    case: Case
    kubectls: Twin
    ours: Twin

    @property
    def twins(self) -> tuple[Twin, Twin]:
        """Return both."""
        return self.kubectls, self.ours


def twin_name(number: int, letter: str) -> str:
    """Return a twin's name; all are of one length, so that columns are as wide."""
    return f"twin-{number:03d}-{letter}"


def pair(number: int, case: Case, home: Path) -> Pair:
    """Return the pair of the case of that number."""
    names = [twin_name(number, letter) for letter in "kq"]
    kubectls, ours = (Twin(name, home / name, case.group.files) for name in names)
    return Pair(case, kubectls, ours)

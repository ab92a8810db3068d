"""What is typed, over which objects, by whom, and what is expected of it.

In every text TWIN stands for the twin's namespace, and begins the names of what is in none; HERE is
the folder of its files.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

import yaml

Item = dict[str, Any]
_WORD = re.compile(r"[\w-]+")
_SELECTING = ("-l", "--all", "--field-selector")


class Who(StrEnum):
    """Who types."""

    ADMINISTRATOR = "administrator"
    """The kubeconfig's own user, in a terminal."""
    OPERATOR = "operator"
    """Somebody in Slack who may do everything."""
    READER = "reader"
    """Somebody in Slack who may look at everything and change nothing."""
    STRANGER = "stranger"
    """Somebody in Slack who may do nothing in the twins."""


@dataclass(frozen=True, slots=True)
class Group:
    """Cases over the same objects, each of them on a pair of twins of its own."""

    phrases: str
    """A case a line; ` ;; ` stands between what is typed one after the other."""
    objects: str = ""
    """What stands there before, as YAML; what comes again is changed once it has been seen."""
    choice: str = ""
    """What stands there too, as far as the phrase names it; all of it where it names nothing."""
    before: str = ""
    """What was typed to kubectl in both twins before."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Their texts by name; `-` is standard input."""
    who: Who = Who.ADMINISTRATOR
    difference: str = ""
    """The id in docs/differences.md of what does not have to be equal."""
    theirs: tuple[tuple[str, str], ...] = ()
    """Words of the phrase, and what is typed to kubectl in their place."""

    def cases(self) -> Iterator["Case"]:
        """Yield the cases, in order."""
        for line in self.phrases.strip("\n").split("\n"):
            yield Case(line.strip(), self)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What is typed to the bot and to kubectl, each in a twin of its own."""

    typed: str
    group: Group = field(repr=False)

    @property
    def phrases(self) -> list[str]:
        """Return what is typed to the bot, one after the other."""
        return self.typed.split(" ;; ")

    @property
    def kubectls(self) -> list[str]:
        """Return what is typed to kubectl."""
        return [self._theirs(phrase) for phrase in self.phrases]

    @property
    def objects(self) -> list[Item]:
        """Return what stands there before, in order."""
        choice = _documents(self.group.choice)
        words = set(_WORD.findall(self.typed))
        named = [item for item in choice if item["metadata"]["name"] in words]
        narrow = named and words.isdisjoint(_SELECTING)
        return _documents(self.group.objects) + (named if narrow else choice)

    def _theirs(self, phrase: str) -> str:
        for ours, theirs in self.group.theirs:
            phrase = phrase.replace(ours, theirs)
        return phrase

    def __str__(self) -> str:
        """Return what is typed and by whom, which names the test."""
        who = self.group.who
        return self.typed if who is Who.ADMINISTRATOR else f"{self.typed} (by the {who})"


@cache
def _documents(text: str) -> list[Item]:
    return [item for item in yaml.safe_load_all(text) if item]

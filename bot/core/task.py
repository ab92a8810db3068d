"""A task: a name for phrases of the grammar, with parameters whose values are limited."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.core.errors import UsageError
from bot.core.reply import Choice, Choices

PLACE = re.compile(r"\{([a-z][a-z0-9_-]*)\}")
"""Where a parameter's value stands in a phrase."""
# One word that is no flag and means nothing to the grammar: names, images, sizes, durations.
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@%+-]{0,252}")
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_INTEGER = re.compile(r"-?[0-9]{1,9}")
# So many values are offered as buttons.
_OFFERED = 10


class UnansweredError(UsageError):
    """A parameter has no value yet; `choices` is the question, where its values are known."""

    choices: Choices | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value that a task needs."""

    name: str
    kind: Literal["name", "integer", "word"] = "word"
    allowed: tuple[str, ...] = ()
    """Without any: every value of its kind."""
    default: str = ""
    """Empty: it must be given."""
    minimum: int | None = None
    maximum: int | None = None
    summary: str = ""

    @property
    def usage(self) -> str:
        """Return how it is typed, such as `app=web|api`."""
        value = "|".join(self.allowed) or self.kind.upper()
        return f"[{self.name}={value}]" if self.default else f"{self.name}={value}"

    def check(self, value: str) -> None:
        """Do nothing if the value may stand there.

        Raises:
            UsageError: it may not; the text says which may.
        """
        if self.allowed and value not in self.allowed:
            raise self._wrong(value, f"must be one of {', '.join(self.allowed)}")
        pattern = {"name": _NAME, "integer": _INTEGER, "word": _WORD}[self.kind]
        if not pattern.fullmatch(value):
            article = "an integer" if self.kind == "integer" else f"a {self.kind}"
            raise self._wrong(value, f"must be {article}")
        if self.kind == "integer":
            self._check_range(int(value), value)

    def _check_range(self, number: int, value: str) -> None:
        if self.minimum is not None and number < self.minimum:
            raise self._wrong(value, f"must be at least {self.minimum}")
        if self.maximum is not None and number > self.maximum:
            raise self._wrong(value, f"must be at most {self.maximum}")

    def _wrong(self, value: str, form: str) -> UsageError:
        shown = value if len(value) <= 60 else f"{value[:60]}…"
        return UsageError(f"error: {self.name} {form}, not {shown!r}", next_step=self.usage)


@dataclass(frozen=True, slots=True)
class Task:
    """What is run by its name."""

    name: str
    phrases: tuple[str, ...]
    parameters: tuple[Parameter, ...] = ()
    summary: str = ""

    @property
    def usage(self) -> str:
        """Return how it is typed, such as `run restart app=web|api`."""
        return " ".join(["run", self.name, *(one.usage for one in self.parameters)])

    def filled(self, given: Mapping[str, str]) -> tuple[str, ...]:
        """Return the phrases with these values, and the defaults of the others.

        Raises:
            UsageError: a value may not stand there, or a name is not the task's.
            UnansweredError: a value is missing.
        """
        known = {one.name: one for one in self.parameters}
        for name in given:
            if name not in known:
                raise UsageError(
                    f"error: the task {self.name} has no parameter {name!r}", next_step=self.usage
                )
        values = {name: given.get(name) or one.default for name, one in known.items()}
        for name, value in values.items():
            if not value:
                raise self._unanswered(known[name], given)
            known[name].check(value)
        return tuple(PLACE.sub(lambda found: values[found[1]], one) for one in self.phrases)

    def sample(self) -> tuple[str, ...]:
        """Return the phrases with some values, to see what they are."""
        return self.filled({one.name: _some(one) for one in self.parameters})

    def _unanswered(self, missing: Parameter, given: Mapping[str, str]) -> UnansweredError:
        said = " ".join(f"{name}={value}" for name, value in given.items() if value)
        beginning = f"run {self.name} {said}".rstrip()
        error = UnansweredError(
            f"error: the task {self.name} needs {missing.name}", next_step=self.usage
        )
        options = tuple(
            Choice(value, f"{beginning} {missing.name}={value}")
            for value in missing.allowed[:_OFFERED]
        )
        if options:
            question = missing.summary or f"Which {missing.name}?"
            error.choices = Choices(question, options)
        return error


def _some(parameter: Parameter) -> str:
    if parameter.default or parameter.allowed:
        return parameter.default or parameter.allowed[0]
    if parameter.kind == "integer":
        return str(parameter.minimum if parameter.minimum is not None else parameter.maximum or 1)
    return "x"

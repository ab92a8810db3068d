"""A task: a name for phrases of the grammar, with parameters whose values are limited."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.core.errors import UsageError
from bot.core.reply import Choice, Choices

RUN = "run"
"""The phrase of the command that runs a task."""
PLACE = re.compile(r"\{([a-z][a-z0-9_-]*)\}")
"""Where a parameter's value stands in a phrase."""
# One word that is no flag and means nothing to the grammar: names, images, sizes, durations.
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@%+-]{0,252}")
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_INTEGER = re.compile(r"-?[0-9]{1,9}")
# So many values are offered as buttons: a row of them in Slack holds no more.
_OFFERED = 5


class UnansweredError(UsageError):
    """Parameters have no values yet; `choices` asks for them."""

    choices: Choices


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
        return " ".join([RUN, self.name, *(one.usage for one in self.parameters)])

    def filled(self, given: Mapping[str, str], typed: str = "") -> tuple[str, ...]:
        """Return the phrases with these values, and the defaults of the others.

        `typed` is what was typed so far, to which what is missing is to be added.

        Raises:
            UsageError: a value may not stand there, or a name is not the task's.
            UnansweredError: values are missing.
        """
        known = {one.name: one for one in self.parameters}
        for name, value in given.items():
            if name not in known:
                raise UsageError(
                    f"error: the task {self.name} has no parameter {name!r}", next_step=self.usage
                )
            if value:
                known[name].check(value)
        if missing := self.missing(given):
            raise self._unanswered(missing, given, typed)
        values = {name: given.get(name) or one.default for name, one in known.items()}
        for name, value in values.items():
            known[name].check(value)
        return tuple(PLACE.sub(lambda found: values[found[1]], one) for one in self.phrases)

    def missing(self, given: Mapping[str, str]) -> tuple[Parameter, ...]:
        """Return the parameters that have neither a value nor a default."""
        return tuple(one for one in self.parameters if not (given.get(one.name) or one.default))

    def sample(self) -> tuple[str, ...]:
        """Return the phrases with some values, to see what they are."""
        return self.filled({one.name: _some(one) for one in self.parameters})

    def _unanswered(
        self, missing: Sequence[Parameter], given: Mapping[str, str], typed: str
    ) -> UnansweredError:
        named = [one.name for one in missing]
        said = " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
        text = f"error: the task {self.name} needs {said}: {self.usage}"
        error = UnansweredError(text, next_step="`tasks` says what each task is for.")
        said_already = {name: value for name, value in given.items() if value}
        words = typed or completed(f"{RUN} {self.name}", self.name, said_already)
        error.choices = _question(self.name, missing, words)
        return error


@dataclass(frozen=True, slots=True)
class Call:
    """A task by its name, with the values that were typed for it."""

    task: Task
    given: Mapping[str, str]
    typed: str
    """As it was understood, to which what is missing is to be added."""

    @property
    def open(self) -> tuple[Parameter, ...]:
        """Return the parameters that were not typed."""
        return tuple(one for one in self.task.parameters if not self.given.get(one.name))

    @property
    def needs_form(self) -> bool:
        """Tell whether something is missing that no button can say."""
        missing = self.task.missing(self.given)
        return bool(missing) and not _offered(missing)

    def completed(self, values: Mapping[str, str]) -> str:
        """Return what is typed for it with these values, too."""
        return completed(self.typed, self.task.name, values)

    def phrases(self) -> tuple[str, ...]:
        """Return what is to be planned, or raise as `Task.filled` does."""
        return self.task.filled(self.given, self.typed)


def called(words: Sequence[str], tasks: Sequence[Task], typed: str) -> Call:
    """Return the task that the words after `run` name, with its values.

    Raises:
        UsageError: there is no such task, or a word is no value.
    """
    known = {task.name: task for task in tasks}
    if not words:
        raise UsageError("error: the name of a task is missing", next_step="tasks")
    name, *values = words
    if name not in known:
        raise UsageError(f"error: there is no task {name!r} for you here", next_step="tasks")
    return Call(known[name], _values(known[name], values), typed)


def completed(typed: str, name: str, values: Mapping[str, str]) -> str:
    """Return the call of a task with these values beside those that were typed."""
    head = f"{RUN} {name}"
    said = (f"{one}={value}" for one, value in values.items())
    # Flags and filters follow what is typed without them, so that the values stand before these.
    return f"{' '.join([head, *said])}{typed.removeprefix(head)}"


def _question(name: str, missing: Sequence[Parameter], typed: str) -> Choices:
    """Return the question for what is missing: values where they are few, else a form."""
    if offered := _offered(missing):
        [one] = missing
        options = tuple(
            Choice(value, completed(typed, name, {one.name: value})) for value in offered
        )
        return Choices(one.summary or f"Which {one.name}?", options)
    named = ", ".join(one.name for one in missing)
    return Choices(f"Still to be said: {named}.", (Choice("Fill in…", typed, incomplete=True),))


def _offered(missing: Sequence[Parameter]) -> tuple[str, ...]:
    alone = len(missing) == 1 and len(missing[0].allowed) <= _OFFERED
    return missing[0].allowed if alone else ()


def _values(task: Task, words: Sequence[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            raise UsageError(f"error: {word!r} is no NAME=VALUE", next_step=task.usage)
        if name in values:
            raise UsageError(f"error: {name} is there twice", next_step=task.usage)
        values[name] = value
    return values


def _some(parameter: Parameter) -> str:
    if parameter.default or parameter.allowed:
        return parameter.default or parameter.allowed[0]
    if parameter.kind == "integer":
        return str(parameter.minimum if parameter.minimum is not None else parameter.maximum or 1)
    return "x"

"""A task: a name for phrases of the grammar, with parameters whose values are limited."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.errors import UsageError
from bot.core.parameters import Parameter, typed_values
from bot.core.reply import Choice, Choices

RUN = "run"
"""The phrase of the command that runs a task."""
PLACE = re.compile(r"\{([a-z][a-z0-9_-]*)\}")
"""Where a parameter's value stands in a phrase."""


class UnansweredError(UsageError):
    """Parameters have no values yet; `choices` asks for them."""

    choices: Choices


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
                    f"error: the task {self.name} has no parameter {name!r}",
                    next_step=f"Type `{self.usage}`.",
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
        return self.filled({one.name: one.sample for one in self.parameters})

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
        raise UsageError(
            "error: the name of a task is missing", next_step="`tasks` lists those that there are."
        )
    name, *values = words
    if name not in known:
        raise UsageError(
            f"error: there is no task {name!r} for you here",
            next_step="`tasks` lists those that there are.",
        )
    return Call(known[name], typed_values(values, known[name].usage), typed)


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
        return Choices(one.question, options)
    named = ", ".join(one.name for one in missing)
    return Choices(f"Still to be said: {named}.", (Choice("Fill in…", typed, incomplete=True),))


def _offered(missing: Sequence[Parameter]) -> tuple[str, ...]:
    return missing[0].offered if len(missing) == 1 else ()

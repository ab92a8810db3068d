"""What somebody chooses for the parameters of signals, as `NAME=VALUE`. Pure."""

import shlex
from collections.abc import Iterator, Mapping, Sequence

from bot.core.errors import UsageError
from bot.core.parameters import typed_values
from bot.core.reply import Choice, Choices
from bot.core.signals import Signal


def read_given(words: Sequence[str], signals: Sequence[Signal], phrase: str) -> Mapping[str, str]:
    """Return the values that the words give, by the names of parameters.

    Of signals whose parameters have one name the value has to suit all.

    Raises:
        UsageError: no signal has a parameter of that name, or the value may not stand there.
    """
    parameters = [one for signal in signals for one in signal.parameters]
    usages = dict.fromkeys(one.usage for one in parameters)
    usage = f"Type `{' '.join([f'{phrase} deploy/web', *usages])}`."
    given = typed_values(words, usage)
    for name, value in given.items():
        declared = [one for one in parameters if one.name == name]
        if not declared:
            raise UsageError(f"error: no signal has a parameter {name!r}", next_step=usage)
        for one in declared:
            one.check(value)
    return given


def questions(
    signals: Sequence[Signal], given: Mapping[str, str], typed: str, phrase: str
) -> Iterator[Choices]:
    """Yield a question for each parameter that still needs one of few values.

    `typed` is the command as it was understood, which begins with the phrase.
    """
    needed = {one.name: one for signal in signals for one in signal.parameters if not one.default}
    for name, one in needed.items():
        if one.offered and not given.get(name):
            options = (
                Choice(value, _with(f"{name}={value}", typed, phrase)) for value in one.offered
            )
            yield Choices(one.question, tuple(options))


def _with(word: str, typed: str, phrase: str) -> str:
    # Flags and filters follow what is typed without them, so that the value stands before these.
    return f"{phrase} {shlex.quote(word)}{typed.removeprefix(phrase)}"

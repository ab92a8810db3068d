"""Parameters that the policy declares: which values may stand for them, and how they are typed.

Pure. A value has the form of its type, so that it is nothing but a value wherever it is put.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.core.errors import UsageError

ParameterType: TypeAlias = Literal["name", "word", "integer", "number", "duration", "text"]
"""name: as Kubernetes names objects; word: one word that is no flag; integer; number: perhaps with
decimals; duration: as PromQL writes one; text: any text in one line."""

_FORMS = {
    "name": re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?"),
    # One word that is no flag and means nothing to the grammar: names, images, sizes, durations.
    "word": re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@%+-]{0,252}"),
    "integer": re.compile(r"-?[0-9]{1,9}"),
    "number": re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?"),
    # Each unit once, the largest first, as Prometheus reads durations; so many digits overflow
    # nothing there.
    "duration": re.compile(
        r"(?=[0-9])([0-9]{1,2}y)?([0-9]{1,4}w)?([0-9]{1,5}d)?"
        r"([0-9]{1,6}h)?([0-9]{1,7}m)?([0-9]{1,8}s)?([0-9]{1,9}ms)?"
    ),
    "text": re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]{1,253}"),
}
OFFERED = 5
"""So many values are offered as buttons: a row of them in Slack holds no more."""
_SAMPLES = {"number": "1", "duration": "5m"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value that is given by a name."""

    name: str
    kind: ParameterType = "word"
    allowed: tuple[str, ...] = ()
    """Without any: every value of its kind."""
    default: str = ""
    """Empty: it must be given."""
    minimum: float | None = None
    maximum: float | None = None
    summary: str = ""

    @property
    def usage(self) -> str:
        """Return how it is typed, such as `app=web|api`."""
        value = "|".join(self.allowed) or self.kind.upper()
        return f"[{self.name}={value}]" if self.default else f"{self.name}={value}"

    @property
    def question(self) -> str:
        """Return what is asked for it."""
        return self.summary or f"Which {self.name}?"

    @property
    def offered(self) -> tuple[str, ...]:
        """Return its values, where they are few enough to be chosen by a press."""
        return self.allowed if len(self.allowed) <= OFFERED else ()

    @property
    def sample(self) -> str:
        """Return a value that may stand there."""
        if self.default or self.allowed:
            return self.default or self.allowed[0]
        if self.kind in ("integer", "number"):
            return str(self.minimum if self.minimum is not None else self.maximum or 1)
        return _SAMPLES.get(self.kind, "x")

    def check(self, value: str) -> None:
        """Do nothing if the value may stand there.

        Raises:
            UsageError: it may not; the text says which may.
        """
        if self.allowed and value not in self.allowed:
            raise self._wrong(value, f"must be one of {', '.join(self.allowed)}")
        if not _FORMS[self.kind].fullmatch(value):
            article = "an" if self.kind == "integer" else "a"
            raise self._wrong(value, f"must be {article} {self.kind}")
        if self.kind in ("integer", "number"):
            self._check_range(float(value), value)

    def _check_range(self, number: float, value: str) -> None:
        if self.minimum is not None and number < self.minimum:
            raise self._wrong(value, f"must be at least {self.minimum}")
        if self.maximum is not None and number > self.maximum:
            raise self._wrong(value, f"must be at most {self.maximum}")

    def _wrong(self, value: str, form: str) -> UsageError:
        shown = value if len(value) <= 60 else f"{value[:60]}…"
        return UsageError(f"error: {self.name} {form}, not {shown!r}", next_step=self.usage)


def typed_values(words: Sequence[str], usage: str) -> dict[str, str]:
    """Return the values that words such as `app=web` give, by their names.

    Raises:
        UsageError: a word is no value, or gives one a second time; the next step is `usage`.
    """
    values: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            raise UsageError(f"error: {word!r} is no NAME=VALUE", next_step=usage)
        if name in values:
            raise UsageError(f"error: {name} is there twice", next_step=usage)
        values[name] = value
    return values


def apart(words: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return the words that give no value, and those that give one."""
    return [word for word in words if "=" not in word], [word for word in words if "=" in word]

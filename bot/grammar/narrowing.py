"""Labels chosen by matchers, in time that grows with the text and no faster, whatever is typed."""

from collections.abc import Callable, Mapping, Sequence

from bot.core.alerting import Matcher
from bot.grammar.filters import Grep
from bot.grammar.sieve import Sieve

Labels = Mapping[str, str]


def chooser(matchers: Sequence[Matcher]) -> Callable[[Labels], bool]:
    """Return what tells whether labels match all of these.

    Raises:
        UsageError: a pattern cannot be read; it is an extended regular expression of POSIX.
    """
    tests = [(one.name, _test(one)) for one in matchers]
    return lambda labels: all(test(labels.get(name, "")) for name, test in tests)


def _test(matcher: Matcher) -> Callable[[str], bool]:
    if not matcher.regex:
        return lambda value: (value == matcher.value) is matcher.equal
    # The house's own automaton: a pattern that was typed holds up nobody.
    grep = Grep(f"^({matcher.value})$", extended=True)
    Sieve((grep,))

    def test(value: str) -> bool:
        found = bool(Sieve((grep,)).push((" ".join(value.splitlines()),)))
        return found is matcher.equal

    return test

"""Matchers as amtool and PromQL write them, read into data; what was typed is never sent as text.

Pure. A shell may have taken the quotes of a value away, so that a bare value reaches to the next
comma of its word; inside of quotes everything belongs to the value.
"""

import re
from collections.abc import Iterator, Sequence

from bot.core.alerting import Matcher
from bot.core.errors import UsageError

ALERT_NAME = "alertname"
# What a person types, or an alert's labels make, is far below these.
MOST, LONGEST_VALUE = 20, 1_000
_NAME = re.compile(r'\s*(?:"(?P<quoted>(?:[^"\\]|\\.)+)"|(?P<bare>[A-Za-z_:][\w:.-]*))\s*')
_OPERATOR = re.compile(r"(=~|!~|!=|=)\s*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*', re.DOTALL)
_BARE = re.compile(r'[^,"{}]*')
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
# Every other backslash stays, as a regular expression needs it.
_ESCAPES = {"n": "\n", '"': '"', "\\": "\\"}
_FORMS = 'alertname=HighErrorRate namespace=shop, or \'{alertname="HighErrorRate",pod=~"web-.*"}\''


def read_matchers(words: Sequence[str]) -> tuple[Matcher, ...]:
    """Return the matchers that these words are, in order and each once.

    A word without an operator is the name of an alert.

    Raises:
        UsageError: there is none, one cannot be read, or they are too many.
    """
    found = tuple(dict.fromkeys(one for word in _unbraced(words) for one in _read(word)))
    if not found:
        raise UsageError("error: no matcher is given", next_step=f"Type {_FORMS}.")
    if len(found) > MOST:
        raise UsageError(f"error: {len(found)} matchers are given, of at most {MOST}")
    return found


def matches_nothing_too(matcher: Matcher) -> bool:
    """Tell whether the matcher is true of an alert without that label."""
    if not matcher.regex:
        return (matcher.value == "") is matcher.equal
    try:
        found = re.fullmatch(matcher.value, "") is not None
    except re.error:
        return False  # Alertmanager reads another dialect, and judges what Python cannot read
    return found is matcher.equal


def refuse_everything(matchers: Sequence[Matcher]) -> None:
    """Refuse matchers that are true of every alert, as Alertmanager does.

    Raises:
        UsageError: each of them is true of an alert that has no labels.
    """
    if all(map(matches_nothing_too, matchers)):
        raise UsageError(
            "error: at least one matcher must not match the empty string, or all alerts match",
            next_step=f"Name what is meant: {_FORMS}.",
        )


def written(matchers: Sequence[Matcher]) -> str:
    """Return them as one word, which `read_matchers` reads back."""
    return ",".join(map(str, matchers))


def holds(matchers: Sequence[Matcher], namespace_label: str) -> tuple[str, ...]:
    """Return the namespaces that an equality confines the matchers to; mostly one or none."""
    return tuple(
        one.value
        for one in matchers
        if one.name == namespace_label and one.equal and not one.regex and one.value
    )


def _unbraced(words: Sequence[str]) -> list[str]:
    """Return the words without the braces around all of them."""
    left = [word.strip() for word in words if word.strip()]
    if left and left[0].startswith("{"):
        if not left[-1].endswith("}"):
            raise UsageError(
                "error: the brace { is not closed", next_step=f"Type {_FORMS}, in single quotes."
            )
        left[0] = left[0][1:]
        left[-1] = left[-1][:-1]
    return left


def _read(word: str) -> Iterator[Matcher]:
    rest = word.strip().strip(",")
    while rest:
        matcher, rest = _first(rest)
        yield matcher
        rest = rest.lstrip().removeprefix(",").lstrip()


def _first(text: str) -> tuple[Matcher, str]:
    name = _NAME.match(text)
    if name is None:
        raise _unreadable(text)
    after = text[name.end() :]
    operator = _OPERATOR.match(after)
    if operator is None:
        if after and not after.startswith(","):
            raise _unreadable(text)
        return Matcher(ALERT_NAME, name["bare"] or _plain(name["quoted"])), after
    value, rest = _value(after[operator.end() :], text)
    label, sign = name["bare"] or _plain(name["quoted"]), operator[1]
    return Matcher(label, value, regex="~" in sign, equal="!" not in sign), rest


def _value(text: str, whole: str) -> tuple[str, str]:
    if text.startswith('"'):
        quoted = _QUOTED.match(text)
        if quoted is None or text[quoted.end() :][:1] not in ("", ","):
            raise _unreadable(whole)
        value, rest = _plain(quoted[1]), text[quoted.end() :]
    else:
        bare = _BARE.match(text)
        value = bare[0].strip() if bare else ""
        rest = text[bare.end() :] if bare else text
        if rest[:1] in ('"', "{", "}"):
            raise _unreadable(whole)
    if len(value) > LONGEST_VALUE:
        raise UsageError(f"error: a matcher's value has at most {LONGEST_VALUE} characters")
    return value, rest


def _plain(quoted: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[0]), quoted)


def _unreadable(text: str) -> UsageError:
    return UsageError(
        f"error: bad matcher format: {text[:100]}",
        next_step=f"Type {_FORMS}; what has commas or quotes of its own goes in single quotes.",
    )

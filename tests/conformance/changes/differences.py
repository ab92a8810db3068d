"""What differs on purpose when something is changed, and what each difference leaves to compare."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from tests.conformance.changes.comparing import End
from tests.conformance.changes.fields import Fields
from tests.conformance.kubectl.comparing import Answer
from tests.conformance.kubectl.differences import COMMON

Leave = Callable[[End], End]

_ORDERED = re.compile(r"(?<=\[)[^\[\]]+(?=\])|(?<=^Warning: ).+$", re.MULTILINE)

_VARIABLE = re.compile(r"(.*/env)/\d+")
_NAME = re.compile(r"/env/\d+/name$")


def answers(leave: Callable[[Answer], Answer]) -> Leave:
    """Return what leaves a part of each answer, and all of the objects."""
    return lambda end: replace(end, answers=[leave(each) for each in end.answers])


def _refused(end: End) -> End:
    """Leave how it was refused, and nothing of what kubectl has done in part."""
    return End([_sorted(replace(each, stdout="")) for each in end.answers], {})


def _objects(end: End) -> End:
    """Leave what has become of the objects."""
    return replace(end, answers=[Answer(0, "", "")] * len(end.answers))


def _code(answer: Answer) -> Answer:
    return Answer(answer.code, answer.stdout, "")


def _code_alone(answer: Answer) -> Answer:
    return Answer(answer.code, "", "")


def _sorted(answer: Answer) -> Answer:
    told = _ORDERED.sub(lambda found: "; ".join(sorted(re.split("[;,] ", found[0]))), answer.stderr)
    return Answer(answer.code, _lines(answer.stdout), _lines(told))


def _lines(text: str) -> str:
    return "".join(sorted(text.splitlines(keepends=True)))


def _without_headers(answer: Answer) -> Answer:
    text = re.sub(r"/tmp/(?=LIVE|MERGED)", "", answer.stdout)
    return replace(answer, stdout=re.sub(r"^((?:---|\+\+\+) \S+)\t.*$", r"\1", text, flags=re.M))


def _without_order(end: End) -> End:
    """Leave the environment's variables, in an order of their own."""
    objects = {
        name: dict(sorted(_variables(fields).items())) for name, fields in end.objects.items()
    }
    return End([_sorted(each) for each in end.answers], objects)


def _variables(fields: Fields) -> Fields:
    """Return the fields, each of a variable by the variable's name in place of its number."""
    names = {key[:-5]: each for key, each in fields.items() if _NAME.search(key)}
    return {_named(key, names): each for key, each in fields.items()}


def _named(key: str, names: Fields) -> str:
    found = _VARIABLE.match(key)
    return f"{found[1]}/{names[found[0]]}{key[found.end() :]}" if found else key


def _image(end: End) -> End:
    """Leave which image runs, and nothing of the annotations beside it."""
    objects = {
        name: {key: each for key, each in fields.items() if key.endswith("/image")}
        for name, fields in end.objects.items()
    }
    return replace(end, objects=objects)


def _without_the_unchanged(answer: Answer) -> Answer:
    lines = answer.stdout.splitlines(keepends=True)
    return replace(answer, stdout="".join(line for line in lines if " not labeled" not in line))


def _first_words(answer: Answer) -> Answer:
    """Leave what is said until it is given up, each line once."""
    told = answer.stderr.partition("There are pending pods")[0].partition("global timeout")[0]
    lines = [line for line in told.splitlines() if line.endswith(".") or "Warning" in line]
    return Answer(answer.code, "".join(dict.fromkeys(answer.stdout.splitlines(True))), str(lines))


def _without_verbs(answer: Answer) -> Answer:
    told = re.sub(r'cannot \w+ resource "(\w+)(?:/scale)?"', r'cannot use "\1"', answer.stderr)
    return replace(answer, stderr=told)


RANDOM = ("map-order", "random-order")
"""What may happen to be equal."""
LEFT: Mapping[str, Leave] = {
    "": lambda end: end,
    "asked-first": _objects,
    "older-autoscaler": answers(_code),
    "diff-names": answers(_without_headers),
    "map-order": _without_order,
    "drain-refusals": _refused,
    "drain-timeouts": answers(_first_words),
    "field-order": answers(COMMON["field-order"]),
    "go-log-lines": answers(COMMON["go-log-lines"]),
    "go-words": answers(_code),
    "manifest-sentences": answers(_code),
    "named-twice": answers(_without_the_unchanged),
    "patch-object": answers(_code),
    "policy-first": answers(_code),
    "random-order": answers(_sorted),
    "read-first": answers(_without_verbs),
    "unknown-fields": answers(_code_alone),
    "undo-choice": _image,
    "whole-plans": _refused,
}
"""What of an end is compared, by the difference's id."""

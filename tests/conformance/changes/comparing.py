"""What two twins differ in, in words. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tests.conformance.changes.fields import Fields
from tests.conformance.changes.twins import Twin
from tests.conformance.kubectl.comparing import Answer

# Kubernetes makes names of these alone (k8s.io/apimachinery/pkg/util/rand).
_LETTERS = "[bcdfghjklmnpqrstvwxz2456789]"
_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?Z| ?[+-]\d\d:?\d\d)")
_GIVEN = (
    (re.compile(r'(resourceVersion"?: "?)\d+'), r"\1<version>"),
    (re.compile(r"(resource version to be )\d+, was \d+"), r"\1<version>, was <version>"),
    (re.compile(r"\b10\.96\.\d+\.\d+"), "<given>"),
    (re.compile(r'(nodePort"?: )\d+'), r"\1<given>"),
    (re.compile(rf"-{_LETTERS}{{7,10}}-{_LETTERS}{{5}}(?![a-z0-9])"), "-<hash>-<id>"),
    (re.compile(rf"-{_LETTERS}{{5}}(?![a-z0-9])"), "-<id>"),
    # Where `kubectl diff` writes what it compares.
    (re.compile(r"/tmp/(LIVE|MERGED)-\d+"), r"/tmp/\1"),
)


@dataclass(frozen=True, slots=True)
class End:
    """What was answered in a twin, and what has become of its objects."""

    answers: Sequence[Answer]
    objects: Mapping[str, Fields]


def spoken(answer: Answer, twin: Twin) -> Answer:
    """Return an answer without what only this twin has."""
    return replace(
        answer,
        stdout=_normal(twin.unnamed(answer.stdout)),
        stderr=_normal(twin.unnamed(answer.stderr)),
    )


def _normal(text: str) -> str:
    text = _TIME.sub("<time>", _UID.sub("<uid>", text))
    for pattern, word in _GIVEN:
        text = pattern.sub(word, text)
    return text


def mismatches(phrases: Sequence[str], theirs: End, ours: End) -> list[str]:
    """Return in words what differs between the two ends."""
    return [
        *_answers(phrases, theirs.answers, ours.answers),
        *_objects(theirs.objects, ours.objects),
    ]


def _answers(
    phrases: Sequence[str], theirs: Sequence[Answer], ours: Sequence[Answer]
) -> Iterator[str]:
    for phrase, original, own in zip(phrases, theirs, ours, strict=True):
        for what in ("code", "stdout", "stderr"):
            yield from _unlike(f"{phrase}: {what}", getattr(original, what), getattr(own, what))


def _objects(theirs: Mapping[str, Fields], ours: Mapping[str, Fields]) -> Iterator[str]:
    for name in sorted({*theirs, *ours}):
        if name not in ours:
            yield f"{name} is not there"
        elif name not in theirs:
            yield f"{name} is there, and kubectl's is not"
        else:
            for path in sorted({*theirs[name], *ours[name]}):
                one, other = (each[name].get(path, _ABSENT) for each in (theirs, ours))
                yield from _unlike(f"{name}: {path}", one, other)


_ABSENT = object()


def _unlike(what: str, theirs: object, ours: object) -> Iterator[str]:
    if theirs != ours:
        yield f"{what}:\n  kubectl: {_shown(theirs)}\n  ours:    {_shown(ours)}"


def _shown(value: object) -> str:
    return "(nothing)" if value is _ABSENT else repr(value)

"""The deliberate differences: the list in the docs, and what each leaves to compare."""

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from tests.conformance.kubectl.comparing import Answer

DOCUMENT = Path(__file__).parents[3] / "docs" / "differences.md"
_ROW = re.compile(r"^\| `(?P<first>[^`]+)` \|", re.MULTILINE)
_LOG_LINE = re.compile(r"^[IWEF]\d{4} .*\n", re.MULTILINE)
_SECRET = re.compile(r'^( +"?(?:password|username|\.dockerconfigjson)"?: )("?)([\w+/]+=*)("?,?)$')
_TOKEN = re.compile(r"^(token: +)(\S+\.\S+\.\S+)$", re.MULTILINE)
_MANIFEST = re.compile(r'(last-applied-configuration"?: )(\|\n.*|".*"|<masked>)')
_OWN_LINES = re.compile(r"^(Client|Kustomize) Version: .*\n", re.MULTILINE)
_OWN_FIELDS = re.compile(
    r'^( *)"?(?:clientVersion|kustomizeVersion)"?:.*\n(?:\1  .*\n)*(?:\1\},\n)?',
    re.MULTILINE,
)


def listed(heading: str) -> list[str]:
    """Return the first cell of each row of the document's table under that heading."""
    _, _, section = DOCUMENT.read_text().partition(f"\n## {heading}\n")
    return _ROW.findall(section.partition("\n## ")[0])


def same(answer: Answer) -> Answer:
    """Return the answer as it is: nothing differs."""
    return answer


def _without_log_lines(answer: Answer) -> Answer:
    return replace(answer, stderr=_LOG_LINE.sub("", answer.stderr))


def _masked(answer: Answer) -> Answer:
    lines = "\n".join(_SECRET.sub(_size, line) for line in answer.stdout.split("\n"))
    lines = _TOKEN.sub(lambda found: f"{found[1]}{len(found[2])} bytes", lines)
    return replace(answer, stdout=_MANIFEST.sub(r"\1(masked)", lines))


def _size(found: "re.Match[str]") -> str:
    name, quote, value, end = found.groups()
    count = len(base64.b64decode(value))
    shown = f'"\\u003c{count} bytes\\u003e"' if quote else f"<{count} bytes>"
    return f"{name}{shown}{end.removeprefix(quote)}"


def _by_source(answer: Answer) -> Answer:
    # The lines of one source keep their order: the sort is stable.
    lines = sorted(answer.stdout.splitlines(keepends=True), key=lambda line: line.split(" ")[0])
    return replace(answer, stdout="".join(lines))


def _ties_in_one_order(answer: Answer) -> Answer:
    """Return the answer with rows of the same key, their last cell, in the order of their text."""
    head, *rows = answer.stdout.splitlines(keepends=True) or [""]
    ordered = [line for _, ties in groupby(rows, _last_cell) for line in sorted(ties)]
    return replace(answer, stdout="".join([head, *ordered]))


def _last_cell(line: str) -> str:
    return re.split(r"   +", line.rstrip("\n"))[-1]


def _said_once(answer: Answer) -> Answer:
    lines = [line.removeprefix("error: ") for line in answer.stderr.splitlines(keepends=True)]
    return replace(answer, stderr="".join(dict.fromkeys(lines)))


def _server_alone(answer: Answer) -> Answer:
    return replace(answer, stdout=_OWN_FIELDS.sub("", _OWN_LINES.sub("", answer.stdout)))


_OBJECT = re.compile(r" Printing more information for debugging the template:.*", re.DOTALL)


def _without_object(answer: Answer) -> Answer:
    return replace(answer, stderr=_OBJECT.sub("", answer.stderr).rstrip("\n"))


def _sorted_fields(answer: Answer) -> Answer:
    found = json.loads(answer.stdout)
    return replace(answer, stdout=json.dumps(found, indent=1, sort_keys=True))


def _without_events(answer: Answer) -> Answer:
    shown = re.sub(r"^Events: .*\n", "", answer.stdout, flags=re.MULTILINE)
    told = re.sub(r"^Warning: events were not read: .*\n", "", answer.stderr, flags=re.MULTILINE)
    return replace(answer, stdout=shown, stderr=told)


def _sorted_lines(answer: Answer) -> Answer:
    return replace(answer, stdout="".join(sorted(answer.stdout.splitlines(keepends=True))))


_SPAN = re.compile(r"\b(?:\d+[dhms])+\b")
_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def _by_event(answer: Answer) -> Answer:
    lines = sorted(answer.stdout.splitlines(keepends=True), key=_event)
    return replace(answer, stdout="".join(lines))


def _event(line: str) -> tuple[list[str], list[int]]:
    # Ages move between two runs, and would move a line past others: they come last.
    return _SPAN.sub("", line).split(), [_seconds(span) for span in _SPAN.findall(line)]


def _seconds(span: str) -> int:
    return sum(int(count) * _SECONDS[unit] for count, unit in re.findall(r"(\d+)([dhms])", span))


_CHOICE = re.compile(r"^Using pod/.*, the only one whose name begins with .*\n", re.MULTILINE)
_AGE = re.compile(r"(?<=\s)(?:\d+[dhmsy])+$", re.MULTILINE)


def _without_ages(answer: Answer) -> Answer:
    return replace(answer, stdout=_AGE.sub("(age)", answer.stdout))


def _without_choice(answer: Answer) -> Answer:
    return replace(answer, stderr=_CHOICE.sub("", answer.stderr))


_TEMPORARY = re.compile(r"/tmp/(LIVE|MERGED)-\d+/")
_STAMP = re.compile(r"^((?:---|\+\+\+) [^\t\n]+)\t.*$", re.MULTILINE)


def _named_alike(answer: Answer) -> Answer:
    return replace(answer, stdout=_STAMP.sub(r"\1", _TEMPORARY.sub(r"\1/", answer.stdout)))


COMMON: Mapping[str, Callable[[Answer], Answer]] = {
    "diff-names": _named_alike,
    "event-ties": _by_event,
    "events-unread": _without_events,
    "limit-order": _sorted_lines,
    "top-ties": _sorted_lines,
    # No difference: kubectl reads a hundred objects one after the other.
    "time-goes-on": _without_ages,
    "field-order": _sorted_fields,
    "go-log-lines": _without_log_lines,
    "template-object": _without_object,
    "log-order": _by_source,
    "pod-beginning": _without_choice,
    "own-version": _server_alone,
    "said-once": _said_once,
    "secret-values": _masked,
    "sort-ties": _ties_in_one_order,
}
"""What is compared where only a part of the answer differs, by the difference's id."""


def unlisted(used: Iterable[str], heading: str) -> tuple[list[str], list[str]]:
    """Return the ids that are used but not listed, and those that are listed but not used."""
    known, seen = set(listed(heading)), set(used)
    return sorted(seen - known), sorted(known - seen)

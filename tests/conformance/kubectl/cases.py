"""Every phrase of the comparison: those that are answered alike, and those that differ."""

from collections.abc import Iterator, Mapping

from tests.conformance.kubectl import (
    get_cases,
    manifest_cases,
    node_cases,
    other_cases,
    reading_cases,
)
from tests.conformance.kubectl.case import Case
from tests.conformance.kubectl.different_cases import ELSEWHERE, INSTEAD, PARTLY, WHOLLY


def alike() -> Iterator[Case]:
    """Yield the phrases to which our answer has to be kubectl's, whole."""
    for cases in (get_cases, other_cases, reading_cases, node_cases, manifest_cases):
        yield from _phrases(cases.GROUPS)


def _phrases(groups: Mapping[str, str]) -> Iterator[Case]:
    for table in groups.values():
        yield from map(Case, table.strip("\n").split("\n"))


def compared() -> list[Case]:
    """Return the cases whose answers are compared line by line."""
    return [*alike(), *PARTLY, *manifest_cases.PARTLY, *INSTEAD]


def different() -> list[Case]:
    """Return the cases where what kubectl says is another thing on purpose."""
    return [*INSTEAD, *WHOLLY, *manifest_cases.WHOLLY]


def ids() -> list[str]:
    """Return the ids of the differences that something tries, each as often as it is tried."""
    ours = (*manifest_cases.PARTLY, *manifest_cases.WHOLLY)
    tried = (case.difference for case in (*PARTLY, *INSTEAD, *WHOLLY, *ours))
    return [*ELSEWHERE, *manifest_cases.ELSEWHERE, *tried]

"""The table of cases: complete for the commands that there are, and each difference in the docs."""

from collections import Counter

from bot.commands import Registry
from bot.core.command import Family
from tests.conformance.changes.case import Who
from tests.conformance.changes.cases import command_of, groups, numbered
from tests.conformance.changes.differences import LEFT
from tests.conformance.kubectl.differences import listed
from tests.every import every

CASES = list(numbered().values())
ENOUGH = 5
CHANGES = [
    command.phrase
    for command in Registry().all()
    if command.family is Family.KUBECTL and command.plan is not None
]


REFUSED = {
    command_of(case.phrases[0]) for case in CASES if case.group.who in (Who.READER, Who.STRANGER)
}
TRIED_DIFFERENCES = {group.difference for group in groups()}
TRIED = Counter(command_of(phrase) for case in CASES for phrase in set(case.phrases))


def test_there_are_hundreds_of_cases() -> None:
    assert len(CASES) >= 250


@every("phrase", CHANGES)
def test_a_command_that_changes_something_is_tried_often(phrase: str) -> None:
    assert TRIED[phrase] >= ENOUGH


@every("phrase", CHANGES)
def test_a_command_that_changes_something_is_tried_by_who_may_not(phrase: str) -> None:
    assert phrase in REFUSED


def test_no_two_cases_have_one_name() -> None:
    assert [name for name, count in Counter(map(str, CASES)).items() if count > 1] == []


def test_each_difference_stands_in_the_docs() -> None:
    own, shared = set(listed("What is changed")), set(listed("What is answered"))
    assert {case.group.difference for case in CASES} <= own | shared | {""}
    assert own <= TRIED_DIFFERENCES


def test_what_is_left_to_compare_belongs_to_a_difference_that_is_tried() -> None:
    assert set(LEFT) == TRIED_DIFFERENCES

"""docs/differences.md is the list of what differs on purpose, and nothing else differs."""

from tests.conformance.grammar.mistakes import DIFFERENT
from tests.conformance.kubectl.cases import ids
from tests.conformance.kubectl.differences import COMMON, unlisted


def test_each_difference_of_an_answer_is_listed_and_tried() -> None:
    assert unlisted(ids(), "What is answered") == ([], [])


def test_each_difference_of_a_reading_is_listed_and_tried() -> None:
    assert unlisted((case[0] for case in DIFFERENT), "What is read") == ([], [])


def test_what_is_left_to_compare_belongs_to_a_listed_difference() -> None:
    # That time goes on between two runs is no difference, and stands in no list.
    assert set(COMMON) - {"time-goes-on"} <= set(ids())

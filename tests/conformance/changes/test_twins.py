"""Every change ends as kubectl's does: what is answered, and each field of what is left behind."""

import asyncio
import os
from collections.abc import Iterable, Iterator, Mapping

import pytest

from tests.absent import give_up
from tests.cluster.bed import Bed
from tests.cluster.peers import locate
from tests.conformance.changes.case import Case, Who
from tests.conformance.changes.cases import numbered
from tests.conformance.changes.differences import RANDOM
from tests.conformance.changes.hands import the_bot
from tests.conformance.changes.stage import Become, own_cluster, played

# All cases are played before the first of them is looked at, which takes minutes.
pytestmark = [pytest.mark.peers, pytest.mark.timeout(900)]
ALL = list(numbered().values())
DIFFERENT = [case for case in ALL if case.group.difference not in ("", *RANDOM)]
REFUSED = [case for case in ALL if case.group.who in (Who.READER, Who.STRANGER)]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    located = locate(os.environ)
    if located.absent:
        give_up(f"the twins need a control plane of their own: {', '.join(located.absent)} missing")
    with own_cluster(located, tmp_path_factory.mktemp("twins")) as bed:
        yield bed


@pytest.fixture(scope="module")
def ends(request: pytest.FixtureRequest, stage: Bed) -> Mapping[Case, Become]:
    """Return what has become of the cases of all tests that were chosen."""
    chosen = set(_cases(request.session.items))
    cases = {number: case for number, case in numbered().items() if case in chosen}
    became, seconds = asyncio.run(played(stage, cases, the_bot))
    print(f"{len(became)} cases: {seconds}")
    return {each.pair.case: each for each in became}


def _cases(items: Iterable[pytest.Item]) -> Iterator[Case]:
    for item in items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            case = item.callspec.params.get("case")
            if isinstance(case, Case):
                yield case


@pytest.mark.parametrize("case", ALL, ids=str)
def test_a_change_ends_as_kubectls(case: Case, ends: Mapping[Case, Become]) -> None:
    found = ends[case].mismatches
    assert not found, "\n".join(found)


@pytest.mark.parametrize("case", DIFFERENT, ids=str)
def test_a_deliberate_difference_is_still_one(case: Case, ends: Mapping[Case, Become]) -> None:
    assert ends[case].whole


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_who_may_not_change_it_changes_nothing(case: Case, ends: Mapping[Case, Become]) -> None:
    assert ends[case].changes == []
    assert all(answer.code for answer in ends[case].ours.answers)

"""The staged cluster and its typist, who begins with every chosen case as soon as there is one."""

from collections.abc import Iterable, Iterator

import pytest

from tests.cluster.bed import Bed
from tests.cluster.kubectl import Kubectl
from tests.conformance.kubectl.case import Case
from tests.conformance.kubectl.stage import staged
from tests.conformance.kubectl.typist import Typist, typist


@pytest.fixture(scope="module")
def stage(bed: Bed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubectl]:
    """Yield kubectl on the cluster with the odd objects in it."""
    with staged(bed, tmp_path_factory.mktemp("stage")) as kubectl:
        yield kubectl


@pytest.fixture(scope="module", name="typist")
def _typist(request: pytest.FixtureRequest, stage: Kubectl) -> Iterator[Typist]:
    """Yield a typist who has begun with the cases of all tests that were chosen.

    Where the tests are spread over workers, each case is begun by the test that looks at it.
    """
    with typist(stage) as found:
        if not hasattr(request.config, "workerinput"):
            for case in _cases(request.session.items):
                found.begin(case)
        yield found


def _cases(items: Iterable[pytest.Item]) -> Iterator[Case]:
    for item in items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            case = item.callspec.params.get("case")
            if isinstance(case, Case):
                yield case

"""The staged cluster and its typist, who begins with every chosen case as soon as there is one."""

from collections.abc import Iterator

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
    """Yield a typist who has begun with the cases of all tests that were chosen."""
    with typist(stage) as found:
        for item in request.session.items:
            if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
                case = item.callspec.params.get("case")
                if isinstance(case, Case):
                    found.begin(case)
        yield found

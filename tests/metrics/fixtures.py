"""The fixtures `metrics_bed` and `sampled_prometheus`: real Prometheus and Alertmanager.

`metrics_bed` is the cluster of `bed`, measured: one for the whole run. `sampled_prometheus` runs
Prometheus on samples that a test brings. A test that asks for one of them carries the marker
`peers` by that. As with the cluster, peers are built before the first test where they are required;
where they are absent and not required, the tests are skipped with one line.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.cluster.bed import Bed
from tests.cluster.build import build
from tests.cluster.choice import Build, Measure, Refuse, Skip, Start, measure
from tests.cluster.fixtures import told
from tests.cluster.peers import METRICS, ClusterError, Located, cache_folder, locate
from tests.metrics.bed import MetricsBed, measured, settle
from tests.metrics.sampled import MetricsServer, sampled

FIXTURES = {"metrics_peers", "metrics_bed", "sampled_prometheus"}
Sampled = Callable[[str], MetricsServer]


@pytest.fixture(scope="session")
def metrics_peers() -> Located:
    """Return where Prometheus and Alertmanager stand; skip or fail with one line without them."""
    match _choice():
        case Skip(reason):
            pytest.skip(reason)
        case Refuse(reason):
            pytest.fail(reason, pytrace=False)
        case Start() | Build():
            return locate(os.environ, METRICS)


@pytest.fixture(scope="session")
def metrics_bed(real_bed: Bed, metrics_peers: Located) -> Iterator[MetricsBed]:
    """Yield what measures the cluster, when all is scraped and the alerts are known."""
    with measured(real_bed, metrics_peers) as metrics:
        settle(metrics)
        yield metrics


@pytest.fixture(scope="session")
def sampled_prometheus(metrics_peers: Located) -> Iterator[Sampled]:
    """Yield what makes a Prometheus of samples in OpenMetrics' text; the same text, the same one.

    Each sample has its own timestamp; the text ends with `# EOF`.
    """
    running: dict[str, MetricsServer] = {}
    with ExitStack() as servers:

        def of(samples: str) -> MetricsServer:
            if samples not in running:
                running[samples] = servers.enter_context(sampled(metrics_peers, samples))
            return running[samples]

        yield of


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a real Prometheus, so that `-m "not peers"` leaves it out."""
    for item in items:
        if _needs_metrics(item):
            item.add_marker(pytest.mark.peers)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Build missing peers now, when they are required and a chosen test needs them."""
    if session.config.option.collectonly or not any(map(_needs_metrics, session.items)):
        return
    if isinstance(_choice(), Build):
        located, go = locate(os.environ, METRICS), shutil.which("go")
        try:
            build(located, cache_folder(os.environ), go, told(session))
        except ClusterError as error:
            raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what needs a real Prometheus where there is none, before a cluster is started."""
    if _needs_metrics(item) and isinstance(choice := _choice(), Skip):
        pytest.skip(choice.reason)


def _needs_metrics(item: pytest.Item) -> bool:
    return not FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


def _choice() -> Measure:
    absent = locate(os.environ, METRICS).absent
    return measure(os.environ, absent, go=shutil.which("go") is not None)

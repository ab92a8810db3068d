"""The fixture `bed` for pytest: one furnished cluster for the whole run, a real one.

`pytest_plugins = ["tests.cluster.fixtures"]` in tests/conftest.py turns it on. A test that asks for
`bed` carries the marker `peers` by that; a file of such tests alone says so in its `pytestmark`,
and is not even imported where `-m` leaves peers out. With the marker `boxed` a test runs twice: on
a real cluster, and among the fast tests on the simulated one. Peers are built before the first
test, outside of any test's time limit. Where they are absent and not required, all proofs of their
tier are left out, those on PostgreSQL excepted: whoever has only Python waits for none of them.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import assert_never

import pytest

from tests.absent import give_up
from tests.cluster.audit import AuditLog
from tests.cluster.bed import READY_SECONDS, Bed, Monitors, borrowed, running
from tests.cluster.build import build, say
from tests.cluster.choice import Borrow, Build, Choice, Refuse, Skip, Start, choose
from tests.cluster.kubectl import Kubectl
from tests.cluster.peers import CONTROL_PLANE, ClusterError, Located, cache_folder, locate
from tests.cluster.rest import MOVING, await_rest

BOX, REAL = "box", "real"
_OURS = pytest.StashKey[Bed | None]()
"""The real bed, while it runs, if nobody else's work goes on there."""
_USED_BY = pytest.StashKey[Path]()
"""The file whose tests have used it last."""
WAIT_SECONDS = READY_SECONDS + 100
"""What the first test on the real bed may have to wait for it, and for what measures it."""
_OF_PEERS = re.compile(rb"^pytestmark = \[?pytest\.mark\.peers\b", re.MULTILINE)


@pytest.fixture(scope="session")
def bed(request: pytest.FixtureRequest) -> Iterator[Bed]:
    """Yield the furnished cluster; skip or fail with one line where there is none."""
    if getattr(request, "param", REAL) == BOX:
        with _simulated() as found:
            yield found
    else:
        yield request.getfixturevalue("real_bed")


@pytest.fixture(scope="session")
def real_bed(pytestconfig: pytest.Config) -> Iterator[Bed]:
    """Yield the real one: it stays when a test that is not `boxed` follows one that is."""
    choice = _choice()
    with _cluster(choice, _located()) as found:
        pytestconfig.stash[_OURS] = None if isinstance(choice, Borrow) else found
        yield found
        pytestconfig.stash[_OURS] = None


@pytest.fixture
def audit(bed: Bed) -> AuditLog:
    """Return the API server's audit log; skip or fail with one line where it is out of reach."""
    try:
        return bed.audit
    except ClusterError as error:
        give_up(str(error))


@pytest.fixture
def app_log(bed: Bed) -> Iterator[Path]:
    """Yield the log of the containers called app, which is then put back as it was.

    Skip or fail with one line where somebody else runs the cluster.
    """
    if bed.logs is None:
        give_up("the containers' logs are out of reach: somebody else runs this cluster")
    file = bed.logs / "app.log"
    before = file.read_bytes()
    yield file
    file.write_bytes(before)


@contextmanager
def monitored(bed: Bed, request: pytest.FixtureRequest) -> Iterator[Monitors]:
    """Measure the cluster until the block ends; skip with one line where a real one cannot be."""
    if bed.observed is not None:
        with bed.observed() as found:
            yield found
    else:
        real = request.getfixturevalue("metrics_bed")
        yield Monitors(real.prometheus, real.alertmanager)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked `boxed` on both clusters."""
    if "bed" in metafunc.fixturenames and metafunc.definition.get_closest_marker("boxed"):
        metafunc.parametrize("bed", [BOX, REAL], indirect=True, scope="session")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not import what `-m` leaves out as a whole: each worker would, and that takes a while."""
    if not collection_path.match("test_*.py") or not _left_out(config.option.markexpr):
        return None
    return True if _OF_PEERS.search(collection_path.read_bytes()) else None


def _left_out(expression: str) -> bool:
    # Anything but plain terms that all have to be true may be true of some test with the mark.
    plain = "(" not in expression and " or " not in expression
    return plain and "not peers" in expression.split(" and ")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the real cluster, so that `-m "not peers"` leaves it out."""
    for item in items:
        if _needs_bed(item):
            item.add_marker(pytest.mark.peers)
            _give_time(item)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Build missing peers now, when they are required and a chosen test needs them."""
    if session.config.option.collectonly or not any(map(_needs_bed, session.items)):
        return
    if isinstance(_choice(), Build):
        try:
            build(_located(), cache_folder(os.environ), shutil.which("go"), told(session))
        except ClusterError as error:
            raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what belongs beside the real cluster where there is none."""
    if _is_of_their_tier(item) and isinstance(choice := _choice(), Skip):
        pytest.skip(choice.reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """Leave nothing in motion on the real bed for the next file: a rollout, a pod that ends."""
    yield
    stash = item.config.stash
    if _needs_bed(item):
        stash[_USED_BY] = item.path
    another_follows = nextitem is not None and nextitem.path != item.path
    bed = stash.get(_OURS, None)
    if another_follows and bed is not None and stash.get(_USED_BY, None) == item.path:
        await_rest(partial(bed.kubectl.items, MOVING, "-A"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Give all tests that lack the peers one place, so that one line stands for them."""
    report = yield
    if report.skipped and report.when == "setup" and _is_of_their_tier(item):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
        report.longrepr = (__file__, 0, reason)
    return report


def _needs_bed(item: pytest.Item) -> bool:
    asked = getattr(item, "fixturenames", ())
    return "real_bed" in asked or ("bed" in asked and _params(item).get("bed") != BOX)


def _give_time(item: pytest.Item) -> None:
    """Let a test without a time of its own take as long as others, however long the bed takes."""
    if not item.config.pluginmanager.hasplugin("timeout") or item.get_closest_marker("timeout"):
        return
    chosen = item.config.getoption("timeout")
    usual = float(item.config.getini("timeout") or 0) if chosen is None else chosen
    if usual:
        item.add_marker(pytest.mark.timeout(usual + WAIT_SECONDS))


def _is_of_their_tier(item: pytest.Item) -> bool:
    peers = item.get_closest_marker("peers") is not None
    return peers and "postgres" not in _params(item).values()


def _params(item: pytest.Item) -> Mapping[str, object]:
    callspec = getattr(item, "callspec", None)
    return callspec.params if callspec is not None else {}


def told(session: pytest.Session) -> Callable[[str], None]:
    """Return what prints a line beside pytest's own."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    return say if reporter is None else reporter.write_line


def _located() -> Located:
    return locate(os.environ, CONTROL_PLANE)


def _choice() -> Choice:
    try:
        absent = _located().absent
    except ClusterError as error:
        return Refuse(str(error))
    return choose(os.environ, absent, go=shutil.which("go") is not None)


@contextmanager
def _simulated() -> Iterator[Bed]:
    from tests.cluster.boxes import boxed_bed  # noqa: PLC0415 - it imports what few runs need

    with boxed_bed() as found:
        yield found


@contextmanager
def _cluster(choice: Choice, located: Located) -> Iterator[Bed]:
    match choice:
        case Skip(reason):
            pytest.skip(reason)
        case Refuse(reason):
            pytest.fail(reason, pytrace=False)
        case Borrow(kubeconfig, audit_log):
            with tempfile.TemporaryDirectory(prefix="quarterdeck-bed-") as home:
                kubectl = Kubectl(located.binaries["kubectl"], kubeconfig, Path(home))
                yield borrowed(kubectl, Path(home), audit_log)
        case Start() | Build():
            build(located, cache_folder(os.environ), shutil.which("go"))
            with running(located) as bed:
                yield bed
        case _:
            assert_never(choice)

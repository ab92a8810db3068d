"""The real kubectl, with a home of its own and a server that records what it asks for."""

import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.cluster.kubectl import QUICK
from tests.conformance.grammar.expected import NAMESPACES
from tests.conformance.grammar.recorder import Call, Recorder, recording

KUBECTL = Path(sys.executable).with_name("kubectl")
_MANIFEST = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}


@dataclass(frozen=True, slots=True)
class Heard:
    """What one run of kubectl said and asked for."""

    code: int
    stdout: str
    stderr: str
    calls: list[Call]


Kubectl = Callable[[str], Heard]


@pytest.fixture(scope="session")
def recorder() -> Iterator[Recorder]:
    with recording() as started:
        yield started


@pytest.fixture(scope="session")
def kubectl(
    request: pytest.FixtureRequest, recorder: Recorder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kubectl]:
    """Yield what runs kubectl on a phrase, once for each phrase of the session.

    The phrases of all chosen tests run ahead, side by side, unless they are spread over workers.
    """
    assert KUBECTL.is_file(), "kubectl is a locked development dependency: run `make test`"
    home = tmp_path_factory.mktemp("kubectl")
    (home / "settings.yaml").write_text(yaml.safe_dump(_MANIFEST))
    runs: dict[str, Future[Heard]] = {}
    with ThreadPoolExecutor(max_workers=4) as pool:

        def heard(phrase: str) -> Heard:
            return ahead(phrase).result()

        def ahead(phrase: str) -> Future[Heard]:
            if phrase not in runs:
                runs[phrase] = pool.submit(_run, phrase, f"run-{len(runs)}", home, recorder)
            return runs[phrase]

        if not hasattr(request.config, "workerinput"):
            for phrase in _phrases(request.session.items):
                ahead(phrase)
        yield heard
        pool.shutdown(cancel_futures=True)


def _phrases(items: Iterable[pytest.Item]) -> Iterator[str]:
    for item in items:
        if isinstance(item, pytest.Function) and "kubectl" in item.fixturenames:
            parameters = item.callspec.params if hasattr(item, "callspec") else {}
            if "phrase" in parameters:
                yield str(parameters["phrase"])


def _run(phrase: str, name: str, home: Path, recorder: Recorder) -> Heard:
    """Run kubectl on the phrase, split by Python's shlex and not by our own rules."""
    config = home / f"{name}.yaml"
    config.write_text(yaml.safe_dump(_kubeconfig(f"{recorder.address}/{name}")))
    environment = {"HOME": str(home), "KUBECONFIG": str(config), "TZ": "UTC", "PATH": "", **QUICK}
    done = subprocess.run(
        [KUBECTL, *shlex.split(phrase)],
        cwd=home,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Heard(done.returncode, done.stdout, done.stderr, recorder.asked(name))


def _kubeconfig(server: str) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "users": [{"name": "someone", "user": {}}],
        "clusters": [{"name": n, "cluster": {"server": f"{server}/{n}"}} for n in NAMESPACES],
        "contexts": [
            {"name": name, "context": {"cluster": name, "user": "someone", "namespace": namespace}}
            for name, namespace in NAMESPACES.items()
        ],
    }

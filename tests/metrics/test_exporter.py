"""What the exporter answers follows from the cluster that it watches."""

import base64
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from tests.cluster.boxes import RunningBox, running_box
from tests.cluster.kubectl import Kubectl
from tests.cluster.peers import ClusterError
from tests.metrics.asking import DIRECT, awaited
from tests.metrics.bed import NAMESPACE, RIGHTS
from tests.metrics.families import PROTOBUF
from tests.metrics.servers import Server, running, temporary_home
from tests.ports import LOOPBACK, free_port

POD = """
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: default, labels: {{app: web}}}}
spec: {{containers: [{{name: web, image: "registry.example.org/{image}"}}]}}
"""


@pytest.fixture(scope="module")
def box() -> Iterator[RunningBox]:
    with running_box(("nodes",)) as started:
        yield started


@pytest.fixture(scope="module")
def kubectl(box: RunningBox, tmp_path_factory: pytest.TempPathFactory) -> Kubectl:
    kubectl = box.kubectl(tmp_path_factory.mktemp("home"))
    kubectl.out("apply", "--validate=false", f"-f={RIGHTS}")
    return kubectl


@pytest.fixture(scope="module")
def exporter(kubectl: Kubectl) -> Iterator[str]:
    """Yield the address of an exporter that is what rights.yaml says, and no more."""
    with temporary_home() as home, exporting(kubectl, home) as address:
        yield address


@contextmanager
def exporting(kubectl: Kubectl, home: Path) -> Iterator[str]:
    [cluster] = yaml.safe_load(kubectl.kubeconfig.read_text())["clusters"]
    access = cluster["cluster"]
    (home / "ca.crt").write_bytes(base64.b64decode(access["certificate-authority-data"]))
    (home / "token").write_text(kubectl.out("create", "token", "exporter", f"-n={NAMESPACE}"))
    port = free_port()
    command = [sys.executable, "-m", "tests.metrics.exporter", access["server"]]
    command += [str(home / "ca.crt"), str(home / "token"), str(port)]
    with running(home, [Server("exporter", command, f"http://{LOOPBACK}:{port}/ready")]):
        yield f"http://{LOOPBACK}:{port}"


def answer(url: str, accept: str = "text/plain") -> tuple[int, bytes]:
    try:
        asked = urllib.request.Request(url, headers={"Accept": accept})
        with DIRECT.open(asked, timeout=10) as answered:
            return answered.status, answered.read()
    except urllib.error.HTTPError as error:
        return error.code, b""


def status(url: str) -> int:
    return answer(url)[0]


def create(kubectl: Kubectl, name: str, image: str) -> None:
    kubectl.out("apply", "--validate=false", "-f=-", stdin=POD.format(name=name, image=image))


def test_a_pod_is_told_of_from_the_moment_that_it_answers_until_it_is_gone(
    exporter: str, kubectl: Kubectl
) -> None:
    own = f"{exporter}/pods/default/one/metrics"
    assert status(own) == 404
    create(kubectl, "one", "shop/web:1")
    awaited(lambda: status(own) == 200, "the metrics of a pod that is ready")
    assert b'http_requests_total{code="200"' in answer(own)[1]
    assert b'kube_pod_info{namespace="default",pod="one"' in answer(f"{exporter}/metrics")[1]
    kubectl.out("delete", "pod", "one")
    awaited(lambda: status(own) == 404, "the end of a pod")
    assert b'pod="one"' not in answer(f"{exporter}/metrics")[1]


def test_a_pod_that_is_not_ready_answers_nothing(exporter: str, kubectl: Kubectl) -> None:
    create(kubectl, "two", "shop/web:bad")
    awaited(lambda: status(f"{exporter}/pods/default/two/metrics") == 503, "a pod without images")


def test_a_database_answers_no_http(exporter: str, kubectl: Kubectl) -> None:
    create(kubectl, "three", "postgres:17")
    kubectl.out("wait", "--for=condition=Ready", "pod/three")
    assert status(f"{exporter}/pods/default/three/metrics") == 404


def test_a_node_tells_of_its_containers(exporter: str, kubectl: Kubectl) -> None:
    create(kubectl, "four", "shop/web:1")
    kubectl.out("wait", "--for=condition=Ready", "pod/four")
    node = kubectl.out("get", "pod", "four", "-o=jsonpath={.spec.nodeName}")
    told = f"{exporter}/nodes/{node}/metrics/cadvisor"
    awaited(lambda: b'pod="four",container="web"' in answer(told)[1], "a container of the node")
    assert status(f"{exporter}/nodes/nowhere/metrics/cadvisor") == 404


def test_protobuf_is_for_who_prefers_it(exporter: str) -> None:
    assert answer(f"{exporter}/metrics", PROTOBUF)[1].find(b"\n\x0dkube_pod_info") > 0
    assert answer(f"{exporter}/metrics", f"text/plain, {PROTOBUF}")[1].startswith(b"# HELP")


def test_an_api_server_that_was_away_is_watched_again(
    box: RunningBox, exporter: str, kubectl: Kubectl
) -> None:
    create(kubectl, "five", "shop/web:1")
    awaited(lambda: b'pod="five"' in answer(f"{exporter}/metrics")[1], "a pod")
    box.do(box.box.trouble("api-server-down"))
    box.do(box.box.recover("api-server-down"))
    kubectl.out("delete", "pod", "five")
    awaited(lambda: b'pod="five"' not in answer(f"{exporter}/metrics")[1], "the end of a pod")


def test_a_server_that_does_not_start_is_told_with_its_last_words() -> None:
    last = ["/bin/sh", "-c", "echo no room; exit 3"]
    with temporary_home() as home:
        servers = running(home, [Server("one", last, f"http://{LOOPBACK}:1/")])
        with pytest.raises(ClusterError, match=r"one has ended with code 3\none.log: no room"):
            servers.__enter__()
        assert not home.exists()

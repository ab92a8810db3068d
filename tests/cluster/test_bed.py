"""The real test bed: what is in it, who may do what, and that it leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from socket import gethostname

import pytest

from tests.cluster.audit import AuditLog
from tests.cluster.bed import Bed, ControlPlane, start
from tests.cluster.kubectl import Kubectl
from tests.cluster.peers import CONTROL_PLANE, Located, locate
from tests.cluster.processes import listeners, processes, still_there
from tests.metrics.asking import api

pytestmark = pytest.mark.peers

CHECKOUT = Path(__file__).parents[2]
COMPONENTS = {
    "etcd",
    "kube-apiserver",
    "kube-controller",  # the kernel keeps 15 characters of a name
    "kube-scheduler",
    "kwok-controller",
    "metrics-server",
}
AS_USER = "--as=quarterdeck:user"


@pytest.fixture
def own(bed: Bed) -> Bed:
    """Return the bed, if its processes are ours to look at."""
    if sys.platform != "linux":
        pytest.skip("reads /proc")
    if bed.logs is None:
        pytest.skip("somebody else runs this cluster")
    return bed


@pytest.fixture
def peers(own: Bed) -> Located:
    """Return what a second bed needs."""
    return locate(os.environ, CONTROL_PLANE)


@pytest.fixture
def bot(bed: Bed) -> Kubectl:
    return Kubectl(bed.kubectl.binary, bed.bot_kubeconfig, bed.home)


def listening(home: Path) -> dict[str, set[tuple[str, int]]]:
    return {name: listeners(pid) for pid, name in processes(home).items() if name in COMPONENTS}


def test_every_listener_is_on_loopback(own: Bed) -> None:
    found = listening(own.home)
    assert set(found) == COMPONENTS
    assert all(found.values())
    assert {address for each in found.values() for address, _ in each} == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("deployment/web", "3/3", id="deployment"),
        pytest.param("deployment/cart", "2/2", id="two-containers"),
        pytest.param("deployment/broken", "0/1", id="broken"),
        pytest.param("deployment/crashy", "0/1", id="crashy"),
        pytest.param("pods -l=app=broken", "ImagePullBackOff", id="image"),
        pytest.param("pods -l=app=crashy", "CrashLoopBackOff", id="crash"),
        pytest.param("statefulset/db", "2/2", id="statefulset"),
        pytest.param("daemonset/agent", " 3 ", id="daemonset"),
        pytest.param("job/migrate", "Complete", id="job"),
        pytest.param("cronjob/report", "0 0 1 1 *", id="cronjob"),
        pytest.param("wd -o=wide", "red", id="custom-resource"),
        pytest.param("all", "widget.example.org/small", id="category"),
        pytest.param("secret/db-password", "Opaque", id="secret"),
    ],
)
def test_the_shop_has_one_of_everything(bed: Bed, query: str, expected: str) -> None:
    assert expected in bed.kubectl.out("get", "-n=shop", *query.split())


def test_the_scheduler_says_in_its_events_who_it_is(own: Bed) -> None:
    told = own.kubectl.items("events", "-A", "--field-selector=reason=FailedScheduling")
    assert {one["reportingInstance"] for one in told} == {f"default-scheduler-{gethostname()}"}


@pytest.mark.parametrize(
    ("group", "question", "answer"),
    [
        pytest.param("viewers", "get pods -n=shop", "yes", id="viewers-in-shop"),
        pytest.param("viewers", "get widgets.example.org -n=shop", "yes", id="viewers-widgets"),
        pytest.param("viewers", "get secrets -n=shop", "no", id="no-secrets"),
        pytest.param(
            "viewers", "patch deployments --subresource=scale -n=shop", "no", id="viewers-look-only"
        ),
        pytest.param("viewers", "get pods -n=ops", "no", id="viewers-not-in-ops"),
        pytest.param(
            "operators",
            "patch deployments --subresource=scale -n=shop",
            "yes",
            id="operators-scale",
        ),
        pytest.param("operators", "get pods -n=ops", "yes", id="operators-in-ops"),
        pytest.param("operators", "get pods -n=prod", "no", id="operators-not-in-prod"),
        pytest.param("deployers", "patch deployments -n=prod", "yes", id="deployers-in-prod"),
        pytest.param("admins", "list pods -A", "yes", id="admins-everywhere"),
    ],
)
def test_people_have_the_rights_of_their_groups(
    bot: Kubectl, group: str, question: str, answer: str
) -> None:
    done = bot("auth", "can-i", *question.split(), AS_USER, f"--as-group=quarterdeck:{group}")
    assert done.stdout.split()[:1] == [answer], done.stderr


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        pytest.param([], 'cannot list resource "pods"', id="as-itself"),
        pytest.param([AS_USER, "--as-group=system:masters"], "cannot impersonate", id="masters"),
        pytest.param(["--as=kwok-admin"], "cannot impersonate", id="somebody-else"),
    ],
)
def test_the_bot_may_do_nothing_but_speak_for_its_people(
    bot: Kubectl, arguments: list[str], refusal: str
) -> None:
    done = bot("get", "pods", "-n=shop", *arguments)
    assert done.returncode == 1
    assert refusal in done.stderr


async def test_the_audit_log_shows_who_spoke_for_whom(bot: Kubectl, audit: AuditLog) -> None:
    since = audit.position()
    bot.out("get", "pods", "-n=shop", AS_USER, "--as-group=quarterdeck:viewers")
    bots = "system:serviceaccount:quarterdeck:quarterdeck"
    event = await audit.awaited(lambda each: each["user"]["username"] == bots, since)
    assert event["requestURI"].startswith("/api/v1/namespaces/shop/pods")
    assert event["impersonatedUser"]["username"] == "quarterdeck:user"
    assert "quarterdeck:viewers" in event["impersonatedUser"]["groups"]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param("db-1", "db-1 line 199\ndb-1 line 200\n", id="pod"),
        pytest.param("deploy/cart -c=app", "app line 199\napp line 200\n", id="container"),
        pytest.param("deploy/cart -c=sidecar", "sidecar line 199\nsidecar line 200\n", id="other"),
        pytest.param("deploy/crashy -p", "loading the catalogue\nfatal: out of memory\n", id="old"),
    ],
)
def test_containers_have_logs_of_their_own(own: Bed, target: str, expected: str) -> None:
    assert own.kubectl.out("logs", "-n=shop", *target.split(), "--tail=2") == expected


def test_commands_run_in_the_folder_that_stands_for_a_container(own: Bed) -> None:
    said = own.kubectl.out("exec", "-n=shop", "db-0", "--", "cat", "hello.txt")
    assert said == "hello from the container\n"


def test_a_second_bed_shares_nothing_with_the_first_and_leaves_nothing_behind(
    own: Bed, peers: Located, tmp_path: Path
) -> None:
    home = tmp_path / "second"
    home.mkdir()
    plane = start(peers, home)
    try:
        assert not ports(home) & ports(own.home)
        assert server(plane) != own.server
    finally:
        plane.stop()
    assert processes(home) == {}
    assert not home.exists()


def ports(home: Path) -> set[int]:
    return {port for each in listening(home).values() for _, port in each}


def server(plane: ControlPlane) -> str:
    return plane.layout.kubeconfig.read_text().partition("server: ")[2].split()[0]


OWNER = """
import os, pathlib, sys
from tests.cluster.bed import start
from tests.cluster.peers import locate
start(locate(os.environ), pathlib.Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.read()
"""


def test_every_process_ends_when_the_owner_is_killed(peers: Located, tmp_path: Path) -> None:
    home = tmp_path / "orphaned"
    home.mkdir()
    command = [sys.executable, "-c", OWNER, str(home)]
    with subprocess.Popen(
        command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"ready\n"
        assert set(processes(home).values()) > COMPONENTS
        owner.send_signal(signal.SIGKILL)
    assert still_there(home) == {}
    assert not home.exists()


@pytest.mark.usefixtures("metrics_peers")
def test_make_cluster_runs_until_ctrl_c(peers: Located, tmp_path: Path) -> None:
    linked = tmp_path / "peers"
    linked.symlink_to(peers.parts["etcd"].folder.parent)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.cluster"],
        cwd=CHECKOUT,
        env=os.environ | {"QUARTERDECK_CACHE": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as cluster:
        assert cluster.stdout is not None
        said = "".join(iter(cluster.stdout.readline, "Ctrl-C stops it and removes everything.\n"))
        kubeconfig = Path(said.partition("export KUBECONFIG=")[2].split()[0])
        assert kubeconfig.is_relative_to(tmp_path)
        assert "web" in Kubectl(peers.binaries["kubectl"], kubeconfig, tmp_path).out(
            "get", "deploy", "-n=shop"
        )
        prometheus = said.partition("Prometheus measures it on ")[2].partition(";")[0]
        assert api(prometheus, "alertmanagers")["activeAlertmanagers"]
        cluster.send_signal(signal.SIGINT)
        assert cluster.stdout.read() == "\nThe cluster has been stopped.\n"
    assert cluster.returncode == 0
    assert processes(tmp_path / "cluster") == {}

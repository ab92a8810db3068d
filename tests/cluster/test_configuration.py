"""What kwokctl is told."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from tests.cluster.behaviour import container_log, container_logs, patient
from tests.cluster.configuration import PORTS, kwokctl
from tests.cluster.layout import Layout
from tests.cluster.peers import locate
from tests.ports import free_ports

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def options(tmp_path: Path) -> dict[str, object]:
    located, ports = locate({"QUARTERDECK_CACHE": str(tmp_path)}), free_ports(PORTS)
    options: dict[str, object] = kwokctl(Layout(tmp_path, "bed"), located, ports)["options"]
    return options


def test_every_listener_is_on_loopback_with_a_port_of_its_own(options: dict[str, object]) -> None:
    assert options["bindAddress"] == "127.0.0.1"
    assert len({options[name] for name in PORTS}) == len(PORTS)


def test_two_beds_do_not_share_a_port() -> None:
    # Twenty times: a draw of seven from 22,000 meets another one once in 450 times, and then the
    # second bed takes what is free; what may never happen is that both take the same row.
    draws = [tuple(free_ports(PORTS).values()) for _ in range(20)]
    assert len(set(draws)) == 20


def test_two_beds_have_nothing_in_common_on_the_disk(tmp_path: Path) -> None:
    one, other = Layout(tmp_path / "one", "bed"), Layout(tmp_path / "other", "bed")
    names = ("cluster", "kubeconfig", "audit_log", "configuration", "scheduler", "logs")
    for name in (*names, "container"):
        assert getattr(one, name).is_relative_to(one.home)
        assert not getattr(one, name).is_relative_to(other.home)


def test_no_binary_is_left_to_be_downloaded(options: dict[str, object]) -> None:
    binaries = {name: value for name, value in options.items() if name.endswith("Binary")}
    assert len(binaries) == 7
    assert all(Path(str(value)).is_absolute() for value in binaries.values())


def test_pods_that_go_wrong_are_left_alone_by_the_stage_that_makes_pods_ready() -> None:
    shipped = {"kind": "Stage", "spec": {"selector": {"matchExpressions": [{"key": ".a"}]}}}
    spec = patient(shipped)["spec"]
    assert spec["delay"] == {"durationMilliseconds": 400}
    kept, added = spec["selector"]["matchExpressions"]
    assert kept == {"key": ".a"}
    assert added["operator"] == "DoesNotExist"
    assert "(bad|crash)" in added["key"]


def test_the_last_line_of_a_log_is_written_now_and_the_others_before() -> None:
    lines = container_log(["a", "b"], NOW).splitlines()
    assert lines == [
        "2026-11-24T11:59:30.000000001Z stdout F a",
        "2026-11-24T12:00:00.000000002Z stdout F b",
    ]


def test_containers_of_one_pod_write_different_logs() -> None:
    documents = list(container_logs(Path("/logs")))
    files = {
        each["containers"][0]: each["logsFile"]
        for each in documents[-1]["spec"]["logs"]
        if "containers" in each
    }
    assert files["app"] == "/logs/app.log"
    assert files["sidecar"] == "/logs/sidecar.log"
    assert [each["metadata"]["name"] for each in documents] == ["db-0", "db-1", "all"]


@pytest.mark.parametrize("name", ["stages.yaml", "fixture.yaml", "widgets.yaml"])
def test_no_object_of_a_manifest_is_named_twice(name: str) -> None:
    documents = list(yaml.safe_load_all(Path(__file__).with_name(name).read_text()))
    keys = [
        (each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"])
        for each in documents
    ]
    assert len(set(keys)) == len(keys)

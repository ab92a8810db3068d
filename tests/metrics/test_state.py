"""What is told of the API server's objects, and of what containers use."""

from typing import Any

import pytest

from tests.every import every
from tests.metrics import containers, state
from tests.metrics.families import text
from tests.metrics.objects import START, pod

NODE: Any = {
    "metadata": {"name": "node-a", "creationTimestamp": "2026-01-01T00:00:00Z"},
    "spec": {"unschedulable": True},
    "status": {
        "capacity": {"cpu": "8", "memory": "32Gi", "pods": "20k"},
        "conditions": [{"type": "Ready", "status": "True"}],
        "nodeInfo": {
            "kernelVersion": "6.12.0",
            "osImage": "Simulated Linux",
            "containerRuntimeVersion": "containerd://2.1.4",
            "kubeletVersion": "v1.37.2",
        },
    },
}
META = {"name": "web", "namespace": "shop", "creationTimestamp": "2026-01-01T12:00:00Z"}
DEPLOYMENT: Any = {
    "metadata": META | {"generation": 4},
    "spec": {"replicas": 3},
    "status": {
        "replicas": 4,
        "readyReplicas": 2,
        "conditions": [{"type": "Available", "status": "True", "reason": "MinimumReplicas"}],
    },
}
REPLICA_SET: Any = {
    "metadata": META
    | {
        "name": "web-7d4b9c",
        "ownerReferences": [{"kind": "Deployment", "name": "web", "controller": True}],
    },
    "spec": {"replicas": 3},
}
CRASHED: Any = pod(
    phase="Pending",
    containerStatuses=[
        {
            "name": "web",
            "image": "shop/web:crash",
            "ready": False,
            "restartCount": 3,
            "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": {"terminated": {"reason": "OOMKilled"}},
        }
    ],
)


def told(*pods: Any) -> str:
    objects = {
        "pods": pods,
        "nodes": [NODE],
        "deployments": [DEPLOYMENT],
        "replicasets": [REPLICA_SET],
    }
    return text(state.families(objects)).decode()


POD = 'namespace="shop",pod="web-7d4b9c-x2x4q",uid="u-1"'


@every(
    "line",
    [
        f'kube_pod_status_phase{{{POD},phase="Running"}} 1',
        f'kube_pod_status_phase{{{POD},phase="Pending"}} 0',
        f'kube_pod_status_ready{{{POD},condition="true"}} 1',
        f'kube_pod_owner{{{POD},owner_kind="ReplicaSet",owner_name="web-7d4b9c",'
        'owner_is_controller="true"} 1',
        f'kube_pod_labels{{{POD},label_app="web",label_pod_template_hash="7d4b9c"}} 1',
        f'kube_pod_container_resource_requests{{{POD},container="web",node="node-a",'
        'resource="cpu",unit="core"} 0.1',
        f'kube_pod_container_resource_limits{{{POD},container="web",node="node-a",'
        'resource="memory",unit="byte"} 134217728',
        f'kube_pod_container_status_restarts_total{{{POD},container="web"}} 0',
        f"kube_pod_start_time{{{POD}}} {START:.0f}",
        'kube_deployment_spec_replicas{namespace="shop",deployment="web"} 3',
        'kube_deployment_status_replicas{namespace="shop",deployment="web"} 4',
        'kube_deployment_status_replicas_ready{namespace="shop",deployment="web"} 2',
        'kube_deployment_status_replicas_available{namespace="shop",deployment="web"} 0',
        'kube_deployment_status_condition{namespace="shop",deployment="web",'
        'condition="Available",reason="MinimumReplicas",status="true"} 1',
        'kube_replicaset_owner{namespace="shop",replicaset="web-7d4b9c",'
        'owner_kind="Deployment",owner_name="web",owner_is_controller="true"} 1',
        'kube_node_spec_unschedulable{node="node-a"} 1',
        'kube_node_status_capacity{node="node-a",resource="pods",unit="integer"} 20000',
        "# TYPE kube_pod_container_status_restarts_total counter",
        "# TYPE kube_pod_info gauge",
    ],
)
def test_objects_are_told_as_kube_state_metrics_tells_them(line: str) -> None:
    assert line in told(pod()).splitlines()


@pytest.mark.parametrize(
    "line",
    [
        f'kube_pod_container_status_restarts_total{{{POD},container="web"}} 3',
        f'kube_pod_container_status_waiting_reason{{{POD},container="web",'
        'reason="CrashLoopBackOff"} 1',
        f'kube_pod_container_status_last_terminated_reason{{{POD},container="web",'
        'reason="OOMKilled"} 1',
        f'kube_pod_container_status_running{{{POD},container="web"}} 0',
    ],
)
def test_a_crash_is_told(line: str) -> None:
    assert line in told(CRASHED).splitlines()


def test_a_family_stands_together() -> None:
    lines = [line for line in told(pod(), CRASHED).splitlines() if line.startswith("# TYPE")]
    assert len(lines) == len(set(lines))


def test_a_container_has_used_what_its_annotation_says_since_it_started() -> None:
    lines = text(containers.families(NODE, [pod()], START + 100)).decode().splitlines()
    own = 'namespace="shop",pod="web-7d4b9c-x2x4q",container="web",image="shop/web:1.4.2"'
    assert f'container_cpu_usage_seconds_total{{{own},cpu="total"}} 12' in lines
    assert f"container_memory_working_set_bytes{{{own}}} 1048576" in lines
    assert f"container_spec_cpu_quota{{{own}}} 50000" in lines
    assert "machine_cpu_cores{} 8" in lines


def test_a_node_tells_of_its_own_running_containers_alone() -> None:
    elsewhere: Any = NODE | {"metadata": {"name": "node-b"}}
    assert b"container_" not in text(containers.families(elsewhere, [pod()], START))
    assert b"container_" not in text(containers.families(NODE, [CRASHED], START))

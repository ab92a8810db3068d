"""The simulated nodes, as objects to apply. Pure.

KWOK's kubelet answers for all of them on one port of loopback.
"""

from typing import Any

from tests.ports import LOOPBACK

Document = dict[str, Any]


def nodes(version: str) -> list[Document]:
    """Return three nodes whose kubelets are of the given version; the last is cordoned."""
    return [
        _node("node-a", version, role="control-plane", zone="zone-1"),
        _node("node-b", version, role="worker", zone="zone-2"),
        _node("node-c", version, role="worker", zone="zone-2") | {"spec": {"unschedulable": True}},
    ]


def _node(name: str, version: str, *, role: str, zone: str) -> Document:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                f"node-role.kubernetes.io/{role}": "",
                "topology.kubernetes.io/zone": zone,
            },
            "annotations": {
                "kwok.x-k8s.io/node": "fake",
                "metrics.k8s.io/resource-metrics-path": f"/metrics/nodes/{name}/metrics/resource",
            },
        },
        "status": _status(version),
    }


def _status(version: str) -> Document:
    # Room for the 10,000 pods that the benchmark makes.
    room = {"cpu": "8", "memory": "32Gi", "pods": "20k"}
    return {
        "addresses": [{"type": "InternalIP", "address": LOOPBACK}],
        "capacity": room,
        "allocatable": room,
        "nodeInfo": {
            "architecture": "amd64",
            "bootID": "",
            "containerRuntimeVersion": "containerd://2.1.4",
            "kernelVersion": "6.12.0",
            "kubeProxyVersion": "",
            "kubeletVersion": version,
            "machineID": "",
            "operatingSystem": "linux",
            "osImage": "Simulated Linux",
            "systemUUID": "",
        },
    }

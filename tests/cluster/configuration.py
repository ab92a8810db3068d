"""What kwokctl is told: loopback addresses, ports of its own, and where the peers stand.

Everything is written into the bed's home; nothing reaches outside of it.
"""

import shlex
from datetime import datetime
from typing import Any

import yaml

from tests.cluster.behaviour import behaviour, write_logs
from tests.cluster.layout import Layout
from tests.cluster.peers import Located
from tests.ports import LOOPBACK, free_ports

Document = dict[str, Any]

PORTS = (
    "etcdPort",
    "etcdPeerPort",
    "kubeApiserverPort",
    "kubeControllerManagerPort",
    "kubeSchedulerPort",
    "kwokControllerPort",
    "metricsServerPort",
)
# Extra arguments by component: (name, value, whether kwokctl gives it already).
ARGUMENTS = {
    "kube-apiserver": (
        # The documentation range of RFC 5737. Without it the server looks for an address of this
        # machine that others can reach, writes it into Endpoints, and does not start without one.
        ("advertise-address", "192.0.2.1", False),
        # The nodes' host names do not resolve; KWOK's kubelet listens on loopback.
        ("kubelet-preferred-address-types", "InternalIP", False),
        # KWOK's pods live in 10.0.0.0/24, which is the default of the Services too.
        ("service-cluster-ip-range", "10.96.0.0/16", False),
        # One file for the whole run, so that an offset into it stays valid.
        ("audit-log-maxsize", "4000", False),
    ),
    "kube-controller-manager": (("leader-elect", "false", False),),
    "kube-scheduler": (("leader-elect", "false", False),),
    "kwok-controller": (
        # A test may make nodes of its own, which nobody simulates: the keeper of the leases of
        # KWOK 0.8 comes to a stop when nodes that it keeps are deleted.
        ("manage-all-nodes", "false", True),
        ("manage-nodes-with-annotation-selector", "kwok.x-k8s.io/node=fake", False),
    ),
    "metrics-server": (
        # The shortest that metrics-server accepts, with a time-out that must be shorter.
        ("metric-resolution", "10s", True),
        ("kubelet-request-timeout", "5s", False),
    ),
}
# What the control plane's own parts do all the time, and no test asks about: they share one user.
AUDIT_POLICY: Document = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [
        {"level": "None", "users": ["system:apiserver"]},
        {"level": "None", "users": ["kwok-admin"], "verbs": ["watch"]},
        {
            "level": "None",
            "users": ["kwok-admin"],
            "resources": [
                {"group": "", "resources": ["*/status", "events", "endpoints"]},
                {"group": "apps", "resources": ["*/status"]},
                {"group": "batch", "resources": ["*/status"]},
                {"group": "events.k8s.io"},
                {"group": "coordination.k8s.io"},
                {"group": "discovery.k8s.io"},
                {"group": "authentication.k8s.io"},
                {"group": "authorization.k8s.io"},
            ],
        },
        {"level": "Request"},
    ],
}
# The scheduler asks once, as it starts, whether there is events.k8s.io; where nobody answers yet,
# its events are of the old kind, without its instance. kwokctl starts it with the API server.
SCHEDULER = """\
#!/bin/sh
case "$*" in *--kubeconfig*)
  until {kubectl} --kubeconfig={kubeconfig} get --raw=/readyz >/dev/null 2>&1; do sleep 0.1; done
esac
exec {scheduler} "$@"
"""


def write(layout: Layout, located: Located, now: datetime) -> None:
    """Write all files that `kwokctl create cluster` reads."""
    layout.logs.mkdir(parents=True)
    layout.container.mkdir()
    (layout.container / "hello.txt").write_text("hello from the container\n")
    write_logs(layout.logs, now)
    layout.audit_policy.write_text(yaml.safe_dump(AUDIT_POLICY))
    layout.scheduler.write_text(scheduler(layout, located))
    layout.scheduler.chmod(0o700)
    shipped = located.parts["kwok"].folder / "kustomize"
    documents = [kwokctl(layout, located, free_ports(PORTS)), *behaviour(layout, shipped)]
    layout.configuration.write_text(yaml.safe_dump_all(documents, sort_keys=False))


def kwokctl(layout: Layout, located: Located, ports: dict[str, int]) -> Document:
    """Return kwokctl's own configuration; it never downloads, because every path is given."""
    metrics_server = located.parts["metrics-server"].folder / "manifests/base"
    options: Document = {
        "runtime": "binary",
        "bindAddress": LOOPBACK,
        "kubeVersion": located.version,
        "kubeAuditPolicy": str(layout.audit_policy),
        "disableQPSLimits": True,
        "enable": ["metrics-server"],
        "metricsServerManifests": [str(metrics_server)],
        "etcdBinary": str(located.binaries["etcd"]),
        "kubeApiserverBinary": str(located.binaries["kube-apiserver"]),
        "kubeControllerManagerBinary": str(located.binaries["kube-controller-manager"]),
        "kubeSchedulerBinary": str(layout.scheduler),
        "kwokControllerBinary": str(located.binaries["kwok"]),
        "metricsServerBinary": str(located.binaries["metrics-server"]),
        "kubectlBinary": str(located.binaries["kubectl"]),
    }
    return {
        "apiVersion": "config.kwok.x-k8s.io/v1alpha1",
        "kind": "KwokctlConfiguration",
        "options": options | ports,
        "componentsPatches": [
            {
                "name": component,
                "extraArgs": [
                    {"key": key, "value": value, "override": given}
                    for key, value, given in arguments
                ],
            }
            for component, arguments in ARGUMENTS.items()
        ],
    }


def scheduler(layout: Layout, located: Located) -> str:
    """Return the program that becomes the scheduler when the API server is ready."""
    paths = {
        "kubectl": located.binaries["kubectl"],
        "kubeconfig": layout.kubeconfig,
        "scheduler": located.binaries["kube-scheduler"],
    }
    return SCHEDULER.format_map({name: shlex.quote(str(path)) for name, path in paths.items()})

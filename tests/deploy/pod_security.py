"""Pod Security "restricted", and what this project asks beyond it, as plain sentences.

The controls are those of Kubernetes' Pod Security Standards, levels baseline and restricted, for
Linux pods. Pure: takes a pod spec, returns what is wrong with it.
"""

from collections.abc import Iterator
from typing import Any

Spec = dict[str, Any]

# The types that "restricted" allows.
VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
# The sysctls that "baseline" allows are few; this pod needs none.
HOST_FIELDS = ("hostNetwork", "hostPID", "hostIPC")
HANDLERS = ("startupProbe", "livenessProbe", "readinessProbe")
# What "restricted" lets a container add after it has dropped all.
CAPABILITIES = {"NET_BIND_SERVICE"}
SECCOMP = {"RuntimeDefault", "Localhost"}


def violations(pod: Spec) -> list[str]:
    """Return each control of "restricted" that a pod spec breaks, one sentence each."""
    return [*_pod_violations(pod), *_volume_violations(pod), *_container_violations(pod)]


def shortcomings(pod: Spec) -> list[str]:
    """Return what a pod spec lacks of this project's own rules, one sentence each."""
    found = []
    if pod.get("automountServiceAccountToken") is not False:
        found.append("a token is mounted without being asked for")
    if pod.get("enableServiceLinks") is not False:
        found.append("the addresses of other Services are in the environment")
    if not all(seconds <= 3600 for seconds in _token_lives(pod)):
        found.append("a token lives longer than an hour")
    for container in _containers(pod):
        found += _container_shortcomings(container)
    return found


def _container_shortcomings(container: Spec) -> Iterator[str]:
    context = container.get("securityContext", {})
    resources = container.get("resources", {})
    memory = [resources.get(side, {}).get("memory") for side in ("requests", "limits")]
    if not context.get("readOnlyRootFilesystem"):
        yield "the root can be written"
    if memory[0] is None or memory[0] != memory[1]:
        yield "memory is not reserved up to its limit"
    if "ephemeral-storage" not in resources.get("limits", {}):
        yield "the node's disk is not protected"
    if any("value" in one and "TOKEN" in one["name"] for one in container.get("env", [])):
        yield "a token stands in the environment"


def _token_lives(pod: Spec) -> Iterator[int]:
    for volume in pod.get("volumes", []):
        for source in volume.get("projected", {}).get("sources", []):
            if "serviceAccountToken" in source:
                # Kubernetes' default is an hour.
                yield source["serviceAccountToken"].get("expirationSeconds", 3600)


def _pod_violations(pod: Spec) -> Iterator[str]:
    for field in HOST_FIELDS:
        if pod.get(field):
            yield f"{field} is set"
    if pod.get("securityContext", {}).get("sysctls"):
        yield "sysctls are set"
    if "windowsOptions" in pod.get("securityContext", {}):
        yield "windowsOptions are set"


def _volume_violations(pod: Spec) -> Iterator[str]:
    for volume in pod.get("volumes", []):
        for kind in volume.keys() - {"name"} - VOLUMES:
            yield f"the volume {volume['name']} is a {kind}"


def _container_violations(pod: Spec) -> Iterator[str]:
    for container in _containers(pod):
        # A container's own field beats the pod's.
        context = pod.get("securityContext", {}) | container.get("securityContext", {})
        name = container["name"]
        yield from (f"{name}: {what}" for what in _context_violations(context))
        yield from (f"{name}: {what}" for what in _host_violations(container))


def _context_violations(context: Spec) -> Iterator[str]:
    if context.get("privileged"):
        yield "is privileged"
    if context.get("allowPrivilegeEscalation") is not False:
        yield "may escalate privileges"
    if context.get("runAsNonRoot") is not True or context.get("runAsUser") == 0:
        yield "may run as root"
    if context.get("seccompProfile", {}).get("type") not in SECCOMP:
        yield "has no seccomp profile"
    capabilities = context.get("capabilities", {})
    if capabilities.get("drop") != ["ALL"] or set(capabilities.get("add", [])) - CAPABILITIES:
        yield "keeps capabilities"
    yield from _kernel_violations(context)


def _kernel_violations(context: Spec) -> Iterator[str]:
    if context.get("procMount", "Default") != "Default":
        yield "unmasks /proc"
    if {"seLinuxOptions", "windowsOptions"} & context.keys():
        yield "sets options of the host's security modules"
    if context.get("appArmorProfile", {}).get("type") == "Unconfined":
        yield "leaves AppArmor"


def _host_violations(container: Spec) -> Iterator[str]:
    if any("hostPort" in port for port in container.get("ports", [])):
        yield "takes a port of the node"
    handlers = [container.get(probe, {}) for probe in HANDLERS]
    handlers += container.get("lifecycle", {}).values()
    for handler in handlers:
        for action in ("httpGet", "tcpSocket"):
            if handler.get(action, {}).get("host"):
                yield "sends probes to another host"


def _containers(pod: Spec) -> list[Spec]:
    kinds = ("initContainers", "containers", "ephemeralContainers")
    return [container for kind in kinds for container in pod.get(kind, [])]

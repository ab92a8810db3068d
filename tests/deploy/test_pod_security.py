"""The pod keeps Pod Security "restricted" in every form, and the check of it has teeth."""

import copy
from collections.abc import Callable

import pytest

from tests.deploy.manifests import DEPLOY, Document, documents, kustomize, pod_of, the
from tests.deploy.pod_security import shortcomings, violations


@pytest.fixture
def pod() -> Document:
    return copy.deepcopy(pod_of(the(documents(DEPLOY / "deployment.yaml"), "Deployment")))


@pytest.mark.parametrize(
    "components", [(), ("http",), ("ha-postgres",), ("http", "ha-postgres")], ids=repr
)
def test_every_form_keeps_restricted_and_our_own_rules(components: tuple[str, ...]) -> None:
    pod = pod_of(the(kustomize(*components), "Deployment"))
    assert violations(pod) == []
    assert shortcomings(pod) == []


def test_the_namespace_enforces_what_the_pod_keeps() -> None:
    labels = the(documents(DEPLOY / "namespace.yaml"), "Namespace")["metadata"]["labels"]
    modes = {mode: labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "warn")}
    assert modes == {"enforce": "restricted", "warn": "restricted"}


def container(pod: Document) -> Document:
    found: Document = pod["containers"][0]
    return found


WEAKER: dict[str, Callable[[Document], object]] = {
    "host-network": lambda pod: pod.update(hostNetwork=True),
    "host-processes": lambda pod: pod.update(hostPID=True),
    "host-ipc": lambda pod: pod.update(hostIPC=True),
    "sysctls": lambda pod: pod["securityContext"].update(sysctls=[{"name": "a", "value": "b"}]),
    "windows": lambda pod: pod["securityContext"].update(windowsOptions={}),
    "host-path": lambda pod: pod["volumes"].append({"name": "x", "hostPath": {"path": "/"}}),
    "root": lambda pod: pod["securityContext"].update(runAsUser=0),
    "perhaps-root": lambda pod: container(pod)["securityContext"].update(runAsNonRoot=False),
    "no-seccomp": lambda pod: pod["securityContext"].pop("seccompProfile"),
    "unconfined": lambda pod: container(pod)["securityContext"].update(
        seccompProfile={"type": "Unconfined"}
    ),
    "privileged": lambda pod: container(pod)["securityContext"].update(privileged=True),
    "escalation": lambda pod: container(pod)["securityContext"].pop("allowPrivilegeEscalation"),
    "keeps-capabilities": lambda pod: container(pod)["securityContext"].pop("capabilities"),
    "adds-capabilities": lambda pod: container(pod)["securityContext"]["capabilities"].update(
        add=["SYS_ADMIN"]
    ),
    "proc": lambda pod: container(pod)["securityContext"].update(procMount="Unmasked"),
    "selinux": lambda pod: container(pod)["securityContext"].update(seLinuxOptions={"user": "x"}),
    "apparmor": lambda pod: container(pod)["securityContext"].update(
        appArmorProfile={"type": "Unconfined"}
    ),
    "host-port": lambda pod: container(pod)["ports"][0].update(hostPort=80),
    "probe-elsewhere": lambda pod: container(pod)["livenessProbe"]["httpGet"].update(host="x"),
    "init-container": lambda pod: pod.update(initContainers=[{"name": "x"}]),
}


@pytest.mark.parametrize("weaken", WEAKER.values(), ids=WEAKER)
def test_a_pod_that_breaks_restricted_is_noticed(
    pod: Document, weaken: Callable[[Document], object]
) -> None:
    weaken(pod)
    assert violations(pod) != []


LOOSER: dict[str, Callable[[Document], object]] = {
    "default-token": lambda pod: pod.pop("automountServiceAccountToken"),
    "service-links": lambda pod: pod.pop("enableServiceLinks"),
    "lasting-token": lambda pod: pod["volumes"][-1]["projected"]["sources"][0][
        "serviceAccountToken"
    ].update(expirationSeconds=86400),
    "writable-root": lambda pod: container(pod)["securityContext"].pop("readOnlyRootFilesystem"),
    "memory": lambda pod: container(pod)["resources"]["requests"].update(memory="1Mi"),
    "disk": lambda pod: container(pod)["resources"]["limits"].pop("ephemeral-storage"),
    "token-in-environment": lambda pod: container(pod)["env"].append(
        {"name": "QUARTERDECK_SLACK__BOT_TOKEN", "value": "x"}
    ),
}


@pytest.mark.parametrize("loosen", LOOSER.values(), ids=LOOSER)
def test_a_pod_that_breaks_our_own_rules_is_noticed(
    pod: Document, loosen: Callable[[Document], object]
) -> None:
    loosen(pod)
    assert shortcomings(pod) != []

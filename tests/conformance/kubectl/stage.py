"""What the comparison adds to the cluster: odd objects, a crowd of them, and more kubeconfigs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.bed import Bed
from tests.cluster.kubectl import Kubectl

HERE = Path(__file__).parent
OBJECTS, GADGETS = HERE / "objects.yaml", HERE / "gadgets.yaml"
CROWD = 620
"""More than a page of the API server's 500, and than a window of 100 rows."""
LONG_NAMES = {
    150: "-whose-name-is-longer-than-all-before-it",
    349: "-" + "x" * 60,
    560: "-whose-name-is-the-longest-of-all-and-stands-on-the-second-page-where-nobody-saw-it-come",
}
"""What is added to the name of a row, which therefore moves the columns when it comes late."""
# What each odd object has come to when nothing about it moves any more.
_SETTLED = (
    ("--for=condition=Ready", "pod/preset", "pod/misnamed", "pod/plain", "pod/canary-1"),
    ("--for=condition=Progressing=False", "deploy/late"),
    ("--for=jsonpath={.status.readyReplicas}=2", "deploy/patient", "sts/canary"),
    ("--for=jsonpath={.status.readyReplicas}=1", "rc/old", "sts/by-hand"),
    ("--for=jsonpath={.status.observedGeneration}=1", "ds/by-hand", "deploy/paused", "deploy/idle"),
    ("--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}", "pod/stuck-0"),
    ("--for=jsonpath={.status.updatedNumberScheduled}", "ds/stuck"),
    ("--for=jsonpath={.data.token}", "secret/token"),
)


@contextmanager
def staged(bed: Bed, home: Path) -> Iterator[Kubectl]:
    """Yield kubectl on a cluster with the odd objects in it; they go when the block ends."""
    _remove(bed.kubectl, wait=True)
    try:
        _add(bed.kubectl)
        kubeconfig = home / "kubeconfig.yaml"
        kubeconfig.touch(mode=0o600)
        kubeconfig.write_text(yaml.safe_dump(_kubeconfig(bed)))
        yield replace(bed.kubectl, kubeconfig=kubeconfig, home=home)
    finally:
        _remove(bed.kubectl, wait=False)


def _add(kubectl: Kubectl) -> None:
    kubectl.out("apply", f"-f={OBJECTS}")
    kubectl.out("create", "-f=-", stdin=yaml.dump_all(map(_entry, range(CROWD))))
    kinds = ("crd/gadgets.oddities.example.org", "crd/chores.oddities.example.org")
    kubectl.out("wait", "--for=condition=Established", *kinds)
    kubectl.out("apply", f"-f={GADGETS}")
    for condition, *names in _SETTLED:
        kubectl.out("wait", "-n=oddities", "--timeout=30s", condition, *names, seconds=60)


def _remove(kubectl: Kubectl, *, wait: bool) -> None:
    kubectl.out(
        "delete", f"-f={OBJECTS}", "--ignore-not-found", f"--wait={str(wait).lower()}", seconds=90
    )


def _entry(number: int) -> dict[str, Any]:
    name = f"entry-{number:03d}{LONG_NAMES.get(number, '')}"
    part = "p" * (60 if number == 333 else 1 + number % 7)
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": "crowd", "labels": {"part": part}},
        "data": {f"key{each}": "value" for each in range(number % 13)},
    }


def _kubeconfig(bed: Bed) -> dict[str, Any]:
    """Return a kubeconfig with contexts that fail in a way of their own beside the working one."""
    text = bed.kubectl.out("config", "view", "--raw", "--flatten", "--minify")
    shown: dict[str, Any] = yaml.safe_load(text)
    reader = bed.kubectl.out("create", "token", "reader", "-n=oddities", "--duration=1h").strip()
    shown["users"] += [
        {"name": "reader", "user": {"token": reader}},
        {"name": "nobody", "user": {"token": "expired"}},
    ]
    # Nothing listens on the port that is reserved for a service nobody runs.
    closed = {"name": "closed", "cluster": {"server": "https://127.0.0.1:1"}}
    shown["clusters"].append(closed)
    here = shown["contexts"][0]["context"]
    shown["contexts"] += [
        {"name": "shop", "context": {**here, "namespace": "shop"}},
        {"name": "reader", "context": {**here, "user": "reader"}},
        {"name": "nobody", "context": {**here, "user": "nobody"}},
        {"name": "closed", "context": {**here, "cluster": "closed"}},
    ]
    return shown

"""A pod without a kubelet: its files and its environment, from what the API server has stored."""

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cluster.kubectl import Kubectl
from tests.deploy.manifests import Document, container_of, pod_of

NAMESPACE = "quarterdeck"


@dataclass(frozen=True, slots=True)
class Pod:
    """What a container is started with."""

    argv: list[str]
    environment: dict[str, str]
    files: dict[str, Path]
    """Where on this machine each mountPath is."""

    def on_this_machine(self, path: str) -> str:
        """Return a path of the container as it is here; other text stays as it is."""
        mounts = "|".join(map(re.escape, sorted(self.files, key=len, reverse=True)))
        return re.sub(rf"({mounts})(?=/|$)", lambda found: str(self.files[found[1]]), path)


def materialised(kubectl: Kubectl, folder: Path) -> Pod:
    """Write the volumes of the Deployment's pod, as a kubelet does, and return how it starts."""
    deployment = _get(kubectl, "deployment/quarterdeck")
    container, volumes = container_of(deployment), pod_of(deployment)["volumes"]
    made = {volume["name"]: _volume(kubectl, folder, volume) for volume in volumes}
    files = {mount["mountPath"]: made[mount["name"]] for mount in container["volumeMounts"]}
    pod = Pod([*container["command"], *container["args"]], {}, files)
    for variable in container["env"]:
        pod.environment[variable["name"]] = pod.on_this_machine(variable["value"])
    return pod


def _volume(kubectl: Kubectl, folder: Path, volume: Document) -> Path:
    mount = folder / str(volume["name"])
    mount.mkdir()
    if "projected" in volume:
        mode = volume["projected"]["defaultMode"]
        # As the kubelet writes them: a folder of its own, which a link swaps in at once.
        (mount / "..data").symlink_to("..1")
        for source in volume["projected"]["sources"]:
            for path, content in _projected(kubectl, source).items():
                _write(mount / "..1" / path, content, mode)
        for file in list((mount / "..1").iterdir()):
            (mount / file.name).symlink_to(f"..data/{file.name}")
    return mount


def _write(file: Path, content: bytes, mode: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    file.chmod(mode)


def _projected(kubectl: Kubectl, source: Document) -> dict[str, bytes]:
    match source:
        case {"configMap": {"name": name, "items": items}}:
            data = _get(kubectl, f"configmap/{name}")["data"]
            return {item["path"]: data[item["key"]].encode() for item in items}
        case {"secret": {"name": name, "items": items}}:
            data = _get(kubectl, f"secret/{name}")["data"]
            return {item["path"]: base64.b64decode(data[item["key"]]) for item in items}
        case {"serviceAccountToken": {"path": path, "expirationSeconds": seconds}}:
            return {path: _token(kubectl, seconds).encode()}
        case {"downwardAPI": {"items": [{"path": path, "fieldRef": _}]}}:
            return {path: NAMESPACE.encode()}
        case _:
            raise AssertionError(f"no kubelet would know what to do with {source}")


def _token(kubectl: Kubectl, seconds: int) -> str:
    return kubectl.out(
        *("create", "token", "quarterdeck", f"--namespace={NAMESPACE}", f"--duration={seconds}s")
    ).strip()


def _get(kubectl: Kubectl, what: str) -> Any:
    return json.loads(kubectl.out("get", what, f"--namespace={NAMESPACE}", "-o=json"))

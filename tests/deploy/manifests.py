"""The manifests under deploy/, as they are written and as kustomize builds them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import kubernetes_validate
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
# The oracles come with the virtual environment, so that no other version answers.
TOOLS = Path(sys.executable).parent

# The newest schemas of the validator, and the version of the test bed.
KUBERNETES = "1.37"

Document = dict[str, Any]


def documents(path: Path) -> list[Document]:
    """Return the YAML documents of a file, empty ones left out."""
    return _parsed(path.read_text())


def kustomizations() -> list[Path]:
    """Return every kustomization and component under deploy/."""
    return sorted(DEPLOY.rglob("kustomization.yaml"))


def patches() -> set[Path]:
    """Return the files that are parts of objects only."""
    return set(DEPLOY.glob("components/*/deployment.yaml"))


def used_by(kustomization: Path) -> set[Path]:
    """Return a kustomization's own file and the files that it names."""
    content = documents(kustomization)[0]
    names = [kustomization.name, *content.get("resources", [])]
    names += [patch["path"] for patch in content.get("patches", []) if "path" in patch]
    for generator in content.get("configMapGenerator", []):
        names += generator["files"]
    return {kustomization.parent / name for name in names}


def whole_objects() -> Iterator[tuple[Path, Document]]:
    """Return every object of the API that stands in a file under deploy/, with its file."""
    for path in sorted(set(DEPLOY.rglob("*.yaml")) - set(kustomizations()) - patches()):
        yield from ((path, document) for document in documents(path) if "kind" in document)


def kustomize(*components: str) -> list[Document]:
    """Return what `kubectl kustomize` makes of deploy/ with `components`."""
    return _parsed(_kustomized(components))


@cache
def _kustomized(components: tuple[str, ...]) -> str:
    with TemporaryDirectory() as folder:
        base = os.path.relpath(DEPLOY, folder)
        kustomization = {
            "resources": [base],
            "components": [f"{base}/components/{name}" for name in components],
        }
        (Path(folder) / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
        return _rendered(Path(folder))


def rendered(folder: Path) -> list[Document]:
    """Return what `kubectl kustomize` makes of a folder."""
    return _parsed(_rendered(folder))


def _rendered(folder: Path) -> str:
    done = kubectl_kustomize(folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def kubectl_kustomize(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run `kubectl kustomize`, whatever its exit code is."""
    command = [str(TOOLS / "kubectl"), "kustomize", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def _parsed(text: str) -> list[Document]:
    return [document for document in yaml.load_all(text, yaml.CSafeLoader) if document]


def validate(document: Document) -> None:
    """Raise where the schemas of Kubernetes refuse the object; the same one is looked at once."""
    _validate(json.dumps(document, sort_keys=True))


@cache
def _validate(text: str) -> None:
    kubernetes_validate.validate(json.loads(text), KUBERNETES, strict=True)


def of_kind(found: list[Document], kind: str) -> list[Document]:
    """Return the objects of one kind."""
    return [document for document in found if document["kind"] == kind]


def the(found: list[Document], kind: str) -> Document:
    """Return the only object of its kind."""
    [document] = of_kind(found, kind)
    return document


def pod_of(deployment: Document) -> Document:
    """Return the pod spec of a Deployment."""
    spec: Document = deployment["spec"]["template"]["spec"]
    return spec


def container_of(deployment: Document) -> Document:
    """Return the only container of a Deployment."""
    [container] = pod_of(deployment)["containers"]
    found: Document = container
    return found


def environment(deployment: Document) -> dict[str, str]:
    """Return the variables of a Deployment whose values stand in it."""
    variables = container_of(deployment)["env"]
    return {one["name"]: one["value"] for one in variables if "value" in one}


def mounted_files(deployment: Document, volume: str) -> dict[str, tuple[str, str, str]]:
    """Return a projected volume's paths, each with the kind, name and key that it comes from."""
    [found] = [one for one in pod_of(deployment)["volumes"] if one["name"] == volume]
    return {
        item["path"]: (kind, source[kind]["name"], item["key"])
        for source in found["projected"]["sources"]
        for kind in source.keys() & {"configMap", "secret"}
        for item in source[kind]["items"]
    }

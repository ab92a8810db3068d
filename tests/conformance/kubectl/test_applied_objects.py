"""What an apply leaves in the cluster is what kubectl leaves, its managers included."""

import asyncio
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.request import Attachment
from bot.kube.manifests import read_manifests
from bot.terminal import open_terminal
from tests.cluster.bed import Bed

pytestmark = pytest.mark.peers

# The bot's object and kubectl's, which differ in their names alone: of one length, so that even
# the sizes of what they hold are the same.
OURS, THEIRS = "twin-a", "twin-b"
_OWN = ("uid", "resourceVersion", "creationTimestamp", "time", "generation")


def config(name: str, **data: str) -> str:
    head = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: shop}}\n"
    return head + f"data: {json.dumps(data)}\n"


def deployment(name: str, image: str, replicas: int = 1) -> str:
    return f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: shop}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: app, image: "{image}"}}]}}
"""


@pytest.fixture
def twins(bed: Bed) -> Iterator[Bed]:
    names = [f"{kind}/{name}" for kind in ("cm", "deploy") for name in (OURS, THEIRS)]
    gone = ("delete", *names, "-n=shop", "--ignore-not-found", "--wait=true")
    bed.kubectl.out(*gone)
    yield bed
    bed.kubectl.out(*gone)


def left(bed: Bed, kind: str, name: str) -> Any:
    text = bed.kubectl.out("get", f"{kind}/{name}", "-n=shop", "-o=json", "--show-managed-fields")
    found = json.loads(text.replace(name, "twin"))
    found.pop("status", None)
    return _without(found)


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _without(inner) for key, inner in value.items() if key not in _OWN}
        # What a controller writes of its own comes at its own time.
        if "managedFields" in kept:
            entries = kept["managedFields"]
            kept["managedFields"] = [e for e in entries if "kubectl" in e["manager"]]
        annotations = kept.get("annotations") or {}
        annotations.pop("deployment.kubernetes.io/revision", None)
        return kept
    return [_without(each) for each in value] if isinstance(value, list) else value


async def ours(bed: Bed, words: str, manifest: str, folder: Path) -> tuple[int, str]:
    file = folder / "manifest.yaml"
    file.write_text(manifest)
    out = io.StringIO()
    async with open_terminal(str(bed.kubeconfig)) as opened:
        terminal = replace(opened, out=out, err=out)
        code = await terminal.run(f"{words} -f {file}", yes=True)
    return code, out.getvalue().replace(str(file), "-").replace(OURS, "twin")


def theirs(bed: Bed, words: str, manifest: str, folder: Path) -> tuple[int, str]:
    file = folder / "manifest.yaml"
    file.write_text(manifest)
    done = bed.kubectl(*words.split(), f"-f={file}")
    return done.returncode, (done.stdout + done.stderr).replace(str(file), "-").replace(
        THEIRS, "twin"
    )


APPLY = "apply --server-side"
STORIES = {
    "new": [(APPLY, config("NAME", a="1"))],
    "again": [(APPLY, config("NAME", a="1")), (APPLY, config("NAME", a="1"))],
    "removed": [(APPLY, config("NAME", a="1", b="2")), (APPLY, config("NAME", a="3"))],
    "created": [("create", config("NAME", a="1")), (APPLY, config("NAME", a="1", b="2"))],
    "conflict": [("create", config("NAME", a="1")), (APPLY, config("NAME", a="2"))],
    "forced": [
        ("create", config("NAME", a="1")),
        (f"{APPLY} --force-conflicts", config("NAME", a="2")),
    ],
    "another-manager": [
        (APPLY, config("NAME", a="1")),
        (f"{APPLY} --field-manager=me", config("NAME", b="2")),
        (f"{APPLY} --field-manager=me --force-conflicts", config("NAME", a="3")),
    ],
    "deployment": [
        (APPLY, deployment("NAME", "app:1")),
        (APPLY, deployment("NAME", "app:2", 2)),
    ],
    "migrated": [
        ("(kubectl) apply", config("NAME", a="1", b="2")),
        (APPLY, config("NAME", a="3")),
        (APPLY, config("NAME", c="4")),
    ],
    "migrated-deployment": [
        ("(kubectl) apply", deployment("NAME", "app:1")),
        (APPLY, deployment("NAME", "app:2")),
        (APPLY, deployment("NAME", "app:2", 2)),
    ],
    "back-again": [
        ("(kubectl) apply", config("NAME", a="1", b="2")),
        (APPLY, config("NAME", a="3")),
        ("(kubectl) apply", config("NAME", a="4", d="5")),
        (APPLY, config("NAME", a="6")),
    ],
}


@pytest.mark.parametrize("name", STORIES)
async def test_the_texts_and_the_objects_are_kubectls(
    twins: Bed, tmp_path: Path, name: str
) -> None:
    kind = "deploy" if "Deployment" in STORIES[name][0][1] else "cm"
    for words, manifest in STORIES[name]:
        by_kubectl = words.removeprefix("(kubectl) ")
        mine, yours = manifest.replace("NAME", OURS), manifest.replace("NAME", THEIRS)
        told = await asyncio.to_thread(theirs, twins, by_kubectl, yours, tmp_path)
        if by_kubectl == words:
            assert await ours(twins, words, mine, tmp_path) == told
        else:
            await asyncio.to_thread(theirs, twins, by_kubectl, mine, tmp_path)
        assert left(twins, kind, OURS) == left(twins, kind, THEIRS)


async def test_a_trial_of_a_migration_says_nothing_of_it(twins: Bed, tmp_path: Path) -> None:
    for name in (OURS, THEIRS):
        theirs(twins, "apply", config(name, a="1"), tmp_path)
    trial = f"{APPLY} --dry-run=server"
    _, told = theirs(twins, trial, config(THEIRS, a="2"), tmp_path)
    line = "configmap/twin serverside-applied (server dry run)\n"
    assert await ours(twins, trial, config(OURS, a="2"), tmp_path) == (0, line)
    assert told.startswith(f"{line}Warning: failed to migrate ")


SCALARS = """
on Off y NO yEs ~ null true TRUE tRue False None nil 1e3 1.0 1. .5 .5e3 +.5 -.5 0.10 .e1 12e03 1e21
1e400 1e-7 1E5 0777 0o17 -0777 00 08 0x1F 0x 0b11 -0b11 0b12 1_000 _1 1__0 +1 -0 - . 1:30 1.2.3 =
2001-01-01 2001-01-01T00:00:00Z 500m 9223372036854775807 9223372036854775808 18446744073709551615
12345678901234567890123
"""


def _number(text: str) -> int | float:
    # In Go what is no int64 is a float.
    return int(text) if -(2**63) <= int(text) < 2**63 else float(text)


def test_each_word_of_a_manifest_is_read_as_kubectl_reads_it(bed: Bed) -> None:
    lines = "".join(f"  - {word}\n" for word in ["", *SCALARS.split()])
    manifest = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: x}}\nspec:\n{lines}"
    shown = bed.kubectl.out(
        *("create", "-f=-", "--dry-run=client", "--validate=false", "-o=json"), stdin=manifest
    )
    [document] = read_manifests([Attachment("x.yaml", manifest.encode())])
    told = json.loads(shown, parse_int=_number)["spec"]
    assert document.body["spec"] == told
    assert [type(value) for value in document.body["spec"]] == [type(value) for value in told]

